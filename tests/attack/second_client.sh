#!/bin/sh
# A client written from otatool-receiver(7) alone pushes an image.
. "$(dirname "$0")/device.sh"
"$here/../second_client.py" "$url" device.key new.bin >said || fail "it failed"
grep -q 'runs the image from ota_1' said || fail "it said: $(cat said)"
runs 2.0 || fail "another app runs"
