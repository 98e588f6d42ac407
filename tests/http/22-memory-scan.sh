#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: after reports, files and codes came in without scripts, no process of
# the gateway holds a word of them: /proc/PID/mem of all is searched, with a
# control that shows that the search finds what is there.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || skip "only root may read the memory of the gateway"
gw_new
gw_start
gw_install --weeks 1 --desks 2
pids="$(gw_pid monitor) $(gw_pid web) $(gw_pid store)"
python3 - "$PORT" "$GW" $pids <<'PY' || fail "memory"
import sys
import time
import gw
import taken
from pages import Browser, multipart, report_form
port, folder, pids = int(sys.argv[1]), sys.argv[2], sys.argv[3:]


def scan(needles):
    """Times each needle stands in each process"""
    found = {}
    for piece in taken.memory(pids):
        for n in needles:
            c = piece.data.count(n)
            if c:
                found[(str(piece), n)] = c
    return found


words = [b"KANARIE-tekst-" + b"%d" % i for i in range(4)]
codes = []
for i in range(12):
    b, code = report_form(port)
    codes.append(code.encode())
    data = (b"KANARIE-bestand\r\n" * 40000)[:[10, 70000, 600000][i % 3]]
    b.submit("report", what=f"KANARIE-tekst-{i % 4} " * 50, code=code,
             where="KANARIE-plaats", files=[] if i % 2 else
             [("files", "KANARIE-naam.txt", "text/plain", data)])
    assert b.number(), b.text
    b.get("replies").submit("replies", code=code)
    b.submit("follow-up", what="KANARIE-later " * 20)
    assert b.number(), b.text
# refused ones too, and one that breaks off half-way
for more in ({}, {"code": "04F5-KANARIE-code"}, {"what": "é" * 60000}):
    b, code = report_form(port)
    codes.append(code.encode())
    b.submit("report", **dict({"what": "KANARIE-fout " * 30}, **more))
    assert b.number() is None
kind, body = multipart({"what": "KANARIE-half " * 500}, [
    ("files", "KANARIE-naam", "a/b", b"KANARIE-bestand" * 50000)])
s = gw.connect(port)
s.sendall(b"POST /nl/report HTTP/1.1\r\nHost: a\r\nContent-Type: "
          b"multipart/form-data; boundary=" + kind.encode() +
          b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:400000])
time.sleep(0.5)
during = scan([b"KANARIE"])
s.close()
b.c.close()
time.sleep(1.5)
groups = {g for c in codes for g in [c, c.replace(b"-", b""), c[:14],
                                     c[-14:]]}
left = scan([b"KANARIE"] + sorted(groups))
control = scan([b"Vingerafdruk van dit meldpunt"])
assert control, "the search does not see the pages themselves"
assert during, "the search does not see what is being posted"
for where, n in left.items():
    print("left:", where, n)
print(f"{len(codes)} codes, {len(during)} places during a post, "
      f"{sum(left.values())} after; control {sum(control.values())}")
sys.exit(1 if left else 0)
PY
echo "no plaintext and no code is left in the three processes"
