#!/bin/sh
# For 10 seconds strangers hold every connection and open 50 more a second: each push meanwhile succeeds or
# fails cleanly, the device answers within a second of the end, and the next push succeeds.
. "$(dirname "$0")/device.sh"
mkfifo said
"$here/flood.py" "$url" 10 >said 2>>flood.log &
flood=$!
processes="$processes $flood"
exec 3<said
read -r line <&3 || fail "no flood: $(cat flood.log)"
pushes=0 version=1.0 image=new.bin
while kill -0 $flood 2>/dev/null; do
	otatool push -q --json "$image" "$url" --expect-id lamp >result 2>talk
	status=$?
	tail -n 1 result | grep -q '"event":"result"' || fail "no result"
	pushes=$((pushes + 1))
	case $status in
	0) if [ $image = new.bin ]; then version=2.0 image=old.bin; else version=1.0 image=new.bin; fi ;;
	4) # perhaps it came through all the same, and only the proof did not
		version="[12].0" ;;
	*) fail "status $status: $(cat talk)" ;;
	esac
done
timeout 1 otatool device info "$url" --expect-id lamp >info || fail "no answer within a second of the end"
grep -q "^app .* $version\$" info || fail "$version does not run: $(cat info)"
wait $flood || fail "the flood broke off"
read -r count <&3
[ "$count" -ge 100 ] || fail "no flood: $count connections"
[ $pushes -gt 0 ] || fail "nothing was tried"
otatool push -q new.bin "$url" --expect-id lamp || fail "the owner's push fails afterwards"
runs 2.0 || fail "2.0 does not run"
