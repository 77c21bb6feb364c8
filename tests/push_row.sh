#!/bin/sh
# push_row.sh SERVER [OPTION...]: push new.bin to SERVER, and print how it ended on one line: status,
# stage, rule, and what the result claims. Text and JSON have to name the same rule.
set -u
server=$1
shift
"$TOP/tests/with_server.sh" "$server" "otatool push --json $* new.bin @ 2>row.err" >row.json
status=$?
result=$(tail -n 1 row.json)
get() { printf '%s\n' "$result" | sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p"; }
rule=$(get rule)
case $result in
*'"event":"result"'*) ;;
*) echo "no result: $result" ;;
esac
[ -z "$rule" ] || grep -q "\[$rule\]\$" row.err || echo "the text does not name $rule"
echo "$status $(get stage) ${rule:-fine} ok=$(get ok) switched=$(get switched) running=$(get running) confirmed=$(get confirmed)"
