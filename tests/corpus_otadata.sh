#!/bin/sh
# corpus_otadata.sh FOLDER: real blobs and dumps, and what Espressif's otatool.py makes of some of them.
# Needs jq.
set -u
corpus=$1/otadata
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
good=0 bad=0 skipped=0
same() { # WHAT EXPECTED ACTUAL
	if [ "$2" = "$3" ]; then
		good=$((good + 1))
	else
		echo "$1: expected $2, got $3"
		bad=$((bad + 1))
	fi
}

# Records as another decoder reads them, and what ESP-IDF's rules choose.
ask() { jq -r ".files[\"$1\"] | $2" "$corpus/ORACLE.json"; }
hex='def h: .[2:] | explode | reduce .[] as $c (0; . * 16 + if $c > 96 then $c - 87 else $c - 48 end);'
want="[.[] | [(.seq | h), (.state | h), (.crc | h), .crc_ok, .idf_valid]] | tostring"
have='[.records[] | [.seq, .state, .crc, .crc_ok, .valid]] | tostring'
for file in $(jq -r '.files | keys[]' "$corpus/ORACLE.json"); do
	records=$(ask "$file" "$hex (.copies // (first(.tables[]?.entries[] | select(.otadata)) | .otadata) // empty) | $want")
	[ -z "$records" ] || same "$file: records" "$records" "$(otatool otadata show -q --slots 2 --json "$corpus/$file" 2>/dev/null | jq -r "$have")"
	choice=$(ask "$file" 'first(.tables[]?.entries[] | select(.otadata)) | .idf_choice' | cut -d' ' -f1)
	[ -z "$choice" ] || same "$file: starts" "$choice" "$(otatool boot -q --json "$corpus/$file" |
		jq -r '.boots[0].subtype | if . == 0 then "factory" else "ota_\(. - 16)" end')"
done

# Where otatool.py switches to another slot, the bytes are the same; where it writes a second record of
# the same number, ours keeps the other one. The slot starts either way.
head -c 8192 /dev/zero | tr '\0' '\377' >"$work/(blank)"
cp "$corpus/otadata__boot_app0.bin" "$work/(boot_app0)"
grep -v '^#' "$corpus/SWITCH_ORACLE.tsv" >"$work/rows"
while IFS='	' read -r table slots factory from to result output rest; do
	[ "$result" = ok ] || continue
	input=$corpus/switch/$from
	[ -e "$work/$from" ] && input=$work/$from
	before=$(otatool otadata show -q --json --slots "$slots" "$input" | jq .slot)
	how="--table $1/csv/bin/$table"
	[ -e "$1/csv/bin/$table" ] || how="--slots $slots"
	case $how$to in
	--slots*[a-z]?) skipped=$((skipped + 1)) && continue ;; # a name, but no table to find it in
	esac
	rm -f "$work/out"
	# shellcheck disable=SC2086
	otatool otadata set-boot -q $how "$input" "$to" -o "$work/out" 2>/dev/null
	after=$(otatool otadata show -q --json --slots "$slots" "$work/out" | jq .slot)
	same "$output: selects" "$(otatool otadata show -q --json --slots "$slots" "$corpus/switch/$output" | jq .slot)" "$after"
	[ "$before" = "$after" ] || same "$output: bytes" "$(cksum <"$corpus/switch/$output")" "$(cksum <"$work/out")"
done <"$work/rows"
echo "otadata: $good agree, $bad differ, $skipped without their table"
[ "$bad" -eq 0 ] && [ "$good" -gt 0 ]
