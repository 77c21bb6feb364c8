#!/bin/sh
# demo.sh: the main job on real input, told step by step. Each command shown is the one that is run.
set -eu
PATH=$BUILD:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$(cd "$(dirname "$0")/.." && pwd)
cp "$top/tests/cli/two_slots.csv" "$work/partitions.csv"
cd "$work"
export XDG_CONFIG_HOME="$work" # keys, and the devices that are known
unset OTATOOL_KEY_FILE

say() { printf '\n# %s\n' "$*"; }
run() {
	printf '$ %s\n' "$*"
	sh -c "$*"
}

say "A partition table as people write it, as a device reads it, and back."
run cat partitions.csv
run otatool table build partitions.csv -o partition-table.bin
run otatool table show partition-table.bin
run otatool table get partition-table.bin -n ota_0 offset size

say "The flash to scale, and what a device would lose by another table."
run otatool table map --flash-size 4MB partition-table.bin
run "otatool table presets two_ota_large | otatool table diff partitions.csv - || true"

# What a compiler would leave: code to run in place, and data that begin with the receiver's marker
# (lib/marker.h). ATTEMPT makes them differ.
app() { # ATTEMPT
	printf '\305ota\037rx\001\235\142\270\076\164\241\013\346' >ram
	head -c 3000 /bin/sh >>ram
	{ echo "$1"; head -c 99000 /bin/sh; } | head -c 98304 >code
}
emulate() { # OPTION...: show the command, run it in the background, and wait for its URL
	printf '$ otatool emulate --listen=127.0.0.1:0 %s &\n' "$*"
	rm -f url
	mkfifo url
	# shellcheck disable=SC2086
	otatool emulate --listen=127.0.0.1:0 "$@" >url 2>emulate.log &
	device=$!
	exec 3<url
	read -r url <&3 || cat emulate.log >&2
	echo "$url"
}
stop() {
	kill $device
	wait $device 2>/dev/null || true
}
trap 'kill ${device-} 2>/dev/null || true; rm -rf "$work"' EXIT
build='otatool image build --chip esp32c3 --project lamp --segment 0x42010020=code --segment 0x3fc80000=ram'

say "Two versions of an app, and a key that owns the devices."
app one
run "$build --app-version 1.0 -o lamp-1.0.bin"
app two
run "$build --app-version 1.1 -o lamp-1.1.bin"
run otatool image info lamp-1.1.bin --field app.version
run otatool keygen push

say "A device with this table and version 1.0, emulated: the receiver itself, on a flash file."
emulate flash.bin lamp-1.0.bin --new=4M --preset=two_slots --config=rollback --key=otatool/key --id=lamp1
run otatool push lamp-1.1.bin $url

say "Done means that it runs: 1.1 is what the device says that it runs, and it is confirmed."
run "otatool device info $url"
run "otatool push lamp-1.1.bin $url"
stop

say "A version that crashes when it starts: the bootloader rolls back, and the push says so."
app three
run "$build --app-version 1.2 -o lamp-1.2.bin"
emulate flash.bin --config=rollback --key=otatool/key --id=lamp1 --bad-app=ota_0
run "otatool push lamp-1.2.bin $url; echo status \$?"
run "otatool device info $url | grep -E 'runs from|last trial'"
run "otatool otadata show $url"
stop

say "What the bootloader does with this flash now, step by step."
run "otatool boot flash.bin --config=rollback"
