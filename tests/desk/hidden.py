# SPDX-License-Identifier: EUPL-1.2
"""Which pages show a case's text; see 16-hidden.sh.
hidden.py PART BIN HOME PASSFILE DAY STICK CASE"""
import sys

from uihttp import Ui

part, BIN, HOME, PASS, DAY, STICK, REF = sys.argv[1:]
CASE = "/nl/case/" + REF
FORWARD = CASE + "/forward"
PLAN = {"do": "plan", "where": "authority", "receiver": "IGJ"}
ui = Ui(BIN, HOME, PASS, DAY, STICK)
checks = 0


def want(what, good):
    global checks
    checks += 1
    ui.want("%s: %s" % (part, what), good)


def silent(where, page):
    for word in "kanarie", "Pieterse", "sloeg":
        want("%s holds %s" % (where, word), word not in page)


def refused(why, **form):
    page = ui.post(FORWARD, **form)
    silent(form["do"], page)
    want("%s is not refused" % form["do"], 'class="notice red"' in page and
         why in page)


def closed(why):
    for where in CASE, CASE + "/triage", FORWARD, CASE + "/letter", \
            "/nl/inbox", "/nl/register", CASE.replace("/nl", "/en", 1), \
            FORWARD.replace("/nl", "/en", 1):
        status, _, page = ui.ask("GET", where)
        want("%s: status %d" % (where, status), status == 200)
        silent(where, page)
    want("search", ">%s<" % REF not in ui.post("/nl/search",
                                               word="kanarie"))
    refused(why, **PLAN)
    refused(why, do="keep", f_0="1", words="Pieterse")
    refused(why, do="send", how="print")
    refused(why, do="send", how="pass", place=STICK, **{
        "pass": "twintig tekens en meer", "again": "twintig tekens en meer"})
    silent("after it", ui.ask("GET", FORWARD)[2])


try:
    if part == "plan":
        want("the plan", ui.post(FORWARD, **PLAN).count("kanarie") >= 2)
        want("the word that is left out", "Pieterse\n</textarea>" in ui.post(
            FORWARD, do="keep", f_0="1", words="Pieterse"))
        want("the triage", "kanarie" in ui.ask("GET", CASE + "/triage")[2])
    elif part == "open":
        page = ui.ask("GET", CASE)[2]
        for word in "kanarie-over", "kanarie-notitie", "kanarie-brief":
            want(word, word in page)
    elif part == "withdrawn":
        want("the withdrawal", "Ik trek in" in ui.ask("GET", CASE)[2])
        closed("ingetrokken")
    else:
        closed("ander meldpunt")
finally:
    ui.end()
print("ok: %s, %d looks" % (part, checks))
