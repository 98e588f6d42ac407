# SPDX-License-Identifier: EUPL-1.2
"""Holds connections of the onion listener: holdall.py SOCKET CIRCUITS EACH
SECONDS. Each announces a text and sends twice the least rate of it, so that
nothing is too slow; what ends is opened again. Meanwhile somebody else asks
for /healthz once a second through a new circuit. Prints how many were
answered."""
import sys
import time
import gw
from circuits import line

path, circuits, each, seconds = sys.argv[1], *map(int, sys.argv[2:5])
HEAD = (b"PUT /v1/envelopes HTTP/1.1\r\nHost: a\r\nEpoch: 2026-W48\r\n"
        b"Content-Type: application/octet-stream\r\n"
        b"Content-Digest: sha-256=:" + b"A" * 43 + b"=:\r\n"
        b"Content-Length: 71866\r\n\r\n")
held = {}
answered = asked = 0
began = time.monotonic()
while time.monotonic() - began < seconds:
    next_turn = time.monotonic() + 1
    for n in range(circuits * each):
        s = held.get(n)
        try:
            if s is None:
                s = held[n] = gw.connect(path)
                s.sendall(line(n // each + 1) + HEAD)
                s.setblocking(False)
            s.send(b"x" * 2048)
        except BlockingIOError:
            pass
        except OSError:
            held.pop(n, None)
    asked += 1
    try:
        a = gw.raw(path, line(0x10000 + asked) +
                   b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 5)
        answered += a is not None and a.status == 200
    except OSError:
        pass
    time.sleep(max(0.0, next_turn - time.monotonic()))
print("%d circuits hold %d connections: %d of %d others were answered" % (
    circuits, len(held), answered, asked))
