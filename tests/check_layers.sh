#!/bin/sh
# Includes point along the arrows of the architecture: lib -> lib; lib/host -> lib, lib/host;
# firmware -> lib, firmware; cli -> lib, lib/host, cli, and cmd_emulate.c alone -> the posix port.
set -u
cd "$(dirname "$0")/.." || exit 1

allowed() {
	case $1 in
	lib/host/*) echo 'lib/' ;;
	lib/*) echo 'lib/[^/]*$' ;;
	firmware/core/*) echo 'lib/[^/]*$|firmware/core/' ;;
	firmware/port/*) p=${1#firmware/port/}; echo "lib/[^/]*\$|firmware/core/|firmware/port/common/|firmware/port/${p%%/*}/" ;;
	cli/cmd_emulate.c) echo 'lib/|cli/|firmware/port/posix/|firmware/core/' ;;
	cli/*) echo 'lib/|cli/' ;;
	esac
}

bad=0
for file in $(find lib firmware cli -name '*.[ch]'); do
	allow=$(allowed "$file")
	for include in $(sed -n 's/^#include "\(.*\)"$/\1/p' "$file"); do
		case $include in
		lib/* | cli/* | firmware/* | tests/*) ;;
		*) continue ;;
		esac
		echo "$include" | grep -Eq "^($allow)" && continue
		echo "$file: error: includes $include, against the layers"
		bad=1
	done
done
exit $bad
