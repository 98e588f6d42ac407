#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: to a browser whose clock is four weeks and more past the board's day
# the script says that the board is old, and to one within a month of the
# keyset's end that the keys end soon: beside the answer, and where somebody
# is about to write. Neither is said on the day itself. When no key is left to
# write with, an answer can still be read. A board that is gone is told.
. "$(dirname "$0")/lib.sh"
browsers_gateway
code=$(code_new)
gw_install --weeks 60 --desks 2 --code "$code" --reply "Wij lezen het."
browsers_run old.mjs "$URL" "$code" || fail "in the browser"
