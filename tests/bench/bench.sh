#!/bin/sh
# bench.sh: speeds as ratios of whole processes, medians of one run, on this machine. Each part
# prints a line a figure: what, measured, target. REFERENCE=gen_esp32part.py (run by PYTHON) adds it to the comparison.
set -u
here=$(cd "$(dirname "$0")" && pwd)
export PATH="$BUILD:$PATH" TIMER="$BUILD/tests/tool_timer" HERE="$here"
for part in "$here"/*.sh; do
	[ "$part" = "$here/bench.sh" ] || "$part"
done
