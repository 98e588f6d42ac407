#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: clients that send a byte now and then are cut in header and body; a
# sound client is served meanwhile, also from those who stop within a body or
# do not read what refuses them. What they hold is bounded: memory, places for
# forms and bodies. FULL=1: 10,000 of each kind, as shipped, in 120 MiB.
. "$(dirname "$0")/lib.sh"
gw_new "[limits]" "header_seconds = 2" "body_grace = 2" "body_rate = 1024" \
	"idle_seconds = 3"
gw_start
python3 - "$PORT" <<'PY' || fail "slow clients"
import select
import socket
import sys
import time
import gw
port = int(sys.argv[1])
H = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
B = (b"PUT /v1/envelopes HTTP/1.1\r\nHost: a\r\nEpoch: 2026-W48\r\n"
     b"Content-Type: application/octet-stream\r\n"
     b"Content-Digest: sha-256=:" + b"A" * 43 + b"=:\r\n"
     b"Content-Length: 71866\r\n\r\n")
slow = {}
for i in range(200):
    s = gw.connect(port)
    s.sendall(B if i % 2 else H)
    slow[s] = i % 2
idle = gw.connect(port)
idle.sendall(H + b"\r\n")
gw.read_answer(idle)
t0, worst, closed = time.monotonic(), 0, 0
while slow and time.monotonic() - t0 < 8:
    for s in list(slow):
        try:
            s.sendall(b"X")
        except OSError:
            pass
    r, _, _ = select.select(list(slow), [], [], 0)
    for s in r:
        try:
            data = s.recv(4096)
        except OSError:
            data = b""
        if data == b"":
            del slow[s]
            closed += 1
    t = time.monotonic()
    a = gw.Client(port).ask("GET", "/healthz")
    assert a.status == 200
    worst = max(worst, time.monotonic() - t)
    time.sleep(0.5)
idle.settimeout(1)
print(closed, "of 200 cut, worst probe %.0f ms" % (worst * 1000))
if idle.recv(1) != b"":
    sys.exit("an idle connection stays")
sys.exit(closed < 200 or worst > 0.5)
PY
gw_stop

# With the limits as shipped: a byte now and then takes no memory and no
# place; who has a place and goes silent gives it up to the next.
cat >"$GW/judge.py" <<'PY'
import json
import sys
said = json.loads(sys.stdin.read().splitlines()[-1])
most, probe = float(sys.argv[1]), said["probe"]
print("%(kind)s: %(held_most)d held, %(mib_before).0f to %(mib_most).0f MiB, "
      "in the kernel %(kernel_mib_most)d; " % said + "a probe %(median_ms)s "
      "ms, 99 of 100 in %(p99_ms)s, worst %(worst_ms)s; " % probe +
      "reports " + str(said["honest"]["status"]))
bad = probe["failed"] > 0 or said["mib_most"] > most
if said["count"] >= 10000:
    ok = said["honest"]["status"]
    bad |= said["held_most"] < 10000 or probe["median_ms"] > 50 or \
        ok.get("201", 0) < sum(ok.values()) or ok.get("201", 0) == 0
sys.exit(bad)
PY
cp "$GW/judge.py" "${OUT:=$(mktemp -d)}/"
rm -rf "$GW"
gw_new
gw_start
gw_install --weeks 1 --desks 1
gw_seal
crowd() { # KIND COUNT SECONDS MIB
	python3 "$HERE/slow.py" "$PORT" "$GWPID" "$1" "$2" "$3" \
		"$GW/text.age" "$WEEK" | python3 "$OUT/judge.py" "$4" ||
		fail "$2 slow clients: $1"
}
# A second arena of the C library, 64 MiB of addresses, has a high-water mark
# of its own: what comes and goes is then held twice
one_arena() {
	python3 - "$(gw_pid web)" <<'PY' || fail "web has a second arena"
import sys
MOST, begun = 64 << 20, None
with open(f"/proc/{sys.argv[1]}/maps") as f:
    for line in f:
        span, mode, *rest = line.split()
        start, end = (int(n, 16) for n in span.split("-"))
        if begun is not None and mode == "---p" and end == begun + MOST:
            sys.exit("arena at %x" % begun)
        begun = start if mode == "rw-p" and start % MOST == 0 else None
PY
}
anew() { # web, and so its memory
	one_arena
	kill "$(gw_pid web)"
	sleep 3
}
if [ -n "${FULL:-}" ]; then
	export CROWD_NICE=19
	for kind in headers body form read halftext halfform halfhead halffile \
		large; do
		crowd $kind 10000 40 120
		anew
	done
else
	# the memory of one that each would take of its own is more than this
	for kind in "form 36" "halftext 32" "halfform 52" "halfhead 52" \
		"halffile 68" "large 36"; do
		# shellcheck disable=SC2086
		set -- $kind
		crowd "$1" 1500 4 "$2"
		anew
	done
fi
python3 - "$PORT" "$GW" "$WEEK" <<'PY' || fail "places"
import resource
import socket
import sys
import time
import gw
from pages import multipart, report_form
port, folder, week = int(sys.argv[1]), sys.argv[2], sys.argv[3]
text = open(folder + "/text.age", "rb").read()
head = (b"PUT /v1/envelopes HTTP/1.1\r\nHost: a\r\nEpoch: %s\r\n"
        b"Content-Type: application/octet-stream\r\nContent-Digest: %s\r\n"
        b"Content-Length: 71866\r\n\r\n" % (
            week.encode(), gw.digest(text).encode()))
# 256 have a slot, more wait than get one within the five seconds of waiting:
# who sends on goes before who stopped
held, silent = [], 2000
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (silent + 500, hard))
for _ in range(silent):
    held.append(gw.connect(port))
    held[-1].sendall(head + text[:600])
time.sleep(0.5)
t = time.monotonic()
a = gw.put_envelope(gw.Client(port), text, week)
assert a.status == 201, a.status
print("a report past %d silent ones: %.1f s" % (
    silent, time.monotonic() - t))
b, code = report_form(port)
fields = dict(b.form("report")["fields"], what="past the silent ones " * 40,
              code=code)
kind, body = multipart(fields, [("files", "", "application/octet-stream", b"")])
head = (b"POST /nl/report HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/"
        b"form-data; boundary=" + kind.encode() +
        b"\r\nContent-Length: 90000\r\n\r\n")
for _ in range(200):
    held.append(gw.connect(port))
    held[-1].sendall(head + body[:700])
time.sleep(0.5)


def past(who):
    t = time.monotonic()
    for n in range(1, 20):
        b.post("report", "multipart/form-data; boundary=" + kind, body)
        if b.number():
            break
        assert b.status == 503 and "over een minuut opnieuw" in b.error(), (
            b.status, b.error())
        time.sleep(0.5)
    assert b.number(), b.error()
    print("a form past %s: try %d, %.1f s" % (who, n, time.monotonic() - t))


past("200 silent ones")
for s in held:
    s.close()
# A page of half a MiB that is asked for in every place and not read
b, code = report_form(port)
fields["code"] = code
kind, body = multipart(fields, [("files", "", "application/octet-stream", b"")])
edit, want = multipart({"kind": "report", "what": '"' * 60000,
                        "no_mailbox": "1"}, [])
want = (b"POST /nl/edit HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/"
        b"form-data; boundary=" + edit.encode() +
        b"\r\nContent-Length: %d\r\n\r\n" % len(want) + want)
held = []
while len(held) < 96:
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    s.settimeout(20)
    s.connect(("127.0.0.1", port))
    s.sendall(want)
    if s.recv(12) == b"HTTP/1.1 200":
        held.append(s)  # the others met those of before, which just end
past("96 that read no answer")
PY
anew
python3 - "$PORT" "$(gw_pid web)" "$(gw_pid store)" <<'PY' || fail "ends"
import os
import signal
import sys
import threading
import time
from pages import report_form
port, web, store = (int(a) for a in sys.argv[1:])
PLACES, MOST = 96, 40  # MiB; each had 0.6 when all of it was kept


def anonymous():
    with open(f"/proc/{web}/status") as f:
        return next(int(line.split()[1]) for line in f
                    if line.startswith("RssAnon:")) / 1024


# Forms in all places that wait for the store at once
forms, sent = [report_form(port) for _ in range(PLACES)], []
before = anonymous()
os.kill(store, signal.SIGSTOP)
try:
    for n, (b, code) in enumerate(forms):
        sent.append(threading.Thread(target=b.submit, args=("report",),
                                     kwargs={"what": f"{n}", "code": code}))
        sent[-1].start()
    time.sleep(3)
    more = anonymous() - before
finally:
    os.kill(store, signal.SIGCONT)
for t in sent:
    t.join()
print("%d forms that wait for the store: %.0f MiB, at most %d" % (
    PLACES, more, MOST))
assert all(b.number() for b, _ in forms)
sys.exit(more > MOST)
PY
echo "slow clients are cut in header, body and form, take no memory, and sound ones are served"
