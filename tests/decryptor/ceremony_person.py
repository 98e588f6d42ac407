# SPDX-License-Identifier: EUPL-1.2
"""The coordinator at the ceremony: ceremony_person.py PROGRAM DIR. Leaves
DIR/home, DIR/print, DIR/words and, of every share, its QR code as read by
zbarimg from a rendered page (DIR/qr-*) or the typed lines (DIR/typed-*)."""
import html
import os
import re
import subprocess
import sys

from screen import Tty

program, top = sys.argv[1:3]
home, folder = top + "/home", top + "/print"
day = "2026-11-24"


def start(*more, at=home):
    return Tty(program, "--home", at, "--today", day, "init", *more)


def fail(text):
    sys.exit("FAIL: " + text)


def lines(name):
    page = open(folder + "/" + name, encoding="utf-8").read()
    cells = re.findall(r'<td class="mono">([^<]*)</td>'
                       r'<td class="mono check">([^<]*)</td>', page)
    return [html.unescape(a) + "  " + b for a, b in cells]


def photograph(name):
    """The page as it lies on the desk: rendered, turned, grey, a bit soft"""
    png = top + "/" + name + ".png"
    subprocess.run(["chromium", "--headless", "--no-sandbox",
                    "--disable-gpu", "--hide-scrollbars",
                    "--user-data-dir=" + top + "/chromium",
                    "--window-size=794,1123", "--screenshot=" + png,
                    "file://" + folder + "/" + name], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    photo = top + "/" + name + ".jpg"
    subprocess.run(["convert", png, "-background", "#ddd", "-rotate", "7",
                    "-blur", "0x0.6", "-colorspace", "Gray", "-quality",
                    "60", photo], check=True)
    got = subprocess.run(["zbarimg", "-q", "--raw", photo], check=True,
                         stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL).stdout
    path = top + "/qr-" + name
    with open(path, "wb") as f:
        f.write(got)
    return path


# Who says it on the command line is not asked
t = start("--profile", "eu", at=top + "/said")
t.answer("nl/en", "en")
if "/eu" in t.see("competent authority.*organisation: ").group():
    fail("asked whose channel it is though told")
t.interrupt()
# Stopped at a question; the answers given are the usual ones next time
t = start()
t.answer("nl/en", "")
t.answer(r"eigen organisatie\r?\n.*van buiten.*nl/eu\) \[nl\]: ", "eu")
t.see("bevoegde autoriteit")
t.answer("organisatie: ", "Gemeente Voorbeeld")
t.see("korte naam")
t.interrupt()
if os.path.exists(home + "/keyring.age"):
    fail("a keyring before the answers")
t = start()
t.answer("nl/en", "nl")
t.answer(r"nl/eu\) \[eu\]: ", "ja")
t.answer(r"nl/eu\) \[eu\]: ", "nl")
t.answer(r"organisatie \[Gemeente Voorbeeld\]", "")
t.answer("korte naam", "")
t.answer("Ogen", "3 1 9")
t.answer("cijfers 1 tot 6.*Ogen", "3164 2551 6243 1")
t.see("13 worpen")
t.answer("gateway.json", top + "/none.json")
t.answer("niet te gebruiken.*gateway.json", top + "/gw/card.json")
t.answer(r"voorlezen.*Gelijk", "j")
first = t.see(r"sterkte (\d+) bits.*\n    ([a-z ]+)\n")
if int(first.group(1)) < 75:
    fail("a weak passphrase was offered")
t.answer("eigen wachtzin", "n")
words = t.see(r"\n    ([a-z ]+)\n").group(1)
if words == first.group(2):
    fail("the same words again")
t.answer("eigen wachtzin", "")
t.answer("Wachtzin: ", "something else")
t.answer("Niet gelijk.*Wachtzin: ", words)
with open(top + "/words", "w") as f:
    f.write(words + "\n")
t.see("26 weken")
t.see("Map voor")
t.interrupt()

# On from the poster; shares; stopped again while they are proven
t = start()
t.see("stap 5 van 8")
t.answer("Wachtzin: ", words)
t.answer("Map voor", folder)
t.answer("papier er ligt", "")
t.answer("Hoeveel bewaarders", "3")
t.answer("nodig", "")
t.answer("deel 1", "de gemeentesecretaris")
t.answer("deel 2", "de griffier <b>")
t.answer("deel 3", "")
t.answer("papier er ligt", "")
t.see("deel 1 van 3, identiteit")
t.answer("overtypen of scannen", "")
typed = lines("share-identity-1.html")
with open(top + "/typed-share-identity-1.html", "w") as f:
    f.write("\n".join(typed) + "\n")
wrong = typed[1].replace(typed[1][2], "Z" if typed[1][2] != "Z" else "7", 1)
place = next(i for i in range(len(wrong)) if wrong[i] != typed[1][i])
at = len(typed[1][:place + 1].replace(" ", ""))
t.answer("regel 1: ", typed[0].lower())
t.answer("regel 2: ", wrong)
m = t.see(r"regel 2 (is verkeerd getypt bij teken (\d+): op het papier\s+staat "
          r"daar (\w)|klopt niet)")
if m.group(2) and (int(m.group(2)), m.group(3)) != (at, typed[1][place]):
    fail("another place or letter was named")
for n in range(2, len(typed) + 1):
    t.answer("regel %d: " % n, typed[n - 1])
t.see("leesbaar en klopt")
t.see("deel 2 van 3, identiteit")
t.answer("overtypen of scannen", "")
# the wrong sheet, then the right one, photographed
t.answer("regel 1: ", top + "/typed-share-identity-1.html")
t.see("dit is blad 1")
path = photograph("share-identity-2.html")
t.answer("overtypen of scannen", "")
t.answer("regel 1: ", path)
t.see("leesbaar en klopt")
t.answer("overtypen of scannen", "s")
t.see("Gestopt bij stap 7 van 8")
if t.end() != 1:
    fail("stopped, but the exit is not 1")
subprocess.run(["cp", "-r", home, top + "/home.before"], check=True)

t = start()
t.answer("Wachtzin: ", words)
for n, name in ((3, "share-identity-3.html"), (1, "share-backup-1.html"),
                (2, "share-backup-2.html"), (3, "share-backup-3.html")):
    t.see("deel %d van 3" % n)
    t.answer("overtypen of scannen", "")
    path = top + "/typed-" + name
    if name == "share-identity-3.html" or n == 2:
        path = photograph(name)
    else:
        with open(path, "w") as f:
            f.write("\n".join(lines(name)) + "\n")
    t.answer("regel 1: ", path)
    t.see("leesbaar en klopt")
t.see("op deze computer niet meer")
t.answer("papier er ligt", "")
t.see("Klaar")
if t.end() != 0:
    fail("the ceremony did not end well")
for name in os.listdir(folder):
    if name.startswith("share-"):
        fail("a file with a share was left: " + name)
for name, want in (("poster-nl.html", "Een misstand melden?"),
                   ("poster-en.html", "Report wrongdoing?"),
                   ("revocation.html", "Intrekking"),
                   ("transcript.html", "de griffier &lt;b&gt;")):
    if want not in open(folder + "/" + name, encoding="utf-8").read():
        fail("%s does not say %s" % (name, want))
print("interrupted four times and gone through")
