#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a script that leaves a part out where a right or a program is lacking
# says so by a line "weaker: WHY", which tests/run counts and names, or skips.
set -u
cd "$(dirname "$0")/.." || exit 2
lacking='^[^#]*((mount -|mknod |unshare |bwrap ).*2>/dev/null)'
lacking="$lacking|^if (command -v|unshare )|^if .*id -u|echo \"?note:"
silent() { # SCRIPT: asks for something, and says nothing without it
	grep -qE "$lacking" "$1" &&
		! grep -qE '(weaker|skip): |exit 77|skip "' "$1"
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
	'if [ "$(id -u)" = 0 ]; then' 'echo "note: not tried"'; do
	echo "$line" >"$planted"
	silent "$planted" || { echo "not seen: $line"; bad=1; }
done
rm -f "$planted"
[ $bad -eq 0 ] || exit 1
echo "$n scripts: none goes without something in silence"
