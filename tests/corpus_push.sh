#!/bin/sh
# corpus_push.sh FOLDER: what deflate with the window of a receiver makes of real app images of 300 KB
# and more, cut into parts as a push cuts it: a median of 0.66 of the size at most, none over 0.74, and
# zlib unpacks each part to what it was.
set -u
find "$1/images" -type f -size +299999c -exec sh -c '
	for image; do
		otatool image verify -q "$image" >/dev/null 2>&1 && { tool_pack "$image" || echo "1000 $image"; }
	done' - {} + | sort -n >"$BUILD/pack.txt"
awk '{ size[NR] = $1 } END {
	median = NR % 2 ? size[(NR + 1) / 2] : (size[NR / 2] + size[NR / 2 + 1]) / 2
	printf "push: %d app images of 300 KB and more, deflated to %.3f of their size (median; target <= 0.66), at most %.3f (target <= 0.74)\n", NR, median / 1000, size[NR] / 1000
	exit !(NR && median <= 660 && size[NR] <= 740) }' "$BUILD/pack.txt"
