#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the map of promises names tests that exist, and every folder of tests;
# so does every row of what is stolen and lost in keys/CEREMONY.md. A number
# names one script of its folder.
set -u
cd "$(dirname "$0")/.." || exit 2
bad=0
said=0
for name in $(grep -oE '`[a-z0-9]+/[0-9]{2}-[a-z0-9-]+\.sh`|`[0-9]{2}-[a-z0-9-]+\.sh`|`test_[a-z_]+`' README.md | tr -d '`' | sort -u); do
	said=$((said + 1))
	case $name in
	test_*) found=$(find . -name "$name.c" -not -path './out/*') ;;
	*/*) found=$(ls "$name" 2>/dev/null) ;;
	*) found=$(ls ./*/"$name" 2>/dev/null) ;;
	esac
	if [ -z "$found" ]; then
		echo "tests/README.md names $name, which is not there"
		bad=1
	fi
done
for folder in */; do
	case $folder in
	data/ | tool/ | out/) continue ;;
	esac
	if ls "$folder"[0-9]*.sh "$folder"test_*.c >/dev/null 2>&1 &&
		! grep -q "\`$folder" README.md; then
		echo "tests/README.md does not say what $folder holds"
		bad=1
	fi
done
for number in $(ls ./*/[0-9][0-9]-*.sh | sed 's/-[^/]*$//' | sort | uniq -d); do
	echo "two scripts have the number $number"
	bad=1
done
rows=$(grep -cE '^\| [^|]+ \|( [^|]+ \|){3} [^|]+ \|$' ../keys/CEREMONY.md)
while IFS='|' read -r _ lost _ _ _ names _; do
	case $lost in *"stolen or lost"* | ---*) continue ;; esac
	for name in ${names//,/ }; do
		case $name in
		test_*) found=$(find . -name "$name.c" -not -path './out/*') ;;
		*) found=$(ls "$name.sh" 2>/dev/null) ;;
		esac
		if [ -z "$found" ]; then
			echo "keys/CEREMONY.md, $lost: no test $name"
			bad=1
		fi
	done
	[ -n "${names// /}" ] || { echo "no test for $lost"; bad=1; }
done < <(grep -E '^\|( [^|]+ \|){5}$' ../keys/CEREMONY.md)
[ "$rows" -gt 12 ] || bad=1
[ $said -gt 20 ] || bad=1
[ $bad -eq 0 ] || exit 1
echo "the map names $said tests, all there"
