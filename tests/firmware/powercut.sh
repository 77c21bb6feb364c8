#!/bin/sh
# powercut.sh CUTS JOBS FILE: cut the board's power in the middle of small pushes, CUTS times, JOBS
# boards at once. Where and how is said by a number alone, so each cut can be had again:
# `powercut.sh -1 NUMBER`. Those that went well are listed in FILE and left out the next time.
#
# A cut is good if the board then starts what `otatool boot` says, that is the old app or the new
# one, and takes the next push.
set -u
FW=${FW:-build/firmware} OTATOOL=${OTATOOL:-build/otatool}
here=$(dirname "$0")
export FW OTATOOL
WORK=$(mktemp -d)
# shellcheck source=tests/firmware/board.sh
. "$here/board.sh"
trap 'board_stop; rm -rf "$WORK"' EXIT

push() { # IMAGE [OPTION...]
	"$OTATOOL" -q push --timeout 20 "$@" "http://127.0.0.1:$port" >"$WORK/push" 2>&1
}

# upload IMAGE: upload, switch and restart, without a client that tries again.
upload() {
	ask PUT image -H 'Content-Type: application/octet-stream' -T "$1" >/dev/null
}

# Everything is derived from the number: the operation, evenly over all of a push; the tear; a seed.
choose() { # NUMBER
	operation=$(($1 * 61 % OPERATIONS + 1))
	tear=$(($1 / OPERATIONS % 4))
	[ "$tear" -ne 0 ] || tear=$(($1 % 4))
	seed=$(($1 * 7919 + 1))
}

settle() { # whatever runs on trial is confirmed, so that the next push is taken
	[ "$(fact state)" != pending ] || ask POST confirm >/dev/null
}

cut_power() { # NUMBER
	choose "$1"
	what="number $1: operation $operation, tear $tear, seed $seed"
	cp --sparse=always "$START" "$WORK/flash"
	board_start "$WORK/flash" cut="$operation" tear="$tear" seed="$seed"
	if board_wait "app: listens"; then
		upload "$FW/app-2.0.0.bin"
		if board_wait "app: listens" 2; then
			settle
		fi
	fi
	board_wait "power fails" || die "$what: not reached"
	board_stop
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
	push "$image" || die "$what: the next push fails: $(cat "$WORK/push")"
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
	upload "$FW/app-2.0.0.bin" || die "the push fails"
	board_wait "app: listens" 2 || die "the new app does not start"
	settle
	ask POST restart >/dev/null
	board_wait "app: listens" 3 || die "it does not come back"
	OPERATIONS=$(sed -n 's/^board: restart: .*, operation //p' "$log" | tail -n 1)
	board_stop
	export START OPERATIONS
}

if [ "$1" = -1 ] && [ -n "${START-}" ]; then
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
