#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: an answer of which a line could not be written is no success, also
# when the last line could: the first, the third and no write is refused by
# strace.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$HERE/../../build}
DESK=$BUILD/bin/meldluik-decryptor
command -v strace stdbuf >/dev/null || { echo "strace is missing"; exit 77; }
[ -x "$DESK" ] || { echo "no $DESK"; exit 77; }
W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
# answer WRITE: lines, one write each, to a file; that write finds no room
answer() {
	strace -q -o "$W/trace" -e trace=write -e signal=none \
		-P "$W/answer" ${1:+-e inject=write:error=ENOSPC:when="$1"} \
		stdbuf -oL "$DESK" --help >"$W/answer" 2>"$W/said"
}
answer '' || { cat "$W/said"; echo "FAIL: help alone fails"; exit 1; }
whole=$(wc -l <"$W/answer")
[ "$(grep -c '^write(' "$W/trace")" -ge 3 ] ||
	{ echo "skip: the lines do not come one by one"; exit 77; }
for n in 1 3; do
	answer $n && { echo "FAIL: write $n was lost, and that is called good"
		exit 1; }
	[ "$(wc -l <"$W/answer")" -lt "$whole" ] ||
		{ echo "FAIL: write $n was not refused"; exit 1; }
	grep -q 'could not be written' "$W/said" ||
		{ cat "$W/said"; echo "FAIL: write $n is not told"; exit 1; }
done
echo "a lost first or third line of an answer is told and no success"
