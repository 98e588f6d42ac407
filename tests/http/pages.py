# SPDX-License-Identifier: EUPL-1.2
"""A browser without scripts, as far as the pages need one: forms are read
from the page, filled and sent as a browser sends them. Standard library
only."""
import hashlib
import json
import os
import re
import secrets
import subprocess
import urllib.parse
from html import unescape
from html.parser import HTMLParser

import gw


class Forms(HTMLParser):
    """Every form of a page: action, enctype and what it sends unfilled."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.area = [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.forms.append({"action": a["action"], "method": a["method"],
                               "type": a.get("enctype", ""), "fields": {},
                               "files": []})
            return
        if not self.forms or "name" not in a:
            return
        f = self.forms[-1]
        if tag == "textarea":
            self.area = a["name"]
            f["fields"][self.area] = ""
        elif tag == "input" and a.get("type") == "file":
            f["files"].append(a["name"])
        elif tag == "input" and a.get("type") in ("radio", "checkbox"):
            if "checked" in a:
                f["fields"][a["name"]] = a["value"]
        elif tag == "input":
            f["fields"][a["name"]] = a.get("value", "")

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None

    def handle_data(self, data):
        if self.area is not None:
            value = self.forms[-1]["fields"][self.area] + data
            # the first line end of a text area is markup
            self.forms[-1]["fields"][self.area] = value.lstrip("\n")


class Said(HTMLParser):
    """Every text of a page with the language and direction it is said in."""
    VOID = {"meta", "link", "input", "br", "rect", "path"}

    def __init__(self, text):
        super().__init__()
        self.texts, self.open = [], [("", "", "ltr")]
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag not in self.VOID:
            self.open.append((tag, a.get("lang", self.open[-1][1]), a.get(
                "dir", "auto" if tag == "bdi" else self.open[-1][2])))

    def handle_endtag(self, tag):
        while tag not in self.VOID and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and self.open[-1][0] not in ("style", "script"):
            self.texts.append((" ".join(data.split()), *self.open[-1][1:]))


def multipart(fields, files, boundary=None):
    """The bytes a browser sends: CRLF in texts, files after fields."""
    b = boundary or "----WebKitFormBoundary" + secrets.token_hex(8)
    out = b""
    for k, v in fields.items():
        v = v.replace("\n", "\r\n")
        out += (f'--{b}\r\nContent-Disposition: form-data; name="{k}"'
                f"\r\n\r\n{v}\r\n").encode()
    for k, name, kind, data in files:
        name = name.replace('"', "%22").replace("\r", "%0D") \
            .replace("\n", "%0A")
        out += (f'--{b}\r\nContent-Disposition: form-data; name="{k}"; '
                f'filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
                ).encode() + data + b"\r\n"
    return b, out + f"--{b}--\r\n".encode()


class Browser:
    def __init__(self, port, lang="nl"):
        self.c, self.lang, self.text = gw.Client(port, timeout=60), lang, ""
        self.status, self.headers = 0, {}

    def take(self, a):
        if a is None:
            raise RuntimeError("no answer")
        self.status, self.headers = a.status, a.headers
        self.bytes, self.text = a.body, a.body.decode()
        return self

    def get(self, page, **h):
        return self.take(self.c.ask("GET", f"/{self.lang}/{page}", h))

    def post(self, page, kind, body):
        return self.take(self.c.ask("POST", f"/{self.lang}/{page}",
                                    {"Content-Type": kind}, body))

    def form(self, action):
        found = [f for f in Forms(self.text).forms if f["action"] == action]
        if not found:
            raise RuntimeError(f"no form {action}: {self.text[:400]}")
        return found[0]

    def submit(self, action, files=(), **more):
        f = self.form(action)
        fields = dict(f["fields"])
        fields.update(more)
        if f["type"] == "multipart/form-data":
            if not files:
                files = [(n, "", "application/octet-stream", b"")
                         for n in f["files"]]
            b, body = multipart(fields, files)
            return self.post(action, f"multipart/form-data; boundary={b}",
                             body)
        body = urllib.parse.urlencode(
            {k: v.replace("\n", "\r\n") for k, v in fields.items()}).encode()
        return self.post(action, "application/x-www-form-urlencoded", body)

    def code(self):
        """The code the page shows, in groups"""
        g = re.findall(r"<li>([0-9A-Z]{4})</li>", self.text)
        if len(g) != 7:
            raise RuntimeError("no code on the page")
        return "-".join(g)

    def number(self):
        m = re.search(r'id="number">([^<]+)<', self.text)
        return m and m.group(1)

    def note(self):
        m = re.search(r"<pre[^>]*>(.*?)</pre>", self.text, re.S)
        return json.loads(unescape(m.group(1)).split("\n\n", 1)[1])

    def error(self):
        m = re.search(r'<p class="err"[^>]*>(.*?)</p>', self.text, re.S)
        return m and m.group(1)


def report_form(port, about="", kind="report", lang="nl"):
    """Through the first two steps; the browser stands on the form."""
    b = Browser(port, lang).get(kind)
    b.submit("code", about=about)
    code = b.code()
    b.submit("form", next="code")
    return b, code


def listed(where, token):
    """Everything listed: (client, entry of its manifest)"""
    c = gw.Client(where, token)
    a = c.ask("POST", "/v1/bundle/cut", {"Desk": "1"})
    for serial in range(1, a.json()["serial"] + 1):
        m = c.ask("GET", "/v1/bundle/manifest", {"Serial": str(serial)})
        for e in m.json()["envelopes"]:
            yield c, e


def pieces(c, e):
    """The bytes of an envelope, as they come; checked at the end"""
    h, got = hashlib.sha256(), 0
    while got < e["size"]:
        p = c.ask("GET", "/v1/bundle/envelope", {
            "Envelope": e["sha256"],
            "Range": f"bytes={got}-{got+gw.MIB-1}"})
        if not p.body:
            raise RuntimeError("an envelope came cut")
        h.update(p.body)
        got += len(p.body)
        yield p.body
    if h.hexdigest() != e["sha256"]:
        raise RuntimeError("an envelope came damaged")


def envelopes(where, token):
    """Everything listed, by hash: what the courier carries away."""
    return {e["sha256"]: b"".join(pieces(c, e))
            for c, e in listed(where, token)}


def opened(tool, key, folder, envelope):
    """report.json and attachments of an envelope, as the desk sees them."""
    r, names = opened_files(tool, key, folder, [envelope])
    return r, {n: open(f"{folder}/{n}", "rb").read() for n in names}


def opened_files(tool, key, folder, parts):
    """The same from pieces, and the attachments' names: one may be large"""
    os.makedirs(folder)
    p = subprocess.Popen([tool, "open", folder, key], stdin=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    try:
        for b in parts:
            p.stdin.write(b)
    except BrokenPipeError:
        pass  # it says why
    _, why = p.communicate()
    if p.returncode != 0:
        raise RuntimeError(why.decode())
    return json.load(open(f"{folder}/report.json")), sorted(
        n for n in os.listdir(folder) if n != "report.json")
