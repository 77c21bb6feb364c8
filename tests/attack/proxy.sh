#!/bin/sh
# On the path between owner and device: push never reports success, and says what it saw; what it
# brought there does not boot, and the next push past the attacker succeeds.
. "$(dirname "$0")/device.sh"

play() { # TRICK EXPECTED-RULE
	start proxy "$here/proxy.py" "$url" "$1" "${3-evil.bin}"
	otatool push --json new.bin "$proxy" --expect-id lamp --retries 1 --timeout 2 >said 2>talk
	status=$?
	[ $status -ge 4 ] || fail "$1: status $status"
	tail -n 1 said | grep -q '"ok":false' || fail "$1: $(tail -n 1 said)"
	grep -Eq "$2" talk || fail "$1: it said $(cat talk)"
	runs 1.0 || fail "$1: another app runs"
}

play unauthorized 'push-key'
play redirect 'HTTP 302, is not signed' http://127.0.0.1:9/
play done 'HTTP 200, is not signed'
play swallow 'connection was cut'
play runs 'HTTP 200, is not signed' new.bin
play strip 'HTTP 200, is not signed'
play status 'HTTP [0-9]*, is not signed'
play old 'HTTP 200, is not signed'
play image 'OTA_DIGEST|OTA_IMAGE|OTA_CONTENT_DIGEST|OTA_CHIP|OTA_STREAM|OTA_PROJECT'
owner_succeeds new.bin 2.0
