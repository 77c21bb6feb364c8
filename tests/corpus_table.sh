#!/bin/sh
# Partition tables: the bytes, refusals and CSV texts of gen_esp32part.py v5.5 (tests/corpus.sh).
set -u
dir=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
tab=$(printf '\t')
good=0 bad=0

differ() { # what was compared, expected, got
	echo "  $1: expected $2, got $3"
	bad=$((bad + 1))
}

# compare WHAT EXIT MD5 FILE OPTION...: build, and compare with the reference's answer.
compare() {
	what=$1 exit=$2 md5=$3 file=$4
	shift 4
	if otatool -q table build "$@" "$file" >"$work/bin" 2>/dev/null; then
		got=$(md5sum <"$work/bin")
		got=${got%% *}
	else
		got=refused
	fi
	[ "$exit" = 0 ] || md5=refused
	if [ "$got" = "$md5" ]; then good=$((good + 1)); else differ "$what" "$md5" "$got"; fi
}

summary() {
	echo "$1: $good agree, $bad differ"
	total_bad=$((${total_bad:-0} + bad))
	good=0 bad=0
}

ours() { # the reference's option names are ours but for one that repeats
	echo "$1" | sed -e 's/(default)//; s/NONE//' \
		-e 's/--extra-partition-subtypes \([^ ]*\) \([^ -][^ ]*\)/--extra-partition-subtypes \1 --extra-partition-subtypes \2/'
}

while IFS="$tab" read -r file exit md5 rest; do
	[ "$file" = file ] || compare "$file" "$exit" "$md5" "$dir/csv/$file"
done <"$dir/csv/ORACLE.tsv"
summary "CSV to binary"

cut -f1,2,3,4,5 "$dir/csv/ORACLE_OPTIONS.tsv" >"$work/options"
while IFS="$tab" read -r file variant exit md5 rest; do
	case $variant in
	nomd5) option=--no-md5 ;;
	secure_v1) option=--secure=v1 ;;
	secure_v2) option=--secure=v2 ;;
	noverify) option=--no-verify ;;
	off*) option=--offset=0x${variant#off} ;;
	flash*) option=--flash-size=${variant#flash}MB ;;
	*) continue ;;
	esac
	compare "$file $variant" "$exit" "$md5" "$dir/csv/$file" "$option"
done <"$work/options"
summary "the same with 11 option sets"

awk -F'\t' 'NR > 1 { print $1 "\t" $6 "\t" $8 "\t" $9 "\t" $11 "\t" $12 "\t" $14 }' "$dir/csv/ORACLE.tsv" >"$work/back"
while IFS="$tab" read -r file options exit md5 back_exit back_md5 trip; do
	options=$(ours "$options")
	[ "$exit" = 0 ] || continue
	# shellcheck disable=SC2086
	compare "$file $options" 0 "$md5" "$dir/csv/$file" $options
	# shellcheck disable=SC2086
	got=$(otatool -q table show --csv $options "$work/bin" 2>/dev/null | md5sum)
	if [ "${got%% *}" = "$back_md5" ]; then good=$((good + 1)); else differ "$file, back to CSV" "$back_md5" "${got%% *}"; fi
	# shellcheck disable=SC2086
	otatool -q table show --csv $options "$work/bin" >"$work/csv" 2>/dev/null
	cp "$work/bin" "$work/first"
	# shellcheck disable=SC2086
	otatool -q table build $options "$work/csv" >"$work/again" 2>/dev/null
	if [ "$trip" != same ] || cmp -s "$work/first" "$work/again"; then good=$((good + 1)); else differ "$file, there and back" same different; fi
done <"$work/back"
summary "with the options each needs, back to CSV, and there again"

verdict() { # OPTION... FILE: accepted or refused
	if otatool -q table build "$@" >"$work/bin" 2>/dev/null; then echo accepted; else echo refused; fi
}

expect() { # what, expected, got
	if [ "$2" = "$3" ]; then good=$((good + 1)); else differ "$1" "$2" "$3"; fi
}

word() { if [ "$1" = 0 ]; then echo accepted; else echo refused; fi; }

cut -f1,3,6,7,8,9 "$dir/ptable/ORACLE.tsv" >"$work/ptable"
while IFS="$tab" read -r file exit exit_loose md5 exit_no_md5 rebuilt; do
	[ "$file" != file ] || continue
	path=$dir/ptable/$file
	expect "$file --no-md5" "$(word "$exit_no_md5")" "$(verdict --no-md5 "$path")"
	expect "$file --no-verify" "$(word "$exit_loose")" "$(verdict --no-verify "$path")"
	expect "$file" "$(word "$exit")" "$(verdict "$path")"
	[ "$exit_loose" = 0 ] || continue
	got=$(otatool -q table show --csv "$path" 2>/dev/null | md5sum)
	expect "$file as CSV" "$md5" "${got%% *}"
	size=$(stat -c %s "$path")
	case $rebuilt in
	same) expect "$file rebuilt" same "$(cmp -s "$path" "$work/bin" && echo same)" ;;
	same_prefix) # tables without a digest row, some of them shorter
		otatool -q table build --no-md5 "$path" >"$work/bin" 2>/dev/null
		expect "$file rebuilt" same "$(cmp -s -n "$((size < 3072 ? size : 3072))" "$path" "$work/bin" && echo same)"
		;;
	esac
done <"$work/ptable"
summary "binary tables to CSV"
[ "$total_bad" -eq 0 ]
