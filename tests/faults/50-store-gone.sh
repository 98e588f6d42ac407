#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: while the store is gone, a text is told to come again within seconds,
# also where bodies that stop half-way hold every place in memory; when the
# store is back, the same text gets its receipt.
. "$(dirname "$0")/../http/lib.sh"
gw_new
gw_start
gw_install --weeks 2 --desks 2
gw_seal
monitor=$(gw_pid monitor) store=$(gw_pid store)
trap 'kill -CONT "$monitor"; gw_clean' EXIT
python3 - "$PORT" "$GW" "$WEEK" "$monitor" "$store" <<'PY' || fail "see above"
import os
import signal
import sys
import time
import gw
port, folder, week = int(sys.argv[1]), sys.argv[2], sys.argv[3]
monitor, store = int(sys.argv[4]), int(sys.argv[5])
text = open(folder + "/text.age", "rb").read()
HELD = 300  # there are 256 places


def put():
    """Status of the text, and the seconds it took"""
    began = time.monotonic()
    a = gw.put_envelope(gw.Client(port, timeout=40), text, week)
    return a.status if a else None, time.monotonic() - began


def half():
    s = gw.connect(port, 40)
    s.sendall((f"PUT /v1/envelopes HTTP/1.1\r\nHost: a\r\nEpoch: {week}\r\n"
               "Content-Type: application/octet-stream\r\n"
               f"Content-Digest: {gw.digest(text)}\r\n"
               f"Content-Length: {len(text)}\r\n\r\n").encode() + text[:3000])
    return s


os.kill(monitor, signal.SIGSTOP)  # it would start another store
os.kill(store, signal.SIGKILL)
status, took = put()
assert status == 503 and took < 14, (status, took)
held = [half() for _ in range(HELD)]
time.sleep(1)
status, took = put()
assert status == 503 and took < 14, (status, took)
os.kill(monitor, signal.SIGCONT)
for s in held:
    s.close()
for _ in range(30):
    status, took = put()
    if status == 201:
        break
    time.sleep(1)
assert status == 201, status
PY
echo "told within seconds, places held or not; the receipt came after"
