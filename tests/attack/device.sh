# SPDX-License-Identifier: MIT
# Sourced by the attacks: an emulated device with a key, its owner, and strangers.
set -u
PATH=$BUILD:$BUILD/tests:$PATH
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
cd "$work" || exit 1
export XDG_CONFIG_HOME="$work/config" LC_ALL=C.UTF-8
unset OTATOOL_KEY_FILE http_proxy
processes=
trap 'for p in $processes; do kill "$p" 2>/dev/null; done; rm -rf "$work"' EXIT
attack=$(basename "$0" .sh)

fail() {
	echo "$attack: $*" >&2
	exit 1
}

# Run in the background; the first line it prints goes to the variable named first.
start() { # VARIABLE COMMAND...
	variable=$1
	shift
	rm -f first && mkfifo first
	"$@" >first 2>>"$attack.log" &
	processes="$processes $!"
	IFS= read -r line <first || fail "did not start: $*: $(cat "$attack.log")"
	eval "$variable=\$line"
}

otatool keygen push -q || fail "no key"
otatool keygen push -q --for lamp -o device.key || fail "no key of the device"
tool_make_image lamp 1.0 40000 1 >old.bin
tool_make_image lamp 2.0 150000 2 >new.bin
tool_make_image lamp 6.6 100000 3 >evil.bin
start url otatool emulate --key device.key --id lamp --new 4MB --preset two_slots --listen 127.0.0.1:0 flash old.bin

runs() { # VERSION
	otatool device info "$url" --expect-id lamp | grep -q "^app .* $1\$"
}

owner_succeeds() { # IMAGE VERSION
	otatool push -q "$1" "$url" --expect-id lamp || fail "the owner's push fails"
	runs "$2" || fail "$2 does not run"
}
