# SPDX-License-Identifier: EUPL-1.2
"""The desk's page over HTTP, for scripts: starts the program, keeps cookie
and token, ends it."""
import http.client
import re
import subprocess
import sys
import urllib.parse


class Visitor:
    """A browser at the page of ${url}, which another started"""

    def __init__(self, url):
        self.host = url.split("/")[2]
        self.cookie = self.token = ""

    def fail(self, what):
        sys.exit("FAIL: %s" % what)

    def want(self, what, good):
        if not good:
            self.fail(what)

    def come(self, url):
        """Opens the one-time address; its status"""
        return self.ask("GET", url.split(self.host)[1])[0]

    def ask(self, method, path, body=None):
        """Status, Location, text; ${body}: a dict, or already encoded"""
        head = {"Host": self.host, "Cookie": self.cookie}
        if isinstance(body, dict):
            body = urllib.parse.urlencode({"token": self.token, **body})
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
            head["Origin"] = "http://" + self.host
        c = http.client.HTTPConnection(
            "127.0.0.1", int(self.host.split(":")[1]), timeout=240)
        try:
            c.request(method, path, body, head)
            r = c.getresponse()
            text = r.read().decode()
        except (OSError, http.client.HTTPException) as e:
            self.fail("%s %s: %r" % (method, path, e))
        c.close()
        if r.getheader("Set-Cookie"):
            self.cookie = r.getheader("Set-Cookie").split(";")[0]
        found = re.search(r'name="token" value="([0-9a-f]+)"', text)
        self.token = found.group(1) if found else self.token
        return r.status, r.getheader("Location") or "", text

    def post(self, path, **form):
        """The page that the answer sends to"""
        status, to, text = self.ask("POST", path, form)
        return self.ask("GET", to.split("#")[0])[2] if to else text

    def login(self, passphrase):
        self.ask("GET", "/nl/login")
        status, to, _ = self.ask("POST", "/nl/login",
                                 {"passphrase": passphrase})
        self.want("the passphrase is not taken: %s %s" % (status, to),
                  to and not to.endswith("/login"))


class Ui(Visitor):
    """The program and the one who is at it, past the passphrase"""

    def __init__(self, binary, home, passfile, day, *sticks):
        more = [a for s in sticks for a in ("--stick", s)]
        self.p = subprocess.Popen(
            [binary, "--home", home, "--today", day, "ui", *more],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.p.stdout.readline()
        url = self.p.stdout.readline().strip()
        super().__init__(url)
        self.passphrase = open(passfile).read().strip()
        self.come(url)
        self.login()

    def fail(self, what):
        print("FAIL: %s; exit %s" % (what, self.p.poll()))
        self.p.kill()
        sys.exit(1)

    def login(self, passphrase=None):
        super().login(passphrase or self.passphrase)

    def end(self):
        self.p.terminate()
        self.p.wait()
