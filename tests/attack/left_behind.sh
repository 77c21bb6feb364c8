#!/bin/sh
# What would be in a core: when a command has ended, no key; while it speaks to a device, none but that device's,
# in the one form that signing needs.
. "$(dirname "$0")/device.sh"
fleet=$XDG_CONFIG_HOME/otatool/key
otatool keygen push -q -o new.key || fail "no second key"
otatool keygen push -q --for lamp --key new.key -o next.key || fail "no next key"

at_exit() { # COMMAND...
	"$here/left_behind.py" "$fleet" device.key new.key next.key at-exit otatool "$@" >found 2>talk || fail "$*: $(cat talk)"
	[ ! -s found ] || fail "$*: left behind: $(cat found)"
}
at_exit device info "$url" --expect-id lamp
at_exit device info --json "$url" --key device.key
at_exit device keys list "$url" --expect-id lamp
at_exit device keys set "$url" --expect-id lamp --new new.key
at_exit device keys delete "$url" --expect-id lamp
at_exit push new.bin "$url" --expect-id lamp
at_exit keygen push --for lamp -o again.key --nvs nvs.bin
cmp -s again.key device.key || fail "the key of lamp is another one"

"$here/left_behind.py" "$fleet" at-work otatool push new.bin --expect-id lamp URL >found 2>talk || fail "$(cat talk)"
[ ! -s found ] || fail "at work: $(cat found)"
"$here/left_behind.py" device.key at-work otatool push new.bin --expect-id lamp URL >found 2>talk || fail "$(cat talk)"
grep -q '^device.key in ' found || fail "at work: not even the key in use is found"
! grep -Eq 'text|hexadecimal|with|stack' found || fail "at work: $(cat found)"
