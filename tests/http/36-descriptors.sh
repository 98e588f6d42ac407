#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: who takes all connections of a listener takes no descriptor that others
# need, also where the system gives fewer than the configuration wants. There
# the courier could not come in and web, which got no public file, lost the
# store; the thread that waits for tor's line spent a processor.
. "$(dirname "$0")/lib.sh"
gw_new
sed -i "s|^public = .*|&, unix:$GW/tor.sock, unix:$GW/third.sock\n\
circuits = unix:$GW/tor.sock|" "$GW/gateway.ini"
printf '#!/bin/bash\nulimit -n 900\nexec "$@"\n' >"$GW/few"
chmod +x "$GW/few"
GW_UNDER=$GW/few gw_start
# says how many seconds of a processor web took in three
cat >"$GW/crowd.py" <<'PY'
import sys
import time
import gw
from circuits import line
port, tor, web = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def spent():
    with open(f"/proc/{web}/stat") as f:
        return sum(int(n) for n in f.read().rsplit(")")[1].split()[11:13])


held = []
for i in range(700):
    held.append(gw.connect(port))
    held.append(gw.connect(tor))
    held[-1].sendall(line(i // 16 + 1))
time.sleep(1)
began = spent()
time.sleep(3)
print((spent() - began) / 100, flush=True)
time.sleep(60)
PY
python3 "$GW/crowd.py" "$PORT" "$GW/tor.sock" "$(gw_pid web)" >"$GW/spent" \
	2>"$GW/crowd.log" &
crowd=$!
said_port "$GW/spent"
URL=http://localhost CURL="curl --unix-socket $GW/third.sock"
curl() { command $CURL "$@"; }
(gw_install --weeks 1) || fail "nothing can be delivered meanwhile"
kill $crowd
echo "$SAID s of a processor in 3 s, a bundle delivered meanwhile"
awk "BEGIN { exit !($SAID < 1) }" || fail "a thread turns"
! grep -q "lost each other" "$GW/log" || fail "web lost the store"
