#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: without scripts a report, a question, attachments, a follow-up and a
# withdrawal reach the desk exactly as typed; a receipt names the envelope
# that is in the bundle; a resend adds nothing; every error says that nothing
# was sent and gives the text back.
. "$(dirname "$0")/lib.sh"
[ -x "$BIN/envtool" ] || skip "envtool is not built"
gw_new
gw_start
python3 - "$PORT" <<'PY' || fail "not open"
import sys
import pages
b = pages.Browser(int(sys.argv[1])).get("report")
assert b.status == 200 and "niet open" in b.text, b.text[:300]
a = b.c.ask("GET", "/", {"Accept-Language": "en-GB,en;q=0.9,nl;q=0.5"})
assert a.status == 200 and b'<html lang="en">' in a.body, a.headers
a = b.c.ask("GET", "/", {"Accept-Language": "fy, ar;q=0.9"})
assert b'<html lang="nl">' in a.body and \
    a.headers["cache-control"] == "no-store"
PY
gw_install --weeks 2 --desks 3
python3 - "$PORT" "$COURIER" "$TOKEN" "$GW" "$BIN/envtool" "$WEEK" <<'PY' ||
import os
import re
import sys
import pages
from pages import Browser, envelopes, opened, report_form
port, courier, token, folder, tool, week = sys.argv[1:]
port = int(port)
key = f"{folder}/org/keys/epochs/desk1-a-{week}.txt"
n = 0


def desk(number, at=None):
    """The envelope of this receipt number, opened"""
    global n
    n += 1
    for h, data in envelopes(courier, token).items():
        if at == h:
            return opened(tool, key, f"{folder}/open{n}", data)
    raise AssertionError(f"{number} is not in the bundle")


# every page of both languages
for lang in ("nl", "en"):
    b = Browser(port, lang)
    for page in ("", "report", "advice", "replies", "who", "other",
                 "privacy", "accessibility", "sealed"):
        b.get(page)
        assert b.status == 200 and f'lang="{lang}"' in b.text, page
        assert "{{" not in b.text and b.headers["cache-control"] == \
            "no-store", page
        for word in ("etag", "last-modified", "set-cookie", "server", "date"):
            assert word not in b.headers, (page, word)
    assert b.get("nothing").status == 404

# a text with everything a browser may send
text = 'Regel één\n"<b>&amp;\' €\n\n  ruimte\tvóór 👤 end\n--x\r'
b, code = report_form(port, "leidinggevende")
sentence = ("Zonder scripts gaat uw melding op slot bij aankomst op onze "
            "server, dus nog niet op uw eigen apparaat.")
assert sentence in b.text
form = b.form("report")
b.submit("report", what=text, when="gisteren", ongoing="yes",
         relation="supplier", code=code.lower().replace("-", " "))
assert b.status == 200 and b.number(), b.text
receipt, number = b.note(), b.number()
r, files = desk(number, receipt["envelope"])
want = text.replace("\r", "\n")
assert r["answers"] == {"what": want, "when": "gisteren", "ongoing": "yes"}, r
assert (r["kind"], r["about"], r["relation"], r["sealed_by"], r["language"]) \
    == ("report", "leidinggevende", "supplier", "server", "nl"), r
assert r["thread"]["tag_key"] and files == {} and r["epoch"] == week
assert re.search(r"dinsdag|maandag|woensdag|donderdag|vrijdag|zaterdag|zondag",
                 b.text) and b.text.count("<time") >= 3

# the same form again: the same receipt, nothing new in the bundle
before = set(envelopes(courier, token))
fields = dict(form["fields"], what="Eén keer, graag.", code=code)
for i in range(2):
    boundary, body = pages.multipart(fields, [])
    b.post("report", f"multipart/form-data; boundary={boundary}", body)
    assert b.number(), b.text
    first = b.number() if i == 0 else first
    assert b.number() == first
after = set(envelopes(courier, token))
assert len(after - before) == 1, after - before
# edited, it is not the same: nothing typed is dropped
fields["what"] += " En nog iets."
boundary, body = pages.multipart(fields, [])
b.post("report", f"multipart/form-data; boundary={boundary}", body)
assert b.number() != first
assert len(set(envelopes(courier, token)) - after) == 1

# attachments: small, empty, odd names, several MiB
big = os.urandom(3 * pages.gw.MIB + 77)
names = ["jaar \"cijfers\".pdf", "leeg.txt", "C:\\map\\groot.bin", "\r\n--.x"]
datas = [b"%PDF-1.4\r\n--\r\n------WebKit\r", b"", big, b"\r" * 5000]
b, code = report_form(port)
b.submit("report", what="Met bijlagen", code=code, files=[
    ("files", name, "application/pdf", data)
    for name, data in zip(names, datas)])
assert b.number(), b.error()
r, files = desk(b.number(), b.note()["envelope"])
assert [a["name"] for a in r["attachments"]] == \
    ["jaar \"cijfers\".pdf", "leeg.txt", "groot.bin", "\r\n--.x"], r
assert [files.get(f"{i:02d}", b"") for i in (1, 2, 3, 4)] == datas

# without a code; a question
b, code = report_form(port, "", "advice", "en")
b.submit("advice", what="A question", no_mailbox="1")
assert b.number(), b.text
r, _ = desk(b.number(), b.note()["envelope"])
assert r["kind"] == "advice" and "thread" not in r and r["language"] == "en"

def beside(b, field):
    """The summary leads to the field, which is marked and has the words"""
    tag = re.search(rf'<(?:textarea|input)[^>]* id="{field}"[^>]*>',
                    b.text).group(0)
    said = re.search(r'aria-describedby="([^ "]+)', tag).group(1)
    return 'aria-invalid="true"' in tag and "<title>Fout:" in b.text and \
        f'href="#{field}"' in b.error() and f'id="{said}">Fout:' in b.text


# errors keep the text and say that nothing was sent
start = set(envelopes(courier, token))
for name, more, word in [
        ("no code", {}, "zonder code"),
        ("typo", {"code": code[:-1] + ("0" if code[-1] != "0" else "1")},
         "tekens van de code"),
        ("short", {"code": "04F5"}, "28 tekens"),
        ("other desk", {"code": code, "about": "x-none"}, "begrijpen"),
        ("too long", {"code": code, "what": "é" * 25000}, "te lang"),
        ("no text", {"code": code, "what": " \n"}, "eerst uw tekst")]:
    b, _ = report_form(port, "afdeling")
    sent = dict({"what": "Bewaar <dit> & dat", "where": "hier"}, **more)
    b.submit("report", **sent)
    assert b.number() is None and "nog niets verstuurd" in b.text, name
    assert word in b.error(), (name, b.error())
    if name != "other desk":
        assert beside(b, "what" if sent.get("what") != "Bewaar <dit> & dat"
                      else "code"), name
    kept = b.form("report")["fields"]
    assert kept["what"].strip() == sent["what"].strip(), (name, kept)
    assert kept["where"] == "hier", name
    if name == "no code":  # and from the error page it goes well
        b.submit("report", no_mailbox="1")
        assert b.number(), b.text
        start.add(b.note()["envelope"])
assert set(envelopes(courier, token)) == start

# far too long, ending within a character: the beginning comes back, and what
# stands in the fields after it; a page that the browser saved is a file
b, code = report_form(port)
b.submit("report", what="é" * 70000, where="hier", wishes="geen", code=code)
assert b.number() is None and "alleen het begin" in b.error(), b.error()
kept = b.form("report")["fields"]
assert set(kept["what"].strip()) == {"é"} and \
    45000 < len(kept["what"].strip()) <= 49152, len(kept["what"])
assert kept["where"] == "hier" and kept["wishes"] == "geen" and \
    kept["code"].strip() == code, kept
b, code = report_form(port)
b.submit("report", what="Met een pagina", code=code, files=[
    ("files", "pagina.mhtml", "multipart/related", b"From: <Saved by Blink>"),
    ("files", "b", "a/\u00e9", b"2")])
assert b.number(), b.error()
r, files = desk(b.number(), b.note()["envelope"])
assert files == {"01": b"From: <Saved by Blink>", "02": b"2"}
assert [a["media_type"] for a in r["attachments"]] == \
    ["application/octet-stream"] * 2, r
start = set(envelopes(courier, token))

# a code of another desk than the choice: the reader would not be the one
# the page named
b, other = report_form(port, "coordinator")
mine, code = report_form(port, "medewerker")
b.submit("report", what="x", code=code)
assert b.number() is None and "hoort niet bij" in b.error(), b.text

# follow-up and withdrawal
b, code = report_form(port)
b.submit("report", what="De eerste", code=code)
first = b.note()["envelope"]
b = Browser(port).get("replies").submit("replies", code=code)
assert "geen antwoord" in b.text
b.submit("follow-up", what="Nog iets\nerbij",
         files=[("files", "a.txt", "text/plain", b"bij follow-up")])
assert b.number(), b.text
r, files = desk(b.number(), b.note()["envelope"])
signer = r["thread"]["signer"]
assert r["kind"] == "follow_up" and files == {"01": b"bij follow-up"}
assert r["answers"] == {"what": "Nog iets\nerbij"}
b = Browser(port).get("replies").submit("replies", code=code)
b.submit("follow-up", what="")
assert "eerst uw tekst" in b.error() and beside(b, "text")
b = Browser(port).get("replies").submit("replies", code=code)
b.submit("withdraw")
assert "Kruis eerst" in b.error() and beside(b, "withdraw")
assert re.search(r"<details open>\s*<summary>Melding intrekken", b.text)
b = Browser(port).get("replies").submit("replies", code=code)
b.submit("withdraw", withdraw="1")
assert b.number() and "ingetrokken" in b.text, b.text
r, _ = desk(b.number(), b.note()["envelope"])
assert r["kind"] == "withdrawal" and r["thread"]["signer"] == signer
r, _ = desk("", first)
assert r["thread"]["signer"] == signer

# wrong kinds of body lose nothing and crash nothing
for kind, body in [("text/plain", b"x"), ("multipart/form-data", b"x"),
                   ("multipart/form-data; boundary=a", b"--a\r\n"),
                   ("multipart/form-data; boundary=a", b"--a--\r\n")]:
    for page in ("report", "follow-up", "sealed", "code", "replies"):
        b.post(page, kind, body)
        assert b.status in (200, 400) and b.number() is None, (page, kind)
assert b.get("").status == 200
print("pages without scripts: report, question, files, follow-up, "
      "withdrawal, resend, six errors with the text kept")
PY
fail "noscript"
# The sealed file of another program passes unchanged
"$BIN/fixture-seal" "$ORG" --week "$WEEK" --text "van elders" \
	>"$GW/text.age" 2>/dev/null || fail "seal"
python3 - "$PORT" "$COURIER" "$TOKEN" "$GW" "$WEEK" <<'PY' || fail "sealed"
import io
import json
import sys
import tarfile
import pages
port, courier, token, folder, week = sys.argv[1:]
org = json.load(open(folder + "/keyset.json"))["org"]
data = open(folder + "/text.age", "rb").read()


def upload(org, data):
    head = json.dumps({"type": "meldluik-upload", "version": 1, "org": org,
                       "epoch": week}, separators=(",", ":")).encode()
    out = b""
    for name, body in (("upload.json", head), ("envelope.age", data)):
        h = bytearray(512)
        h[0:len(name)] = name.encode()
        h[100:124] = b"0000644\0000000000\0000000000\0".replace(
            b"0000644\0000000000\0000000000\0",
            b"0000644\0" b"0000000\0" b"0000000\0")
        h[124:136] = b"%011o\0" % len(body)
        h[136:148] = b"00000000000\0"
        h[148:156] = b" " * 8
        h[156:157] = b"0"
        h[257:265] = b"ustar\00000"
        h[329:345] = b"0000000\0" b"0000000\0"
        h[148:156] = b"%06o\0 " % sum(h)
        out += bytes(h) + body + bytes(-len(body) % 512)
    return out + bytes(1024)


b = pages.Browser(int(port))
for name, body, good in [("good", upload(org, data), True),
                         ("foreign", upload("00" * 16, data), False),
                         ("cut", upload(org, data)[:30000], False),
                         ("no tar", b"hallo", False)]:
    b.get("sealed")
    b.submit("sealed", files=[("sealed", "m.tar", "application/x-tar",
                               body)])
    assert (b.number() is not None) == good, (name, b.text)
    if good:
        note = b.note()["envelope"]
        assert pages.envelopes(courier, token)[note] == data
    else:
        assert "nog niets verstuurd" in b.text, name
PY
echo "sealed files pass unchanged, others are refused"
