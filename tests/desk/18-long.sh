#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a reporter who writes much, and what takes the most room on a page,
# does not shut the page of the case: the newest stand on it, the others on
# the pages behind it, each once, and everything can be done. Follow-ups of a
# report that is not here become a case by a button.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
H=$T/home
day=2026-11-25
ok "$FIX" outbound "$ORG"
LONG=$(head -c 46000 /dev/zero | tr '\0' '&')
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "EERSTE" \
	--new-code "$T/code"
for n in $(seq 160); do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 \
		--text "nr-$n-$LONG" --code "$T/code" --kind follow_up
done
ok cp -r "$T/gw" "$T/elsewhere"
ok "$FIX" seal "$T/elsewhere" "$ORG" --desk 1 --day 2026-11-25 \
	--text "VERLOREN" --new-code "$T/lost"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 \
	--text "LOS VERVOLG" --code "$T/lost" --kind follow_up
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok h import "$T/gw"
ok h --json list
REF=$(json "o['cases'][0]['ref']")
for n in $(seq 41); do
	ok h note "$REF" <<<"Notitie-$n."
done
PYTHONPATH=$(dirname "$0") python3 - "$BIN" "$H" "$PASS" $day "$REF" <<'P'
import re
import sys

from uihttp import Ui

case = "/nl/case/" + sys.argv.pop()
ui = Ui(*sys.argv[1:])
try:
    seen, notes = [], []
    for page in ("", "?page=2", "?page=3", "?page=4", "?page=5"):
        status, _, text = ui.ask("GET", case + page)
        ui.want("page %s: %s" % (page, status), status == 200)
        seen += re.findall(r"nr-(\d+)-|(EERSTE)", text)
        notes += re.findall(r"Notitie-(\d+)\.", text)
        ui.want("the way on", 'href="%s?page=5"' % case in text)
    ui.want("each once: %d" % len(seen), len(seen) == len(set(seen)) == 161)
    ui.want("the first is last", seen[-1][1] == "EERSTE")
    ui.want("notes: %s" % notes, notes == [str(n) for n in range(41, 0, -1)])
    for sub in "/letter?kind=feedback", "/forward", "/triage", "/recuse":
        status = ui.ask("GET", case + sub)[0]
        ui.want("%s: %s" % (sub, status), status == 200)
    ui.want("no button", 'value="unmatched"' in
            ui.ask("GET", "/nl/inbox")[2])
    ui.post("/nl/enter", do="unmatched")
    text = ui.ask("GET", "/nl/inbox")[2]
    ui.want("it waits still", 'value="unmatched"' not in text)
    new = [c for c in re.findall(r"/nl/case/[0-9A-Z-]+", text) if c != case]
    ui.want("its case", new and "LOS VERVOLG" in ui.ask("GET", new[0])[2])
    ui.want("a note", "Nog een" in ui.post(case, do="note", text="Nog een"))
finally:
    ui.end()
print("ok: 161 messages on 5 pages, each once")
P
