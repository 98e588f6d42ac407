#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Goal: expanding a seed, decapsulating, sealing, the header MAC and writing
# an identity make no branch and no address of a secret; a table look-up and
# a memcmp, as controls, are reported by the same check.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$HERE/../../build}
TOOL=$BUILD/bin/age_poison
command -v valgrind >/dev/null || { echo "valgrind is missing"; exit 77; }
[ -x "$TOOL" ] || { echo "no $TOOL: build with MELDLUIK_TESTS"; exit 1; }
"$TOOL" mac
case $? in
0) ;;
77) exit 77 ;;
*) echo "FAIL: $TOOL"; exit 1 ;;
esac
grind() {
	valgrind -q --error-exitcode=9 --suppressions="$HERE/libsodium.supp" \
		"$TOOL" "$1" 2>&1
}
for control in control branch; do
	grind $control >/dev/null
	[ $? = 9 ] || { echo "FAIL: $control was not reported"; exit 1; }
done
for what in expand open seal mac text; do
	grind $what || { echo "FAIL: $what"; exit 1; }
done
echo "no secret decides a branch or an address; both controls were reported"
