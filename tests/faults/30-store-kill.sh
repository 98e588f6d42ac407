#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what was receipted survives kill -9 at any moment: its envelope is in
# the signed chain with the right bytes. 60 rounds; 500 with FULL=1.
set -u
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
tool=$BUILD/bin/store_load
[ -x "$tool" ] || { echo "skipped: store_load is not built"; exit 77; }
work=$(mktemp -d "${OUT:-${TMPDIR:-/tmp}}/kill.XXXXXX") || exit 1
pid=
trap 'test -n "$pid" && kill -9 "$pid" 2>/dev/null; rm -rf "$work"' EXIT
rounds=60
[ "${FULL:-0}" = 1 ] && rounds=500
total=0
for i in $(seq 1 $rounds); do
	# A new store now and then, so that first starts are cut as well
	if [ $(((i - 1) % 10)) = 0 ]; then
		rm -rf "$work/store" "$work/acks"
		mkdir -m 700 "$work/store"
		: >"$work/acks"
		before=0
	fi
	"$tool" load "$work/store" "$work/acks" 0 2>"$work/err" &
	pid=$!
	sleep "0.$(printf %03d $((RANDOM % 400 + 5)))"
	if ! kill -9 $pid 2>/dev/null; then
		echo "round $i: it ended by itself: $(cat "$work/err")"
		exit 1
	fi
	wait $pid 2>/dev/null
	pid=
	if ! out=$("$tool" check "$work/store" "$work/acks" 2>&1); then
		echo "round $i: $out"
		exit 1
	fi
	n=${out%% *}
	total=$((total + n - before))
	before=$n
done
if [ $total -lt $((rounds * 5)) ]; then
	echo "only $total receipts in $rounds rounds: this shows nothing"
	exit 1
fi
echo "kill -9: $rounds rounds, $total receipted, 0 lost"
