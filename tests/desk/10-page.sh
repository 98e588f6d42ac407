#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the page lets nobody in without the one-time address, the exact name
# and the form's token; hostile text is inert; a case is sorted, answered and
# written to the stick.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
ok "$FIX" outbound "$ORG"
printf 'Geld van <b>de leverancier</b>.\033[2J en \342\200\256 om.' >"$T/text"
head -c 3000 /dev/urandom >"$T/photo"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 \
	--text "$(cat "$T/text")" --new-code "$T/code1" \
	--attach "$T/photo" --name '../<img src=x>.desktop'
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok desk "$T/home" 2026-11-25 import "$T/gw"
python3 "$(dirname "$0")/page.py" "$BIN" "$T/home" "$PASS" 2026-12-01 "$T/o"
