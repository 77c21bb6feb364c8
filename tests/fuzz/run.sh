#!/bin/sh
# run.sh TARGET SECONDS: run a fuzz target on its corpus below build/fuzz, seeded from tests/fuzz/NAME/
# (hex text: each line of seeds.hex is one input; other files as they are).
set -eu
target=$1 seconds=$2
here=$(cd "$(dirname "$0")" && pwd)
name=$(basename "$target")
corpus=$(dirname "$target")/corpus/$name
mkdir -p "$corpus"
seeds=$here/$name
if [ -e "$seeds/seeds.hex" ]; then
	n=0
	while read -r hex; do
		n=$((n + 1))
		printf "%s" "$hex" | tr -d " " | xxd -r -p >"$corpus/seed$n"
	done <"$seeds/seeds.hex"
fi
[ ! -d "$seeds" ] || find "$seeds" -type f ! -name seeds.hex -exec cp {} "$corpus/" \;
if ! "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
	-artifact_prefix="$corpus-" "$corpus" >"$target.log" 2>&1; then
	tail -n 40 "$target.log"
	exit 1
fi
grep -h 'number_of_executed_units' "$target.log" | sed "s|^stat::number_of_executed_units:|$name, inputs without a finding:|"
