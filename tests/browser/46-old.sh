#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: to a browser whose clock is four weeks and more past the board's day
# the script says that the board is old, and to one within a month of the
# keyset's end that the keys end soon: beside the answer, and where somebody
# is about to write. Neither is said on the day itself. When no key is left to
# write with, an answer can still be read.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../http/lib.sh"
. "$here/lib.sh"
browsers_or_skip
gw_new
trap 'browsers_end; gw_clean' EXIT
gw_start
code=$("$BIN/codetool" "01$(head -c 14 /dev/urandom | od -An -tx1 |
	tr -d ' \n')" 00000000000000000000000000000000 | head -1)
gw_install --weeks 60 --desks 1 --code "$code" --reply "Wij lezen het."
browsers_run old.mjs "$URL" "$code" || fail "in the browser"
