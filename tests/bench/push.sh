#!/bin/sh
# push: 4 MB to the emulated receiver without flash timing, against curl -T of it to nginx and two
# SHA-256 passes; and what a push takes beside the upload and the restart. They take turns; medians.
set -eu
work=$(mktemp -d)
trap 'kill ${device-} ${web-} 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
export PATH="$BUILD/tests:$PATH" XDG_CONFIG_HOME="$work"
runs=11

app() { # VERSION BYTES: real code, as far as there is some
	printf '\305ota\037rx\001\235\142\270\076\164\241\013\346' >ram
	{ echo "$1"; cat "$BUILD/otatool" "$BUILD/libota.a" /bin/sh; } | head -c "$2" >code
	otatool -q image build --chip esp32c3 --project p --app-version "$1" --segment 0x42010020=code --segment 0x3fc80000=ram -o "$1.bin"
}
start_device() {
	rm -f flash.bin url
	mkfifo url
	otatool emulate --listen 127.0.0.1:0 --insecure --new=16M --preset=safeboot_16MB --config=rollback flash.bin small.bin >url 2>log &
	device=$!
	exec 3<url
	read -r url <&3
}
stop() { kill "$1" && wait "$1" 2>/dev/null || true; }
start_nginx() { # PORT
	cat >nginx.conf <<END
daemon off; pid $work/nginx.pid; error_log /dev/null;
events {}
http { access_log off; client_max_body_size 0; client_body_temp_path $work/body;
	server { listen 127.0.0.1:$1; location / { root $work/web.d; dav_methods PUT; } } }
END
	mkdir web.d
	chmod -R a+rwX "$work"
	nginx -c "$work/nginx.conf" -p "$work" 2>/dev/null &
	web=$!
	until curl -s -o /dev/null "http://127.0.0.1:$1/"; do
		kill -0 $web || exit 1
		sleep 0.05
	done
}
middle() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ms() { # STAGE: when it began
	sed -n "s/.*\"event\":\"$1\".*\"stage\":\"$2\",\"ms\":\([0-9]*\).*/\1/p" events | head -n 1
}

app small 400000
app new 3990000
start_device
stop $device
port=${url##*:} # free now
if command -v nginx >/dev/null && command -v curl >/dev/null; then
	start_nginx "$port"
fi
i=0
while [ $i -lt $runs ]; do
	start_device
	otatool push --json new.bin "$url" >events 2>/dev/null || { tail -n 1 events; exit 1; }
	stop $device
	# From the plan (the first progress) to the final answer; then all else but the restart itself.
	echo $(($(ms stage restart) - $(ms progress upload))) >>upload
	echo $(($(ms progress upload) + $(ms stage done) - $(ms stage prove))) >>rest
	[ -z "${web-}" ] || "$TIMER" 1 curl -s -T new.bin "http://127.0.0.1:$port/new.bin" -- sha256sum new.bin >times
	[ -z "${web-}" ] || { sed -n 1p times >>put && sed -n 2p times >>sha; }
	i=$((i + 1))
done
upload=$(middle upload)
printf 'push of 4 MB: upload %s ms, all but upload and restart %s ms   target <= 100 beyond the emulated boot\n' "$upload" "$(middle rest)"
if [ -z "${web-}" ]; then
	echo "(no nginx or no curl here: nothing to compare the upload with)"
	exit 0
fi
cmp -s new.bin web.d/new.bin || { echo "(nginx took nothing)"; exit 1; }
stop "$web"
awk -v upload="$upload" -v put="$(middle put)" -v sha="$(middle sha)" 'BEGIN {
	printf "upload : curl -T to nginx and 2 SHA-256 passes   %6.2f   target <= 1.5\n", upload * 1000 / (put + 2 * sha)
	printf "(curl -T %.1f ms, sha256sum %.1f ms)\n", put / 1000, sha / 1000 }'
