# SPDX-License-Identifier: EUPL-1.2
"""Drives the desk's page over HTTP: attacks first, then a case.
page.py BIN HOME PASSFILE DAY STICK"""
import http.client
import os
import re
import subprocess
import sys
import urllib.parse

BIN, HOME, PASS, DAY, STICK = sys.argv[1:6]
ui = subprocess.Popen([BIN, "--home", HOME, "--today", DAY, "ui", "--stick",
                       STICK], stdout=subprocess.PIPE,
                      stdin=subprocess.DEVNULL, text=True)
ui.stdout.readline()
url = ui.stdout.readline().strip()
host = url.split("/")[2]
port = int(host.split(":")[1])
cookie, token, checks = "", "", 0


def ask(method, path, form=None, **change):
    """Status, Location, text; ${change}: headers to change, None drops"""
    global cookie, token
    head = {"Host": host, "Cookie": cookie or None}
    body = None
    if form is not None:
        body = form if isinstance(form, str) else urllib.parse.urlencode(
            {"token": token, **form})
        head["Content-Type"] = "application/x-www-form-urlencoded"
        head["Origin"] = "http://" + host
        head["Content-Length"] = str(len(body))
    for k, v in change.items():
        head[k.replace("_", "-")] = v
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=240)
    c.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for k, v in head.items():
        if v is not None:
            c.putheader(k, v)
    c.endheaders(None if body is None else body.encode())
    r = c.getresponse()
    text = r.read().decode()
    if r.getheader("Set-Cookie") and "Cookie" not in change:
        cookie = r.getheader("Set-Cookie").split(";")[0]
    found = re.search(r'name="token" value="([0-9a-f]+)"', text)
    if found and "Cookie" not in change:
        token = found.group(1)
    return r.status, r.getheader("Location") or "", text, r


def want(what, good):
    global checks
    checks += 1
    if not good:
        print("FAIL:", what)
        ui.kill()
        sys.exit(1)


try:
    one = url.split(host)[1]
    want("wrong token", ask("GET", "/open/" + "0" * 64)[0] == 403)
    want("no session", ask("GET", "/nl/")[0] == 403)
    want("foreign Host", ask("GET", one, Host="localhost:%d" % port)[0] == 421)
    want("rebound Host", ask("GET", one, Host="evil.example")[0] == 421)
    want("no Host", ask("GET", one, Host=None)[0] in (400, 421))
    r = ask("GET", one)
    want("first use", r[0] == 200 and cookie)
    want("cookie", "HttpOnly; SameSite=Strict" in r[3].getheader("Set-Cookie"))
    want("policy", "default-src 'none'" in
         r[3].getheader("Content-Security-Policy"))
    want("no-store", r[3].getheader("Cache-Control") == "no-store")
    want("second use", ask("GET", one)[0] == 403)
    want("wrong cookie", ask("GET", "/nl/", Cookie="desk=" + "0" * 64)[0] ==
         403)
    want("its cookie behind another", ask(
        "GET", "/", Cookie="a=desk=1; " + cookie)[1] == "/nl/")
    want("a cookie that ends like its own", ask(
        "GET", "/", Cookie="x" + cookie)[0] == 403)
    want("locked", ask("GET", "/nl/")[1] == "/nl/login")
    want("the style", ask("GET", "/style.css")[3].getheader(
        "Content-Type") == "text/css")
    ask("GET", "/nl/login")
    want("wrong passphrase", ask("POST", "/nl/login",
                                 {"passphrase": "nee"})[0] == 403)
    good = {"passphrase": open(PASS).read().strip()}
    want("no token", ask("POST", "/nl/login", {**good, "token": ""})[0] == 403)
    want("foreign Origin", ask("POST", "/nl/login", good,
                               Origin="http://evil.example")[0] == 403)
    want("no Origin", ask("POST", "/nl/login", good, Origin=None)[0] == 403)
    want("cross-site", ask("POST", "/nl/login", good,
                           Sec_Fetch_Site="cross-site")[0] == 403)
    want("other type", ask("POST", "/nl/login", good,
                           Content_Type="text/plain")[0] == 415)
    large = ask("POST", "/nl/login", "a=" + "b" * (7 << 20))
    want("oversized", large[0] == 413 and "te groot" in large[2])
    strange = ask("POST", "/nl/login", "a=" + "b" * (7 << 20), Cookie="")
    want("oversized, from a stranger", strange[0] == 413 and
         "<" not in strange[2])
    want("malformed", ask("POST", "/nl/login", "a=%zz")[0] == 400)
    want("method", ask("PUT", "/nl/")[0] == 405)
    want("still locked", ask("GET", "/nl/")[1] == "/nl/login")
    want("unlock", ask("POST", "/nl/login", good)[1] == "/nl/")
    r = ask("GET", "/nl/")
    refs = re.findall(r"/case/([0-9A-Z-]+)", r[2])
    want("due", refs and "vandaag" in r[2])
    want("the other date, with its year", 'Terugkoppeling na 3 maanden: <time '
         'datetime="2027-03-01">ma 1 mrt 2027</time>' in r[2])
    want("this year", ">di 1 dec</time>" in r[2])
    case = "/nl/case/" + refs[0]
    for path in ("/../etc/passwd", "/nl/../style.css", "/nl/case/../keys",
                 "/nl/case/%2e%2e%2fx", "/nl/case/" + "A" * 500,
                 case + "/nothing", "/nl//", "/nl/case/"):
        want("path " + path, ask("GET", path)[0] in (400, 404))
    for path in ("/nl/lock", "/nl/search", "/nl/bulk", case + "/approve"):
        want("GET changes nothing: " + path, ask("GET", path)[0] == 405)
    r = ask("GET", case)
    want("markup is inert", "<b>de" not in r[2] and "&lt;b&gt;de" in r[2] and
         "<img src" not in r[2])
    want("a size or a name runs with what is beside it",
         re.search(r"<td><bdi>[^<]*desktop</bdi><.*<bdi>2,9 KB</bdi>", r[2]))
    want("controls are visible", "\x1b" not in r[2] and "\u202e" not in r[2]
         and "U+001B" in r[2] and "U+202E" in r[2])
    for lang in ("nl", "en"):
        for path in ("", "inbox", "register", "report", "keys", "handbook",
                     "enter?what=report", "case/" + refs[0], "case/" +
                     refs[0] + "/triage", "case/" + refs[0] +
                     "/letter?kind=feedback"):
            want(lang + " " + path, ask("GET", "/%s/%s" % (lang, path))[0] ==
                 200)
    r = ask("POST", case + "/triage", {
        "coi": "no", "q1": "no", "q2": "yes", "q3": "yes", "q4": "yes",
        "type": "FIN", "origin": "intern", "then": "acknowledgement",
        "do": "settle"})
    want("sorted", r[1].endswith("/letter?kind=acknowledgement"))
    r = ask("GET", r[1])
    want("wrongdoing", "Misstand: ja" in r[2])
    text = re.search(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', r[2],
                     re.S).group(1)
    want("template", refs[0] in text)
    want("ENTER in its date throws nothing away", re.search(
        r'<form [^>]*/letter".*?<button[^>]* value="(\w+)"', r[2],
        re.S).group(1) == "look")
    r = ask("POST", case + "/letter", {"kind": "acknowledgement", "by":
                                       "mailbox", "text": text,
                                       "do": "settle"})
    want("written", r[1] == case + "#talk")
    want("not posted", "nog niet geplaatst" in ask("GET", case)[2])
    r = ask("GET", case)[2]
    draft = re.findall(r'name="reply" value="(\w+)"', r)
    want("one draft to take back", len(draft) == 1)
    for id in "00" * 16, "zz", draft[0]:
        ask("POST", case, {"do": "takeback", "reply": id})
        r = ask("GET", case)[2]
        want("taken back %s" % id, ('class="notice green"' in r) == (
            id == draft[0]))
    want("says so", "nooit verstuurd" in r and 'name="reply"' not in r)
    want("nothing for the stick", "antwoord klaar" not in ask("GET", "/nl/")[2])
    ask("POST", case + "/letter", {"kind": "acknowledgement", "by": "mailbox",
                                   "text": text, "do": "settle"})
    want("stick", "1 antwoord klaar" in ask("GET", "/nl/")[2])
    ask("POST", case, {"do": "note", "text": "Een notitie"})
    want("note", "Een notitie" in ask("GET", case)[2])
    ask("POST", case, {"do": "close"})
    want("closing is refused with its rule",
         re.search(r"\(S-[A-Z]+; ", ask("GET", case)[2]))
    want("search", refs[0] in ask("POST", "/nl/search",
                                  {"word": "LEVERANCIER"})[2])
    want("export", ask("POST", "/nl/keys", {"do": "export",
                                            "place": STICK})[0] == 303)
    want("on the stick", "Uitvoer 2" in ask("GET", "/nl/")[2])
    ask("POST", case, {"do": "extract", "place": STICK})
    want("nothing lies open on the courier's stick",
         "niet verzegeld" in ask("GET", case)[2] and
         not [at for at, _, names in os.walk(STICK) if "message.txt" in names])
    ask("POST", "/nl/keys", {"do": "export", "place": "/etc"})
    want("only sticks", "class=\"notice red\"" in ask("GET", "/nl/keys")[2])
    # what that is for: tests/decryptor/test_confine.c. (Sanitizers want calls
    # that the filter has not.)
    if "ASAN_OPTIONS" not in os.environ:
        with open("/proc/%d/status" % ui.pid, encoding="ascii") as f:
            want("confined", {"NoNewPrivs:\t1\n", "Seccomp:\t2\n"} <= set(f))
    want("lock", ask("POST", "/nl/lock", {})[1] == "/nl/login")
    want("locked again", ask("GET", case)[1] == "/nl/login")
finally:
    ui.terminate()
    ui.wait()
print("%d checks: attacks refused, a case sorted, answered and exported" %
      checks)
