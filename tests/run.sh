#!/bin/sh
# Run .test files: each line "$ COMMAND" is run by sh in an empty folder, and what it printed is
# compared with the lines that follow: "> stdout", "! stderr", "= status" (0 is not written).
# "#" lines are comment. `UPDATE=1 tests/run.sh FILE...` rewrites the expected lines.
# Commands find otatool and the test tools in PATH, fixtures in $T (tests/cli), the tree in $TOP.
set -u
TOP=$(cd "$(dirname "$0")/.." && pwd)
T=$TOP/tests/cli
export TOP T PATH="$BUILD:$BUILD/tests:$PATH" LC_ALL=C.UTF-8 NO_COLOR=1
unset OTATOOL_KEY_FILE XDG_CONFIG_HOME
export HOME=/nowhere # no key of whoever runs this

run_file() {
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		'$ '*)
			printf '%s\n' "$line"
			sh -c "${line#??}" >"$work/out" 2>"$work/err" </dev/null
			status=$?
			sed "s|$TOP/tests|\$TOP/tests|g; s/^/> /; s/^> \$/>/" "$work/out"
			sed "s|$TOP/tests|\$TOP/tests|g; s/^/! /; s/^! \$/!/" "$work/err"
			[ $status -eq 0 ] || echo "= $status"
			;;
		'> '* | '>' | '! '* | '!' | '= '*) ;;
		*) printf '%s\n' "$line" ;;
		esac
	done
}

good=0 bad=0
work=$(mktemp -d) || exit 1
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
for file; do
	path=$(cd "$(dirname "$file")" && pwd)/$(basename "$file")
	rm -rf "$work/dir" && mkdir "$work/dir"
	(cd "$work/dir" && run_file) <"$path" >"$work/actual"
	if [ -n "${UPDATE-}" ]; then
		cp "$work/actual" "$path"
	elif diff -u "$path" "$work/actual"; then
		good=$((good + 1))
	else
		bad=$((bad + 1))
	fi
done
echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
