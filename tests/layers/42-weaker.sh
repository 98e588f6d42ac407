#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a script that leaves a part out where a right or a program is lacking
# says so by a line "weaker: WHY", which tests/run counts and names, or skips,
# below the place where it asks. Nor does one take an exit status for
# another, which is how a refusal that was none passed for one.
set -u
cd "$(dirname "$0")/.." || exit 2
lacking='^[^#]*((mount -|mknod |unshare |bwrap ).*2>/dev/null)'
status='"?\$(got|rc|code|status)"? (=|-eq) [0-9]+ \]'
lacking="$lacking|$status.*(got|rc|code|status)=[0-9]"
lacking="$lacking|^if (command -v|unshare )|^if .*id -u|echo \"?note:"
silent() { # SCRIPT: asks for something, and says nothing without it
	local at
	for at in $(grep -nE "$lacking" "$1" | cut -d: -f1); do
		sed -n "$at,\$p" "$1" |
			grep -qE '(weaker|skip): |exit 77|skip "' || return 0
	done
	return 1
}
bad=0
n=0
for script in ./*/[0-9][0-9]-*.sh; do
	[ "$script" = "./layers/$(basename "$0")" ] && continue
	n=$((n + 1))
	silent "$script" && echo "tests/$script goes without, in silence" && bad=1
done
planted=${OUT:-/tmp}/weaker.$$
for line in 'if mount -t tmpfs none x 2>/dev/null; then' \
	'if command -v faketime >/dev/null; then' \
	'if [ "$(id -u)" = 0 ]; then' 'echo "note: not tried"' \
	'[ $got = 4 ] && got=13' '[ "$rc" -eq 4 ] && said=free && rc=0'; do
	# what is said far above is said of something else
	printf 'weaker: of another\n%s\n' "$line" >"$planted"
	silent "$planted" || { echo "not seen: $line"; bad=1; }
done
rm -f "$planted"
[ $bad -eq 0 ] || exit 1
echo "$n scripts: none goes without something in silence"
