#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: with the keyboard alone, scripts on and off, a report goes in from the
# start page, its answer is read and answered, and "leave quickly" leaves, with
# nothing to come back to. A mistake is told at its field, which names it and
# has the focus. At every stop the focus is seen and lies under
# nothing. (A headless Firefox is asked a little less.)
. "$(dirname "$0")/lib.sh"
browsers_gateway
code=$(code_new)
gw_install --weeks 2 --desks 2 --code "$code" --reply "Welke maand?"
browsers_run keyboard.mjs "$URL" "$GW" "$code" || fail "with the keyboard"
browsers_arrived
