#!/bin/sh
# table build: start-up is the cost.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo 'int main(void) { return 0; }' >empty.c
${CC:-cc} -O2 -o empty empty.c

rows() { # COUNT: a CSV of so many rows
	i=0
	while [ $i -lt "$1" ]; do
		echo "part_$i,data,fat,,4K"
		i=$((i + 1))
	done
}
rows 6 >6.csv
rows 12 >12.csv
rows 94 >94.csv
b="$BUILD/otatool -q table build"
# shellcheck disable=SC2086
set -- 301 ./empty -- $b 12.csv -o 12.bin -- $b 6.csv -o 6.bin -- $b 94.csv -o 94.bin
[ -z "${REFERENCE-}" ] || set -- "$@" -- "${PYTHON:-python3}" "$REFERENCE" -q 12.csv ref.bin
"$TIMER" "$@" >times
awk '{ t[NR] = $1; m[NR] = $2 } END {
	printf "table build, 12 rows : an empty program        %6.2f   target <= 2.2\n", t[2] / t[1]
	printf "table build, 94 rows : 6 rows                  %6.2f   target <= 1.1\n", t[4] / t[3]
	printf "table build, peak memory, MiB                  %6.2f   target <= 4\n", m[4] / 1024
	if (t[5]) printf "gen_esp32part.py : table build, 12 rows        %6.1f   target >= 12\n", t[5] / t[2]
	printf "(table build of 12 rows: %.2f ms)\n", t[2] / 1000 }' times
