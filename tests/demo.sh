#!/bin/sh
# demo.sh: the main job on real input, told step by step. Each command shown is the one that is run.
set -eu
PATH=$BUILD:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$(cd "$(dirname "$0")/.." && pwd)
cp "$top/tests/cli/two_slots.csv" "$work/partitions.csv"
cd "$work"

say() { printf '\n# %s\n' "$*"; }
run() {
	printf '$ %s\n' "$*"
	sh -c "$*"
}

say "A partition table as people write it, as a device reads it, and back."
run cat partitions.csv
run otatool table build partitions.csv -o partition-table.bin
run otatool table show partition-table.bin
run otatool table get partition-table.bin -n ota_0 offset size

say "The flash to scale, and what a device would lose by another table."
run otatool table map --flash-size 4MB partition-table.bin
run "otatool table presets two_ota_large | otatool table diff partitions.csv - || true"
