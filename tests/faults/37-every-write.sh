#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: killed at every call by which the store changes a file (LMDB's own
# among them: kill/shim.c), through a whole daily batch with erasure, a fresh
# root and the compaction of the index, and through intake of texts, parts of
# uploads and beats: it opens again; what is erased has left no key and no
# byte; what is kept is whole; nothing receipted is lost. Short form: every
# 4th call of the intake; FULL=1: every one, of a longer run.
set -u
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
crash=$BUILD/bin/store_crash load=$BUILD/bin/store_load
shim=$(find "$BUILD" -name libkill_shim.so 2>/dev/null | head -1)
[ -x "$crash" ] && [ -x "$load" ] && [ -n "$shim" ] ||
	{ echo "skip: not built"; exit 77; }
grep -q '^MELDLUIK_SANITIZE:.*=.*address' "$BUILD/CMakeCache.txt" &&
	{ echo "skip: the shim and AddressSanitizer want the same calls"; exit 77; }
work=$(mktemp -d "${OUT:-${TMPDIR:-/tmp}}/every.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1"; exit 1; }
# killed N COMMAND...: dies at its N-th call after it opens the store
killed() {
	local at=$1
	shift
	{
		KILL_AFTER=/index KILL_AT=$at LD_PRELOAD=$shim "$@" \
			>"$work/out" 2>&1
		rc=$?
	} 2>/dev/null
	[ $rc = 137 ] || [ $rc = 0 ] || fail "$at: exit $rc: $(cat "$work/out")"
	return $((rc != 137))
}

mkdir -m 700 "$work/first"
"$crash" prepare "$work/first" "$work/secrets" || fail "prepare"
"$crash" scan "$work/secrets" $(find "$work/first" -type f) |
	grep -q '^root' || fail "the scan does not see the root"
n=1 erased=0
while :; do
	rm -rf "$work/store"
	cp -a "$work/first" "$work/store"
	whole=no
	killed $n "$crash" erase "$work/store" -1 || whole=yes
	state=$("$crash" open "$work/store" "$work/secrets" 2>&1) ||
		fail "call $n: $state"
	if [ "$state" = erased ]; then
		erased=$((erased + 1))
		found=$("$crash" scan "$work/secrets" \
			$(find "$work/store" -type f)) ||
			fail "call $n: erased, but $found"
	elif [ $whole = yes ]; then
		fail "a whole batch did not erase"
	fi
	[ $whole = yes ] && break
	n=$((n + 1))
done
[ $n -ge 30 ] || fail "only $n calls: LMDB's are not seen"
[ $erased -ge 3 ] && [ $erased -lt $n ] || fail "erased $erased of $n times"
daily=$n

export SMALL=1
step=4 batches=12
[ -n "${FULL:-}" ] && step=1 batches=40
n=1 rounds=0 kept=0
while :; do
	rm -rf "$work/store" "$work/acks"
	mkdir -m 700 "$work/store"
	: >"$work/acks"
	killed $n "$load" load "$work/store" "$work/acks" $batches
	ended=$?
	said=$("$load" check "$work/store" "$work/acks" 2>&1) ||
		fail "call $n of the intake: $said"
	kept=$((kept + ${said%% *}))
	rounds=$((rounds + 1))
	[ $ended = 1 ] && break
	n=$((n + step))
done
[ $n -ge 50 ] && [ $kept -ge $rounds ] || fail "only $n calls, $kept receipts"
echo "killed at each of $daily calls of a daily batch, erased $erased times, 0 remains, the kept whole; at $rounds of $n calls of intake, $kept receipted, 0 lost"
