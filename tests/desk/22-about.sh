#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: whom the triage page names as one the report is about is named in the
# casebook, and ticked when the page is opened again. More people than a case
# can name are refused: none of them is left out, for who is left out signs.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
H=$T/home
day=2026-11-24
ok h keyset --publish "$T/share"
for i in 1 2 3 4 5 6 7 8 9; do
	ok desk "$T/p$i" $day holder request --desk 1 --person "persoon-$i" \
		--approver --keyset "$T/share/keyset.json" --out "$T/r$i.json"
	ok h keyset --add-holder "$T/r$i.json"
done
ok h --json enter report <<<"Over velen"
REF=$(json "o['ref']")
python3 "$(dirname "$0")/about.py" "$BIN" "$H" "$PASS" $day "$REF" || exit 1
ok h --json show "$REF"
[ "$(json "' '.join(sorted(o['about']))")" = "persoon-2 persoon-9" ] ||
	{ cat "$T/out"; fail "the casebook names others"; }
echo "ok: two were named, nine were refused"
