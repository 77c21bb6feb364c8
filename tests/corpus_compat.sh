#!/bin/sh
# Espressif's own calls: statuses, bytes and CSV texts of gen_esp32part.py v5.5 (tests/corpus.sh).
set -u
dir=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
tab=$(printf '\t')
good=0 bad=0 total_bad=0

# expect WHAT STATUS MD5 OPTION... FILE: the front end's status, and its bytes where that is 0.
expect() {
	what=$1 wanted=$2 sum=$3
	shift 3
	otatool gen_esp32part -q "$@" "$work/out" 2>/dev/null
	got=$?
	[ $got -ne 0 ] || got="$got $(md5sum <"$work/out" | cut -d' ' -f1)"
	[ "$wanted" != 0 ] || wanted="0 $sum"
	if [ "$got" = "$wanted" ]; then
		good=$((good + 1))
	else
		echo "  $what: expected $wanted, got $got"
		bad=$((bad + 1))
	fi
}

summary() {
	echo "gen_esp32part, $1: $good agree, $bad differ"
	total_bad=$((total_bad + bad)) good=0 bad=0
}

cut -f1-4 "$dir/csv/ORACLE_OPTIONS.tsv" | sed 1d >"$work/calls"
while IFS="$tab" read -r file variant status md5; do
	case $variant in
	nomd5) option='--disable-md5sum' ;;
	secure_v1) option='--secure v1 --' ;;
	secure_v2) option='--secure v2 --' ;;
	noverify) option='--no-verify' ;;
	off*) option="--offset 0x${variant#off}" ;;
	flash*) option="--flash-size ${variant#flash}MB" ;;
	esac
	# shellcheck disable=SC2086
	expect "$file $variant" "$status" "$md5" $option "$dir/csv/$file"
done <"$work/calls"
summary "11 option sets"

# With the options that each needs, to binary, and the CSV text back.
cut -f1,6,8,9,11,12 "$dir/csv/ORACLE.tsv" | sed 1d >"$work/rows"
while IFS="$tab" read -r file options status md5 back_status back_md5; do
	case $options in
	NONE) continue ;;
	'(default)') options= ;;
	esac
	# shellcheck disable=SC2086
	expect "$file $options" "$status" "$md5" $options -- "$dir/csv/$file"
	[ "$status" -eq 0 ] || continue
	cp "$work/out" "$work/bin"
	# shellcheck disable=SC2086
	expect "$file $options, back" "$back_status" "$back_md5" $options -- "$work/bin"
done <"$work/rows"
summary "to binary and back"
[ "$total_bad" -eq 0 ]
