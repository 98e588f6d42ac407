# SPDX-License-Identifier: EUPL-1.2
"""A case that has no way back, and a withdrawn one, from the page; see
19-ends.sh.
ends.py BIN HOME PASSFILE DAY CASE WITHDRAWN SORTED CLOCKS KEYRING"""
import json
import os
import re
import sys

from uihttp import Ui

BIN, HOME, PASS, DAY, REF, GONE, SORTED, DUES, KEYRING = sys.argv[1:]
CASE = "/nl/case/" + REF
ui = Ui(BIN, HOME, PASS, DAY, os.path.dirname(KEYRING))


def want(what, good):
    ui.want(what, good)


def no_route(kind):
    return ui.post(CASE + "/letter", kind=kind, by="no_route", day=DAY,
                   text="Geen naam en geen adres", do="settle")


def forms(page, word):
    """Hidden fields of the forms of ${page} that hold ${word}"""
    return [dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"',
                            f)) for f in re.findall(
        r"<form .*?</form>", page, re.S) if word in f]


def signed(case, page):
    return ui.post(case + "/approve", how="here", id=re.search(
        r'name="id" value="(\w+)"', page).group(1), keyring=KEYRING,
        passphrase=ui.passphrase)


def today():
    """All that clocks tells of a case stands there too"""
    page = ui.ask("GET", "/nl/")[2]
    beside = re.search(r'id="b-h".*?</section>', page, re.S).group()
    words = {"agreement": "gespreksverslag", "approval": "handtekening",
             "triage": "niet ingedeeld"}
    for due in json.load(open(DUES)):
        want("%s of %s" % (due["what"], due["case"]), due["case"] in page)
        if due["what"] in ("agreement", "approval"):
            want(due["what"], words[due["what"]] in beside and
                 due["case"] in beside)
    want("the advice question", words["triage"] in beside)


def downgrade():
    """From wrongdoing to less: asked for on the page, by two"""
    case, sort = "/nl/case/" + SORTED, {
        "coi": "no", "do": "keep", "type": "OMG", "origin": "intern",
        "then": "acknowledgement", **{"q%d" % q: "no" for q in range(1, 5)}}
    want("alone it is refused", "S-TWO" in ui.post(case + "/triage", **sort))
    asks = [f for f in forms(ui.ask("GET", case)[2], "wbk_downgrade")
            if f["detail"] == "nee"]
    want("no button asks for it", len(asks) == 1)
    signed(case, ui.post(case, **asks[0]))
    text = ui.post(case + "/triage", **sort)
    want("sorted: %s" % re.findall(r'class="notice.*?</', text, re.S),
         'class="notice green"' in text)
    want("asked for again", not forms(ui.ask("GET", case)[2],
                                      "wbk_downgrade"))


try:
    today()
    downgrade()
    want("alone", "S-TWO" in no_route("acknowledgement"))
    text = ui.ask("GET", CASE)[2]
    asks = forms(text, "feedback_without_route")
    want("asked for in one way: %s" % asks, len(asks) == 1)
    text = signed(CASE, ui.post(CASE, **asks[0]))
    want("signed: %s" % re.findall(r'class="notice.*?</', text, re.S),
         'class="notice green"' in text)
    for kind in "acknowledgement", "feedback":
        text = no_route(kind)
        want("%s: %s" % (kind, re.findall(r'class="notice.*?</', text, re.S)),
             'class="notice green"' in text)
    # Measures, which the register counts; what is not ticked goes
    for ticked in ["mediation", "waarschuwing"], ["mediation"]:
        boxes = re.findall(r'name="(measure_\d+)"[^>]*><span>([^<]*)<', text)
        text = ui.post(CASE, do="codes", measures="1",
                       **{n: "1" for n, label in boxes if label in ticked})
        now = re.findall(r'name="measure_\d+" value="1" checked><span>([^<]*)',
                         text)
        want("measures: %s" % now, sorted(now) == ticked)
    # Closing has a form of its own; a button of the steps could only refuse
    text = ui.post(CASE, do="step", to="teruggekoppeld")
    want("told", 'class="notice green"' in text)
    want("a button that always refuses", 'name="to" value="gesloten"' not in
         text and 'name="to" value="heropend"' in text)
    text = ui.post(CASE, do="close")
    want("closed: %s" % re.findall(r'class="notice.*?</', text, re.S),
         'class="notice green"' in text)
    text = ui.ask("GET", "/nl/")[2]
    want("a class to choose", "1 gesloten zonder bewaarklasse" in text)
    want("a withdrawn case to acknowledge", "/case/" + GONE in text)
finally:
    ui.end()
print("ok: no way back, no class and withdrawn, on the page")
