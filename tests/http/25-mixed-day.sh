#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: after a mixed day (reports without scripts, with a file, sealed by the
# command line and by a page's bytes, a follow-up, refused ones, through tor's
# line and through a proxy that names addresses) no canary of who came or of
# what was said is in the store, the log, what the gateway serves, its
# counters, or the memory of its three processes; and no file's time is that
# of an act: the beat evens them. A control shows that the search finds.
. "$(dirname "$0")/lib.sh"
SHIM=$(find "$BUILD" -name libclock_shim.so | head -1)
[ -n "$SHIM" ] && [ -x "$BIN/meldluik-reporter" ] || skip "not built"
[ "$(id -u)" = 0 ] || skip "only root may read the memory of the gateway"
grep -q '^MELDLUIK_SANITIZE:.*=.*address' "$BUILD/CMakeCache.txt" &&
	skip "the shim and AddressSanitizer want the same calls"
gw_new
sed -i "s|^public = .*|& unix:$GW/onion.sock\ncircuits = unix:$GW/onion.sock\nmetrics = unix:$GW/metrics.sock|" \
	"$GW/gateway.ini"
export CLOCK_FILE=$GW/clock
head -c 16 /dev/zero >"$CLOCK_FILE"
clock() { # SECONDS of the clock that the beat goes by
	python3 -c "import struct
open('$CLOCK_FILE', 'r+b').write(struct.pack('=qq', 0, $1))"
}
LD_PRELOAD=$SHIM gw_start
unset LD_PRELOAD
gw_install --weeks 2 --desks 2
pids="$(gw_pid monitor) $(gw_pid web) $(gw_pid store)"
python3 - "$ORG" "$GW" <<'PY' || fail "texts"
import sys
org, folder = sys.argv[1:]
open(folder + "/said.txt", "w").write("KANARIE-cli iemand keurt goed\n" * 20)
open(folder + "/pic.jpg", "wb").write(b"KANARIE-bijlage " * 90000)
PY
sleep 1.1
touch "$GW/begin"
"$BIN/meldluik-reporter" --gateway "$URL" send --desk 1 --text \
	"$GW/said.txt" --attach "$GW/pic.jpg" --code-fd 9 9>"$GW/code" \
	>"$GW/cli.log" 2>&1 || fail "the command line: $(cat "$GW/cli.log")"
"$BIN/fixture-seal" "$ORG" --week "$WEEK" --text "KANARIE-pagina" \
	>"$GW/text.age" 2>/dev/null || fail "seal"
cat >"$GW/day.py" <<'PY'
import json
import re
import socket
import sys
import time
import gw
from pages import Browser, report_form
port, folder, week = int(sys.argv[1]), sys.argv[2], sys.argv[3]
AGENT = {"User-Agent": "KANARIE-agent/9", "Cookie": "s=KANARIE-cookie",
         "Referer": "http://KANARIE-verwijzer.example/",
         "Accept-Language": "nl, en", "From": "KANARIE@mail.example",
         "X-Forwarded-For": "198.51.100.77", "X-Real-IP": "198.51.100.78",
         "Forwarded": "for=198.51.100.79", "Via": "1.1 KANARIE-proxy"}


class Noisy(gw.Client):
    """A browser that says too much, behind a proxy that says more"""

    def __init__(self, where, circuit=None):
        super().__init__(where, timeout=60)
        self.circuit = circuit

    def ask(self, method, path, headers=None, body=b""):
        if self.s is None and self.circuit is not None:
            self.s = gw.connect(self.where, 60)
            self.s.sendall(b"PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %d "
                           b"80\r\n" % (self.circuit >> 16,
                                        self.circuit & 0xffff,
                                        self.circuit & 0xffff))
        return super().ask(method, path, dict(AGENT, **(headers or {})), body)


codes = [re.sub(r"\s", "", open(folder + "/code").read())]
for n in range(4):
    noisy = Noisy(port) if n % 2 else Noisy(folder + "/onion.sock",
                                            0xc0ffee00 + n)
    b = Browser(port)
    b.c = noisy
    b.get("report").submit("code", about="")
    code = b.code()
    codes.append(code)
    b.submit("form", next="code")
    b.submit("report", code=code, what="KANARIE-formulier " * 40,
             where="KANARIE-plaats", files=[] if n < 2 else
             [("files", "KANARIE-naam.txt", "text/plain",
               b"KANARIE-bestand " * 30000)])
    assert b.number(), b.error()
    b.get("replies").submit("replies", code=code)
    b.submit("follow-up", what="KANARIE-later " * 20)
    assert b.number(), b.error()
    a = gw.put_envelope(noisy, open(folder + "/text.age", "rb").read(), week)
    assert a.status == 201, a.status
    assert noisy.ask("GET", "/KANARIE-pad").status == 404
    a = noisy.ask("GET", "/v1/x?KANARIE-vraag")
    assert a is None or a.status == 400
    noisy.close()
b = report_form(port)[0]
b.submit("report", code="KANARIE-code", what="KANARIE-fout")
assert b.number() is None
for other in (b"PROXY TCP4 198.51.100.77 198.51.100.1 4242 80\r\n",
              b"PROXY UNKNOWN KANARIE-lijn\r\n"):
    s = gw.connect(folder + "/onion.sock")
    try:
        s.sendall(other + b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert s.recv(10) == b"", other
    except (BrokenPipeError, ConnectionResetError):
        pass
    s.close()
b.c.close()
open(folder + "/codes", "w").write(json.dumps(codes))
served = b"".join(gw.Client(w).ask("GET", p).body for w, p in (
    (port, "/nl/"), (port, "/v1/keyset.json"), (port, "/v1/board/1.json"),
    (folder + "/metrics.sock", "/metrics")))
open(folder + "/served", "wb").write(served)
PY
python3 "$GW/day.py" "$PORT" "$GW" "$WEEK" || fail "the day"
touch "$GW/end"
sleep 0.2
clock 100 # the beat is due
cat >"$GW/scan.py" <<'PY'
import json
import os
import re
import sys
import time
import taken
folder, pids = sys.argv[1], sys.argv[2:]
codes = json.load(open(folder + "/codes"))
words = [b"KANARIE", b"198.51.100.7", b"c0ffee00", b"c0ff:ee0",
         str(0xc0ffee00).encode(), str(0xc0ffee02).encode()]
words += sorted({g.encode() for c in codes
                 for g in (c, c.replace("-", ""), c[:14], c[-14:])})
begin, end = (os.stat(folder + f"/{n}").st_mtime_ns for n in ("begin", "end"))


# file times: none within the day's acts once the beat was
for _ in range(150):
    acts = taken.whole(lambda: [
        p for p in taken.paths(folder + "/store")
        if any(begin <= t <= end for t in (os.stat(p).st_mtime_ns,
                                           os.stat(p).st_ctime_ns))])
    if not acts:
        break
    time.sleep(0.1)
bad = [("time of an act", p) for p in acts]
searched = taken.files(folder + "/store")
for path in (folder + "/log", folder + "/served"):
    searched[path] = open(path, "rb").read()
for path, data in searched.items():
    bad += [(path, w) for w in words if w in data]
found = 0
for piece in taken.memory(pids):
    data = piece.data
    found += data.count(b"Vingerafdruk van dit meldpunt")
    bad += [(str(piece), data[max(0, data.find(w) - 60):data.find(w) + 60])
            for w in words if w in data]
# no log line has a time, an address or a number that is not a day's count
for line in open(folder + "/log", "rb"):
    if not re.fullmatch(rb"(monitor|web|store): [a-z, ]+(: [0-9]+)?\n", line):
        bad.append(("log", line))
for b in bad[:20]:
    print("left:", b)
print(f"{len(words)} words in {len(searched)} files, log and answers among "
      f"them, and {len(pids)} processes: {len(bad)} found; control {found}")
sys.exit(bool(bad) or not found)
PY
python3 "$GW/scan.py" "$GW" $pids || fail "a canary"
# the search is not blind
echo KANARIE >"$GW/store/planted"
touch -d "@$(stat -c %Y "$GW/end")" "$GW/store/planted"
python3 "$GW/scan.py" "$GW" $pids >"$GW/said" && fail "the search is blind"
grep -q "planted" "$GW/said" || fail "the search is blind"
echo "a mixed day left no canary in files, log, answers or memory, and no time of an act"
