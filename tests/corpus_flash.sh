#!/bin/sh
# Real dumps, apart and together again: the same bytes. What check says of each is printed, and
# compared with what is known of them where flash_findings.tsv names them.
set -u
dir=$1/otadata
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
good=0 bad=0

findings() { # DUMP: rule ids, one a line
	otatool -q --json flash check "$@" 2>/dev/null | sed -n 's/^ *"rule": "\(.*\)",$/\1/p'
}

for dump in "$dir"/flash__*.bin; do
	name=$(basename "$dump" .bin)
	rm -rf "$work/pieces"
	set -- # what a dump without a table of its own needs
	case $name in
	*_notable_*) set -- --table "$(echo "$dump" | sed 's/_notable_/_noMD5_/')" ;;
	esac
	if otatool -q flash split "$@" "$dump" -d "$work/pieces" &&
		otatool -q flash join -m "$work/pieces/manifest.json" -o "$work/dump" && cmp -s "$dump" "$work/dump"; then
		good=$((good + 1))
	else
		echo "split and join: $name comes back different"
		bad=$((bad + 1))
	fi
	found=$(findings "$@" "$dump" | sort | tr '\n' ' ')
	known=$(awk -F '\t' -v n="$name" '$1 == n { print $2 }' "$here/flash_findings.tsv")
	[ "$found" = "$known${known:+ }" ] || {
		echo "check: $name has '$found', known is '$known'"
		bad=$((bad + 1))
	}
done
echo "flash dumps split and joined to the same bytes: $good"
[ $bad -eq 0 ] && [ $good -gt 0 ]
