#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the child that parses a reporter's bytes can read its envelope and
# write to its parent; any other call ends it or gets nothing.
set -u
HERE=$(cd "$(dirname "$0")/../.." && pwd)
TRY=${BUILD:-$HERE/build}/bin/sandbox_try
if [ ! -x "$TRY" ]; then
	echo "skip: sandbox_try is not built"
	exit 77
fi
fail() {
	echo "FAIL: $*"
	exit 1
}
# expect EXIT CALL ...; 159 is death by SIGSYS
expect() {
	local want=$1 call got
	shift
	for call; do
		"$TRY" "$call" </dev/zero >/dev/null 2>&1
		got=$?
		[ $got -eq "$want" ] || fail "$call: exit $got, not $want"
	done
}
ulimit -c 0
expect 0 read write memory
# libraries probe for files: an error, and no file
expect 4 open stdin
expect 159 socket execve fork kill ptrace code unlink
"$TRY" create 2>/dev/null
[ -e /tmp/meldluik-must-not-be ] && fail "a file was made"
echo "ok: 3 calls allowed, 7 end the child, files cannot be opened or made"
