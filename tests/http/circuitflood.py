# SPDX-License-Identifier: EUPL-1.2
"""A flood of valid junk through circuits of the onion service, honest tries
beside it: circuitflood.py SOCKET ENVELOPE WEEK STORE JSON

JSON: r (texts a minute), burst, seconds, circuits, pause (of a circuit between
two texts), honest (threads), patience (pause of an honest one), texts (a
circuit's budget a minute), bulk (bytes); uploads (circuits that send
attachments until they are refused).

Each honest try comes through a circuit of its own, as each is a person. Prints
one line and judges it: honest tries won at least as often as R/(f+R) says, f
being what can have taken part in the draws; what was taken stayed in the
budget; the store in its limits; attachments ended in 507 and no text did."""
import json
import math
import os
import sys
import threading
import time
import gw
from circuits import Circuit

path, envelope, week, store = sys.argv[1:5]
job = json.loads(sys.argv[5])
text = open(envelope, "rb").read()
R, BURST, SECONDS = job["r"], job["burst"], job["seconds"]
lock = threading.Lock()
count = {}
fresh = iter(range(0x10000, 1 << 31))


def other():
    """Sealed bytes nobody can open, as good as any for the gateway"""
    return text[:-4096] + os.urandom(4096)


def size():
    return sum(os.lstat(os.path.join(top, n)).st_blocks * 512
               for top, _, names in os.walk(store) for n in names)


def said(kind, a):
    with lock:
        k = (kind, a.status if a else 0)
        count[k] = count.get(k, 0) + 1


def of(kind, *status):
    return sum(n for (k, s), n in count.items()
               if k == kind and (not status or s in status))


def flood(n):
    c = Circuit(path, n, timeout=60)
    while time.monotonic() < end:
        said("flood", gw.put_envelope(c, other(), week))
        time.sleep(job["pause"])


def honest():
    while time.monotonic() < end:
        with lock:
            n = next(fresh)
        c = Circuit(path, n, timeout=60)
        try:
            a = gw.put_envelope(c, other(), week)
        except OSError:  # never answered: odd below
            a = None
        said("honest", a)
        c.close()
        time.sleep(job["patience"])


def upload(n):
    """Begins one after the other, each until it is refused"""
    c = Circuit(path, n, timeout=60)
    junk = text[:65536] + os.urandom(gw.MIB - 65536)
    while time.monotonic() < end:
        a = c.ask("POST", "/v1/uploads", {"Epoch": week})
        said("upload", a)
        part = 1
        while a is not None and a.status in (201, 204):
            if part == 1:
                uid = a.json()["upload"]
            a = c.ask("PUT", "/v1/uploads", {"Upload-Id": uid,
                      "Upload-Part": str(part)}, junk)
            said("part", a)
            part += 1
        time.sleep(0.2)


# what was saved up is spent before anything is measured
for n in range(BURST + 5):
    a = gw.put_envelope(Circuit(path, next(fresh)), other(), week)
    if a.status == 503:
        break
before = size()
began = time.monotonic()
end = began + SECONDS
threads = [threading.Thread(target=flood, args=(n + 1,))
           for n in range(job["circuits"])]
threads += [threading.Thread(target=upload, args=(0x8000 + n,))
            for n in range(job["uploads"])]
threads += [threading.Thread(target=honest) for _ in range(job["honest"])]
for t in threads:
    t.start()
for t in threads:
    t.join()
minutes = (time.monotonic() - began) / 60
tries, won = of("honest"), of("honest", 201)
junk = of("flood")
# of the junk, what its circuits' budgets let take part
part = min(junk, job["circuits"] * job["texts"] * (1 + minutes))
f = (part + tries) / minutes
p = R / (f + R)
sigma = math.sqrt(p * (1 - p) / tries)
taken = won + of("flood", 201)
grown = size() - before
print("R %.0f/min; %d circuits offer %.0f texts/min, f %.0f/min: honest %d of "
      "%d tries, %.3f (R/(f+R) %.3f); %d taken of at most %.0f; attachments "
      "%d parts, %d times 507; the store grew %.1f MiB" % (
          R, job["circuits"], junk / minutes, f, won, tries, won / tries, p,
          taken, R * minutes + BURST, of("part", 204),
          of("part", 507) + of("upload", 507), grown / gw.MIB))
odd = {k: n for k, n in count.items()
       if k[1] not in ((201, 503) if k[0] in ("flood", "honest") else
                       (201, 204, 404, 409, 503, 507))}
assert not odd, odd
assert won > 0 or tries * p < 10
if f > 2 * R:
    assert won / tries >= p - 4 * sigma, "too few honest ones"
else:
    print(f"weaker: only {f:.0f} tries a minute, the draw is not judged")
assert taken <= R * minutes + BURST + 10, "over the budget"
if job["uploads"]:
    assert of("part", 204) > 0
    assert of("part", 507) + of("upload", 507) > 0, "never full"
# bulk, texts with what LMDB needs around them, and its free pages
assert grown <= job["bulk"] * 1.25 + taken * 90000 + (32 << 20), grown
