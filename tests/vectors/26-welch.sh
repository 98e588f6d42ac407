#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Goal: the time of comparing tags, passphrases and the courier's token does
# not tell an equal one from a different one: Welch's t between the two, in
# random turn, does not stay over 10. A comparison that ends at the first
# difference, as a control, is caught by the same rule. 20,000 measurements
# of 32 calls a class, a million with FULL=1; a reading over the bar is
# repeated, and only one that stays there fails.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$HERE/../../build}
TOOL=$BUILD/bin/welch
N=${N:-${FULL:+1000000}}
N=${N:-20000}
[ -x "$TOOL" ] || { echo "no $TOOL: build with MELDLUIK_TESTS"; exit 1; }
"$TOOL" leaky "$N" 3
[ $? = 1 ] || { echo "FAIL: the control was not caught"; exit 1; }
for what in tag pass token; do
	"$TOOL" "$what" "$N" 6 || { echo "FAIL: $what"; exit 1; }
done
echo "no comparison's time tells a secret; the control was caught"
