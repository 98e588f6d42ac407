#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a reply comes back whole to its code, page by page; and the page of
# replies has the same status, the same headers and the same length for a
# right, a wrong, a mistyped and an empty code, and for every "older" page; a
# follow-up that is not taken shows the replies again; in every language, and with the longest words an organisation may give itself.
. "$(dirname "$0")/lib.sh"
[ -x "$BIN/codetool" ] || skip "codetool is not built"
raw() { printf '01%s' "$(head -c 14 /dev/urandom | od -An -tx1 | tr -d ' \n')"; }
code() { "$BIN/codetool" "$1" 00000000000000000000000000000000 | head -1; }
words=$(mktemp)
python3 - >"$words" <<'PY'
import json
longest = '"' * 400  # six bytes each on the page
print(json.dumps({"type": "meldluik-organisation", "version": 1,
                  **{k: longest for k in ("name", "contact", "phone", "post",
                                          "adviser", "dpo")}}))
PY
gw_new '[site]' 'languages = nl en pl uk tr ar' "organisation = $words"
gw_start
rm -f "$words"
right=$(code "$(raw)")
wrong=$(code "$(raw)")
long=$(python3 -c 'print(("\"Wij <b>onderzoeken</b> & lezen.\" 👤 é" +
	"&" * 50 + "\n") * 300)')
gw_install --weeks 1 --desks 3 --code "$right" \
	--reply "Wij hebben uw melding." --reply "Weet u de <maand> nog? & 'wie'" \
	--reply "$long"
python3 - "$PORT" "$right" "$wrong" "$long" <<'PY' || fail "replies"
import re
import sys
import time
from html import unescape
from pages import Browser, multipart
port, right, wrong, long = sys.argv[1:]
b = Browser(int(port)).get("replies")
shapes = {}


def check(name, code):
    b.get("replies")
    b.submit("replies", code=code)
    h = dict(b.headers)
    shapes[name] = (b.status, sorted(h.items()), len(b.bytes))
    return b.text


text = check("right", right)
none = check("wrong", wrong)
typo = right[:-1] + ("0" if right[-1] != "0" else "1")
check("typed wrong", typo)
check("empty", "")
check("long", "A" * 200)
check("not UTF-8 text", "é👤")
check("other desk", wrong[::-1])
first = shapes["right"]
for name, shape in shapes.items():
    assert shape == first, (name, shape, first)
assert first[0] == 200 and first[2] == 98304, first
assert "geen antwoord" in none and "geen antwoord" not in text
# as the page with scripts says it, whether they answer or ask
assert "Er zijn 3 berichten voor u." in text and "voor u." not in none
assert "Een code heeft 28" in check("empty", "")
assert "Een code heeft 28" in check("short", right[:-1])
# a wrong sign is said as such, and the rest need not be typed anew
for name, code in (("typed wrong", typo), ("a letter", right[:-1] + "U"),
                   ("with spaces", typo.replace("-", "  \r\n"))):
    said = check(name, code)
    assert "tekens van de code" in said, name
    assert unescape(re.search(r'<textarea class="keys"[^>]*>\n(.*?)</textarea',
        said, re.S)[1]).split() == code.split(), name
assert "AAAA" not in check("long", "A" * 200)

# every piece of every reply, through the older pages
b.get("replies").submit("replies", code=right)
got, pages = [], 0
while 'class="text"' in b.text and pages < 20:
    got += [unescape(t) for t in re.findall(
        r'<div class="text"[^>]*>(.*?)</div>', b.text, re.S)]
    assert (b.status, len(b.bytes)) == (200, first[2])
    assert sorted(dict(b.headers).items()) == first[1]
    pages += 1
    b.submit("replies")
assert "geen oudere" in b.text and len(b.bytes) == first[2]
assert pages > 1, pages
assert "".join(got[:-2]).strip() == long.strip(), (pages, len(got))
assert got[-2] == "Weet u de <maand> nog? & 'wie'", got[-2]
assert got[-1] == "Wij hebben uw melding."
print(f"replies whole over {pages} pages of {first[2]} bytes; "
      f"{len(shapes)} kinds of code cannot be told apart")

# a follow-up that is not taken: its page has the replies again, beside the
# text that was typed, and its answer belongs to the newest of them
def failed(what, files=()):
    b.get("replies").submit("replies", code=right)
    newest = b.form("follow-up")["fields"]["last"]
    n = len(re.findall(r'<div class="text"', b.text))
    b.submit("follow-up", files, what=what)
    assert b.error() and (b.status, len(b.bytes)) == (200, first[2]), b.status
    assert b.form("follow-up")["fields"]["last"] == newest
    assert unescape(re.search(r'<textarea[^>]* name="what"[^>]*>\n(.*?)</text',
                              b.text, re.S)[1]) == what, "the text is lost"
    return n, [unescape(t) for t in re.findall(
        r'<div class="text"[^>]*>(.*?)</div>', b.text, re.S)]


n, shown = failed(" ")
assert len(shown) == n and shown == got[:n], (n, len(shown))
many = [("files", "n", "text/plain", b"x")] * 33
n, shown = failed("Lang & breed. " * 1500, many)
assert 0 < len(shown) < n and shown == got[:len(shown)], len(shown)
b.submit("replies")  # older: what did not fit beside the text
assert unescape(re.search(r'<div class="text"[^>]*>(.*?)</div>', b.text,
                          re.S)[1]) == got[len(shown)]
n, shown = failed("&" * 10000, many)
assert shown == [] and "passen onze berichten niet" in b.text
b.get("replies").submit("replies", code=wrong)
b.submit("follow-up", what="")
assert b.error() and 'class="text"' not in b.text and \
    len(b.bytes) == first[2] and "passen onze" not in b.text
print("replies stand again after a follow-up that was not taken")

# every language: the fullest page and the emptiest are as long
for lang in ("nl", "en", "pl", "uk", "tr", "ar"):
    b.lang = lang
    shapes = set()
    for code in (right, wrong, typo, ""):
        b.get("replies")
        b.submit("replies", code=code)
        shapes.add((b.status, len(b.bytes),
                    str(sorted(dict(b.headers).items()))))
        used = len(b.text.rstrip(" ").encode())
        assert used <= len(b.bytes), (lang, used)
    assert len(shapes) == 1 and shapes.pop()[:2] == (200, first[2]), lang
b.lang = "nl"

# that page and the one of a failed follow-up leave at fixed times, and no
# other waits for one: of ${n} the quickest but ${nth} (one that is held and
# should not be may come just before its time)
def quickest(ask, n, nth=0):
    took = []
    for _ in range(n):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return sorted(took)[nth]


b.get("replies").submit("replies", code=right)
assert quickest(lambda: b.submit("replies", code=right), 5) >= 0.2
fields = b.form("follow-up")["fields"]
boundary, body = multipart(fields, [])
assert quickest(lambda: b.post("follow-up", "multipart/form-data; boundary=" +
                               boundary, body), 5) >= 0.2
assert b.error()
assert quickest(lambda: b.get("replies"), 50, 9) < 0.1

# code only in bodies: an address with it is refused unread
for path in ("/nl/replies?code=" + right, "/nl/replies/" + right):
    a = b.c.ask("GET", path)
    assert a.status in (400, 404), a.status
    assert right.encode() not in a.body
PY
echo "one page for every code"
