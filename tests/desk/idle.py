# SPDX-License-Identifier: EUPL-1.2
"""An idle desk; see 13-idle.sh. idle.py BIN HOME PASSFILE CLOCK KEYS CASE"""
import os
import struct
import sys
import time

HERE = os.path.dirname(__file__)
sys.path[:0] = [os.path.join(HERE, "..", "http"),
                os.path.join(HERE, "..", "faults")]
import taken
from secrets_held import forms, seed
from uihttp import Ui

BIN, HOME, PASS, CLOCK, KEYS, REF = sys.argv[1:7]
CASE = "/nl/case/" + REF
ui = Ui(BIN, HOME, PASS, "2026-11-26")
keys = [seed(line) for line in open(KEYS).read().split()]
SECRETS = {"passphrase": [ui.passphrase.encode()],
           "text": [b"kanarie-verhaal"],
           "a key": [f for k, text in zip(keys, open(KEYS).read().split())
                     for f in forms(k, text)]}
now = 0


def later(seconds):
    global now
    now += seconds
    with open(CLOCK, "r+b") as f:
        f.write(struct.pack("=qq", now, now))


def held(secrets):
    """Which of them the process has in its memory"""
    return {name for piece in taken.memory([ui.p.pid])
            if "w" in piece.rights or not piece.name.startswith("/")
            for name, all in secrets.items()
            if any(f in piece.data for f in all)}


def wiped(secrets):
    """Waits for the lock, however slow the machine is"""
    for _ in range(600):
        if not held(secrets):
            return
        time.sleep(0.1)
    ui.fail("still there: %s" % held(secrets))


try:
    ui.want("the report", "kanarie-verhaal" in ui.ask("GET", CASE)[2])
    ui.want("an open desk holds them", held(SECRETS) >= {"passphrase",
                                                         "a key"})
    later(6 * 60)
    ui.want("not yet", "kanarie-verhaal" in ui.ask("GET", CASE)[2])
    later(6 * 60)  # that was work: the minutes began again
    ui.want("still not", "kanarie-verhaal" in ui.ask("GET", CASE)[2])
    later(7 * 60)
    wiped(SECRETS)
    ui.want("locked", ui.ask("GET", CASE)[1] == "/nl/login")

    # Written while it locked itself
    words = "kanarie-getypt, drie bladzijden"
    typed = {"do": "note", "text": words}
    ui.want("asks", ui.ask("POST", CASE, typed)[1] == "/nl/login")
    ui.want("a wrong one", ui.ask("POST", "/nl/login", {"passphrase": "nee"})
            [0] == 403)
    to = ui.ask("POST", "/nl/login", {"passphrase": ui.passphrase})[1]
    ui.want("back to the case", to == CASE)
    text = ui.ask("GET", to)[2]
    ui.want("said", "intussen vergrendeld" in text)
    ui.want("typed", words + "</textarea>" in text)
    ui.want("once", words not in ui.ask("GET", CASE)[2])
    later(7 * 60)
    wiped({**SECRETS, "typed": [b"kanarie-getypt"]})
    ui.ask("POST", CASE, typed)
    ui.want("kept", held({"typed": [b"kanarie-getypt"]}))
    later(7 * 60)
    wiped({"typed": [b"kanarie-getypt"]})
    ui.login()
    ui.want("and not written", words not in ui.ask("GET", CASE)[2])

    # A page that is asked with a choice comes back with that choice
    for path, form in (
            ("/nl/enter", {"what": "advice", "day": "2026-11-26",
                           "route": "telefoon", "text": words}),
            ("/nl/adviser", {"do": "signal", "year": "2025", "text": words}),
            (CASE + "/letter", {"do": "settle", "kind": "feedback",
                                "by": "mailbox", "text": words,
                                "reasoned": "1"})):
        ui.ask("POST", "/nl/lock", {})
        ui.want("asks for " + path, ui.ask("POST", path, form)[1] ==
                "/nl/login")
        to = ui.ask("POST", "/nl/login", {"passphrase": ui.passphrase})[1]
        text = ui.ask("GET", to)[2]
        ui.want("%s lost what was typed" % to, words + "</textarea>" in text)
        ui.want("%s has another choice" % to, form.get(
            "reasoned") is None or 'name="reasoned" value="1" checked' in text)

    # Another's passphrase is never kept
    later(7 * 60)
    wiped(SECRETS)
    ui.ask("POST", CASE + "/approve", {"how": "here", "id": "00",
                                       "keyring": "/k", "passphrase": "kanarie-ander"})
    ui.want("dropped", not held({"other": [b"kanarie-ander"]}))
finally:
    ui.end()
print("ok: locked itself twice, wiped, and gave back what was being written")
