# SPDX-License-Identifier: EUPL-1.2
"""A body that does not come, on the desk's page; see e2e/73-lost-body.sh.
lost.py ask|off|late BIN HOME PASSFILE DAY STICK HASH [SIGNED]"""
import re
import sys

from uihttp import Ui

part, BIN, HOME, PASS, DAY, STICK, HASH = sys.argv[1:8]
KEYS = "/nl/keys"
ui = Ui(BIN, HOME, PASS, DAY, STICK, *sys.argv[8:])


def told(text, page, colour):
    found = re.search(r'class="notice %s"[^>]*>(.*?)</' % colour, page, re.S)
    ui.want("no %s '%s': %s" % (colour, text, re.findall(
        r'class="notice.*?</', page, re.S)), found and text in found.group(1))


try:
    if part == "late":
        told("1 afgeschreven bericht(en) kwamen toch nog, te laat",
             ui.post(KEYS, do="import", place=STICK), "red")
        sys.exit()
    page = ui.ask("GET", KEYS)[2]
    ui.want("not named", 'value="%s" required' % HASH[:16] in page)
    ui.want("the health is silent", "na een week nog niet heel" in page)
    if part == "ask":
        told("wacht deze desk niet",
             ui.post(KEYS, do="lost", place=STICK, hash="0" * 16), "red")
        for _ in range(2):  # the second time it is there already
            told("tweede persoon", ui.post(KEYS, do="lost", place=STICK,
                                           hash=HASH[:16]), "green")
    else:
        told("vastgelegd", ui.post(KEYS, do="signed", file=sys.argv[8] +
                                   "/signed"), "green")
        page = ui.post(KEYS, do="lost", place=STICK, hash=HASH[:16])
        told("", page, "green")
        page = ui.ask("GET", KEYS)[2]
        ui.want("still named", HASH[:16] not in page)
        ui.want("not counted", "Komen zij toch" in page and "1 bericht(en) "
                "zijn afgeschreven" in ui.ask("GET", "/nl/inbox")[2])
finally:
    ui.end()
