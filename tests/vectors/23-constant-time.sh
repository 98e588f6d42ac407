#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Goal: writing a code and deriving its keys makes no branch and no address
# of the code; a table look-up, as a control, is reported by the same check.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$HERE/../../build}
TOOL=$BUILD/bin/constime
command -v valgrind >/dev/null || { echo "valgrind is missing"; exit 77; }
"$TOOL" control
case $? in
0) ;;
77) exit 77 ;;
*) echo "FAIL: $TOOL"; exit 1 ;;
esac
grind() { valgrind -q --error-exitcode=9 "$TOOL" "$1" 2>&1; }
grind control >/dev/null
[ $? = 9 ] || { echo "FAIL: the control was not reported"; exit 1; }
grind code || { echo "FAIL: a code decides a branch or an address"; exit 1; }
echo "no branch or address depends on a code; the control was reported"
