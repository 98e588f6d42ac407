#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a form whose connection dies before the answer came is sent again by
# Firefox and by Chromium themselves; the report is stored once, and the
# reporter sees the receipt that was lost. By script, an answer that is no
# receipt is told as such, and the report can be sent once more.
. "$(dirname "$0")/lib.sh"
browsers_gateway
gw_install --weeks 2 --desks 2
browsers_run resend.mjs "$PORT" "$GW" || fail "in the browser"
browsers_arrived
