#!/bin/sh
# Strangers hold every connection and open 50 more a second: a push meanwhile succeeds or fails cleanly,
# and the device answers at once when they are gone. FLOOD_SECONDS, 3 by default.
. "$(dirname "$0")/device.sh"
start said "$here/flood.py" "$url" "${FLOOD_SECONDS:-3}"
flood=${processes##* }
otatool push -q --json new.bin "$url" --expect-id lamp >result 2>talk
status=$?
case $status in
0) version=2.0 ;;
4) version=1.0 ;;
*) fail "status $status: $(cat talk)" ;;
esac
tail -n 1 result | grep -q '"event":"result"' || fail "no result"
wait "$flood"
timeout 1 otatool device info "$url" --expect-id lamp >info || fail "no answer within a second of the end"
grep -q "^app .* $version\$" info || fail "$version does not run: $(cat info)"
owner_succeeds new.bin 2.0
