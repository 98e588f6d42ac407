#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the short benches run to their end, lose nothing and say a figure; how
# fast they were is not judged. The long ones (B5, B7, B9, growth) are programs
# of the tests beside them, or run by hand.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$here/../../build}
export BUILD
for p in nginx wrk age; do
	command -v "$p" >/dev/null || { echo "skip: $p is missing"; exit 77; }
done
out=$("$here/run" --quick B1 B2 B3 B4 B8 2>&1) || { echo "$out"; exit 1; }
for b in B1 B2 B3 B4 B8; do
	echo "$out" | grep -Eq "^$b +(held|not held) +[0-9]" && continue
	echo "$out"
	echo "FAIL: $b says no figure"
	exit 1
done
echo "five benches run, none failed"
