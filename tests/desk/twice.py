# SPDX-License-Identifier: EUPL-1.2
"""Forms that are sent twice, and what lists show; see 17-twice.sh.
twice.py PART BIN HOME PASSFILE DAY CASE CASE"""
import re
import sys

from uihttp import Ui

part, BIN, HOME, PASS, DAY, ONE, TWO = sys.argv[1:]
CASE = "/nl/case/" + ONE
ui = Ui(BIN, HOME, PASS, DAY)
checks = 0


def want(what, good):
    global checks
    checks += 1
    ui.want("%s: %s" % (part, what), good)


def page(path):
    return ui.ask("GET", path)[2]


def form(path, mark):
    """Hidden fields of the form of the page that has ${mark}"""
    text = next((f for f in re.findall(r"<form .*?</form>", page(path), re.S)
                 if mark in f), "")
    want("a form with %s" % mark, text)
    return dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"',
                           text))


def hold():
    """The page of before sets it; it does not lift what it set"""
    kept = {**form(CASE, 'value="hold"'), "do": "hold", "text": "De rechter"}
    want("set", "is geblokkeerd" in ui.post(CASE, **kept))
    text = ui.post(CASE, **{**kept, "once": ""})
    want("set again", "Zo staat het al" in text and "is geblokkeerd" in text)
    want("neither on nor off", "zegt niet of" in ui.post(
        CASE, do="hold", text="x") and "is geblokkeerd" in page(CASE))
    kept = {**form(CASE, 'value="hold"'), "do": "hold", "text": "Klaar"}
    want("lifted", "is geblokkeerd" not in ui.post(CASE, **kept))


def inbox():
    text = page("/nl/inbox")
    for ref, what in (ONE, "60 berichten"), (TWO, "bericht"):
        found = re.findall(r">%s</a>: ([^<]*)" % ref, text)
        want("%s: %s" % (ref, found), len(found) == 1 and what in found[0])


def late():
    want("the case", "kanarie-nakomer" in page("/nl/case/" + TWO))
    want("a search", ">%s<" % TWO in ui.post("/nl/search",
                                             word="kanarie-nakomer"))
    want("the rest", "Een ander" not in page("/nl/case/" + TWO))


def twice():
    hold()


try:
    {"twice": twice, "inbox": inbox, "late": late}[part]()
finally:
    ui.end()
print("ok: %s, %d looks" % (part, checks))
