#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: 1, 4, 16, 64 and 256 reporters at once, each on a connection of its
# own, all get a receipt that is theirs; and 64 at once through the form
# without scripts all get their page. 0 failures.
. "$(dirname "$0")/lib.sh"
gw_new "[limits]" "texts_minute = 60000" "texts_burst = 1000000" \
	"body_grace = 60"
gw_start
gw_install --weeks 2 --desks 2
gw_seal
python3 - "$PORT" "$GW" "$WEEK" <<'PY' || fail "concurrent reporters"
import hashlib
import os
import sys
import threading
import time
import gw
port, folder, week = int(sys.argv[1]), sys.argv[2], sys.argv[3]
text = open(folder + "/text.age", "rb").read()
bad, good = [], []


def report(gate, tries):
    data = text[:-4096] + os.urandom(4096)
    c = gw.Client(port, timeout=120)
    try:
        c.s = gw.connect(port, 120)
    except OSError as e:
        bad.append(repr(e))
    gate.wait()
    for _ in range(tries):
        try:
            a = gw.put_envelope(c, data, week)
        except OSError as e:  # never answered
            bad.append(repr(e))
            continue
        if a is None or a.status != 201 or hashlib.sha256(
                data).hexdigest().encode() not in a.body:
            bad.append(a and (a.status, a.body[:60]))
        else:
            good.append(1)
    c.close()


for n in (1, 4, 16, 64, 256):
    gate = threading.Barrier(n + 1)
    threads = [threading.Thread(target=report, args=(gate, 2))
               for _ in range(n)]
    for t in threads:
        t.start()
    gate.wait()
    begin = time.monotonic()
    for t in threads:
        t.join()
    print("%3d at once: %.2f s, %d failures" % (
        n, time.monotonic() - begin, len(bad)), flush=True)
    if len(good) != 2 * n:
        bad.append("%d receipts of %d" % (len(good), 2 * n))
    good.clear()
if bad:
    sys.exit(str(bad[:3]))
PY
python3 - "$PORT" "$GW" <<'PY' || fail "concurrent forms"
import sys
import threading
import gw
import pages
port = int(sys.argv[1])
bad, gate = [], threading.Barrier(64)


def form(i):
    try:
        b, code = pages.report_form(port)
        gate.wait()
        b.submit("report", what="melding %d van veel tegelijk" % i,
                 code=code)
        if b.status != 200 or not b.number():
            bad.append((i, b.status, b.error()))
    except Exception as e:
        bad.append((i, repr(e)[:120]))


threads = [threading.Thread(target=form, args=(i,)) for i in range(64)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("64 forms at once: %d failures" % len(bad))
if bad:
    sys.exit(str(bad[:3]))
PY
echo "1 to 256 reporters and 64 forms at once, 0 failures"
