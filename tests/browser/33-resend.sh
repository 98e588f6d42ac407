#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a form whose connection dies before the answer came is sent again by
# Firefox and by Chromium themselves; the report is stored once, and the
# reporter sees the receipt that was lost.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../http/lib.sh"
. "$here/lib.sh"
[ -x "$BIN/envtool" ] || skip "envtool is not built"
browsers_or_skip
gw_new
trap 'browsers_end; gw_clean' EXIT
gw_start
gw_install --weeks 2 --desks 2
browsers_run resend.mjs "$PORT" "$GW" || fail "in the browser"
python3 "$here/arrived.py" "$COURIER" "$TOKEN" "$GW" "$BIN/envtool" \
	"$GW/org/keys/epochs/desk1-a-$WEEK.txt" || fail "what arrived"
