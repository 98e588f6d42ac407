#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: when more come at once through tor than there is room for, those that
# are in are answered, and who comes when they left is let in.
. "$(dirname "$0")/lib.sh"
gw_new "[limits]" "connections = 16"
sed -i "s|^public = .*|& unix:$GW/onion.sock\ncircuits = unix:$GW/onion.sock|" \
	"$GW/gateway.ini"
gw_start
python3 - "$GW/onion.sock" "$REPO/tests/vectors/web_circuit" <<'PY' ||
import sys
import threading
import time
import gw
from circuits import line
path = sys.argv[1]
ASK = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


def come(n, many):
    together.wait()
    for i in range(8):
        s = gw.connect(path)
        try:
            s.sendall(line(1 + n * 8 + i))
        except BrokenPipeError:
            pass
        many.append(s)


for turn in range(20):
    together = threading.Barrier(8)
    held = [[] for _ in range(8)]
    threads = [threading.Thread(target=come, args=(n, held[n]))
               for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for many in held:
        for s in many:
            s.close()
    for wait in range(50):
        s = gw.connect(path)
        s.settimeout(10)
        try:
            s.sendall(line(1000) + ASK)
            a = gw.read_answer(s)
        except (BrokenPipeError, ConnectionResetError):
            a = None
        except TimeoutError:
            sys.exit("turn %d: nobody answers" % turn)
        s.close()
        if a is not None:
            break
        time.sleep(0.1)
    assert a is not None, "turn %d: nobody is let in" % turn
PY
	fail "a crowd through tor ended the listener"
echo "ok: twenty crowds of 64 at 8 places, and each time the next one was let in"
