#!/bin/sh
# Code, memory and stack of the receiver as firmware links it: rv32imc, -Os, one chip's row, without
# sentences. One line a figure, with its budget; the exit status is 0 whatever they are.
# The stack is the deepest path of the call graph; calls through pointers go where INDIRECT says.
set -eu
cd "$(dirname "$0")/.."
cc=riscv64-unknown-elf-gcc
command -v $cc >/dev/null || { echo "size: $cc is not installed (.ci/deps --all)"; exit 0; }
arch="-march=rv32imc -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs"
out=build/size_receiver
rm -rf $out && mkdir -p $out

objects=
for file in lib/*.c firmware/core/*.c firmware/port/template/*.c firmware/port/common/*.c; do
	object=$out/$(echo "$file" | tr / _ | sed 's/\.c$//').o
	# shellcheck disable=SC2086
	$cc $arch -std=c11 -Os -msave-restore -I. -DOTA_NO_TEXT -DOTA_ONE_CHIP=5 -ffunction-sections -fdata-sections \
		-fcallgraph-info=su -c -o "$object" "$file"
	objects="$objects $object"
done

link() { # name, roots
	roots=$(echo "$2" | sed 's/[a-z_0-9]*/-Wl,-u,&/g; s/-Wl,-u, / /g; s/-Wl,-u,$//')
	# shellcheck disable=SC2086
	$cc $arch -nostartfiles -Wl,--gc-sections -Wl,-e,0 -Wl,-Map=$out/$1.map $roots -o $out/$1.elf $objects 2>/dev/null
}
link whole "ota_port_run ota_conn_open ota_conn_victim ota_conn_input ota_conn_output ota_conn_done ota_conn_close"
link digest "ota_sha256_begin ota_sha256_feed ota_sha256_finish"

section() { riscv64-unknown-elf-size -A "$out/$1.elf" | awk -v s="$2" 'index($1, s) == 1 { n += $2 } END { print n + 0 }'; }
symbol() { riscv64-unknown-elf-nm -S -t d "$out/whole.elf" | awk -v s="$1" '$4 == s { print $2 + 0 }'; }
line() { # what, bytes, budget
	awk -v w="$1" -v n="$2" -v b="$3" 'BEGIN { printf "%-48s %6d bytes", w, n; if (b) printf("   budget <= %d%s", b, (n > b) ? ", over by " (n - b) : ""); print "" }'
}

# part WHAT FILES: what these object files, names by a pattern, brought into the whole
part() {
	bytes=$(awk -v pattern="/($2)[.]o$" '
	/^Linker script and memory map/ { on = 1 }
	on && /^ [.](text|rodata|srodata)/ { if (NF == 1) { getline rest; $0 = $0 rest }
		if ($2 !~ /^0x0+$/ && $NF ~ pattern) print $3 }' $out/whole.map | (
		sum=0
		while read -r n; do sum=$((sum + n)); done
		echo $sum))
	line "  $1" "$bytes" 0
}

digest=$(section digest .text)
line "receiver, code and constants, without digest" $(($(section whole .text) - digest)) 16384
part "image verifier" 'lib_(image|chip).*'
part "signatures, nonces, keys" 'lib_(http_sig|nonce|hmac|push_key|base64)|firmware_core_(auth|keys)'
part "HTTP: heads, requests, answers, refusals" 'lib_(http_head|text)|firmware_core_(conn|request|fields|send|answer|line)'
part "uploads: judge, write, read back, arm" 'firmware_core_(upload|slot|finish|check|facts|receiver)|lib_marker'
part "layout, records, switch, trial" 'lib_(otadata.*|boot.*|table|cursor)|firmware_core_(switch|change|layout)'
part "what is told: device, blocks, records, table" 'firmware_core_(device|reads)|lib_crc32'
line "digest in portable C" "$digest" 0
conn=$(symbol conns)
line "memory: receiver, one connection, sector" $(($(symbol receiver) + conn)) 6144
line "memory: a further connection" "$conn" 1280

INDIRECT='ota_step=^ota_request_begin$|^[a-z]*\.c:(step_|answer|confirmed|change_|other_boots|rolled_back|no_rollback|switched|commit|refuse_boot)
ota_conn_input=^ota_upload_take$|^keys.c:take$
ota_request_begin=^ota_(device|upload|blocks|boot|confirm|rollback|restart|otadata|table|key)[a-z_]*_begin$
ota_http_head_feed=^http_head.c:(take_|begin_name)
device.c:step_device=^device.c:put_'
stack() { # root
	awk -v root="$1" -v indirect="$INDIRECT" '
	function name(s) { sub(/^.*\//, "", s); sub(/\.(constprop|isra|part|cold).*$/, "", s); return s }
	function quoted(key, s) { s = $0; if (!sub(".*" key ": \"", "", s)) return ""; sub(/".*/, "", s); return s }
	/^node:/ {
		n = name(quoted("title")); l = quoted("label")
		if (match(l, /[0-9]+ bytes/)) { b = substr(l, RSTART, RLENGTH) + 0; if (b > own[n]) own[n] = b; all[n] }
	}
	/^edge:/ { f = name(quoted("sourcename")); t = name(quoted("targetname")); if (!((f, t) in seen)) { seen[f, t]; calls[f] = calls[f] " " t } }
	function deep(f, i, n, list, most, d, t) {
		if (f in done) return done[f]
		if (on[f]) { print "recursion: " f; return 0 }
		on[f] = 1
		n = split(calls[f], list, " ")
		for (i = 1; i <= n; i++) {
			t = list[i]
			d = t == "__indirect_call" ? pointed(f) : deep(t)
			if (d > most) { most = d; next_of[f] = t == "__indirect_call" ? best[f] : t }
		}
		on[f] = 0
		done[f] = own[f] + most
		return done[f]
	}
	function pointed(f, t, most, d) {
		if (!(f in pattern)) return 0
		for (t in all) if (t ~ pattern[f] && t != f) { d = deep(t); if (d > most) { most = d; best[f] = t } }
		return most + 0
	}
	END {
		k = split(indirect, rows, "\n")
		for (i = 1; i <= k; i++) { split(rows[i], pair, "="); pattern[pair[1]] = pair[2] }
		d = deep(root); path = root
		for (f = next_of[root]; f; f = next_of[f]) path = path " " f
		print d, path
	}' $out/*.ci
}
for root in ota_step ota_conn_input ota_conn_output ota_receiver_begin; do
	result=$(stack $root)
	echo "$result" | grep recursion || :
	deepest=$(echo "$result" | tail -n 1)
	line "stack: $root" "${deepest%% *}" 1536
	echo "    ${deepest#* }"
done
