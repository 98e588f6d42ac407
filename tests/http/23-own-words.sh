#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: languages are on as configured and say when no speaker has checked
# them; a text that is not there in the page's language says which it is in; the organisation's words, colour and questions stand on the pages;
# what was asked and answered is in the sealed report; a form can be looked
# at and changed before it is sent; pages of a kind have one size; a first
# visit is small and quick.
. "$(dirname "$0")/lib.sh"
[ -x "$BIN/envtool" ] || skip "envtool is not built"
words=$(mktemp)
cat >"$words" <<'JSON'
{"type":"meldluik-organisation","version":1,"name":{"nl":"Gemeente Proef"},
"contact":{"nl":"de coördinator"},"phone":{"nl":"000 000 00 00"},
"post":{"nl":"Postbus 0"},"adviser":{"nl":"mevrouw A <a@b>"},
"dpo":{"nl":"de functionaris"},"exit":"https://weg.example/",
"colour":{"light":"#6b2346","dark":"#f0b5cf"},"questions":[
{"id":"q_area","kind":"choice","ask":{"nl":"Welk gebied?","en":"Which area?"},
"options":[{"nl":"Zorg & bouw","en":"Care"},"Anders"],"on":["report","advice"]},
{"id":"q_care","kind":"text","ask":{"nl":"Welke zorg?"},
"hint":{"nl":"Kort is goed"},
"shown_if":{"question":"q_area","option":1}},
{"id":"q_day","kind":"date","ask":"Sinds wanneer?"}]}
JSON
gw_new '[site]' 'languages = en ar nl' "organisation = $words" \
	'contact = mailto:veilig@proef.example'
gw_start
gw_install --weeks 2 --desks 3
rm -f "$words"
python3 - "$PORT" "$COURIER" "$TOKEN" "$GW" "$BIN/envtool" "$WEEK" <<'PY' ||
import gzip
import re
import sys
import gw
import pages
from pages import Browser, envelopes, opened, report_form
port, courier, token, folder, tool, week = sys.argv[1:]
port = int(port)
key = f"{folder}/org/keys/epochs/desk1-a-{week}.txt"

# languages
b = Browser(port, "ar").get("")
assert '<html lang="ar" dir="rtl">' in b.text and 'class="unchecked"' in b.text
assert 'hreflang="nl"' in b.text and 'hreflang="pl"' not in b.text
assert 'class="unchecked"' not in Browser(port).get("").text
assert Browser(port, "pl").get("").status == 404
for wanted, lang in [("ar", "ar"), ("ar-EG,en;q=0.5", "ar"),
                     ("pl,nl;q=0.2", "nl"), ("en;q=0,nl;q=0.1", "nl"),
                     ("", "en"), ("arx", "en"), (";;;,,", "en"),
                     ("de;q=0.9, *;q=0.1", "en")]:
    a = b.c.ask("GET", "/", {"Accept-Language": wanted})
    assert f'<html lang="{lang}"'.encode() in a.body, (wanted, a.body[:60])
    assert "set-cookie" not in a.headers
a = b.c.ask("GET", "/pl/report")  # a language that is off
assert a.status == 404 and b'<html lang="en">' in a.body, a.body[:60]
# what is not there, or not in this way: for who browses a page in her
# language that leads to the start, the same whatever was asked for
BROWSER = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "nl,en;q=0.5",
           "Accept-Encoding": "identity"}
sound = b.c.ask("GET", "/nl/who", BROWSER).headers
lost = {}
for method, path, allowed in [
        ("GET", "/x", None), ("GET", "/KANARIE" * 25, None),
        ("GET", "/KANARIE/wp-login.php", None),
        ("GET", "/nl/KANARIE", None), ("POST", "/KANARIE", None),
        ("GET", "/healthz/KANARIE", None), ("BREW", "/KANARIE", None),
        ("POST", "/healthz", "GET, HEAD"), ("BREW", "/", "GET, HEAD"),
        ("PUT", "/nl/who", "GET, HEAD, POST"),
        ("DELETE", "/nl/KANARIE", "GET, HEAD, POST")]:
    a = gw.Client(port).ask(method, path, BROWSER)
    assert a.status == (405 if allowed else 404), (method, path, a.status)
    # a 405 says what may be done (RFC 9110 section 15.5.6)
    assert a.headers.pop("allow", None) == allowed, (path, a.headers)
    assert b'<html lang="nl">' in a.body and b'href="/nl/"' in a.body, path
    assert b"KANARIE" not in a.body and "KANARIE" not in str(a.headers), path
    lost.setdefault(a.body, []).append((path, sorted(a.headers.items())))
    less = {k: v for k, v in a.headers.items() if k not in (
        "content-length", "vary", "onion-location")}
    assert all(sound.get(k) == v for k, v in less.items()), (path, less)
    assert a.headers.get("onion-location", "/").endswith("/"), a.headers
assert len(lost) == 1, [v[0] for v in lost.values()]
assert len({str(h) for v in lost.values() for _, h in v}) == 1
a = gw.Client(port).ask("GET", "/x", {**BROWSER, "Accept-Language": "ar"})
assert b'<html lang="ar" dir="rtl">' in a.body and b'href="/ar/"' in a.body
a = gw.Client(port).ask("GET", "/en/x", BROWSER)
assert b'<html lang="en">' in a.body
# for programs, and where no pages are, a word
for where, path, word in [(port, "/x", b"unknown"), (courier, "/x", b"unknown"),
                          (port, "/v1/x", b'{"error":"unknown"}\n')]:
    for headers in ({"Accept": "*/*"}, BROWSER):
        a = gw.Client(where).ask("GET", path, headers)
        page = headers == BROWSER and (where, path) == (port, "/x")
        assert a.status == 404 and (a.body == word) is not page, (path, a.body)
for where, method, path, allowed in [
        (port, "DELETE", "/v1/envelopes", "PUT"),
        (port, "BREW", "/v1/keyset.json", "GET, HEAD"),
        (port, "HEAD", "/v1/uploads", "POST, PUT"), (port, "HEAD", "/nl/", None),
        (courier, "BREW", "/v1/nothing", None)]:
    a = gw.Client(where).ask(method, path)
    assert a.headers.get("allow") == allowed, (path, a.headers)
a = b.c.ask("GET", "/.well-known/security.txt").body.decode().splitlines()
assert "Contact: mailto:veilig@proef.example" in a and \
    "Preferred-Languages: nl, en, ar" in a, a

# words
b = Browser(port).get("other")
for word in ("000 000 00 00", "Postbus 0", "de coördinator",
             "mevrouw A &lt;a@b&gt;", 'href="https://weg.example/"',
             "Gemeente Proef"):
    assert word in b.text, word
assert "de functionaris" in b.get("privacy").text
style = b.c.ask("GET", "/style.css").body
assert b"--door:#6b2346" in style and b"--door:#f0b5cf" in style
packed = b.c.ask("GET", "/style.css", {"Accept-Encoding": "gzip"})
assert gzip.decompress(packed.body) == style
assert packed.headers["content-encoding"] == "gzip"

# questions: both forms as configured, answered as asked
b = Browser(port).get("report")
assert 'id="ml-questions"' in b.text and "Welke zorg?" in b.text
a = Browser(port).get("advice")
assert "Welk gebied?" in a.text and "Welke zorg?" not in a.text
b, code = report_form(port)
empty = len(b.bytes)
assert "Zorg &amp; bouw" in b.text and "Kort is goed" in b.text
b.submit("report", what="Iets <b>", q_area="1", q_care="Wijk & co\nlaat",
         q_day="2026-03-01", code=code)
assert b.number(), b.text
first = b.note()["envelope"]
r, _ = opened(tool, key, folder + "/a", envelopes(courier, token)[first])
assert r["answers"] == {"what": "Iets <b>", "q_area": "Zorg & bouw",
                        "q_care": "Wijk & co\nlaat",
                        "q_day": "2026-03-01"}, r
assert r["questions"] == {"q_area": "Welk gebied?", "q_care": "Welke zorg?",
                          "q_day": "Sinds wanneer?"}, r
b, code = report_form(port, lang="en")
b.submit("report", what="x", q_area="2", code=code)
r, _ = opened(tool, key, folder + "/b",
              envelopes(courier, token)[b.note()["envelope"]])
assert r["questions"] == {"q_area": "Which area?"} and \
    r["answers"]["q_area"] == "Anders" and r["language"] == "en"
b, code = report_form(port)  # a number that is no option is no answer
b.submit("report", what="x", q_area="9", code=code)
r, _ = opened(tool, key, folder + "/c",
              envelopes(courier, token)[b.note()["envelope"]])
assert "questions" not in r and "q_area" not in r["answers"]

# preview: nothing is sent, the text comes back, then it is sent once
before = set(envelopes(courier, token))
text = 'Regel "1" <i>\n\n\'twee\' & één'
b, code = report_form(port)
f = b.form("report")["fields"]
f.update(what=text, where="hier", q_area="1", q_care="Zorg", code=code,
         ongoing="no", relation="citizen")
boundary, body = pages.multipart(f, [("files", "a.txt", "text/plain",
                                      b"f" * 300000)])
b.post("preview", f"multipart/form-data; boundary={boundary}", body)
assert "Klopt het zo?" in b.text and "&lt;i&gt;" in b.text, b.text[:500]
assert set(envelopes(courier, token)) == before
seen = b.form("report")["fields"]
for k, v in f.items():
    assert seen.get(k, "") == v, (k, seen.get(k), v)
again = Browser(port)
boundary, body = pages.multipart(seen, [])
again.post("edit", f"multipart/form-data; boundary={boundary}", body)
kept = again.form("report")["fields"]
assert kept["what"].strip("\n") == text and kept["q_area"] == "1" and \
    kept["form"] == seen["form"], kept
b.submit("report")
assert b.number(), b.text
sent = b.note()["envelope"]
assert set(envelopes(courier, token)) - before == {sent}
r, _ = opened(tool, key, folder + "/d", envelopes(courier, token)[sent])
assert r["answers"]["what"] == text and r["relation"] == "citizen"
assert r["attachments"] == []
b, _ = report_form(port)
f = b.form("report")["fields"]
f.update(what=" ", code="x")
boundary, body = pages.multipart(f, [])
b.post("preview", f"multipart/form-data; boundary={boundary}", body)
assert "nog niets verstuurd" in b.text

# what the organisation says in Dutch only says so, for a screen reader, and
# is no text from right to left; and nothing else on the page is Latin words
OWN = {"de coördinator", "000 000 00 00", "Postbus 0", "mevrouw A <a@b>",
       "de functionaris", "Welk gebied?", "Zorg & bouw", "Welke zorg?",
       "Kort is goed"}
NAMES = {"Meldluik", "Gemeente Proef", "Tor Browser",
         "Anders", "Sinds wanneer?"}  # the same in every language
WORD = re.compile(r"(?<![\w.])[A-Za-z][a-z]{2,}(?![\w.])")
for lang, dutch in (("ar", OWN), ("en", OWN - {"Welk gebied?", "Zorg & bouw"}),
                    ("nl", set())):
    b, code = report_form(port, lang=lang)
    shown = [b.text, *(Browser(port, lang).get(p).text for p in (
        "", "report", "advice", "replies", "who", "other", "privacy",
        "accessibility", "sealed"))]
    f = b.form("report")["fields"]
    f.update(what="شيء", q_area="1", q_care="شيء", code=code)
    boundary, body = pages.multipart(f, [])
    b.post("preview", f"multipart/form-data; boundary={boundary}", body)
    said = [t for text in (*shown, b.text) for t in pages.Said(text).texts]
    got = {t[0] for t in said if t[1] != lang and t[2] != "rtl"}
    assert got & OWN == dutch, (lang, dutch ^ (got & OWN))
    for text, of, towards in said:
        assert text not in OWN or of == ("nl" if text in dutch else lang), \
            (lang, text, of)
        assert lang != "ar" or of != "ar" or text in NAMES or \
            re.search("[\u0600-\u06ff]", text) or \
            not WORD.search(text), (text, of)

# one size per kind of page, whatever it holds
sizes = {}
for lang in ("nl", "en", "ar"):
    b = Browser(port, lang).get("report")
    b.submit("code", about="")
    sizes.setdefault("code", set()).add(len(b.bytes))
    code = b.code()
    b.submit("form", next="code")
    sizes.setdefault("form", set()).add(len(b.bytes))
    assert "content-encoding" not in b.headers
    b.submit("report", what="Kort", code=code)
    sizes.setdefault("done", set()).add(len(b.bytes))
for body in ("x", "Lang en breed. " * 900):
    b, code = report_form(port)
    f = b.form("report")["fields"]
    f.update(what=body, code=code)
    boundary, data = pages.multipart(f, [])
    b.post("preview", f"multipart/form-data; boundary={boundary}", data)
    sizes.setdefault("text", set()).add(len(b.bytes))
    f.update(code="")
    boundary, data = pages.multipart(f, [])
    b.post("report", f"multipart/form-data; boundary={boundary}", data)
    sizes.setdefault("text", set()).add(len(b.bytes))
# answers to a sealed file and to a follow-up that are not taken: as long
# as the page they stand on, whatever is wrong
for name, data in (("", b""), ("x.tar", b"x" * 300000), ("y", b"y")):
    b = Browser(port).get("sealed")
    b.submit("sealed", [("sealed", name, "application/x-tar", data)])
    assert b.status == 200 and b.error(), b.text[:500]
    sizes.setdefault("sealed", set()).add(len(b.bytes))
for what, files in ((None, ()), (" ", ()), ("Meer. " * 900, [(
        "files", "n", "text/plain", b"x")] * 33), ("é" * 40000, ())):
    b = Browser(port).get("replies")
    b.submit("replies", code=code)
    if what is not None:
        b.submit("follow-up", files, what=what)
        assert b.status == 200 and b.error(), b.text[:500]
        assert what.strip() in b.text
    sizes.setdefault("replies", set()).add(len(b.bytes))
    b.submit("follow-up", (), what="x", code="0000")
    sizes.setdefault("failed", set()).add(len(b.bytes))
assert all(len(v) == 1 for v in sizes.values()), sizes
print(f"languages, words, colour and questions; preview; one size of each "
      f"kind ({', '.join(f'{k} {min(v)}' for k, v in sizes.items())})")
PY
fail "own words"
# a first visit in every language, headers counted: without scripts, and with
# (an organisation's own questions come on top)
gw_stop
cp "$GW/gateway.ini" "$GW/own.ini"
sed -i 's|^languages = .*|languages = nl en pl uk tr ar|; /^organisation/d' \
	"$GW/gateway.ini"
gw_start
python3 - "$PORT" "$REPO/gateway/DESIGN.md" <<'PY' || fail "first visit"
import gzip
import re
import sys
from pages import Browser, report_form
port, said, size = int(sys.argv[1]), [], {}
secret = {"nl": "Staatsgeheimen", "en": "State secrets", "uk": "таємниця",
          "pl": "Tajemnice państwowe", "tr": "Devlet sırları",
          "ar": "أسرار الدولة"}
offline = Browser(port).c.ask("GET", "/offline.html").body.decode()
for lang in ("nl", "en", "pl", "uk", "tr", "ar"):
    c, total = Browser(port).c, 0
    for path in ("/", "/style.css", f"/{lang}/report", f"/script.{lang}.js"):
        a = c.ask("GET", path, {"Accept-Encoding": "gzip, br",
                                "Accept-Language": lang})
        assert a.headers.get("content-encoding") == "gzip", path
        plain = c.ask("GET", path, {"Accept-Language": lang})
        assert gzip.decompress(a.body) == plain.body, path
        refused = c.ask("GET", path, {"Accept-Encoding": "gzip;q=0",
                                      "Accept-Language": lang})
        assert refused.body == plain.body, path
        total += len(a.body) + 20 + sum(len(k) + len(v) + 4
                                        for k, v in a.headers.items())
        if path.endswith("/report"):
            without = total
    assert without <= 12288 and total <= 61440, (lang, without, total)
    said.append(f"{lang} {without} and {total}")
    size[lang] = without, total
    # who is not denied protection: the start page says where to ask
    safe = Browser(port, lang).get("").text.split("<details>")[1]
    assert "Huis voor Klokkenluiders" in safe, (lang, safe)
    # what to leave out: the same six in the form, the script and offline
    form, _ = report_form(port, lang=lang)
    out = re.findall("<li>(.*)</li>", re.search(
        "<details>.*?</ul>", form.text, re.S).group(0))
    assert len(out) == 6 and secret[lang] in out[-1], (lang, out)
    for text in out:
        assert text in plain.body.decode(), (lang, text)
        assert text in offline, (lang, text)
    assert b"[1,2,3,4,5,6].map" in plain.body.replace(b" ", b""), lang
# gateway/DESIGN.md names the first and the largest
design = re.sub(r"\s+", " ", open(sys.argv[2], encoding="utf-8").read())
told = re.search(r"requests and ([\d.]+) kB without scripts, four and ([\d.]+) "
                 r"kB with, headers counted \(in Dutch; in Ukrainian, the "
                 r"longest, ([\d.]+) and ([\d.]+) kB", design)
for number, n in zip(told.groups(), size["nl"] + size["uk"]):
    assert abs(float(number) - n / 1000) < 0.3, (number, n)
assert max(size.values(), key=lambda two: two[1]) == size["uk"], size
print("first visit, three requests without scripts and four with:",
      ", ".join(said))
PY
# the monitor refuses a wrong file and says where
gw_stop
cp "$GW/own.ini" "$GW/gateway.ini"
printf '{"type":"meldluik-organisation","version":1,"colour":{}}' \
	>"$GW/wrong.json"
sed "s|^organisation = .*|organisation = $GW/wrong.json|" "$GW/gateway.ini" \
	>"$GW/wrong.ini"
"$BIN/meldluik-gateway" --config "$GW/wrong.ini" >"$GW/said" 2>&1 &&
	fail "a wrong organisation.json was taken"
grep -q 'organisation: colour' "$GW/said" || fail "said: $(cat "$GW/said")"
sed 's|^languages = .*|languages = nl xx|' "$GW/gateway.ini" |
	grep -v '^organisation' >"$GW/wrong.ini"
"$BIN/meldluik-gateway" --config "$GW/wrong.ini" >"$GW/said" 2>&1 &&
	fail "an unknown language was taken"
grep -q 'there are nl en' "$GW/said" || fail "said: $(cat "$GW/said")"
echo "own words, preview, sizes and first visit hold; wrong files are named"
