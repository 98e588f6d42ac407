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
    want("an end without the tick", "Vink aan dat u weet dat dit niet terug" in
         ui.post("/nl/case/" + TWO, do="destroy"))
    want("not asked of two for the tick", "Laat twee mensen" in
         ui.post("/nl/case/" + TWO, do="destroy", sure="1"))


def again(path, mark, where, looked, **more):
    """Sent twice: the second leads where the first did, and says so"""
    sent = {**form(path, mark), **more}
    path = path.split("?")[0]
    first, to, _ = ui.ask("POST", path, sent)
    want("%s: %d, %s" % (mark, first, to), first == 303)
    text = page(to.split("#")[0])
    want("%s: done" % mark, 'class="notice green"' in text)
    count = page(where).count(looked)
    want("%s: not there" % mark, count > 0)
    for _ in range(2):
        status, there, _ = ui.ask("POST", path, sent)
        want("%s again: %d, %s" % (mark, status, there), there == to)
    want("%s: not said" % mark, "niets twee keer gedaan" in
         page(there.split("#")[0]))
    want("%s twice" % mark, page(where).count(looked) == count)
    return sent


def forms():
    again(CASE + "/letter", 'value="settle"', CASE, "kanarie-brief",
          kind="message", by="mailbox", text="kanarie-brief", do="settle")
    again("/nl/enter?what=report", 'name="route"', "/nl/register", "/case/",
          what="report", text="Per telefoon", day=DAY, route="meldpunt",
          language="nl")
    again("/nl/adviser", 'value="hours"', "/nl/adviser", ", 7<",
          do="hours", activity="overleg_verslag", hours="7")
    sent = again(CASE, 'value="note"', CASE, "kanarie-notitie", do="note",
                 text="kanarie-notitie")
    # With other words: nothing is written, and nothing that was typed is lost
    text = ui.post(CASE, **{**sent, "text": "kanarie-erbij"})
    want("another text", "met andere inhoud" in text and
         "kanarie-erbij</textarea>" in text and text.count("kanarie-erbij") == 1)
    number = next(f for f in re.findall(r"<form .*?</form>", text, re.S)
                  if "kanarie-erbij" in f)
    sent["once"] = re.search(r'name="once" value="(\w+)"', number).group(1)
    ui.post(CASE, **{**sent, "text": "kanarie-erbij"})
    want("sent on purpose", "kanarie-erbij" in page(CASE))
    # Nor does a lock between them make it news
    ui.ask("POST", "/nl/lock", {})
    ui.ask("POST", CASE, {**sent, "text": "kanarie-erbij"})
    ui.login()
    want("behind the lock", page(CASE).count("kanarie-erbij") == 1)
    # Each form has a number of its own
    numbers = re.findall(r'name="once" value="(\w+)"', page(CASE))
    want("numbers: %s" % numbers, len(set(numbers)) == len(numbers) >= 8 and
         all(re.fullmatch("[0-9a-f]{32}", n) and n.strip("0")
             for n in numbers))


def twice():
    hold()
    forms()


try:
    {"twice": twice, "inbox": inbox, "late": late}[part]()
finally:
    ui.end()
print("ok: %s, %d looks" % (part, checks))
