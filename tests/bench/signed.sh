#!/bin/sh
# signed: what signing adds to a push on loopback, but for the restart. Pushes to an open device and to one
# with a key take turns; the best of each counts, for that is what is left without the machine's noise.
set -eu
work=$(mktemp -d)
trap 'kill ${open-} ${owned-} 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
export PATH="$BUILD/tests:$PATH" XDG_CONFIG_HOME="$work"
runs=${1:-41}
otatool keygen push -q
tool_make_image lamp 1.0 60000 1 >a.bin
tool_make_image lamp 2.0 60000 2 >b.bin

device() { # NAME OPTION...
	name=$1
	shift
	mkfifo "$name.url"
	otatool emulate --listen 127.0.0.1:0 --id lamp --new=4M --preset=two_slots "$@" "$name.bin" a.bin >"$name.url" 2>/dev/null &
}
device open --insecure
open=$!
read -r open_url <open.url
device owned --key otatool/key
owned=$!
read -r owned_url <owned.url
ms() { # of the request path alone: until the device restarts, and from the proof to the end
	awk -F'"ms":' '/"event":"stage"/ { split($2, t, /[,}]/); split($0, s, /"stage":"/); split(s[2], n, "\""); at[n[1]] = t[1] }
		END { print at["restart"] - at["probe"] + at["done"] - at["prove"] }' events
}
image=b.bin i=0
: >open.ms && : >owned.ms
while [ $i -lt "$runs" ]; do
	otatool push --json --insecure "$image" "$open_url" >events 2>/dev/null
	ms >>open.ms
	otatool push --json --expect-id lamp "$image" "$owned_url" >events 2>/dev/null
	ms >>owned.ms
	if [ $image = b.bin ]; then image=a.bin; else image=b.bin; fi
	i=$((i + 1))
done
best() { sort -n "$1" | head -n 1; }
a=$(best open.ms) b=$(best owned.ms)
printf 'push of 60 kB, without the restart: open %s ms, signed %s ms, more: %s   target <= 5\n' "$a" "$b" $((b - a))
