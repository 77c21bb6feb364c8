#!/bin/sh
# Who has no key changes no byte of flash and reads no slot, whatever he sends.
. "$(dirname "$0")/device.sh"
cp flash before
"$here/strangers.py" "$url" evil.bin || fail "see above"
cmp flash before || fail "flash was changed"
owner_succeeds new.bin 2.0
