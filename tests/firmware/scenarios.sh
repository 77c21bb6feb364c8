#!/bin/sh
# scenarios.sh [NAME...]: what happens to boards in the field, on the emulated one. Called by
# `make check-firmware`; each scenario begins from a flash file of its own.
set -u
FW=${FW:-build/firmware} BUILD=${BUILD:-build}
here=$(dirname "$0")
WORK=$(mktemp -d)
# shellcheck source=tests/firmware/board.sh
. "$here/board.sh"
trap 'board_stop; rm -rf "$WORK"' EXIT
dump=$WORK/flash

# Power on, and hold `otatool boot` to what it says will start.
power_on() { # OPTION...
	expected=$(predicted "$dump")
	board_start "$dump" "$@"
	board_wait "app: this is" || die "nothing starts"
	expect "the first start" "$(sed -n 's/^boot: starts //p' "$log" | head -n 1)" "$expected"
}

listening() { # COUNT: that so many apps have begun to listen since power-on
	board_wait "app: listens" "$1" || die "no app listens"
}

pushed() {
	push "$@" || die "push: status $?: $(cat "$WORK/push")"
}

refused() { # STATUS IMAGE...: that it fails, and how
	status=$1
	shift
	push "$@"
	got=$?
	[ "$got" = "$status" ] || die "push: status $got instead of $status: $(cat "$WORK/push")"
}

fresh() { # TABLE NAME=IMAGE...
	table=$1
	shift
	rm -f "$dump"
	make_flash "$dump" "$here/$table.csv" "$@" || die "no flash file"
}

runs() { # SLOT VERSION STATE
	expect "running" "$(fact running) $(fact version) $(fact state)" "$1 $2 $3"
}

update() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on
	listening 1
	pushed --confirm none "$FW/app-2.0.0.bin"
	runs ota_1 2.0.0 pending
	device confirm || die "confirm: $(cat "$WORK/device")"
	runs ota_1 2.0.0 valid
	board_stop
	power_on
	listening 1
	runs ota_1 2.0.0 valid
	pushed "$FW/app-1.0.0.bin"
	runs ota_0 1.0.0 valid
}

crash() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on
	listening 1
	refused 6 --soak 1 "$FW/app-2.0.1-crash.bin"
	board_wait "panic: cause" || die "the app does not crash"
	listening 3
	runs ota_0 1.0.0 valid
	info | grep -q '"last_trial":{' || die "the failed trial is not told"
}

mute() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on trial=500
	listening 1
	refused 6 "$FW/app-2.0.2-mute.bin"
	board_wait "app: this is 2.0.2" || die "the app does not start"
	listening 2
	runs ota_0 1.0.0 valid
}

# The slot that runs is replaced by way of the factory app, which stays as it is.
via_factory() {
	fresh factory_slot factory="$FW/app-1.0.0.bin"
	power_on
	listening 1
	pushed "$FW/app-2.0.0.bin"
	runs ota_0 2.0.0 valid
	pushed "$FW/app-1.0.0.bin"
	runs ota_0 1.0.0 valid
	board_wait "boot: starts factory" 2 || die "it did not go by way of factory"
}

broken_apps() {
	fresh factory_slots factory="$FW/app-1.0.0.bin" ota_0="$FW/damaged.bin" ota_1="$FW/damaged.bin"
	power_on
	listening 1
	pushed "$FW/app-2.0.0.bin"
	runs ota_0 2.0.0 valid
	board_stop
	fresh two_slots ota_0="$FW/damaged.bin" ota_1="$FW/damaged.bin"
	board_start "$dump"
	board_wait "boot: no app is bootable" 2 || die "silence, or no second attempt"
}

no_table() {
	rm -f "$dump"
	truncate -s 32M "$dump"
	board_start "$dump"
	board_wait "boot: there is no valid partition table" || die "silence"
	board_stop
	tr '\0' '\377' </dev/zero | head -c 33554432 >"$dump"
	board_start "$dump"
	board_wait "boot: there is no valid partition table" || die "silence"
	board_stop
	rm -f "$dump"
	make_flash "$dump" "$here/no_apps.csv" || die "no flash file"
	board_start "$dump"
	board_wait "boot: no app is bootable" || die "silence"
}

bad_flash() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on fail=40
	listening 1
	refused 5 "$FW/app-2.0.0.bin"
	runs ota_0 1.0.0 valid
	board_stop
	power_on stuck=1703970 # 0x1a0022: in the description's magic word
	listening 1
	refused 5 "$FW/app-2.0.0.bin"
	runs ota_0 1.0.0 valid
	board_stop
	power_on
	listening 1
	pushed "$FW/app-2.0.0.bin"
	runs ota_1 2.0.0 valid
}

unplugged() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on unplug=40 plug=700
	listening 1
	pushed "$FW/app-2.0.0.bin"
	runs ota_1 2.0.0 valid
}

clock_wraps() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on clock=4294966296 trial=8000 # wraps around one second after the start
	listening 1
	sleep 1
	pushed --confirm none "$FW/app-2.0.0.bin"
	runs ota_1 2.0.0 pending
	board_wait "app: this is 1.0.0" 2 || die "the trial never ends"
}

# Twice as many silent connections as the board has: the owner gets in all the same.
crowd() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on
	listening 1
	for _ in 1 2 3 4 5 6 7 8; do
		{ sleep 2 | curl -s -m 3 "telnet://127.0.0.1:$port" >/dev/null 2>&1; } &
	done
	sleep 0.7
	pushed "$FW/app-2.0.0.bin"
	runs ota_1 2.0.0 valid
}

# The emulator is killed in mid-upload; the second attempt sends what is missing, and little more.
resume() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on cut=2000
	listening 1
	patience=2
	refused 4 --retries 1 "$FW/app-3.0.0-big.bin"
	patience=20
	power_on
	listening 1
	pushed --json "$FW/app-3.0.0-big.bin"
	runs ota_1 3.0.0 valid
	sent=$(sed -n 's/.*"bytes_sent": *\([0-9]*\).*/\1/p' "$WORK/push" | tail -n 1)
	size=$(wc -c <"$FW/app-3.0.0-big.bin")
	echo "$sent of $size bytes sent the second time"
	[ "$sent" -lt $((size - 2000 * 256 + 128 * 1024 + 65536 + 4096)) ] || die "too much"
}

# seconds of processor time that the emulator has used: what a machine with nothing else to do takes
used() {
	awk -v ticks="$(getconf CLK_TCK)" '{ print ($14 + $15) / ticks }' "/proc/$board/stat"
}

# From the first byte of content to the last answer, 1 MiB in 1.5 s.
big() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on
	listening 1
	before=$(used)
	pushed --no-restart --confirm none "$FW/app-3.0.0-big.bin"
	awk -v size="$(wc -c <"$FW/app-3.0.0-big.bin")" -v before="$before" -v after="$(used)" 'BEGIN {
		printf "%d bytes in %.2f s of the emulator\n", size, after - before
		exit after - before > 1.5 }' || die "too slow"
}

# Another fleet's key changes nothing.
wrong_key() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on
	listening 1
	mv "$WORK/key" "$WORK/right"
	"$OTATOOL" -q keygen push -o "$WORK/key" >/dev/null 2>&1
	refused 5 "$FW/app-2.0.0.bin"
	runs ota_0 1.0.0 valid
	mv -f "$WORK/right" "$WORK/key"
	pushed "$FW/app-2.0.0.bin"
	runs ota_1 2.0.0 valid
}

# A push over a network that drops, doubles and reorders 5 % of the frames each, by $SEED.
bad_seed() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on drop=5 twice=5 late=5 seed="$SEED"
	listening 1
	patience=60
	result=lost
	push "$FW/app-2.0.0.bin" && result=good
	board_stop
	power_on
	listening 1
	case "$(fact running) $(fact version)" in
	"ota_0 1.0.0" | "ota_1 2.0.0") ;;
	*) die "seed $SEED leaves another state" ;;
	esac
	echo "seed $SEED $result"
}

# 20 of them: 19 succeed, and none leaves anything but the old or the new app.
bad_network() {
	seq 20 | xargs -P 20 -I '{}' env SEED='{}' "$0" bad_seed >"$WORK/seeds" || die "see above"
	good=$(grep -c good "$WORK/seeds")
	echo "$good of 20 pushes"
	[ "$good" -ge 19 ] || die "too few: $(grep lost "$WORK/seeds")"
}

stack() {
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on
	listening 1
	pushed "$FW/app-2.0.0.bin"
	board_wait "app: stack" || die "no watermark"
	sed -n 's/^app: stack //p' "$log"
	! grep -q "over budget" "$log" || die "the stack is over budget"
}

all="update wrong_key crash mute via_factory broken_apps no_table bad_flash unplugged clock_wraps crowd
	resume big bad_network stack"
for scenario in ${*:-$all}; do
	start=$(date +%s%N)
	"$scenario" >"$WORK/said"
	board_stop
	said=$(cat "$WORK/said")
	printf '  %-12s %d ms %s\n' "$scenario" $((($(date +%s%N) - start) / 1000000)) "${said:+($said)}"
done
