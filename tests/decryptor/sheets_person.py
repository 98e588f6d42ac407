# SPDX-License-Identifier: EUPL-1.2
"""Puts an identity on paper and then on new sheets: sheets_person.py PROGRAM
DIR PASSFILE. DIR/home is there, its identity in the keyring. Leaves the lines
of every sheet as DIR/old-KIND-N and DIR/new-KIND-N. What a keeper or the
safe gets must fit one page, also with the longest name."""
import html
import os
import re
import shutil
import subprocess
import sys

from screen import Tty

program, top, passfile = sys.argv[1:4]
home, folder = top + "/home", top + "/print"


def start(*more):
    return Tty(program, "--home", home, "--passphrase-file", passfile,
               "--today", "2026-12-01", "init", *more)


def fail(text):
    sys.exit("FAIL: " + text)


def lines(name):
    page = open(folder + "/" + name, encoding="utf-8").read()
    cells = re.findall(r'<td class="mono">([^<]*)</td>'
                       r'<td class="mono check">([^<]*)</td>', page)
    return "".join(html.unescape(a) + "  " + b + "\n" for a, b in cells)


def one_page(*names):
    if shutil.which("chromium") is None:
        return
    for name in names:
        pdf = top + "/" + name + ".pdf"
        subprocess.run(["chromium", "--headless", "--no-sandbox",
                        "--disable-gpu", "--user-data-dir=" + top + "/cr",
                        "--no-pdf-header-footer", "--print-to-pdf=" + pdf,
                        "file://" + folder + "/" + name], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        pages = len(re.findall(rb"/Type\s*/Page\b", open(pdf, "rb").read()))
        if pages != 1:
            fail("%s has %d pages" % (name, pages))


def sheets(t, keepers):
    t.answer("Hoeveel bewaarders", "3")
    t.answer("nodig", "2")
    t.answer("deel 1", keepers[0] + "x" * 64)  # is asked again
    t.see("te lang: hoogstens 64 bytes")
    for n, name in enumerate(keepers):
        t.answer("deel %d" % (n + 1), name)
    t.answer("papier er ligt", "")


def keep(which):
    for kind in ("identity", "backup"):
        for n in (1, 2, 3):
            with open("%s/%s-%s-%d" % (top, which, kind, n), "w") as f:
                f.write(lines("share-%s-%d.html" % (kind, n)))


def prove(t, which, todo):
    for kind, n in todo:
        t.see("deel %d van 3" % n)
        t.answer("overtypen of scannen", "")
        t.answer("regel 1: ", "%s/%s-%s-%d" % (top, which, kind, n))
        t.see("leesbaar en klopt")


every = [(kind, n) for kind in ("identity", "backup") for n in (1, 2, 3)]
# An organisation begun with --batch goes on paper
t = start()
t.answer("Map voor", folder)
t.answer("papier er ligt", "")
sheets(t, ("anna", "W" * 64, "carla"))
keep("old")
one_page("poster-nl.html", "revocation.html", "share-identity-2.html")
prove(t, "old", every)
t.answer("papier er ligt", "")
t.see("Klaar")
if t.end() != 0:
    fail("the first sheets")

# Done is done; one old sheet, or a sheet twice, renews nothing
for more in ((), ("--new-sheets", "--share", top + "/old-identity-1"),
             ("--new-sheets",) + ("--share", top + "/old-identity-1") * 2):
    t = start(*more)
    t.see("2 different sheets are needed" if more else
          "de ceremonie van dit loket is klaar")
    if t.end() != 1:
        fail("not refused: %s" % (more,))

# Carla leaves; dora comes. Stopped while the sheets are proven, gone on
t = start("--new-sheets", "--share", top + "/old-identity-1",
          "--share", top + "/old-identity-3")
sheets(t, ("anna", "ben", "dora"))
keep("new")
prove(t, "new", every[:2])
t.see("deel 3 van 3")
t.answer("overtypen of scannen", "")
t.answer("regel 1: ", top + "/old-identity-3")
t.see("van een andere set of soort")
t.answer("overtypen of scannen", "s")
t.see("Gestopt bij stap 7 van 8")
if t.end() != 1:
    fail("stopped, but the exit is not 1")
t = start("--new-sheets")
t.see("`init` puts it")
t.end()
t = start()
t.see("stap 7 van 8")
prove(t, "new", every[2:])
t.see("op deze computer niet meer")
t.answer("papier er ligt", "")
t.see("vernietig")
if t.end() != 0:
    fail("the new sheets")
if [f for f in os.listdir(folder) if f.startswith("share-")]:
    fail("a file with a share was left")
page = open(folder + "/transcript.html", encoding="utf-8").read()
for want in ("Verslag van nieuwe sleuteldelen", "dora", "oude bladen",
             "Reservekopieën van vóór"):
    if want not in page:
        fail("the transcript does not say " + want)
if "carla" in page:
    fail("who left still keeps a sheet")
