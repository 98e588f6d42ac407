#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a medium that fails once closes the channel for a moment, not until
# somebody comes: LMDB begins nothing any more after a failed write of its own
# pages, so the store says so and is started again. What was receipted stays.
. "$(dirname "$0")/../http/lib.sh"
SHIM=$(find "$BUILD" -name libmeta_shim.so | head -1)
[ -n "$SHIM" ] || skip "the shim is not built"
gw_new
gw_start
gw_install --weeks 1 --desks 1
gw_stop
META_AT=25 LD_PRELOAD=$SHIM gw_start
gw_seal
python3 - "$PORT" "$COURIER" "$TOKEN" "$GW" "$WEEK" <<'PY' || fail "see above"
import hashlib
import subprocess
import sys
import time
import gw
port, courier, token, folder, week = sys.argv[1:]
port, text = int(port), open(folder + "/text.age", "rb").read()
receipted, refused, longest = set(), 0, 0
for i in range(120):
    t = text[:20000] + i.to_bytes(8, "big") + text[20008:]
    began = time.monotonic()
    while True:
        try:
            a = gw.put_envelope(gw.Client(port, timeout=10), t, week)
        except OSError:
            a = None
        if a is not None and a.status == 201:
            break
        refused += 1
        if time.monotonic() - began > 20:
            sys.exit("closed: %s" % (a and (a.status, a.body)))
        time.sleep(0.1)
    longest = max(longest, time.monotonic() - began)
    receipted.add(hashlib.sha256(t).hexdigest())
if refused == 0:
    sys.exit("the medium never failed: nothing was tried")
open(folder + "/receipted", "w").write("\n".join(sorted(receipted)) + "\n")
print("%d receipted, %d refused, at most %.1f s closed" % (
    len(receipted), refused, longest))
PY
gw_stop
opened=$(grep -c "the disk failed, the store is opened anew" "$GW/log")
[ "$opened" -ge 3 ] || fail "opened anew $opened times"
gw_start
python3 - "$COURIER" "$TOKEN" "$GW/receipted" <<'PY' || fail "lost"
import sys
import gw
k = gw.Client(*sys.argv[1:3])
last = k.ask("POST", "/v1/bundle/cut", {"Desk": "1"}).json()["serial"]
listed = set()
for n in range(1, last + 1):
    a = k.ask("GET", "/v1/bundle/manifest", {"Serial": str(n)})
    listed |= {e["sha256"] for e in a.json()["envelopes"]}
lost = set(open(sys.argv[3]).read().split()) - listed
sys.exit("%d receipted reports are lost" % len(lost) if lost else 0)
PY
echo "a medium that failed $opened times: opened anew each time, 120 receipted, 0 lost"
