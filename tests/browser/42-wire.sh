#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: on the wire the script page and the command line do not say whether a
# code has answers (P4), nor which kind of message goes in, to which desk, or
# how long (P5); and a first visit is at most 4 requests and 60 kB
# until the form can be used.
. "$(dirname "$0")/lib.sh"
browsers_gateway
right=$(code_new)
gw_install --weeks 2 --desks 3 --code "$right" --reply "Wij lezen het." \
	--reply "Welke maand?"
browsers_run wire.mjs "$PORT" "$right" "$(code_new)" || fail "wire"
