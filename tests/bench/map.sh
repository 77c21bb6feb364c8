#!/bin/sh
# table map: a picture while one types.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
i=0
while [ $i -lt 93 ]; do
	echo "part_$i,data,fat,,4K"
	i=$((i + 1))
done >94.csv
echo "app,app,factory,,3M" >>94.csv
"$TIMER" 101 "$BUILD/otatool" table map --preset two_ota -- "$BUILD/otatool" table map --preset two_ota --svg \
	-- "$BUILD/otatool" table map 94.csv --svg >times
awk '{ t[NR] = $1 / 1000 } END {
	printf "table map, text, ms                            %6.2f   target <= 5\n", t[1]
	printf "table map, SVG, ms                             %6.2f   target <= 5\n", t[2]
	printf "table map, SVG of 94 rows, ms                  %6.2f   target <= 5\n", t[3] }' times
