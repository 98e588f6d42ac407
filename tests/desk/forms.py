# SPDX-License-Identifier: EUPL-1.2
"""Gives hostile values to every field of every form of the desk's page.
forms.py BIN HOME PASSFILE DAY STICK CASE [SECONDS]; see 11-forms.sh"""
import html.parser
import re
import sys
import time
import urllib.parse

from uihttp import Ui

BIN, HOME, PASS, DAY, STICK, REF = sys.argv[1:7]
SECONDS = int((sys.argv[7:] or [""])[0] or 12)
EVIL = ('=HYPERLINK("http://x","y")"><hostile-el onhostile=1>\'</textarea>'
        '</title><script>hostile</script>\x1b[2J\x07\u0085\u202etxt\u2066 &#x3c;')
VALUES = [urllib.parse.quote_plus(EVIL), "a" * 60000, "%00", "%ff%fe",
          "-1", ""]
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e"
                 "\u2066-\u2069]")
OURS = {200, 303, 400, 403, 404, 409, 413}

ui = Ui(BIN, HOME, PASS, DAY, STICK)


def fail(what):
    ui.fail(what)


class Page(html.parser.HTMLParser):
    """Forms and links of a page; a fault when it holds what we sent"""

    def __init__(self, where, text):
        super().__init__()
        self.where, self.links, self.forms = where, [], []
        self.form = self.select = self.area = None
        if RAW.search(text):
            fail("raw character %r in %s" % (RAW.search(text).group(), where))
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag in ("hostile-el", "script", "iframe", "object") or any(
                k.startswith("on") for k in a):
            fail("<%s> in %s" % (tag, self.where))
        name, kind = a.get("name"), a.get("type", "text")
        if tag == "a" and a.get("href", "").startswith("/"):
            self.links.append(a["href"].split("#")[0])
        elif tag == "form":
            self.form = {"action": a.get("action", ""), "buttons": [],
                         "method": a.get("method", "get"), "fields": {},
                         "texts": {}}
            self.forms.append(self.form)
        elif self.form is None or name in ("token", "once"):
            return
        elif tag == "button" or kind == "submit":
            self.form["buttons"].append((name, a.get("value", "")))
        elif name is None:
            return
        elif kind in ("radio", "checkbox"):
            if name not in self.form["fields"] or "checked" in a:
                self.form["fields"][name] = a.get("value", "on")
        elif tag == "select":
            self.select = name
        elif tag in ("input", "textarea"):
            self.form["fields"][name] = a.get("value") or (
                DAY if kind == "date" else "Tekst")
            self.area = name if tag == "textarea" else None
            if tag == "textarea" or kind in ("text", "search"):
                self.form["texts"][name] = int(a.get("maxlength", 65536))

    def handle_data(self, data):
        if self.area and data.strip() and self.form:
            self.form["fields"][self.area] = data.strip("\n")

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def option(self, a):
        fields = self.form["fields"]
        if not fields.get(self.select) or "selected" in a:
            fields[self.select] = a.get("value", "")


_start = Page.handle_starttag


def start(self, tag, attrs):
    _start(self, tag, attrs)
    if tag == "option" and self.form is not None and self.select:
        self.option(dict(attrs))


Page.handle_starttag = start


def ask(method, path, body=None):
    status, to, text = ui.ask(method, path, body)
    if status not in OURS:
        fail("%s %s: status %d" % (method, path, status))
    return status, to, text


def plain(path):
    """The same for every case, and for every page of a list"""
    return re.sub(r"/case/[^/?]+", "/case/*", path.split("?")[0])


def pages():
    """What can be reached by links, two of each kind at most"""
    wait, seen, many = ["/nl/"], set(), {}
    while wait:
        path = wait.pop()
        kind = plain(path) + re.sub(r".*\?|$", "?", path, count=1)
        if path in seen or many.get(kind, 0) >= 2 or not path.startswith(
                "/nl/") or "handbook" in path:
            continue
        seen.add(path)
        many[kind] = many.get(kind, 0) + 1
        status, to, text = ask("GET", path)
        page = Page(path, text)
        wait += page.links + ([to] if to else [])
        yield page


def send(form, changed, value, button):
    fields = {k: urllib.parse.quote_plus(v) for k, v in
              form["fields"].items()}
    if button[0]:
        fields[button[0]] = urllib.parse.quote_plus(button[1])
    if changed is not None:
        fields[changed] = value
    body = "&".join("%s=%s" % f for f in fields.items())
    if form["method"].lower() == "post":
        status, to, text = ask("POST", form["action"], "token=%s&%s" %
                               (ui.token, body) if body else
                               "token=" + ui.token)
    else:
        status, to, text = ask("GET", form["action"] + "?" + body[:30000])
    Page("%s, %s" % (form["action"], changed), text)
    if to.endswith("/login"):
        ui.login()
    elif to:
        Page(to, ask("GET", to.split("#")[0])[2])


def too_long(form, name, size, button):
    """Is said on the page of the form, which keeps what was typed"""
    fields = dict(form["fields"])
    if button[0]:
        fields[button[0]] = button[1]
    fields[name] += "a" * (size - len(fields[name]))
    where = "%s, %s %s of %d" % (form["action"], name, button, size)
    status, to, text = ask("POST", form["action"], dict(fields))
    if to.endswith("/login"):
        ui.login()
        return 0
    if to:
        text = ask("GET", to.split("#")[0])[2]
    page = Page(where, text)
    if 'class="notice red"' not in text:
        if name != "word" and button[1] not in ("fill", "look"):
            fail("%s was taken" % where)
        return 0 # a search, or a look at a letter: nothing is kept
    back = [f for f in page.forms if f["action"] == form["action"] and
            set(f["texts"]) == set(form["texts"]) and
            button in f["buttons"] + [(None, "")]]
    for other, value in fields.items():
        if value and other in form["texts"] and not any(
                f["fields"].get(other, "").strip("\n") == value
                for f in back):
            fail("%s loses %s" % (where, other))
    return 1


def long_texts():
    """One byte too long, and 1 MiB, in every text field of every form"""
    seen, said = set(), 0
    for page in list(pages()):
        for form in page.forms:
            if "words" in form["fields"]:
                form["fields"]["words"] = ""
            key = (plain(form["action"]), tuple(sorted(form["fields"])),
                   tuple(form["buttons"]), form["fields"].get("do"))
            if key in seen or form["method"].lower() != "post":
                continue
            seen.add(key)
            for name, limit in form["texts"].items():
                for size in (limit + 1, 1 << 20):
                    for button in form["buttons"] or [(None, "")]:
                        said += too_long(form, name, size, button)
    return said


def kind_stays():
    """Sorting again keeps the kind, unless another is chosen"""
    path = "/nl/case/%s/triage" % REF
    for stands, chosen in (("klacht", None), ("klacht", "signaal"),
                           ("signaal", None), ("signaal", None)):
        form = [f for f in Page(path, ask("GET", path)[2]).forms
                if "coi" in f["fields"]][0]
        if form["fields"].get("kind") != stands:
            fail("a %s is a %s" % (stands, form["fields"].get("kind")))
        form["fields"]["coi"] = "no"
        if chosen:
            form["fields"]["kind"] = chosen
        send(form, None, "", ("do", "keep"))


tried, sent, begin = set(), 0, time.monotonic()
try:
    kind_stays()
    ui.post("/nl/case/%s/forward" % REF, do="plan", where="authority",
            receiver="IGJ")
    page = Page("forward", ask("GET", "/nl/case/%s/forward" % REF)[2])
    if not any("f_40" in f["fields"] for f in page.forms):
        fail("the 41st text cannot be chosen to be forwarded")
    while True:
        new = []
        for page in pages():
            for form in page.forms:
                key = (plain(form["action"]), tuple(sorted(form["fields"])),
                       tuple(form["buttons"]))
                if key not in tried and not form["action"].endswith("/lock"):
                    tried.add(key)
                    new.append(form)
        if not new or time.monotonic() - begin > SECONDS:
            break
        # evil in every field first, the rest of the values after
        for value in VALUES:
            for form in new:
                if time.monotonic() - begin > SECONDS and value != VALUES[0]:
                    break
                for button in form["buttons"] or [(None, "")]:
                    for name in [*form["fields"], button[0]]:
                        if name is not None:
                            send(form, name, value, button)
                            sent += 1
        for form in new:  # as it would be, so that what follows it appears
            send(form, None, "", (form["buttons"] or [(None, "")])[0])
    if len(tried) < 20:
        fail("only %d forms were found" % len(tried))
    for page in pages():
        pass
    told = long_texts()
finally:
    ui.end()
print("%d forms, %d values: all inert; %d too long ones told, nothing lost" %
      (len(tried), sent, told))
