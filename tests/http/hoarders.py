# SPDX-License-Identifier: EUPL-1.2
"""Who takes what others wait for: hoarders.py PORT WEEK ENVELOPE KIND COUNT
SECONDS. Holds COUNT connections, each of which
  refused   sends a part of an upload that does not have its digest, again and
            again, and reads none of the answers
  stopped   sends 8,000 bytes of a text at once and stops
What the gateway ends is opened again. Somebody else sends the text ENVELOPE,
other bytes each time, and again after a second where it is told to come again
(503). Prints a line of JSON: answers by status, and how long they took."""
import json
import os
import socket
import sys
import time
import gw

port, week, envelope, kind = int(sys.argv[1]), *sys.argv[2:5]
count, seconds = int(sys.argv[5]), float(sys.argv[6])
text = open(envelope, "rb").read()
PART = (b"PUT /v1/uploads HTTP/1.1\r\nHost: a\r\nUpload-Id: " + b"0" * 32 +
        b"\r\nUpload-Part: 1\r\nContent-Digest: sha-256=:" + b"A" * 43 +
        b"=:\r\nContent-Length: 600\r\n\r\n" + b"x" * 600)
TEXT = (b"PUT /v1/envelopes HTTP/1.1\r\nHost: a\r\nEpoch: " + week.encode() +
        b"\r\nContent-Type: application/octet-stream\r\n"
        b"Content-Digest: sha-256=:" + b"A" * 43 + b"=:\r\n"
        b"Content-Length: 71866\r\n\r\n")
SENDS = {"refused": PART * 60, "stopped": TEXT + b"x" * 8000}


class Hoarder:
    def __init__(self):
        self.s, self.left = None, b""

    def turn(self):
        try:
            if self.s is None:
                self.s = socket.socket()
                self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                self.s.connect(("127.0.0.1", port))
                self.s.setblocking(False)
                self.left = SENDS[kind]
            if self.left:
                self.left = self.left[self.s.send(self.left):]
            elif kind == "stopped":  # ended, or told to come again
                self.s.recv(4096)
                self.end()
        except BlockingIOError:
            pass
        except OSError:
            self.end()

    def end(self):
        self.s.close()
        self.s = None


def hoard():
    crowd = [Hoarder() for _ in range(count)]
    while True:
        for one in crowd:
            one.turn()
        time.sleep(0.1)


child = os.fork()
if child == 0:
    hoard()
try:
    time.sleep(3)
    end, took, status = time.monotonic() + seconds, [], {}
    while time.monotonic() < end:
        began = time.monotonic()
        mine = text[:-4096] + os.urandom(4096)
        try:
            a = gw.put_envelope(gw.Client(port, timeout=20), mine, week)
            one = a.status if a else 0
        except OSError:
            one = 0
        status[one] = status.get(one, 0) + 1
        took.append(round(time.monotonic() - began, 2))
        time.sleep(1 if one == 503 else 0.25)
finally:
    os.kill(child, 9)
    os.wait()
print(json.dumps({"status": status, "worst": max(took),
                  "mean": round(sum(took) / len(took), 2)}))
