#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: clients that send a byte now and then are cut in header and body; a
# sound client is served meanwhile (short form, small limits).
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
echo "slow headers and bodies are cut, sound clients are served"
