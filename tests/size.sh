#!/bin/sh
# size.sh: what firmware links, for rv32imc with -Os, without sentences and with one chip's row: bytes
# of code and read-only data, each line with its target; exit 1 where one is missed.
set -u
cd "$(dirname "$0")/.." || exit 1
cc=riscv64-unknown-elf-gcc
command -v $cc >/dev/null || { echo "size: $cc is not installed (.ci/deps --all)"; exit 0; }
out=build/size
mkdir -p $out
flags="-std=c11 -Os -march=rv32imc -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs -ffreestanding
	-ffunction-sections -fdata-sections -DOTA_NO_TEXT -DOTA_ONE_CHIP=OTA_CHIP_ESP32C3 -I."
bad=0

# measure NAME TARGET SYMBOL... -- FILE...: what is left when only the symbols are called
measure() {
	name=$1 target=$2 keep=
	shift 2
	while [ "$1" != -- ]; do
		keep="$keep -Wl,-u,$1"
		shift
	done
	shift
	objects=
	for file; do
		object=$out/$(echo "$file" | tr / _).o
		# shellcheck disable=SC2086
		$cc $flags -c -o "$object" "$file" || exit 1
		objects="$objects $object"
	done
	# shellcheck disable=SC2086
	$cc -march=rv32imc -misa-spec=2.2 -mabi=ilp32 -nostdlib -r -Wl,--gc-sections $keep -o $out/all.o $objects || exit 1
	bytes=$(riscv64-unknown-elf-size -A $out/all.o |
		awk '/^\.(text|rodata|srodata|data\.rel\.ro)/ { n += $2 } END { print n + 0 }')
	printf '%-48s %6d bytes   target <= %d\n' "$name" "$bytes" "$target"
	[ "$bytes" -le "$target" ] || bad=1
}

measure "image verifier, without SHA-256" 6144 ota_image_begin ota_image_feed ota_image_finish \
	ota_image_size_signed -- lib/image.c lib/image_judge.c lib/image_rules.c lib/chip.c
exit $bad
