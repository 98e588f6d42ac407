#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a large attachment goes in from Firefox and Chromium although its
# connection is cut again and again, and the page's process stays small: what
# it needs does not grow with the file. 64 MiB and 5 cuts; with FULL=1 1 GiB
# and 20 cuts. What arrived is whole. ONLY="firefox" for one browser.
here=$(cd "$(dirname "$0")" && pwd)
export MIB=64 CUTS=5 ONLY="${ONLY:-firefox chromium}"
if [ -n "${FULL:-}" ]; then
	# shellcheck disable=SC2034 # read by gw_new
	GW_BULK=8G
	export BROWSER_LIMIT_MS=5000000 MIB=1024 CUTS=20
fi
. "$here/../http/lib.sh"
. "$here/lib.sh"
[ -x "$BIN/envtool" ] || skip "envtool is not built"
browsers_or_skip
gw_new
trap 'browsers_end; gw_clean' EXIT
gw_start
gw_install --weeks 2 --desks 2
browsers_run large.mjs "$PORT" "$GW" ||
	fail "in the browser"
python3 "$here/arrived.py" "$COURIER" "$TOKEN" "$GW" "$BIN/envtool" \
	"$GW/org/keys/epochs/desk1-a-$WEEK.txt" || fail "what arrived"
