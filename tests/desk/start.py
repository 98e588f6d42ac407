# SPDX-License-Identifier: EUPL-1.2
"""How the desk's page is come to; see 14-start.sh.
start.py terminal BIN HOME PASSFILE
start.py closes|ends|killed BIN HOME PASSFILE BROWSER FOLDER"""
import os
import re
import signal
import socket
import subprocess
import sys
import time

from screen import Tty, process, until
from uihttp import Visitor

how, BIN, HOME, PASS = sys.argv[1:5]
DAY = "2026-11-24"
GOOD = {"passphrase": open(PASS).read().strip()}
UI = [BIN, "--home", HOME, "--today", DAY, "ui"]


def want(what, good):
    if not good:
        sys.exit("FAIL: %s: %s" % (how, what))


def terminal():
    t = Tty(*UI)

    def address():
        return t.see(r"  (http:\S+)\n").group(1)

    unused = address()
    t.type("")
    url = address()
    v = Visitor(url)
    want("an address that another took the place of", v.ask(
        "GET", unused.split(v.host)[1])[0] == 403)
    t.see("was opened again, or a wrong one")
    want("opened", v.come(url) == 200)
    v.ask("GET", "/nl/login")
    for n in range(4):
        said = v.ask("POST", "/nl/login", {"passphrase": "nee"})
        want("wrong %d" % n, said[0] == 403 and "id=\"passphrase\"" in said[2])
    want("one right", v.ask("POST", "/nl/login", GOOD)[1] == "/nl/")
    v.ask("GET", "/nl/")
    v.ask("POST", "/nl/lock", {})
    v.ask("GET", "/nl/login")
    for n in range(5):
        said = v.ask("POST", "/nl/login", {"passphrase": "nee"})
    want("the fifth", said[0] == 403 and "id=\"passphrase\"" not in said[2])
    for _ in range(2):
        want("the right one, too late",
             v.ask("POST", "/nl/login", GOOD)[0] == 403)
    want("the page", v.ask("GET", "/nl/login")[0] == 403)
    want("its address again", v.ask("GET", url.split(v.host)[1])[0] == 403)
    t.type("")
    url = address()
    want("a new one", v.come(url) == 200)
    v.login(GOOD["passphrase"])
    want("opened again", v.ask("GET", "/nl/")[0] == 200)
    old = v.cookie
    t.type("")
    late = Visitor(url)
    want("from elsewhere", late.come(address()) == 200)
    want("two cookies", late.cookie != old)
    want("the session of the older address", v.ask("GET", "/nl/")[0] == 403)

    port = v.host.split(":")[1]
    second = subprocess.run([*UI, "--port", port], capture_output=True,
                            text=True, stdin=subprocess.DEVNULL)
    want("the same desk twice", second.returncode == 1)
    t.interrupt()
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        taken = str(s.getsockname()[1])
        second = subprocess.run([*UI, "--port", taken], capture_output=True,
                                text=True, stdin=subprocess.DEVNULL)
    want("a port that is taken: " + second.stderr, second.returncode == 1 and
         "port " + taken in second.stderr)


def browser():
    program, at = sys.argv[5:]
    with open(at + "/said", "w", encoding="utf-8") as said:
        p = subprocess.Popen([*UI, "--browser-program", program],
                             stdin=subprocess.DEVNULL, stdout=said,
                             stderr=said)
    page = ""
    while not page and p.poll() is None:
        time.sleep(0.05)
        try:
            with open(at + "/start", encoding="utf-8") as f:
                page = f.read()
        except FileNotFoundError:
            pass
    want("the program ended: %s" % p.poll(), page)
    url = re.search(r"url=(http:[^\"]+)", page).group(1)
    for name in "called", "environ", "said":
        with open("%s/%s" % (at, name), encoding="utf-8") as f:
            want("the address is in " + name, url[-20:] not in f.read())
    v = Visitor(url)
    want("opened", v.come(url) == 200)
    v.login(GOOD["passphrase"])
    want("the desk", v.ask("GET", "/nl/")[0] == 200)
    if how == "killed":  # a browser that is stopped goes too
        with open(at + "/pid", encoding="utf-8") as f:
            other = int(f.read())
        os.kill(other, signal.SIGSTOP)
        p.kill()
        p.wait()
        try:
            until("the browser ends", lambda: process(other)[0] == "Z")
        finally:
            if process(other)[0] == "T":
                os.kill(other, signal.SIGKILL)
        return
    if how == "closes":  # the person closes the browser
        open(at + "/closed", "w", encoding="utf-8").close()
    else:
        p.send_signal(signal.SIGTERM)
    want("exit", p.wait() == 0)


terminal() if how == "terminal" else browser()
