#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: who meets a gateway that has no place for her form, or asked for too
# much through one circuit, reads in her language what to do, and it helps:
# without scripts she loads the page again, and Firefox and Chromium send the
# form once more with every word; by script the report waits and then goes.
. "$(dirname "$0")/lib.sh"
browsers_gateway "[limits]" "circuit_requests = 60"
gw_stop
sed -i "s|^public = .*|& unix:$GW/onion.sock\ncircuits = unix:$GW/onion.sock|" \
	"$GW/gateway.ini"
gw_start
gw_install --weeks 2 --desks 2
browsers_run busy.mjs "$URL" "$GW" "$(gw_pid store)" || fail "in the browser"
browsers_arrived
