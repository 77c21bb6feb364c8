#!/bin/sh
# boot: a 16 MB dump against `image verify` of the images that are tried, one broken at its end.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
head -c 5000000 /dev/urandom >code.bin
"$BUILD/otatool" -q image build --chip esp32 --project lamp --app-version 1 \
	--segment 0x3ffb0000=/dev/null --segment 0x400d0020=code.bin -o app.bin
cp app.bin bad.bin
printf 'x' | dd of=bad.bin bs=1 seek=4000000 conv=notrunc 2>/dev/null
printf 'otadata,data,ota,0xd000,0x2000\nota_0,app,ota_0,0x10000,6M\nota_1,app,ota_1,,6M\n' >p.csv
"$BUILD/otatool" -q table build p.csv -o table.bin
"$BUILD/otatool" -q otadata init 1 -o ota.bin
"$BUILD/tests/tool_dump" dump.bin 0x1000000 0x8000=table.bin 0xd000=ota.bin 0x10000=app.bin 0x610000=bad.bin
"$BUILD/otatool" boot dump.bin | grep -q "^ota_0 starts" # both images were judged
"$TIMER" 31 "$BUILD/otatool" boot dump.bin -- "$BUILD/otatool" image verify app.bin bad.bin >times
awk '{ t[NR] = $1 } END {
	printf "boot, 16 MB dump : image verify of its images  %6.2f   target <= 1.3\n", t[1] / t[2]
	printf "(boot of a 16 MB dump: %.1f ms)\n", t[1] / 1000 }' times
