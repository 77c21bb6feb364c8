#!/bin/sh
# push_stop.sh SERVER STAGE: push new.bin to SERVER and terminate the push when it says that STAGE has
# begun; print the status, and what the result says of the device.
set -u
mkfifo events
export STAGE="$2"
# shellcheck disable=SC2016
"$TOP/tests/with_server.sh" "$1 shows=new.bin" '
	exec 2>/dev/null
	otatool push -q --json new.bin @ >events 2>/dev/null & push=$!
	while read -r line; do
		case $line in
		*\"event\":\"result\"*) printf "%s\n" "$line" | sed -n "s/.*\"stage\":\"\([a-z]*\)\".*\"left\":\"\([^\"]*\)\".*\"rule\":\"\([a-z-]*\)\".*/\1 \3: \2/p" ;;
		*\"event\":\"stage\"*\"stage\":\"$STAGE\"*) kill -TERM $push ;;
		esac
	done <events
	wait $push
	echo "status $?"'
rm events
