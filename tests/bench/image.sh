#!/bin/sh
# image verify: at the speed of the digest. ESPTOOL=path of esptool.py (run by PYTHON) adds it to the comparison.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
random() { openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 -in /dev/zero 2>/dev/null | head -c "$1" || :; }
image() { # MIB OUTPUT: so many MiB of segments
	random $(($1 * 1048576 - 65536)) >code
	otatool -q image build --chip esp32s3 --project bench --segment 0x42010020=code -o "$2"
}
image 16 16.bin
image 1 1.bin
v="$BUILD/otatool -q image verify"
# shellcheck disable=SC2086
set -- 31 openssl dgst -sha256 16.bin -- $v 16.bin -- $v 1.bin
[ -z "${ESPTOOL-}" ] || set -- "$@" -- "${PYTHON:-python3}" "$ESPTOOL" image-info 1.bin
"$TIMER" "$@" >times
awk '{ t[NR] = $1; m[NR] = $2 } END {
	printf "image verify, 16 MB  : openssl dgst -sha256    %6.2f   target <= 1.05\n", t[2] / t[1]
	printf "image verify, 16 MB, peak memory, MiB          %6.2f   target <= 6\n", m[2] / 1024
	if (t[4]) printf "esptool image-info   : image verify, 1 MB      %6.1f   target >= 25\n", t[4] / t[3]
	printf "(image verify of 16 MB: %.2f ms, of 1 MB: %.2f ms)\n", t[2] / 1000, t[3] / 1000 }' times
