#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: when more come at once than there is room for, those that are in are
# answered, and who comes when they left is let in: through tor they come
# again, else they wait.
. "$(dirname "$0")/lib.sh"
gw_new "[limits]" "connections = 16"
sed -i "s|^public = .*|& unix:$GW/onion.sock\ncircuits = unix:$GW/onion.sock|" \
	"$GW/gateway.ini"
gw_start
python3 - "$GW/onion.sock" "$PORT" <<'PY' ||
import select
import sys
import threading
import time
import gw
from circuits import line
path, port = sys.argv[1], int(sys.argv[2])
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

# half of the sixteen on each listener
inside = []
for _ in range(8):
    inside.append(gw.connect(port))
    inside[-1].sendall(ASK)
    assert gw.read_answer(inside[-1]).status == 200
ninth = gw.connect(port)
ninth.sendall(ASK)
ready = select.select([ninth], [], [], 0.5)[0]
assert not ready, "the ninth is in, or was closed"
inside.pop().close()
assert gw.read_answer(ninth).status == 200, "the ninth waits for ever"
PY
	fail "a crowd ended the listener"
echo "ok: twenty crowds of 64 at 8 places, and each time the next one was let in; the ninth waits"
