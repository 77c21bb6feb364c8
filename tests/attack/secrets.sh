#!/bin/sh
# No key in what is printed or logged, on a command line, or in a core.
. "$(dirname "$0")/device.sh"
key=$(cut -d' ' -f3 device.key)
fleet=$(cut -d' ' -f3 "$XDG_CONFIG_HOME/otatool/key")
otatool push --json new.bin "$url" --expect-id lamp --soak 1 >out 2>err &
push=$!
cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' >lines
wait "$push" || fail "push fails: $(cat err)"
KEY=$(cat device.key) otatool device info --json "$url" --key-env KEY >>out 2>>err || fail "--key-env fails"
otatool device info "$url" --key fd:3 3<device.key >>out 2>>err || fail "--key fd:3 fails"
otatool --help >>out
for secret in "$key" "$fleet"; do
	! grep -qF "$secret" out err lines "$attack.log" || fail "a key shows"
	hex=$(printf %s "$secret" | base64 -d | od -An -v -tx1 | tr -d ' \n')
	! grep -qF "$hex" out err lines "$attack.log" || fail "a key shows in hexadecimal"
done
! grep -rqF "$key" "$XDG_CONFIG_HOME/otatool/known_devices" 2>/dev/null || fail "a key is remembered"
ulimit -c unlimited 2>/dev/null
start url otatool emulate --key device.key --id lamp --new 4MB --preset two_slots --config rollback --listen 127.0.0.1:0 flash2 old.bin
"$here/memory.py" "$XDG_CONFIG_HOME/otatool/key" device.key otatool push --json --soak 30 new.bin "$url" --expect-id lamp || fail "see above"
