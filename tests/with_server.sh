#!/bin/sh
# with_server.sh SERVER COMMAND: run COMMAND (for sh) while SERVER runs. In COMMAND @ stands for the
# URL, the first line that SERVER prints; what COMMAND prints shows DEVICE in its place.
set -u
work=$(mktemp -d) || exit 99
mkfifo "$work/url"
sh -c "exec $1" >"$work/url" 2>"$work/server" &
pid=$!
trap 'kill $pid 2>/dev/null; wait $pid 2>/dev/null; rm -rf "$work"' EXIT
exec 3<"$work/url"
read -r url <&3 || { cat "$work/server"; exit 99; }
SERVER=$pid sh -c "$(printf '%s\n' "$2" | sed "s|@|$url|g")" >"$work/out" 2>"$work/err"
status=$?
host=${url#http*://}
sed "s|$url|DEVICE|g; s|$host|DEVICE|g" "$work/out"
sed "s|$url|DEVICE|g; s|$host|DEVICE|g" "$work/err" >&2
exit $status
