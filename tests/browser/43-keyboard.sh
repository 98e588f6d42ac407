#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: with the keyboard alone, scripts on and off, a report goes in from the
# start page, its answer is read and answered, and "leave quickly" leaves, with
# nothing to come back to. At every stop the focus is seen and lies under
# nothing. (A headless Firefox is asked a little less.)
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
gw_install --weeks 2 --desks 2 --code "$code" --reply "Welke maand?"
browsers_run keyboard.mjs "$URL" "$GW" "$code" || fail "with the keyboard"
python3 "$here/arrived.py" "$COURIER" "$TOKEN" "$GW" "$BIN/envtool" \
	"$GW/org/keys/epochs/desk1-a-$WEEK.txt" || fail "what arrived"
