#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the store as a process of its own, with a web that was taken over:
# each request outside the table ends that web and nothing of it is kept;
# offsets past the end read nothing; each request has one answer, also while
# a flood is drawn; a web that reads no answers is let go; the store goes on
# with the next web, web with the next store, and both end with their monitor.
. "$(dirname "$0")/lib.sh"
gw_new "[limits]" "texts_minute = 30" "texts_burst = 1"
gw_start
gw_install --weeks 1 --desks 1
gw_seal
"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$GW/other.age" 2>/dev/null ||
	fail "seal"
head -c 100000 /dev/zero >"$GW/file"
"$BIN/fixture-seal" "$ORG" --week "$WEEK" --attach "$GW/file" \
	>"$GW/attached.age" 2>/dev/null || fail "seal"
gw_stop
python3 - "$BIN/meldluik-gateway" "$GW" "$WEEK" <<'PY' || fail "hostile web"
import array
import datetime
import hashlib
import os
import signal
import socket
import struct
import sys
import time
program, folder, week = sys.argv[1:]
CONTROL, CONFIG = 3, 4
PUT, PART, CUT, MANIFEST, ENVELOPE, FIGURES = 0, 2, 4, 5, 7, 11
BUSY = 16  # of include/meldluik/err.h
NONE, TEXTS, TEXT_LEN, LARGE_LEN = 0xffff, 256, 73728, 1048576
BYTES = TEXTS * TEXT_LEN + 16 * LARGE_LEN
LARGE = TEXTS


def pair():
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send_fds(s, data, fds):
    s.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                        array.array("i", fds))])


class Store:
    """The store, and this the monitor and web"""

    def __init__(self, first=True):
        self.control, theirs = pair()
        self.control.settimeout(60)
        config = os.memfd_create("config")
        os.write(config, open(folder + "/gateway.ini", "rb").read())
        self.pid = os.fork()
        if self.pid == 0:
            log = os.open(folder + "/log", os.O_WRONLY | os.O_APPEND)
            os.dup2(log, 2)
            far = [os.dup2(fd, to, True) for fd, to in
                   ((theirs.fileno(), 100), (config, 101))]
            os.dup2(far[0], CONTROL)
            os.dup2(far[1], CONFIG)
            os.closerange(5, 256)
            os.execv(program, ["meldluik-gateway", "role-store"] +
                     ["first"] * first)
        theirs.close()
        os.close(config)
        assert self.word() == READY, "it does not start"

    def word(self):
        while True:
            w = self.control.recv(8)
            if w != ALIVE:
                return w

    def link(self, size=BYTES, fds=2):
        """A new channel, as a new web gets it"""
        self.web, theirs = pair()
        self.web.settimeout(60)
        self.slots = os.memfd_create("slots")
        os.ftruncate(self.slots, size)
        send_fds(self.control, LINK, [theirs.fileno(), self.slots][:fds])
        theirs.close()

    def send_text(self):
        """The report, on a new link"""
        self.link()
        self.public()
        self.put(0, text)
        return self.ask(good)

    def public(self):
        """Waits until it is shown the public files"""
        data, more, _, _ = self.web.recvmsg(8, 256)
        assert data == PUBLIC and more, data

    def put(self, slot, data):
        at = slot * TEXT_LEN if slot < TEXTS else \
            TEXTS * TEXT_LEN + (slot - TEXTS) * LARGE_LEN
        os.pwrite(self.slots, data, at)

    def ask(self, r):
        self.web.send(r)
        return self.answer()

    def answer(self):
        while True:
            a = self.web.recv(4096)
            if a != PUBLIC:
                break
        tag, slot, err = struct.unpack(">IHB", a[1:8])
        serial, total, n = struct.unpack(">QQI", a[28:48])
        return {"tag": tag, "slot": slot, "err": err, "serial": serial,
                "total": total, "len": n, "note": a[48:]}


READY, BROKEN, LINK, ALIVE, PUBLIC = b"R", b"B", b"L", b"A", b"p"


def request(what, tag=1, slot=NONE, length=0, digest=bytes(32), day=0,
            number=0, serial=0, offset=0, pad=bytes(7), path=b""):
    return (struct.pack(">BIHI16s32siIQQ", what, tag, slot, length, bytes(16),
                        digest, day, number, serial, offset) + pad +
            path.ljust(96, b"\0"))


text = open(folder + "/text.age", "rb").read()
sha = hashlib.sha256(text).digest()
day = (datetime.date.fromisocalendar(int(week[:4]), int(week[6:]), 1) -
       datetime.date(1970, 1, 1)).days
store = Store()
store.link()
store.public()
assert store.ask(request(FIGURES))["err"] == 0

# a report in its slot, and the same under a false name
store.put(0, text)
good = request(PUT, slot=0, length=len(text), digest=sha, day=day)
a = store.ask(good)
assert a["err"] == 0 and a["len"] > 0, a
assert store.ask(good)["note"] == a["note"]
bad = store.ask(request(PUT, slot=0, length=len(text), digest=sha[::-1],
                        day=day))
assert bad["err"] != 0 and bad["len"] == 0, bad

# pieces: past the end there is nothing, however far
serial = store.ask(request(CUT, number=1))["serial"]
whole = store.ask(request(MANIFEST, slot=LARGE, serial=serial))
assert whole["err"] == 0 and whole["len"] == whole["total"] > 0, whole
for offset in (whole["total"], whole["total"] + 1, 1 << 40, (1 << 64) - 1):
    a = store.ask(request(MANIFEST, slot=LARGE, serial=serial,
                          offset=offset))
    assert a["err"] == 0 and a["len"] == 0, (offset, a)
    a = store.ask(request(ENVELOPE, slot=LARGE, digest=sha, offset=offset))
    assert a["len"] == 0 or offset < len(text), (offset, a)
a = store.ask(request(MANIFEST, slot=LARGE, serial=serial + 9))
assert a["err"] != 0 and a["len"] == 0, a

# each of these ends this web; none reaches the store
broken = {
    "a byte less": request(FIGURES)[:-1],
    "a byte more": request(FIGURES) + b"\0",
    # longer than any buffer for it: its beginning alone would be a good one
    "far longer": request(FIGURES) + bytes(100000),
    "nothing of a request": b"x",
    "no such request": request(12),
    "padding": request(FIGURES, pad=b"\0" * 6 + b"\1"),
    "a path that is none": request(10, slot=LARGE, path=b"a b"),
    "no slot": request(PUT, length=100),
    "a slot too far": request(PUT, slot=272, length=100),
    "longer than its slot": request(PUT, slot=0, length=TEXT_LEN + 1),
    "longer than any": request(PUT, slot=LARGE, length=LARGE_LEN + 1),
    "a slot for nothing": request(FIGURES, slot=0),
    "a large answer in a small slot": request(ENVELOPE, slot=0),
    "a descriptor": None,
}
for name, data in broken.items():
    if data is None:
        send_fds(store.web, request(FIGURES), [0])
    else:
        store.web.send(data)
    assert store.word() == BROKEN, name
    try:
        assert store.web.recv(4096) == b"", name
    except ConnectionResetError:
        pass
    store.link()
    store.public()
    assert store.ask(request(FIGURES))["err"] == 0, name
open_fds = len(os.listdir("/proc/%d/fd" % store.pid))

# shared memory of another size: that web is let go, not read
for size in (BYTES - 4096, BYTES + 4096, 0):
    store.link(size)
    try:
        assert store.web.recv(8) == b"", size
    except ConnectionResetError:
        pass
store.link(fds=1)  # without its memory: no link
assert store.web.recv(8) == b""
store.control.send(b"?")  # no word that it knows
assert store.send_text()["err"] == 0

# two in one batch, one of them answered before the commit: an answer each
os.kill(store.pid, signal.SIGSTOP)
store.web.send(request(PART, tag=7, slot=LARGE, length=9, number=2))
store.web.send(request(FIGURES, tag=8))
os.kill(store.pid, signal.SIGCONT)
assert sorted(store.answer()["tag"] for _ in range(2)) == [7, 8]
assert store.ask(request(FIGURES, tag=9))["tag"] == 9

# past the budget of texts one is drawn; all others hear at once that it is
# busy. What is here already, and attachments, do not wait for it.
other = open(folder + "/other.age", "rb").read()
store.put(1, other)
drawn = request(PUT, slot=1, length=len(other), day=day,
                digest=hashlib.sha256(other).digest())
for _ in range(30):
    store.web.send(drawn)
answers = [store.answer() for _ in range(29)]
assert all(a["err"] == BUSY for a in answers), answers
assert store.ask(good)["err"] == 0
attached = open(folder + "/attached.age", "rb").read()
assert len(attached) > len(other)
store.put(LARGE, attached)
a = store.ask(request(PUT, slot=LARGE, length=len(attached), day=day,
                      digest=hashlib.sha256(attached).digest()))
assert a["err"] == 0, a
assert store.answer()["err"] == 0  # the one that was drawn
# a web that ends during a draw leaves nobody behind for it
third = bytes(len(other))
store.put(1, third)
store.web.send(request(PUT, slot=1, length=len(third), day=day,
                       digest=hashlib.sha256(third).digest()))
assert store.send_text()["err"] == 0
time.sleep(3)
assert store.ask(good)["err"] == 0

# a web that reads nothing is let go in seconds, whatever it asks, and the next
# is served: the store waits for it once and not for each answer
for unread in (request(FIGURES), request(PART, slot=LARGE, length=9, number=2),
               drawn):
    began = time.monotonic()
    try:
        for n in range(200000):
            store.web.send(unread)
        raise SystemExit("a web that reads nothing stays")
    except (BrokenPipeError, ConnectionResetError):
        pass
    took = time.monotonic() - began
    assert took < 20, (unread[0], took)
    assert store.send_text()["err"] == 0
store.web.close()
assert store.send_text()["err"] == 0
now = len(os.listdir("/proc/%d/fd" % store.pid))
assert now <= open_fds, ("descriptors stay", open_fds, now)

# its monitor is gone
store.control.close()
_, status = os.waitpid(store.pid, 0)
assert status == 0, status
store = Store(first=False)
assert store.send_text()["err"] == 0
store.control.close()
os.waitpid(store.pid, 0)
print(len(broken), "requests outside the table, each ended its web")
PY
grep -c "web sent a request outside the table" "$GW/log" >"$GW/count"
[ "$(cat "$GW/count")" = 14 ] || fail "$(cat "$GW/count") are told, not 14"
gw_silent "could not write" "the store complains"

# the store is killed: web goes on with the next one
gw_start
web=$(gw_pid web)
kill -9 "$(gw_pid store)"
for _ in $(seq 300); do
	curl -fsS -m 10 -o "$GW/health" "$URL/healthz" 2>/dev/null &&
		[ "$(grep -c "store ended" "$GW/log")" = 1 ] && break
	sleep 0.1
done
curl -fsS -m 10 -o "$GW/health" "$URL/healthz" || fail "no store for web"
[ "$(gw_pid web)" = "$web" ] || fail "web was ended with its store"

# the monitor is killed: neither child stays, and neither holds the port; not
# when they are stopped, as one in the midst of something, and see nothing of it
old="$(gw_pid web) $(gw_pid store)"
# shellcheck disable=SC2086
kill -STOP $old
kill -9 "$GWPID"
wait "$GWPID" 2>/dev/null
GWPID=
for _ in $(seq 300); do
	# shellcheck disable=SC2086
	kill -0 $old 2>/dev/null || { ended=1; break; }
	sleep 0.1
done
# shellcheck disable=SC2086
[ -n "${ended:-}" ] || { kill -9 $old; fail "a child outlives its monitor"; }
gw_start
echo "a web outside the table is ended, children end with their monitor"
