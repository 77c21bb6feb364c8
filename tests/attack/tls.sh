#!/bin/sh
# At a device that speaks TLS: silent, slow and wrong clients hold up nobody, and nobody on the path makes
# push go on without TLS, or with another's.
. "$(dirname "$0")/device.sh"
"$here/../make_certs.sh" || fail "no certificates"
start tls otatool emulate --key device.key --id lamp --new 4MB --preset two_slots --listen 127.0.0.1:0 \
	--tls-cert good.pem --tls-key good.key tls-flash old.bin
cp tls-flash before

start said "$here/mutes.py" "$tls" ca.pem
mutes=${processes##* }
timeout 2 otatool device info "$tls" --cacert ca.pem --expect-id lamp >info || fail "no answer within 2 s beside silent clients"
otatool push -q new.bin "$tls" --cacert ca.pem --expect-id lamp || fail "a push beside silent clients fails"
kill "$mutes"
timeout 1 otatool device info "$tls" --cacert ca.pem --expect-id lamp | grep -q "^app .* 2.0\$" || fail "2.0 does not run"

meets() { # RULE URL OPTION...
	rule=$1
	shift
	otatool push old.bin "$@" --retries 1 --timeout 2 >said 2>talk
	status=$?
	[ $status -eq 4 ] || fail "$rule: status $status"
	grep -qF "[$rule]" talk || fail "$rule: it said $(cat talk)"
}
cp tls-flash before
# Somebody else's certificate before the device, and a redirect to where there is no TLS.
start proxy env CERTIFICATE=stranger "$here/proxy.py" "$url" none
meets push-untrusted "$proxy" --cacert ca.pem --expect-id lamp
meets push-untrusted "$proxy" --pin "$(cat good.pin)" --expect-id lamp
start proxy env CERTIFICATE=good "$here/proxy.py" "$url" redirect "$url/"
meets push-redirect "$proxy" --cacert ca.pem --insecure
meets push-network "$proxy" --cacert ca.pem --expect-id lamp
start proxy "$here/proxy.py" "$url" none
meets push-network "https://${proxy#http://}" --cacert ca.pem --expect-id lamp
cmp tls-flash before || fail "flash was changed"
runs 1.0 || fail "something reached the device without TLS"
