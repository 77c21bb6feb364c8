#!/bin/sh
# check_portable.sh CC FOLDER FILE...: compile what firmware shares freestanding, link it into one
# object, and let nothing be undefined but memcpy, memmove, memset, memcmp and the digest, which is
# chosen at link time. Again for 32 bits where the cross compiler is installed.
set -u
cc=$1 out=$2
shift 2
mkdir -p "$out"

try() { # COMPILER FLAGS HEADERS FILE...: HEADERS says where the C library's headers are
	compiler=$1 flags=$2 headers=$3
	objects=
	shift 3
	for file; do
		object=$out/$(echo "$file" | tr / _).o
		# shellcheck disable=SC2086
		$compiler -std=c11 -Os -I. -ffreestanding -Wall -Wextra -Werror $flags $headers -c -o "$object" "$file" || exit 1
		objects="$objects $object"
	done
	# shellcheck disable=SC2086
	$compiler $flags -nostdlib -r -o "$out/all.o" $objects || exit 1
	undefined=$(nm -u "$out/all.o" | awk '{print $2}' |
		grep -Ev '^(_GLOBAL_OFFSET_TABLE_|memcpy|memmove|memset|memcmp|ota_sha256_(begin|feed|finish)|__(u?(div|mod)[sd]i3|mul[sd]i3|(l?ash|lsh)[lr]di3|clz[sd]i2))$')
	[ -z "$undefined" ] || { echo "$compiler: not portable, needs:" $undefined; exit 1; }
	echo "portable with $compiler $flags"
}

try "$cc" "" "" "$@"
if command -v riscv64-unknown-elf-gcc >/dev/null; then
	try riscv64-unknown-elf-gcc "-march=rv32imc -misa-spec=2.2 -mabi=ilp32" --specs=picolibc.specs "$@"
fi
