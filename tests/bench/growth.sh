#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: how the gateway's cost grows, not only what it is: with connections
# that are held, reporters at a time, replies on the board, the size of an
# attachment, and records in the store. RECORDS (sizes of the store; each
# record takes 72 KB of disk) and LEAST=1 (a short one) in the environment.
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
export BUILD
RECORDS=${RECORDS:-100 1000 10000 100000}
[ -z "${LEAST:-}" ] || RECORDS="100 1000"
GW_BULK=8G
# shellcheck source=tests/http/lib.sh
. "$(dirname "$0")/../http/lib.sh"
[ -x "$BIN/codetool" ] && [ -x "$BIN/bench_intake" ] || skip "not built"
code() {
	"$BIN/codetool" "01$(head -c 14 /dev/urandom | od -An -tx1 |
		tr -d ' \n')" 00000000000000000000000000000000 | head -1
}
PYTHONPATH=$PYTHONPATH:$(dirname "$0")
export PYTHONPATH LEAST=${LEAST:-}
# curve NAME ARGUMENTS...: one line of JSON in $CURVES
CURVES=$(mktemp)
CODE=$(code)
curve() {
	python3 "$(dirname "$0")/growth.py" "$@" >>"$CURVES" || fail "$1"
}
begin() { # ARGUMENTS of the fixture
	gw_new "[limits]" "texts_minute = 60000" "texts_burst = 1000000" \
		"body_grace = 60"
	trap 'gw_clean; rm -f "$CURVES"' EXIT
	gw_start
	gw_install --weeks 2 --desks 2 "$@"
	"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$GW/text.age" \
		2>/dev/null || fail "seal"
}
begin
curve connections "$PORT" "$GWPID"
curve reporters "$PORT" "$GWPID" "$GW/text.age" "$WEEK"
gw_clean
begin # its memory is not that of the texts before
curve attachments "$PORT" "$GWPID" "$BIN/fixture-seal" "$ORG" "$WEEK" "$GW"
gw_clean
slots="16 64 256 1024 4096"
[ -z "$LEAST" ] || slots="16 256"
for n in $slots; do
	begin --slots "$n" --code "$CODE" --reply "Wij onderzoeken het."
	curve replies "$PORT" "$GWPID" "$CODE" "$n"
	gw_clean
done
# shellcheck disable=SC2086
"$BIN/bench_intake" 1 0.05 $RECORDS >"$CURVES.store" || fail "records"
cat "$CURVES.store" >>"$CURVES"
python3 "$(dirname "$0")/growth.py" gather <"$CURVES"
rm -f "$CURVES" "$CURVES.store"
