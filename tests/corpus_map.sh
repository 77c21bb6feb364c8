#!/bin/sh
# Maps of every table there is: drawn, no label on another, every line within its width, and how long
# one takes (tests/corpus.sh).
set -u
dir=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
PATH=$PATH:$BUILD/tests
LC_ALL=C.UTF-8
export LC_ALL
good=0 bad=0

for file in "$dir"/csv/*.csv "$dir"/ptable/*.bin "$dir"/ptable/csv/*; do
	for size in 4MB 16MB; do
		otatool -q table map --no-verify --flash-size $size --svg "$file" >"$work/svg" 2>/dev/null || continue
		what=$(tool_svg_boxes <"$work/svg")
		width=$(otatool -q table map --no-verify --flash-size $size --width 80 "$file" 2>/dev/null | wc -L)
		[ "$width" -le 80 ] || what="$what a line of $width columns"
		if [ -z "$what" ]; then
			good=$((good + 1))
		else
			echo "  ${file##*/}, $size: $what"
			bad=$((bad + 1))
		fi
	done
done
echo "maps: $good without overlapping labels, $bad with"
[ $good -gt 0 ] && [ $bad -eq 0 ]
