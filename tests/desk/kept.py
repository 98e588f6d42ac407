# SPDX-License-Identifier: EUPL-1.2
"""The words that acts kept, on the page of the case; see 21-kept.sh.
kept.py BIN HOME PASSFILE DAY CASE OTHER MARK..."""
import re
import sys

from uihttp import Ui

BIN, HOME, PASS, DAY, REF, OTHER, *MARKS = sys.argv[1:]
ui = Ui(BIN, HOME, PASS, DAY)
try:
    page = ui.ask("GET", "/nl/case/" + REF)[2]
    for mark in MARKS:
        ui.want("%s is on the page %d times" % (
            mark, page.count("merk-" + mark)), page.count("merk-" + mark) == 1)
        ui.want("%s is not found" % mark, ">%s<" % REF in ui.post(
            "/nl/search", word="merk-" + mark))
    talk = re.search(r'id="talk".*?</section>', page, re.S).group()
    for mark, how in ("ack", "per brief"), ("feedback", "in een gesprek"):
        ui.want("%s: not %s" % (mark, how), re.search(
            how + r",[^<]*</span>.*?merk-" + mark, talk, re.S))
    notes = re.search(r'id="notes".*?</section>', page, re.S).group()
    ui.want("a plan as JSON", "telling_endangers" not in notes)
    for words in ("Gaat naar: Inspectie Gezondheidszorg en Jeugd.\n",
                  "Gaat mee: bericht 1: Wat is er gebeurd?",
                  "De melder hoort het niet vooraf: merk-plan"):
        ui.want("not in the plan: " + words, words in notes)
    ui.want("a reason without its step", "stap naar heropend" in notes)
    ui.want("the link", '/case/%s">' % OTHER in page)
finally:
    ui.end()
