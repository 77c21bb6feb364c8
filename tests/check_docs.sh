#!/bin/sh
# Options, help, man pages and completion say the same: every command has its man page, every option
# stands in it, nothing else does, and every rule id of the library is in some page.
set -u
cd "$(dirname "$0")/.." || exit 1
PATH=$BUILD:$PATH
bad=0
fail() { echo "check_docs: $*"; bad=1; }

complete() { otatool --complete -- "$@" | cut -f1; }

words() { # the commands, a line each
	for noun in $(complete ''); do
		verbs=$(complete "$noun" '' | grep -E '^[a-z_-]+$')
		if otatool help "$noun" 2>/dev/null | grep -q "^Usage: otatool $noun \[OPTION"; then
			echo "$noun"
		else
			for verb in $verbs; do echo "$noun $verb"; done
		fi
	done
}

page_of() { # noun
	[ -e "man/otatool-$1.1" ] && { echo "man/otatool-$1.1"; return; }
	grep -lE "^\.Nm otatool $1|^\.Nm otatool-$1" man/*.1 | head -n 1
}

words >"$BUILD/commands.txt"
[ -s "$BUILD/commands.txt" ] || fail "no commands"
while read -r noun verb; do
	page=$(page_of "$noun")
	[ -n "$page" ] || { fail "$noun $verb: no man page"; continue; }
	[ -z "$verb" ] || grep -qw -- "$verb" "$page" || fail "$page: $noun $verb is missing"
	for option in $(complete "$noun" ${verb:+"$verb"} --); do
		otatool help "$noun" ${verb:+"$verb"} | grep -q -- "$option" || fail "help of $noun $verb lacks $option"
		grep -qE -- "(Fl Fl|Fl [a-zA-Z] , Fl) ?-?${option#--}( |$)|Fl -${option#--}( |$)" "$page" man/otatool.1 || fail "$page lacks $option ($noun $verb)"
	done
done <"$BUILD/commands.txt"

# An option that a page names exists in one of its commands (or in every command).
for page in man/otatool-*.1; do
	noun=${page#man/otatool-} noun=${noun%.1}
	known=$(grep -E "^$noun( |\$)" "$BUILD/commands.txt" | while read -r n v; do complete "$n" ${v:+"$v"} --; done)
	for option in $(grep -ohE '^\.It .*' "$page" | grep -oE 'Fl -[a-z0-9_-]+' | sed 's/Fl -/--/' | sort -u); do
		echo "$known" | grep -qx -- "$option" || fail "$page: $option is no option"
	done
done

for id in $(grep -ohE '^[[:space:]]*(\[[A-Z0-9_]+\] = |\.id = )?\{? ?"[a-z0-9-]+", ?OTA_(ERROR|WARNING|INFO)' -r lib | grep -oE '"[^"]+"' | tr -d '"' | sort -u); do
	grep -qw -- "$id" man/*.[157] || fail "rule $id stands in no man page"
done

lint=$(mandoc -T lint -W warning man/*.[157] 2>&1)
[ -z "$lint" ] || { echo "$lint"; bad=1; }
exit $bad
