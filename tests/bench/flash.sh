#!/bin/sh
# flash check and flash split of 16 MiB: reading the file is the measure.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
b="$BUILD/otatool -q"
"$BUILD/tests/tool_flash_fixture" >4.bin
"$BUILD/tests/tool_flash_fixture" 1572864 >app.bin
cat >16.csv <<'CSV'
nvs,data,nvs,0x9000,0x6000
otadata,data,ota,,0x2000
phy_init,data,phy,,0x1000
ota_0,app,ota_0,0x20000,3M
ota_1,app,ota_1,,3M
storage,data,spiffs,,9M
CSV
head -c 6291456 /dev/urandom >files.bin
$b flash read 4.bin @0+0x5000 boot.bin
$b flash join -o 16.bin --table 16.csv --size 16M 0=boot.bin ota_0=app.bin ota_1=app.bin storage=files.bin 2>/dev/null
cat >split.sh <<SH
rm -rf pieces
exec $b flash split 16.bin -d pieces
SH
"$TIMER" 31 dd if=16.bin of=/dev/null bs=16M status=none -- cat 16.bin -- $b flash check 16.bin -- sh split.sh -- sh -c 'rm -rf copy; exec cp 16.bin copy' >times
awk '{ t[NR] = $1; m[NR] = $2 } END {
	printf "flash check, 16 MiB  : reading it into memory  %6.2f   target <= 2\n", t[3] / t[1]
	printf "flash check, 16 MiB  : cat                     %6.2f\n", t[3] / t[2]
	printf "flash split, 16 MiB  : reading it into memory  %6.2f   target <= 2\n", t[4] / t[1]
	printf "flash split, 16 MiB  : cp                      %6.2f\n", t[4] / t[5]
	printf "flash check, peak memory, MiB                  %6.2f   target <= 32\n", m[3] / 1024
	printf "flash split, peak memory, MiB                  %6.2f   target <= 32\n", m[4] / 1024
	printf "(flash check: %.2f ms, flash split: %.2f ms)\n", t[3] / 1000, t[4] / 1000 }' times
