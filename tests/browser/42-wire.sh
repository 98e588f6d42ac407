#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: on the wire the script page and the command line do not say whether a
# code has answers (P4), nor the page which kind of message goes in, to which
# desk, or how long (P5); and a first visit is at most 4 requests and 60 kB
# until the form can be used.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../http/lib.sh"
. "$here/lib.sh"
browsers_or_skip
gw_new
trap 'browsers_end; gw_clean' EXIT
gw_start
code() {
	"$BIN/codetool" "01$(head -c 14 /dev/urandom | od -An -tx1 |
		tr -d ' \n')" 00000000000000000000000000000000 | head -1
}
right=$(code)
gw_install --weeks 2 --desks 3 --code "$right" --reply "Wij lezen het." \
	--reply "Welke maand?"
browsers_run wire.mjs "$PORT" "$right" "$(code)" || fail "wire"
