#!/bin/sh
# Memory of the ESP-IDF component as it is allocated at start, for rv32imc, beside the budget: digests of
# the size that mbed TLS has in ESP-IDF v5.5 (116 bytes) and v6 (232).
set -eu
cd "$(dirname "$0")/.."
cc=riscv64-unknown-elf-gcc
command -v $cc >/dev/null || { echo "size: $cc is not installed (.ci/deps --all)"; exit 0; }
out=build/size_idf
mkdir -p $out

state() { # words of a digest, connections
	{
		cat firmware/port/esp-idf/receiver.c
		echo 'char ota_probe[sizeof(struct state)];'
	} | $cc -march=rv32imc -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs -std=c11 -Os -I. -Itests/idf \
		-Ifirmware/port/esp-idf -Ifirmware/port/esp-idf/include -DOTA_NO_TEXT -DOTA_ONE_CHIP=5 \
		-DOTA_SHA256_WORDS="$1" -DFAKE_CONNECTIONS="$2" -x c -c -o $out/state.o -
	riscv64-unknown-elf-nm -S -t d $out/state.o | awk '$4 == "ota_probe" { print $2 + 0 }'
}
for words in 16 30; do
	one=$(state $words 1)
	more=$(($(state $words 2) - one))
	[ $words -eq 16 ] && version=v5.5 || version=v6
	awk -v v=$version -v n="$one" -v m=$more 'BEGIN {
		printf("ESP-IDF %s: component, one connection%s %6d bytes   budget <= 6144%s\n", v, v == "v6" ? "   " : " ", n, n > 6144 ? ", over by " (n - 6144) : "")
		printf("ESP-IDF %s: a further connection%s %6d bytes   budget <= 1280%s\n", v, v == "v6" ? "        " : "      ", m, m > 1280 ? ", over by " (m - 1280) : "")
	}'
done
