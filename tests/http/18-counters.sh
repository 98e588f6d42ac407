#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the counters for IT's monitoring are sound Prometheus text on a UNIX
# socket of their own; no report, upload or refusal changes a byte of them
# until the day changes; then few are none and many are whole tens; no word
# counts reports or visits, also not of tor's listener. The gateway's clock is moved from outside.
. "$(dirname "$0")/lib.sh"
SHIM=$(find "$BUILD" -name libclock_shim.so | head -1)
[ -n "$SHIM" ] || skip "not built"
grep -q '^MELDLUIK_SANITIZE:.*=.*address' "$BUILD/CMakeCache.txt" &&
	skip "the shim and AddressSanitizer want the same calls"
gw_new
sed -i "s|^public = .*|& unix:$GW/onion.sock\ncircuits = unix:$GW/onion.sock\nmetrics = unix:$GW/metrics.sock|" \
	"$GW/gateway.ini"
export CLOCK_FILE=$GW/clock
clock() { # DAYS SECONDS: of the wall clock; of the other, for the beat
	python3 -c "import struct
open('$CLOCK_FILE', 'r+b').write(struct.pack('=qq', $1 * 86400, $2))"
}
head -c 16 /dev/zero >"$CLOCK_FILE"
LD_PRELOAD=$SHIM gw_start
unset LD_PRELOAD
gw_install --weeks 3 --desks 2
gw_seal 3000000
[ "$(stat -c %a "$GW/metrics.sock")" = 600 ] || fail "the socket is open"
# the day has begun with what is served now
BATCHES=$(grep -c "daily batch done" "$GW/log")
export BATCHES
clock 1 90
cat >"$GW/ask.py" <<'PY'
import datetime
import os
import re
import sys
import time
import zoneinfo
import gw
import prometheus
from circuits import Circuit
port, folder, week, step = int(sys.argv[1]), *sys.argv[2:]
path, door = folder + "/metrics.sock", folder + "/courier.sock"
kept = folder + "/kept"


def counters(where=path):
    return gw.Client(where).ask("GET", "/metrics")


def refusals(bad, token):
    for _ in range(bad):
        a = gw.raw(port, b"GET /healthz?x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert a.status == 400
    for _ in range(token):
        a = gw.Client(door, "no token of ours").ask(
            "GET", "/v1/bundle/manifest", {"Desk": "1"})
        assert a.status == 401, a.status


def unchanged():
    a = counters()
    assert a.status == 200 and a.body == open(kept, "rb").read(), a.body


def wait(done):
    for _ in range(300):
        v = prometheus.parse(counters().body)
        if done(v):
            return v
        time.sleep(0.1)
    sys.exit("the day does not change: " + counters().body.decode())


if step == "first":
    # the day of Amsterdam, which begins before that of UTC
    now = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Amsterdam"))
    day = (now.date() - datetime.date(1970, 1, 1)).days * 86400 + 86400
    v = wait(lambda v: v["meldluik_day_timestamp_seconds"] == day and
             open(folder + "/log").read().count("daily batch done") >
             int(os.environ["BATCHES"]))
    v = prometheus.parse(counters().body)  # the room of that batch
    a = counters()
    assert a.headers["content-type"] == \
        "text/plain; version=0.0.4; charset=utf-8"
    open(kept, "wb").write(a.body)
    assert v["meldluik_open"] == 1 and v["meldluik_weeks"] in (2, 3), v
    assert v["meldluik_keyset_days"] > 300, v
    for name in ("text_free_bytes", "bulk_free_bytes"):
        assert v[f"meldluik_{name}"] % (64 << 20) == 0, name
    assert len(v) == 16, sorted(v)
    assert not re.search(rb"report|envelope|upload|manifest|fetch",
                         re.sub(rb"# HELP.*", b"", a.body)), a.body
    # only there, and nothing else there
    assert gw.Client(port).ask("GET", "/metrics").status == 404
    assert gw.Client(door, "x").ask("GET", "/metrics").status == 404
    for other in ("/healthz", "/", "/v1/keyset.json", "/v1/envelopes"):
        assert gw.Client(path).ask("GET", other).status == 404, other
    # acts of visitors, each followed by a look
    c = gw.Client(port)
    a = gw.put_envelope(c, open(folder + "/text.age", "rb").read(), week)
    assert a.status == 201, a.body
    unchanged()
    # more than the step of the room: it would show
    for _ in range(25):
        body = open(folder + "/large.age", "rb").read()
        body = body[:-4096] + os.urandom(4096)
        a = gw.upload(c, body, week)[-1]
        assert a.status == 201, a.body
    unchanged()
    for n in range(40):
        a = Circuit(folder + "/onion.sock", n).ask("GET", "/healthz")
        assert a.status == 200, a.status
    refusals(27, 26)
    unchanged()
else:
    v = wait(lambda v: v['meldluik_refused{why="malformed"}'] > 0)
    assert v['meldluik_refused{why="malformed"}'] == 20, v
    assert v['meldluik_refused{why="courier_token"}'] == 20, v
    old = prometheus.parse(open(kept, "rb").read())
    for _ in range(300):
        v = prometheus.parse(counters().body)
        if v["meldluik_bulk_free_bytes"] < old["meldluik_bulk_free_bytes"]:
            break
        time.sleep(0.1)
    assert v["meldluik_bulk_free_bytes"] < old["meldluik_bulk_free_bytes"], \
        "the room of the new day is that of the old"
    changed = {k for k in v if v[k] != old[k]}
    assert changed <= {"meldluik_day_timestamp_seconds",
                       'meldluik_refused{why="malformed"}',
                       'meldluik_refused{why="courier_token"}',
                       "meldluik_bulk_free_bytes", "meldluik_keyset_days",
                       "meldluik_text_free_bytes", "meldluik_weeks"}, changed
    a = counters()
    open(kept, "wb").write(a.body)
    refusals(15, 9)
    unchanged()
# the reader is no fool
for bad in (b"a 1", b"a 1\n", b"# HELP a b\n# TYPE a gauge\na x\n",
            b"# HELP a b\n# TYPE a gauge\na 1\na 1\n",
            b"# HELP a b\n# TYPE a gauge\nb 1\n",
            b"# HELP a b\n# TYPE a gauge\na{b=c} 1\n",
            b"# TYPE a gauge\na 1\n", b"# HELP a b\n# TYPE a gauge\n"):
    try:
        prometheus.parse(bad)
    except (ValueError, KeyError):
        continue
    sys.exit(f"the reader takes {bad}")
PY
python3 "$GW/ask.py" "$PORT" "$GW" "$WEEK" first || fail "counters"
clock 2 180
python3 "$GW/ask.py" "$PORT" "$GW" "$WEEK" second || fail "the next day"
# a store that was not there when the day began does its work when it is
BATCHES=$(grep -c "daily batch done" "$GW/log")
clock 3 180
OLD=$(gw_pid store)
kill -KILL "$OLD" || fail "which is the store?"
for _ in $(seq 300); do
	NEW=$(gw_pid store) && [ "$NEW" != "$OLD" ] &&
		curl -fsS -m 2 -o "$GW/health" "$URL/healthz" 2>/dev/null &&
		break
	sleep 0.1
done
clock 3 270
for _ in $(seq 300); do
	[ "$(grep -c "daily batch done" "$GW/log")" -gt "$BATCHES" ] && break
	sleep 0.1
done
[ "$(grep -c "daily batch done" "$GW/log")" -gt "$BATCHES" ] ||
	fail "the work of the day waits for the next one"
gw_stop
refused() { # ADDRESS
	sed "s|^metrics = .*|metrics = $1|" "$GW/gateway.ini" >"$GW/other.ini"
	"$BIN/meldluik-gateway" --config "$GW/other.ini" >"$GW/said" 2>&1
	[ $? = 2 ] && grep -q '\[listen\] metrics must be a unix:' "$GW/said" ||
		fail "$1 is taken: $(cat "$GW/said")"
}
refused 127.0.0.1:9100
refused "unix:$COURIER"
refused unix:relative.sock
echo "sound text, on its socket only; still until the day changes, then in tens and 64 MiB"
