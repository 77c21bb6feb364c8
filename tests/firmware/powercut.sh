#!/bin/sh
# powercut.sh CUTS JOBS FILE: cut the board's power in the middle of small pushes, CUTS times, JOBS
# boards at once. Where and how is said by a number alone, so each cut can be had again:
# `powercut.sh -1 NUMBER`. Those that went well are listed in FILE and left out the next time.
#
# A cut is good if the board then starts what `otatool boot` says, that is the old app or the new
# one, and takes the next push.
set -u
FW=${FW:-build/firmware} BUILD=${BUILD:-build}
here=$(dirname "$0")
export FW BUILD
WORK=$(mktemp -d)
# shellcheck source=tests/firmware/board.sh
. "$here/board.sh"
trap 'board_stop; rm -rf "$WORK"' EXIT

# Everything is derived from the number. The first 40 are the last operations of a push, those of the
# switch and the start after it; the others are spread evenly over all, each with every tear in time.
choose() { # NUMBER
	operation=$(($1 * 61 % OPERATIONS + 1))
	tear=$((($1 / OPERATIONS + $1) % 4))
	seed=$(($1 * 7919 + 1))
	[ "$1" -gt 40 ] || operation=$((OPERATIONS - $1 + 1))
}

settle() { # whatever runs on trial is confirmed, so that the next push is taken
	[ "$(fact state)" != pending ] || device confirm || die "confirm: $(cat "$WORK/device")"
}

cut_power() { # NUMBER
	choose "$1"
	client=
	what="number $1: operation $operation, tear $tear, seed $seed"
	cp --sparse=always "$START" "$WORK/flash"
	board_start "$WORK/flash" cut="$operation" tear="$tear" seed="$seed"
	if board_wait "app: listens"; then
		push "$FW/app-2.0.0.bin" &
		client=$!
	fi
	board_wait "power fails" || die "$what: not reached"
	board_stop
	[ -z "$client" ] || { kill "$client"; wait "$client"; } 2>/dev/null
	expected=$(predicted "$WORK/flash")
	board_start "$WORK/flash"
	board_wait "app: listens" || die "$what: nothing listens"
	expect "$what: starts" "$(fact running)" "$expected"
	now="$(fact running) $(fact version)"
	case $now in
	"ota_0 1.0.0" | "ota_1 2.0.0") ;;
	*) die "$what: $now runs" ;;
	esac
	settle
	image=$FW/app-2.0.0.bin
	[ "$now" = "ota_0 1.0.0" ] || image=$FW/app-1.0.0.bin
	# A trial that the cut ended counts as failed, which is right: the device cannot know better.
	push --force failed "$image" || die "$what: the next push fails: $(cat "$WORK/push")"
	board_stop
	echo "$1 $operation $tear $seed $now"
}

# A board with 1.0.0 that runs, and how many operations a push from there to the confirmed new app is.
prepare() {
	START=$WORK/start
	make_flash "$START" "$here/two_slots.csv" ota_0="$FW/app-1.0.0.bin" || die "no flash file"
	board_start "$START"
	board_wait "app: listens" || die "nothing listens"
	board_stop
	cp --sparse=always "$START" "$WORK/flash"
	board_start "$WORK/flash"
	board_wait "app: listens" || die "nothing listens"
	push "$FW/app-2.0.0.bin" || die "the push fails: $(cat "$WORK/push")"
	device restart || die "it does not come back: $(cat "$WORK/device")"
	OPERATIONS=$(sed -n 's/^board: restart: .*, operation //p' "$log" | tail -n 1)
	board_stop
	KEYS=$WORK
	export START OPERATIONS KEYS
}

if [ "$1" = -1 ] && [ -n "${START-}" ]; then
	cp "$KEYS/key" "$KEYS/keys" "$WORK"
	cut_power "$2"
	exit
fi
prepare
if [ "$1" = -1 ]; then
	cut_power "$2"
	exit
fi
cuts=$1 jobs=$2 done=$3
: >>"$done"
cut -d ' ' -f 1 "$done" >"$WORK/done"
seq "$cuts" | grep -vxFf "$WORK/done" >"$WORK/todo"
xargs -r -P "$jobs" -n 1 "$0" -1 <"$WORK/todo" >>"$done" || die "see above; again with: $0 -1 NUMBER"
awk -v all="$OPERATIONS" '{ seen[$2] = 1; runs[$6]++ } END {
	for (s in seen) n++
	printf "%d cuts at %d of %d operations: %d came back old, %d new, 0 otherwise\n",
		NR, n, all, runs["1.0.0"], runs["2.0.0"] }' "$done"
