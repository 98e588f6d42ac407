#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: under a flood of valid junk an honest text gets in as often as
# promise P11 says, R/(f+R) a try, as often a try as the faster flood; what is
# taken stays in the budget; a resend is answered outside of it.
. "$(dirname "$0")/lib.sh"
gw_new "[limits]" "texts_minute = 600" "texts_burst = 20"
gw_start
gw_install --weeks 2 --desks 2
gw_seal
python3 - "$PORT" "$GW" "$WEEK" <<'PY' || fail "flood"
import math
import os
import sys
import threading
import time
import gw
port, folder, week = int(sys.argv[1]), sys.argv[2], sys.argv[3]
text = open(folder + "/text.age", "rb").read()
R, BURST, SECONDS = 600.0, 20, 12.0
lock = threading.Lock()
count = {}


def other():
    """Sealed bytes nobody can open, as good as any for the gateway."""
    return text[:-4096] + os.urandom(4096)


c = gw.Client(port)
first = gw.put_envelope(c, text, week)
assert first.status == 201, first.body
# spend what was saved up
for _ in range(BURST + 5):
    a = gw.put_envelope(gw.Client(port), other(), week)
    if a.status == 503:
        break
begin = time.monotonic()


def send(kind, pause):
    c = gw.Client(port, timeout=30)
    while time.monotonic() - begin < SECONDS:
        try:
            a = gw.put_envelope(c, other(), week)
        except OSError:  # never answered: a status that is odd below
            a = None
        with lock:
            k = (kind, a.status if a else 0)
            count[k] = count.get(k, 0) + 1
            if a is not None and a.status == 503:
                assert a.headers.get("retry-after")
        time.sleep(pause)


threads = [threading.Thread(target=send, args=("flood", 0))
           for _ in range(12)]
threads += [threading.Thread(target=send, args=("honest", 0.05))
            for _ in range(8)]
for t in threads:
    t.start()
time.sleep(SECONDS / 2)
again = gw.put_envelope(c, text, week)
for t in threads:
    t.join()
minutes = (time.monotonic() - begin) / 60
assert again.status == 201 and again.body == first.body, "the resend"
odd = {k: n for k, n in count.items() if k[1] not in (201, 503)}
assert not odd, odd
tries = {k: count.get((k, 201), 0) + count.get((k, 503), 0)
         for k in ("flood", "honest")}
won = {k: count.get((k, 201), 0) for k in tries}
f = sum(tries.values()) / minutes
p = R / (f + R)
got = won["honest"] / tries["honest"]
sigma = math.sqrt(p * (1 - p) / tries["honest"])
total = sum(won.values())
print("R 600/min, f %.0f/min: honest %d of %d tries, %.3f (R/(f+R) %.3f); "
      "flood %.3f; %d taken of at most %.0f" % (
          f, won["honest"], tries["honest"], got, p,
          won["flood"] / tries["flood"], total, R * minutes + BURST))
if f > 2 * R:
    assert got >= p - 4 * sigma, "too few honest ones"
else:
    print(f"weaker: only {f:.0f} tries a minute, the draw is not judged")
assert won["honest"] > 0
assert total <= R * minutes + BURST + 10, "over the budget"
PY
[ "$(gw_pid store)" ] || fail "the store ended"
echo "a flood cannot close the channel: drawn as R/(f+R), within the budget"
