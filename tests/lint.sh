#!/bin/sh
# Formatting, clang-tidy and cppcheck: silence, or a reason beside the exception.
set -u
cd "$(dirname "$0")/.." || exit 1
files=$(git ls-files -co --exclude-standard '*.c' '*.h' | grep -v '^firmware/port/esp-idf')
sources=$(echo "$files" | grep '\.c$' | grep -v '^firmware/port/qemu')
flags='-std=c11 -I. -Itests/idf -Ifirmware/port/esp-idf -Ifirmware/port/esp-idf/include -D_GNU_SOURCE -DOTA_SHA256_WORDS=14 -DOTA_VERSION=\"0\" -DOTA_POPT_VERSION=\"0\"'
bad=0
# shellcheck disable=SC2086
clang-format --dry-run --Werror $files || bad=1
# shellcheck disable=SC2086
echo "$sources" | xargs -P 2 -n 8 sh -c "clang-tidy --quiet \"\$@\" -- $flags 2>/dev/null" - || bad=1
# shellcheck disable=SC2086
cppcheck --quiet --std=c11 --enable=warning,portability,performance --inline-suppr \
	--suppress=missingIncludeSystem --error-exitcode=1 -j 2 -I. -D_GNU_SOURCE '-DOTA_VERSION="0"' '-DOTA_POPT_VERSION="0"' $sources || bad=1
[ $bad -eq 0 ] && echo "lint: clean"
exit $bad
