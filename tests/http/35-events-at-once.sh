#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: however many connections have something at the same moment, each is
# answered. Of exactly 128 events, or a multiple, the HTTP library did nothing
# before the next one. A process that stands still for a moment finds as many
# as are sent meanwhile; the second listener has one thread.
. "$(dirname "$0")/lib.sh"
gw_new
sed -i "s|^public = .*|& unix:$GW/second.sock|" "$GW/gateway.ini"
gw_start
gw_install --weeks 1
python3 - "$GW/second.sock" "$(gw_pid web)" <<'PY' || fail "events"
import os
import select
import signal
import sys
import time
import gw
where, web = sys.argv[1], int(sys.argv[2])
ASK = b"GET /v1/keyset.json HTTP/1.1\r\nHost: a\r\n\r\n"
bad = 0
for count in (1, 126, 127, 128, 129, 255, 256):
    crowd = {gw.connect(where) for _ in range(count)}
    for s in crowd:
        s.sendall(ASK)
        gw.read_answer(s)
    os.kill(web, signal.SIGSTOP)
    for s in crowd:
        s.sendall(ASK)
    os.kill(web, signal.SIGCONT)
    began, waiting = time.monotonic(), set(crowd)
    while waiting and time.monotonic() - began < 3:
        waiting -= set(select.select(list(waiting), [], [], 0.5)[0])
    print(f"{count} at once: {count - len(waiting)} answered in "
          f"{time.monotonic() - began:.3f} s")
    bad += len(waiting) > 0
    for s in crowd:
        s.close()
sys.exit(bad)
PY
