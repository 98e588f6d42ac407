# SPDX-License-Identifier: EUPL-1.2
"""A case that has no way back, and a withdrawn one, from the page; see
19-ends.sh.
ends.py BIN HOME PASSFILE DAY CASE WITHDRAWN KEYRING"""
import os
import re
import sys

from uihttp import Ui

BIN, HOME, PASS, DAY, REF, GONE, KEYRING = sys.argv[1:]
CASE = "/nl/case/" + REF
ui = Ui(BIN, HOME, PASS, DAY, os.path.dirname(KEYRING))


def want(what, good):
    ui.want(what, good)


def no_route(kind):
    return ui.post(CASE + "/letter", kind=kind, by="no_route", day=DAY,
                   text="Geen naam en geen adres", do="settle")


try:
    want("alone", "S-TWO" in no_route("acknowledgement"))
    text = ui.ask("GET", CASE)[2]
    asks = [dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"',
                            f)) for f in re.findall(
        r"<form .*?</form>", text, re.S) if "feedback_without_route" in f]
    want("asked for in one way: %s" % asks, len(asks) == 1)
    text = ui.post(CASE, **asks[0])
    request = re.search(r'name="id" value="(\w+)"', text)
    want("no request", request)
    text = ui.post(CASE + "/approve", how="here", id=request.group(1),
                   keyring=KEYRING, passphrase=ui.passphrase)
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
    text = ui.post(CASE, do="close")
    want("closed: %s" % re.findall(r'class="notice.*?</', text, re.S),
         'class="notice green"' in text)
    text = ui.ask("GET", "/nl/")[2]
    want("a class to choose", "1 gesloten zonder bewaarklasse" in text)
    want("a withdrawn case to acknowledge", "/case/" + GONE in text)
finally:
    ui.end()
print("ok: no way back, no class and withdrawn, on the page")
