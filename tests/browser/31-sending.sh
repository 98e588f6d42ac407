#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the script page in Firefox and Chromium where things are difficult:
# no secure context (no crypto.subtle), no JIT and no WASM, a connection that
# is cut again and again, files that change after they were chosen; and what
# is typed never reaches the disk. What arrived is whole, and nothing else.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../http/lib.sh"
. "$here/lib.sh"
[ -x "$BIN/envtool" ] || skip "envtool is not built"
browsers_or_skip
gw_new
trap 'browsers_end; gw_clean' EXIT
gw_start
code=$("$BIN/codetool" "01$(head -c 14 /dev/urandom | od -An -tx1 |
	tr -d ' \n')" 00000000000000000000000000000000 | head -1)
reply=$'Dank u wel.\n\nWelke maand? – € & <b>\n  Ingesprongen.'
gw_install --weeks 2 --desks 2 --code "$code" --reply "$reply"
browsers_run sending.mjs "$PORT" "$GW" "$code" "$reply" "$REPO/tests/data" ||
	fail "in the browser"
python3 "$here/arrived.py" "$COURIER" "$TOKEN" "$GW" "$BIN/envtool" \
	"$GW/org/keys/epochs/desk1-a-$WEEK.txt" || fail "what arrived"
