#!/bin/sh
# scenarios.sh [NAME...]: what happens to boards in the field, on the emulated one. Called by
# `make check-firmware`; each scenario begins from a flash file of its own, and they run side by side.
#
# Nothing here depends on the host's speed: a script waits for what the board or the client says, and
# the only times are those of the board's own timers.
set -u
FW=${FW:-build/firmware} BUILD=${BUILD:-build} JOBS=${JOBS:-6}
here=$(dirname "$0")
WORK=$(mktemp -d) || exit 1
# shellcheck source=tests/firmware/board.sh
. "$here/board.sh"
child=
trap 'board_stop; [ -z "$child" ] || kill "$child"; rm -rf "$WORK"' EXIT
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

# With 1.0.0 in ota_0, which listens.
start() { # OPTION...
	board_stop
	fresh two_slots ota_0="$FW/app-1.0.0.bin"
	power_on "$@"
	listening 1
}

again() { # OPTION...
	board_stop
	power_on "$@"
	listening 1
}

runs() { # SLOT VERSION STATE
	look || die "no answer: $(cat "$WORK/curl")"
	expect "running" "$now" "$1 $2 $3"
}

says() { # TEXT [COUNT]
	board_wait "$@" || die "it does not say: $*"
}

update() {
	start
	pushed --confirm none "$FW/app-2.0.0.bin"
	runs ota_1 2.0.0 pending
	device confirm || die "confirm: $(cat "$WORK/device")"
	runs ota_1 2.0.0 valid
	again
	runs ota_1 2.0.0 valid
	pushed "$FW/app-1.0.0.bin"
	runs ota_0 1.0.0 valid
}

crash() {
	start
	refused 6 --soak 1 "$FW/app-2.0.1-crash.bin"
	says "panic: cause"
	listening 3
	runs ota_0 1.0.0 valid
	info | grep -q '"last_trial":{' || die "the failed trial is not told"
}

# It is not asked: its trial ends by the receiver's timer, not before that.
mute() {
	start trial=500
	refused 6 "$FW/app-2.0.2-mute.bin"
	says "app: this is 2.0.2"
	listening 2
	runs ota_0 1.0.0 valid
	trial_took 500
}

trial_took() { # MS, at least
	ms=$(sed -n 's/^board: restart: receiver, after ms \([0-9]*\),.*/\1/p' "$log" | sed -n 2p)
	[ "$ms" -ge "$1" ] || die "the trial ended after $ms ms instead of $1"
}

# Every start of a push, the restarts too, is held to what `otatool boot` says of the flash file.
watched() { # BOARD-OPTION STATUS IMAGE...
	option=$1 status=$2 once=1
	shift 2
	board_stop
	power_on "$option"
	"$OTATOOL" -q push --timeout "$patience" "$@" "http://127.0.0.1:$port" >"$WORK/push" 2>&1 &
	child=$!
	starts=1
	while kill -0 "$child" 2>/dev/null; do
		kill -0 "$board" 2>/dev/null || { power_on "$option" && starts=$((starts + 1)); }
		sleep 0.05
	done
	wait "$child"
	got=$? child=
	expect "push" "$got" "$status"
}

each_start() {
	start
	watched seed=1 6 --soak 1 "$FW/app-2.0.1-crash.bin"
	expect "starts" "$starts" 3
	watched trial=500 6 "$FW/app-2.0.2-mute.bin"
	expect "starts" "$starts" 3
	watched seed=1 0 "$FW/app-2.0.0.bin"
	expect "starts" "$starts" 2
	once=
	again
	runs ota_1 2.0.0 valid
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
	says "boot: starts factory" 2
}

broken_apps() {
	fresh factory_slots factory="$FW/app-1.0.0.bin" ota_0="$FW/damaged.bin" ota_1="$FW/damaged.bin"
	power_on
	listening 1
	pushed "$FW/app-2.0.0.bin"
	runs ota_0 2.0.0 valid
	board_stop
	fresh two_slots ota_0="$FW/damaged.bin" ota_1="$FW/damaged.bin"
	expect "predicted" "$(predicted "$dump")" ""
	board_start "$dump"
	says "boot: refused: "
	says "boot: no app is bootable" 2
}

no_table() {
	rm -f "$dump"
	truncate -s 32M "$dump"
	board_start "$dump"
	says "boot: there is no valid partition table"
	board_stop
	tr '\0' '\377' </dev/zero | head -c 33554432 >"$dump"
	board_start "$dump"
	says "boot: there is no valid partition table"
	board_stop
	rm -f "$dump"
	make_flash "$dump" "$here/no_apps.csv" || die "no flash file"
	board_start "$dump"
	says "boot: no app is bootable"
}

# Flash that reports failures: in the upload, and in the boot stage.
flash_fails() {
	start fail=40
	refused 5 "$FW/app-2.0.0.bin"
	grep -q OTA_FLASH "$WORK/push" || die "not said why: $(cat "$WORK/push")"
	runs ota_0 1.0.0 valid
	again
	pushed --no-restart --confirm none "$FW/app-2.0.0.bin"
	board_stop
	board_start "$dump" fail=1
	says "boot: otadata cannot be written" 2
	again
	runs ota_1 2.0.0 pending
}

# Bits that always read as 0: in the new app's description, its record, the keys. The old app stays,
# and once the flash is whole again the push succeeds.
stuck_bits() {
	start stuck=$((0x1a0022))
	refused 5 "$FW/app-2.0.0.bin"
	runs ota_0 1.0.0 valid
	again stuck=$((0xe010))
	refused 5 "$FW/app-2.0.0.bin"
	runs ota_0 1.0.0 valid
	again
	pushed "$FW/app-2.0.0.bin"
	runs ota_1 2.0.0 valid
	start stuck=$((0xf000))
	says "there is no key: nothing can be changed"
	refused 4 "$FW/app-2.0.0.bin"
	runs ota_0 1.0.0 valid
}

# The link goes down for a while in the middle of an upload.
unplugged() {
	start unplug=100 plug=700
	pushed "$FW/app-2.0.0.bin"
	says "board: unplugged"
	runs ota_1 2.0.0 valid
}

# The clock of each start wraps around after a second: in an upload, and in a trial, which ends in time.
clock_wraps() {
	start clock=4294966296 trial=3000
	refused 6 "$FW/app-2.0.2-mute.bin"
	says "app: this is 2.0.2"
	listening 2
	trial_took 3000
	again clock=4294966296
	pushed "$FW/app-3.0.0-big.bin"
	runs ota_1 3.0.0 valid
}

# Twice as many silent connections as the board has: the owner gets in all the same.
crowd() {
	start
	"$here/crowd.py" "$port" 8 >"$WORK/crowd" &
	child=$!
	"$BUILD/tests/tool_await" "$WORK/crowd" "$child" "$patience" 1 "all are here" || die "no crowd"
	pushed "$FW/app-2.0.0.bin"
	runs ota_1 2.0.0 valid
}

# The emulator is killed in mid-upload; the second attempt sends what is missing, and little more.
resume() {
	start cut=2000
	refused 4 --retries 1 "$FW/app-3.0.0-big.bin"
	says "board: power fails"
	again
	pushed --json "$FW/app-3.0.0-big.bin"
	runs ota_1 3.0.0 valid
	sent=$(sed -n 's/.*"bytes_sent": *\([0-9]*\).*/\1/p' "$WORK/push" | tail -n 1)
	size=$(wc -c <"$FW/app-3.0.0-big.bin")
	echo "$sent of $size bytes sent the second time"
	[ "$sent" -lt $((size - 2000 * 256 + 128 * 1024 + 65536 + 4096)) ] || die "too much"
}

# Seconds of processor time that the emulator has used.
used() {
	awk -v ticks="$(getconf CLK_TCK)" '{ print ($14 + $15) / ticks }' "/proc/$board/stat"
}

# 1 MiB from its first byte, sent when the client knows what is missing, to the last answer: 1.5 s on
# the machine that this was written on, when it had nothing else to do. How fast another one is, the
# step before that shows, in which the board reads the 1.5 MiB of the slot: 6 times as long is too slow.
big() {
	start
	before=$(used)
	pushed --dry-run "$FW/app-3.0.0-big.bin"
	middle=$(used)
	pushed --json --no-restart --confirm none "$FW/app-3.0.0-big.bin"
	after=$(used)
	awk -v before="$before" -v middle="$middle" -v after="$after" '
		/"event":"progress".*"done":0,/ || /"event":"stage".*"done"/ {
			match($0, /"ms":[0-9]+/)
			ms = substr($0, RSTART + 5, RLENGTH - 5) - at
			at += ms
		}
		END {
			look = middle - before
			took = after - middle - look
			printf "1 MiB in %.2f s, %.2f s of the emulator, %.1f times reading the slot\n",
				ms / 1000, took, took / look
			exit took > 6 * look
		}' "$WORK/push" || die "too slow"
}

# Another fleet's key changes nothing.
wrong_key() {
	start
	mv "$WORK/key" "$WORK/right"
	"$OTATOOL" -q keygen push -o "$WORK/key" >/dev/null 2>&1
	refused 5 "$FW/app-2.0.0.bin"
	runs ota_0 1.0.0 valid
	mv -f "$WORK/right" "$WORK/key"
	pushed "$FW/app-2.0.0.bin"
	runs ota_1 2.0.0 valid
}

# A push with default retries over a network that drops, doubles and reorders 5 % of the frames each,
# by $SEED.
bad_seed() {
	start drop=5 twice=5 late=5 seed="$SEED"
	result=lost
	push "$FW/app-2.0.0.bin" && result=good
	again
	case "$(look && echo "$now")" in
	"ota_0 1.0.0 "* | "ota_1 2.0.0 "*) ;;
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

# The high-water mark is told at each restart, and said to be over the budget when it is.
stack() {
	start
	pushed "$FW/app-2.0.0.bin"
	says "app: stack"
	sed -n 's/^app: stack //p' "$log"
	! grep -q "over budget" "$log" || die "the stack is over budget"
	again stack=1000
	pushed "$FW/app-1.0.0.bin"
	says "over budget"
}

# Those that take longest come first.
all="bad_network unplugged clock_wraps update wrong_key crash mute each_start via_factory broken_apps no_table
	flash_fails stuck_bits crowd resume stack"
run() { # SCENARIO
	start=$(date +%s%N)
	"$1" >"$WORK/said"
	board_stop
	said=$(cat "$WORK/said")
	printf '  %-12s %d ms %s\n' "$1" $((($(date +%s%N) - start) / 1000000)) "${said:+($said)}"
}

if [ $# -eq 0 ]; then
	run big # alone: it is measured
	# shellcheck disable=SC2086
	printf '%s\n' $all | xargs -P "$JOBS" -n 1 "$0" || die "see above"
fi
for scenario; do
	case " $all big bad_seed " in
	*[[:space:]]"$scenario"[[:space:]]*) run "$scenario" ;;
	*) die "there is no scenario $scenario" ;;
	esac
done
