# board.sh - start, watch, ask and stop emulated boards; sourced by the scripts beside it.
# Needs FW (where firmware and images are), BUILD (where the program is), and WORK (a folder for this
# script alone).
# shellcheck shell=sh

OTATOOL=$BUILD/otatool
command -v qemu-system-riscv32 >/dev/null || {
	echo "$0: qemu-system-riscv32 is not installed (.ci/deps --all)" >&2
	rm -rf "$WORK"
	exit 1
}
id=020000000001
OTATOOL_KEY_FILE=$WORK/key
HOME=$WORK
unset XDG_CONFIG_HOME
export OTATOOL_KEY_FILE HOME
port=$((20000 + $$ % 12000)) # below those that systems hand out by themselves
board=
patience=120 # seconds after which a test fails that hangs; nothing that is right comes near it
trap 'board_stop' EXIT
trap 'exit 130' INT TERM

# board_start FLASH [OPTION=NUMBER...]: power on; the options are those of struct board_options. Where
# $once is set, at the same port as before, and the emulator ends instead of restarting the board.
once=
board_start() {
	flash=$1
	shift
	words=
	for word; do words="$words,arg=$word"; done
	for _ in 1 2 3 4 5; do
		[ -n "$once" ] || port=$((port + 1))
		log=$WORK/log
		: >"$log"
		qemu-system-riscv32 -M sifive_u -smp 2 -m 128M -display none -monitor none ${once:+-no-reboot} \
			-serial "file:$log" -bios "$FW/boot.elf" -drive "if=mtd,format=raw,file=$flash" \
			-nic "user,restrict=on,hostfwd=tcp:127.0.0.1:$port-:8032" \
			-semihosting-config "enable=on,target=native$words" 2>"$WORK/qemu" &
		board=$!
		board_wait boot: && return
		grep -q 'host forwarding' "$WORK/qemu" || break
	done
	cat "$WORK/qemu" >&2
	die "the board does not start"
}

# board_wait TEXT [COUNT]: until the console has shown TEXT so many times, or the power is off. What
# takes $patience seconds hangs.
board_wait() {
	"$BUILD/tests/tool_await" "$log" "$board" "$patience" "${2-1}" "$1"
}

board_stop() {
	[ -z "$board" ] || { kill -9 "$board"; wait "$board"; } 2>/dev/null
	board=
}

# info: what the device says of itself, as JSON.
info() {
	curl -sS -f --max-time "$patience" "http://127.0.0.1:$port/ota/v1/device" 2>>"$WORK/curl"
}

# look: what it says runs, as "SLOT VERSION STATE" in $now.
look() {
	facts=$(info) || return
	now=
	for name in running version state; do
		fact=${facts#*\""$name"\":\"}
		now="$now${now:+ }${fact%%\"*}"
	done
}

# device VERB: a signed request.
device() {
	"$OTATOOL" -q device "$1" --timeout "$patience" "http://127.0.0.1:$port" >"$WORK/device" 2>&1
}

# push IMAGE [OPTION...]: until it runs and is confirmed, or as the options say.
push() {
	"$OTATOOL" -q push --timeout "$patience" "$@" "http://127.0.0.1:$port" >"$WORK/push" 2>&1
}

# make_key: a fleet's key, and a key store with the board's own.
make_key() {
	"$OTATOOL" -q keygen push -o "$WORK/key" >"$WORK/keygen" 2>&1 || die "$(cat "$WORK/keygen")"
	"$BUILD/tests/tool_keystore" "$id" <"$WORK/key" >"$WORK/keys" || die "no key store"
}

# A blank chip's contents with a table, the key store and the given NAME=IMAGE.
make_flash() { # FLASH TABLE NAME=IMAGE...
	flash_out=$1 table=$2
	shift 2
	[ -e "$WORK/keys" ] || make_key
	"$OTATOOL" -q flash join -o "$flash_out" --table "$table" --size 32M keys="$WORK/keys" "$@"
}

# predicted FLASH: what `otatool boot` says will start, for a bootloader as this one.
predicted() {
	"$OTATOOL" -q boot --config rollback "$1" | sed -n 's/ starts$//p' | tail -n 1
}

die() {
	echo "FAILED: $*" >&2
	[ ! -e "$WORK/log" ] || tail -n 20 "$WORK/log" >&2
	exit 1
}

# expect WHAT IS SHOULD-BE
expect() {
	[ "$2" = "$3" ] || die "$1: $2 instead of $3"
}
