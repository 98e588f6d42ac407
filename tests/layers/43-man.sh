#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: each program's --help and its man page name the same options.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-$top/build}
bad=0
n=0
options() { grep -oE -- '--[a-z][a-z-]+' | grep -vxE -- '--(help|version)' | sort -u; }
for program in gateway courier reporter decryptor; do
	page=$(ls "$top/packaging/man/meldluik-$program".[18])
	"$BUILD/bin/meldluik-$program" --help | options >"$OUT/help.$program"
	# roff: \- is -; mdoc: what stands behind Fl has one hyphen less
	sed -E 's/\\-/-/g; s/\bFl -/--/g; /^\.--/ s/ , -([a-z])/ , --\1/g' \
		"$page" | options >"$OUT/man.$program"
	while read -r line; do
		echo "meldluik-$program: $line"
		bad=1
	done < <(diff "$OUT/help.$program" "$OUT/man.$program" |
		sed -n 's/^< /only --help has /p; s/^> /only the man page has /p')
	n=$((n + $(wc -l <"$OUT/help.$program")))
done
[ $bad -eq 0 ] && [ $n -gt 100 ] || exit 1
echo "$n options stand in --help and man page"
