#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a large attachment goes in from Firefox and Chromium although its
# connection is cut again and again, and the page's process stays small: what
# it needs does not grow with the file. 64 MiB and 5 cuts; with FULL=1 1 GiB
# and 20 cuts. What arrived is whole. ONLY="firefox" for one browser.
export MIB=64 CUTS=5 ONLY="${ONLY:-firefox chromium}"
if [ -n "${FULL:-}" ]; then
	# shellcheck disable=SC2034 # read by gw_new
	GW_BULK=8G
	export BROWSER_LIMIT_MS=5000000 MIB=1024 CUTS=20
fi
. "$(dirname "$0")/lib.sh"
browsers_gateway
gw_install --weeks 2 --desks 2
browsers_run large.mjs "$PORT" "$GW" ||
	fail "in the browser"
browsers_arrived
