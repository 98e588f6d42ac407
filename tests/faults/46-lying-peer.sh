#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a web process that says to the store what the table does not list is
# ended and replaced by the monitor (all such words: http/28-hostile-web.sh);
# a link that breaks between two sound processes (web hung while its answers
# piled up; a store that says nonsense) is made anew, and both go on. Nothing
# receipted is lost.
. "$(dirname "$0")/../http/lib.sh"
[ "$(id -u)" = 0 ] || skip "takes a socket out of a process, as root"
gw_new
gw_start
gw_install --weeks 1 --desks 1
gw_seal
PYTHONPATH=$HERE:$(cd "$(dirname "$0")" && pwd) python3 - "$PORT" "$GWPID" \
	"$GW" "$WEEK" <<'PY' || fail "see above"
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import gw
from take_link import link

port, monitor, folder, week = sys.argv[1:]
port, text = int(port), open(folder + "/text.age", "rb").read()
FIGURES = 11  # enum ask: the one that needs nothing
NO_SLOT = 0xffff


def request(what=FIGURES, tag=0):
    return struct.pack(">BIHI", what, tag, NO_SLOT, 0) + bytes(48) + \
        struct.pack(">iIQQ", 20000, 0, 0, 0) + bytes(7 + 96)


def child(role):
    out = subprocess.run(["pgrep", "-P", monitor, "-f", "role-" + role],
                         capture_output=True, text=True).stdout.split()
    return int(out[0]) if out else None


def said(words):
    with open(folder + "/log", encoding="utf-8") as f:
        return f.read().count(words)


def wait(what, true):
    """However slow the machine is"""
    for _ in range(1200):
        if true():
            return
        time.sleep(0.1)
    sys.exit("FAIL: never: %s; web %s, store %s" % (what, child("web"), store))


def serves():
    try:
        a = gw.raw(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        return a is not None and a.status == 200
    except OSError:
        return False


def receipted():
    """The same text, the same receipt: what was stored is still there"""
    for _ in range(600):
        try:
            a = gw.put_envelope(gw.Client(port), text, week)
            if a is not None and a.status == 201:
                return a.body
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit("FAIL: no receipt")


store, first, n = child("store"), receipted(), 0
LIES = {
    "no such request": (request(what=200), []),
    "far too long": (request() + bytes(4000), []),
    "more descriptors than are read": (request(), [0] * 9),
}
for what, (message, fds) in LIES.items():
    web, s = child("web"), link(child("web"))
    n += 1
    socket.send_fds(s, [message], fds)
    s.close()
    wait("web is not ended: " + what, lambda: child("web") not in (None, web))
    wait(what + " is not told", lambda: said("outside the table") == n)
    wait("no service after: " + what, serves)
    if child("store") != store:
        sys.exit("FAIL: the store ended: " + what)
if receipted() != first:
    sys.exit("FAIL: another receipt")

web = child("web")
s = link(store)  # the store's own end: it says nonsense to web
s.send(b"nonsense")
s.close()
wait("no service after nonsense", lambda: said("lost each other") == 1 and
     serves())
s = link(web)  # answers pile up before a web that hangs
os.kill(web, signal.SIGSTOP)
s.setblocking(True)
for tag in range(2000):
    try:
        s.send(request(tag=tag))
    except OSError:
        break
else:
    sys.exit("FAIL: the store reads on and on")
s.close()
os.kill(web, signal.SIGCONT)
wait("no service after a hang", lambda: said("lost each other") == 2 and
     serves())
if (child("web"), child("store")) != (web, store):
    sys.exit("FAIL: one of two sound processes was ended")
if receipted() != first:
    sys.exit("FAIL: another receipt after a hang")
print("%d lies, each ends web; 2 broken links, each made anew" % n)
PY
