# SPDX-License-Identifier: EUPL-1.2
"""What the desk's page says of what goes wrong; see 15-told.sh.
told.py PART BIN HOME PASSFILE DAY FOLDER SECOND_MEDIUM FULL_STICK|'' CASE
CASE"""
import os
import re
import sys

from uihttp import Ui

part, BIN, HOME, PASS, DAY, AT, SECOND, FULL, ONE, TWO = sys.argv[1:]
KEYS, STICK = "/nl/keys", AT + "/stick"
CASE, OTHER = "/nl/case/" + ONE, "/nl/case/" + TWO
ui = Ui(BIN, HOME, PASS, DAY, AT, SECOND)
UNREAD = "kan niet worden gelezen: het is beschadigd"
checks = 0


def told(what, text, page, colour="red"):
    global checks
    checks += 1
    found = re.search(r'class="notice %s"[^>]*>(.*?)</' % colour, page, re.S)
    ui.want("%s: no %s '%s' in %s" % (what, colour, text, found and
                                      found.group(1)),
            found and text in found.group(1))


def keys(what, text, colour="red", **form):
    told("%s %s" % (what, form), text, ui.post(KEYS, do=what, **form), colour)


def shut(status, text, method, path, form=None):
    global checks
    checks += 1
    got = ui.ask(method, path, form)
    ui.want("%s %s: %s, no '%s'" % (method, path, got[0], text),
            got[0] == status and text in got[2])


def sticks():
    keys("import", "berichten veranderd", place=AT + "/edited")
    keys("import", "staat niet op deze stick", place=AT + "/missing")
    keys("import", "niet worden ingenomen", place=AT + "/empty")
    keys("import", "Zit de stick erin", place=AT + "/none")
    keys("import", "mag niet in die map", place="/etc")
    keys("import", "volledig pad", place="gw")
    for what in "export", "backup":
        keys(what, "Zit de stick erin", place=AT + "/none")
    if FULL:
        keys("export", "stick is vol", place=FULL)
        keys("backup", "back-up kon niet", place=FULL)
        told("report", "kon niet worden geschreven", ui.post(
            "/nl/report", year="2026", format="html", place=FULL))
        ui.want("left on a full stick: %s" % os.listdir(FULL),
                os.listdir(FULL) == ["other"])
    keys("import", "1 / 0 / 0", "green", place=AT + "/gw")
    keys("import", "niets nieuws", "green", place=AT + "/gw")
    # What reads every attachment may open no file but of desk and stick
    keys("backup", "Back-up gemaakt", "green", place=SECOND)
    keys("export", "staat op de stick. Breng", "green", place=SECOND)
    form = {"year": "2026", "format": "csv", "place": STICK}
    told("report", "Geschreven", ui.post("/nl/report", **form), "green")
    told("report", "is er al", ui.post("/nl/report", **form))
    ui.want("a report that is no table", b"," in open(
        STICK + "/jaarverslag-2026.csv", "rb").read())


def forms():
    letter = CASE + "/letter"
    told("a letter to print", "gaat niet naar de melder", ui.post(
        letter, kind="notice", by="mailbox", text="x", do="settle"))
    told("about nobody", "Kies de ontvanger", ui.post(
        letter, kind="message", by="mailbox", text="Dag", told="1",
        do="settle"))
    told("no day", "geen dag", ui.post(
        letter, kind="message", by="letter", text="Dag", day="31-12",
        do="settle"))
    for do in "settle", "look", "fill":
        page = ui.post(letter, kind="brief", by="talk", text="Dag <u>", do=do,
                       day="2026-11-23", receiver="IGJ", told="1",
                       reasoned="1")
        told("an unknown letter", "Deze brief bestaat niet", page)
        for kept in ("Dag &lt;u&gt;</textarea>", 'value="talk" selected',
                     'name="day" value="2026-11-23"', 'value="IGJ" selected',
                     'name="reasoned" value="1" checked',
                     'name="told" value="1" checked'):
            ui.want("lost of an unknown letter: " + kept, kept in page)
    ui.want("an unknown letter was made ready",
            "Dag &lt;u" not in ui.ask("GET", CASE)[2])
    forward = CASE + "/forward"
    told("nothing planned", "Kies eerst", ui.post(
        forward, do="send", how="print"))
    told("nothing planned", "Kies eerst", ui.post(forward, do="keep"))
    told("nobody", "Kies een instantie", ui.post(
        forward, do="plan", where="authority", receiver="niemand"))
    told("planned", "", ui.post(forward, do="plan", where="authority",
                                receiver="IGJ"), "green")
    told("words", "meer dan 64", ui.post(
        forward, do="keep", words="\n".join("w%d" % n for n in range(65))))
    told("no key", "geen sleutel", ui.post(
        forward, do="send", how="key", key="age1pqx", place=STICK))
    told("a short one", "20 tekens", ui.post(
        forward, do="send", how="pass", place=STICK, **{
            "pass": "x" * 19, "again": "x" * 19}))
    told("another one", "twee keer", ui.post(
        forward, do="send", how="pass", place=STICK, **{
            "pass": "x" * 20, "again": "y" * 20}))
    told("none", "Niets gekozen", ui.post("/nl/bulk", do="acknowledge"))
    shut(400, "Zo kan deze", "POST", "/nl/bulk", {"do": "all", "pick_0": ONE})
    shut(400, "Zo kan deze", "POST", CASE, {"do": "all"})

    # The second signature, and where a request for it may go
    approve = CASE + "/approve"
    told("no request", "verzoek is er niet", ui.post(
        approve, how="carry", id="0" * 16, place=STICK))
    told("asked", "", ui.post(CASE + "/recuse", do="ask", desk="2"), "green")
    request = re.search(r'name="id" value="([0-9a-f]{16})"',
                        ui.ask("GET", CASE)[2]).group(1)
    told("no file", "is er niet", ui.post(approve, how="take",
                                          file=STICK + "/none"))
    told("no day", "geen dag", ui.post(approve, how="paper", id=request,
                                       person="x", day="31-12"))
    told("carried", "", ui.post(approve, how="carry", id=request,
                                place=STICK), "green")
    told("again", "staat daar al", ui.post(approve, how="carry", id=request,
                                           place=STICK))
    if FULL:
        told("no room", "kan daar niet worden geschreven", ui.post(
            approve, how="carry", id=request, place=FULL))
    carried = "%s/verzoek-%s.txt" % (STICK, request)
    told("nothing to sign", "niet te lezen", ui.post(
        "/nl/sign", do="look", file=STICK + "/none"))
    told("nothing to sign", "niet te lezen", ui.post(
        "/nl/sign", do="sign", file="verzoek.txt"))
    told("one's own", "", ui.post("/nl/sign", do="sign", file=carried))
    ui.want("an own request was signed", not os.path.exists(
        "%s/getekend-verzoek-%s.txt" % (STICK, request)))

    # Who is in a report does not work on it
    told("a conflict", "", ui.post(OTHER + "/triage", coi="yes", q1="yes",
                                   do="settle"))
    told("its note", "", ui.post(OTHER, do="note", text="Toch nog iets"))
    told("taken back", "gaat over u", ui.post(OTHER + "/triage", coi="no",
                                              q1="yes", do="settle"))
    ui.want("a subject wrote in the case", "Toch nog iets</" not in
            re.sub(r"<textarea.*?</textarea>", "", ui.ask("GET", OTHER)[2],
                   flags=re.S))


def clock():
    ui.want("the wrong clock", "staat vóór 25 november 2026" in
            ui.ask("GET", "/nl/")[2])
    ui.want("whose keys lack", "geen sleutels van coordinator (2010-W01)" in
            ui.ask("GET", "/nl/")[2])
    keys("export", "ontbreken sleutels van coordinator (2010-W01)",
         place=STICK)


def deputy():
    page = ui.ask("GET", "/nl/keys")[2]
    ui.want("who cannot take over", "deputy kan niet overnemen" in page)
    for lang in "nl", "en":
        book = ui.ask("GET", "/%s/handbook" % lang)[2]
        for how in "--note", "--deputy", "BESTAND.d" if lang == "nl" else \
                "FILE.d":
            ui.want("the way to stand in", "takeover " + how in book)
    ui.want("the way to stand in", "takeover BESTAND.deputy" in page)
    told("for nobody", "Back-up gemaakt: meldluik-%s-2.age." % DAY,
         ui.post(KEYS, do="backup", place=SECOND), "green")


def stands_in():
    ui.want("who can take over", "back-ups zijn er ook voor deputy" in
            ui.ask("GET", "/nl/")[2])
    keys("backup", "-3.age (.deputy: deputy)", "green", place=SECOND)


def lies():
    keys("import", "De server liegt", place=AT + "/gw")


def denies():
    ui.want("no button", 'value="deny"' in ui.ask("GET", KEYS)[2])
    told("read-only", "overgenomen", ui.post(CASE, do="note", text="Iets"))
    keys("deny", "niemand anders", "green")
    ui.want("a button still", 'value="deny"' not in ui.ask("GET", KEYS)[2])
    keys("deny", "Niemand zegt")
    told("written", "bewaard", ui.post(CASE, do="note", text="Iets"), "green")


def early():
    for case, marked in (CASE, True), (OTHER, False):
        for lang, words in ("nl", "vóór de melding er was"), (
                "en", "before the report came"):
            page = ui.ask("GET", case.replace("nl", lang, 1))[2]
            ui.want("%s %s: the mark" % (case, lang),
                    (words in page) == marked)
    ui.want("a case has no date", "datum niet te bepalen" not in
            ui.ask("GET", "/nl/")[2])


def cut():
    ui.want("the day says it", "inname is afgebroken" in
            ui.ask("GET", "/nl/")[2])
    for path in CASE, CASE + "/triage", CASE + "/letter?kind=message", \
            CASE + "/forward", CASE + "/recuse":
        shut(409, "inname is afgebroken", "GET", path)
    for path, form in (
            (CASE, {"do": "note", "text": "x"}),
            (CASE + "/letter", {"kind": "message", "text": "x"}),
            (CASE + "/approve", {"how": "paper"}),
            ("/nl/search", {"word": "Verhaal"}),
            ("/nl/bulk", {"do": "acknowledge", "pick_0": ONE}),
            ("/nl/adviser", {"do": "take", "file": STICK + "/none"})):
        shut(409, "inname is afgebroken", "POST", path, form)
    for path in "", "inbox", "register", "report", "keys":
        status, _, text = ui.ask("GET", "/nl/" + path)
        ui.want("%s: %s" % (path, status), status == 200 and
                "Verhaal nummer" not in text)
    keys("import", "", "green", place=AT + "/gw")
    ui.want("the text is back", "Verhaal nummer" in ui.ask("GET", CASE)[2])


def missing():
    keys("verify", "dossierboek is beschadigd")


def damaged():
    keys("verify", "dossierboek is beschadigd")
    for path in CASE, CASE + "/triage":
        status, _, page = ui.ask("GET", path)
        ui.want("%s: %s" % (path, status), status == 200 and
                "Verhaal nummer" not in page and UNREAD in page)
        told(path, "Ga niet verder met dit loket", page)
    page = ui.ask("POST", "/nl/search", {"word": "Verhaal"})
    missed = re.search(r'class="notice red"><p><strong>3 zaken(.*?)</div>',
                       page[2], re.S)
    ui.want("a search: %s" % page[0], page[0] == 200 and missed and
            ONE in missed.group(1) and OTHER.rsplit("/", 1)[1] in
            missed.group(1) and page[2].count(ONE) == missed.group().count(ONE))


def partly():
    """The first message is damaged, the letter and the note are not"""
    page = ui.ask("GET", CASE)[2]
    ui.want("one part: %d" % page.count(UNREAD), page.count(UNREAD) == 1)
    told("how many", "(1 beschadigd)", page)
    ui.want("the rest is hidden", "Een notitie" in page and ONE in page and
            "bevestig" in page.split('class="msg out"')[1])
    # ... and never to the courier's stick, which is where the export lies
    told("courier", "niet verzegeld", ui.post(CASE, do="extract", place=STICK))
    ui.want("nothing there", not [at for at, _, names in os.walk(STICK)
                                  if "message.txt" in names])
    page = ui.post(CASE, do="extract", place=AT + "/own")
    told("extracted", "Dit ontbreekt", page)
    ui.want("what is missing", re.search(r"</strong> <bdi>m01</bdi> *</p>", page))


def room():
    for path in "/nl/", KEYS:
        ui.want("how much room: " + path, "nog plaats voor 900 zaken" in
                ui.ask("GET", path)[2])


def renew():
    ui.want("what to do before the keyset ends", "keyset --renew" in
            ui.ask("GET", "/nl/")[2])


def left():
    keys("export", "konden niet mee", place=STICK)


try:
    {"sticks": sticks, "forms": forms, "lies": lies, "clock": clock, "deputy": deputy,
     "stands_in": stands_in, "early": early,
     "cut": cut, "missing": missing, "damaged": damaged, "left": left, "partly": partly,
     "room": room, "renew": renew,
     "denies": denies}[part]()
finally:
    ui.end()
print("%s: %d told" % (part, checks))
