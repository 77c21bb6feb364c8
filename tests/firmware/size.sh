#!/bin/sh
# size.sh: text, data and bss of the board's firmware by part, in bytes, as compiled (core, lib and
# port before unused functions are left out), and of whole apps and the boot stage as linked.
set -eu
FW=${FW:-build/firmware}
cc=riscv64-unknown-elf-gcc
command -v $cc >/dev/null || { echo "size: $cc is not installed (.ci/deps --all)"; exit 0; }

part() { # NAME OBJECT...
	name=$1
	shift
	riscv64-unknown-elf-size -t "$@" | awk -v name="$name" 'END {
		printf "  %-22s text %6d  data %4d  bss %6d\n", name, $1, $2, $3 }'
}

echo "emulated board, rv32imc -Os:"
part "receiver core" "$FW"/firmware/core/*.o
part "board's port" "$FW"/firmware/port/qemu-sifive_u/*.o
part "lwIP" "$FW"/lwip/src/core/*.o "$FW"/lwip/src/core/ipv4/*.o "$FW"/lwip/src/netif/*.o
part "whole app" "$FW/app-1.0.0.elf"
part "boot stage" "$FW/boot.elf"
