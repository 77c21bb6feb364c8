#!/bin/sh
# powercut.sh CUTS JOBS FILE: cut the board's power in the middle of small pushes, CUTS times, JOBS
# boards at once. Where and how is said by a number alone, so each cut can be had again:
# `powercut.sh -1 NUMBER`. Those that went well are listed in FILE and left out the next time, as long
# as the firmware is the same. SEED=NUMBER in the environment draws others at random.
#
# Odd numbers begin with a chip that was flashed by wire, even ones with an aged one: the old app runs
# from ota_1, and an app that must never start again is in ota_0, where a board goes that forgets what
# it switched to.
#
# A cut is good if the board then starts what `otatool boot` says, that is the old app or the new
# one, and takes the next push.
set -u
FW=${FW:-build/firmware} BUILD=${BUILD:-build} SEED=${SEED:-1}
here=$(dirname "$0")
export FW BUILD SEED
# Ends the script if one of these is no number from 1 on, of at most nine digits
numbers() {
	for number; do
		case $number in
		'' | 0* | *[!0-9]* | ??????????*)
			echo "$0: '$number' is no number; usage: $0 CUTS JOBS FILE, or $0 -1 NUMBER" >&2
			exit 2
			;;
		esac
	done
}
case $#:${1-} in
2:-1) numbers "$SEED" "$2" ;;
3:*) numbers "$SEED" "$1" "$2" ;;
*) numbers "" ;;
esac
WORK=$(mktemp -d) || exit 1
# shellcheck source=tests/firmware/board.sh
. "$here/board.sh"
child= # the client, or in the first of these processes xargs
trap 'board_stop; [ -z "$child" ] || kill "$child"; rm -rf "$WORK"' EXIT
old=$FW/app-1.0.0.bin new=$FW/app-2.0.0.bin

# mix NUMBER: a number up to 2^31 that looks like none to do with it
mix() {
	mixed=$((($1 * 40503 + SEED * 30011) % 2147483648))
	for _ in 1 2 3; do mixed=$(((mixed * 1103515245 + 12345) % 2147483648)); done
	mixed=$((mixed / 65536 * 65536 + (mixed * 1103515245 + 12345) % 2147483648 / 32768))
}

# Everything is derived from the number. The first 20 of a kind are the last operations of a push, those
# of the switch and the start after it. Then come all, 61 apart so that few are spread evenly, once with
# each tear; then operation and tear are random.
choose() { # NUMBER
	kind=aged before="ota_1 1.0.0" after="ota_0 2.0.0"
	[ $(($1 % 2)) -eq 0 ] || kind=fresh before="ota_0 1.0.0" after="ota_1 2.0.0"
	operations=$(cat "$POWERCUT_STARTS/$kind.operations")
	turn=$((($1 + 1) / 2)) step=61
	[ $((operations % step)) -ne 0 ] || step=59
	operation=$((turn * step % operations + 1))
	tear=$(((turn / operations + operation) % 4))
	seed=$((($1 * 7919 + SEED) % 4294967296))
	if [ "$turn" -le 20 ]; then
		operation=$((operations - (turn - 1) % operations))
	elif [ "$turn" -ge $((4 * operations + 20)) ]; then
		mix "$1"
		operation=$((mixed / 4 % operations + 1)) tear=$((mixed % 4))
	fi
}

cut_power() { # NUMBER
	choose "$1"
	what="number $1: $kind, operation $operation, tear $tear, seed $seed"
	cp "$POWERCUT_STARTS/$kind" "$WORK/flash" || die "$what: no flash file"
	board_start "$WORK/flash" cut="$operation" tear="$tear" seed="$seed"
	if board_wait "app: listens"; then
		# Not push(): a function would be a shell around it, and the client outlive that.
		"$OTATOOL" -q push --timeout "$patience" "$new" "http://127.0.0.1:$port" >"$WORK/push" 2>&1 &
		child=$!
	fi
	board_wait "power fails" || die "$what: not reached"
	[ -z "$child" ] || { kill "$child"; wait "$child"; } 2>/dev/null
	child=
	board_stop
	expected=$(predicted "$WORK/flash")
	board_start "$WORK/flash"
	board_wait "app: listens" || die "$what: nothing listens"
	look || die "$what: no answer: $(cat "$WORK/curl")"
	expect "$what: starts" "${now%% *}" "$expected"
	image=$new
	case $now in
	"$before valid" | "$before undefined") ;;
	"$after pending" | "$after valid") image=$old ;; # not one whose trial has ended
	*) die "$what: $now runs" ;;
	esac
	# Whatever runs on trial is confirmed, so that the next push is taken.
	[ "${now##* }" != pending ] || device confirm || die "$what: confirm: $(cat "$WORK/device")"
	# A trial that the cut ended counts as failed, which is right: the device cannot know better.
	push --force failed "$image" || die "$what: the next push fails: $(cat "$WORK/push")"
	board_stop
	echo "$1 $kind $operation $tear $seed $now"
}

# A board with 1.0.0 that runs and has started once, and how many operations a push from there to the
# confirmed new app is.
prepare() { # KIND NAME=IMAGE...
	start=$WORK/$1 kind=$1
	shift
	make_flash "$start" "$here/small_slots.csv" "$@" || die "no flash file"
	[ "$kind" = fresh ] || "$OTATOOL" -q otadata set-boot -i "$start" ota_1 || die "no otadata"
	board_start "$start"
	board_wait "app: listens" || die "nothing listens"
	board_stop
	cp "$start" "$WORK/flash" || die "no flash file"
	board_start "$WORK/flash"
	board_wait "app: listens" || die "nothing listens"
	push "$new" || die "the push fails: $(cat "$WORK/push")"
	device restart || die "it does not come back: $(cat "$WORK/device")"
	sed -n 's/^board: restart: .*, operation //p' "$log" | tail -n 1 >"$start.operations"
	board_stop
}

# What was done with another firmware, or another seed, does not count.
open_list() { # FILE
	these="# seed $SEED, firmware $(cat "$FW/boot.elf" "$old" "$new" | sha256sum | cut -c 1-16)"
	[ ! -s "$1" ] || [ "$(head -n 1 "$1")" != "$these" ] || return 0
	[ ! -s "$1" ] || echo "$1 is of another firmware or seed: beginning anew"
	echo "$these" >"$1" || die "no list"
}

summary() { # FILE
	awk -v fresh="$(cat "$POWERCUT_STARTS/fresh.operations")" -v aged="$(cat "$POWERCUT_STARTS/aged.operations")" '
		!/^#/ { seen[$2, $3]; torn[$2, $3, $4]; runs[$7]++; total++ }
		END {
			for (s in seen) n++
			for (s in torn) t++
			printf "%d cuts at %d of %d + %d operations, ", total, n, fresh, aged
			printf "%d of %d with each tear: ", t, 4 * (fresh + aged)
			printf "%d came back old, %d new\n", runs["1.0.0"], runs["2.0.0"]
			exit total != runs["1.0.0"] + runs["2.0.0"]
		}' "$1"
}

if [ -n "${POWERCUT_STARTS-}" ]; then # called by xargs below
	cp "$POWERCUT_STARTS/key" "$POWERCUT_STARTS/keys" "$WORK"
	cut_power "$2"
	exit
fi
POWERCUT_STARTS=$WORK
export POWERCUT_STARTS
prepare fresh ota_0="$old"
prepare aged ota_0="$FW/app-2.0.1-crash.bin" ota_1="$old"
if [ "$1" = -1 ]; then
	cut_power "$2"
	exit
fi
open_list "$3"
cut -d ' ' -f 1 "$3" >"$WORK/done"
seq "$1" | grep -vxFf "$WORK/done" >"$WORK/todo"
xargs -r -P "$2" -n 1 "$0" -1 <"$WORK/todo" >>"$3" &
child=$!
wait "$child" || die "see above; again with: $0 -1 NUMBER"
child=
summary "$3"
