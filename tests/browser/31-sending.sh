#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the script page in Firefox and Chromium where things are difficult:
# no secure context (no crypto.subtle), no JIT and no WASM, a connection that
# is cut again and again, files that change after they were chosen; and what
# is typed never reaches the disk. What arrived is whole, and nothing else.
. "$(dirname "$0")/lib.sh"
browsers_gateway
code=$(code_new)
reply=$'Dank u wel.\n\nWelke maand? – € & <b>\n  Ingesprongen.'
gw_install --weeks 2 --desks 2 --code "$code" --reply "$reply"
browsers_run sending.mjs "$PORT" "$GW" "$code" "$reply" "$REPO/tests/data" ||
	fail "in the browser"
browsers_arrived
