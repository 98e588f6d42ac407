#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Every kind of request at once to a gateway with a sanitizer, and a stop:
#   gateway_load.sh WAYS LOG    WAYS visitors of each kind; LOG: what it said
# Fails when a request does, when a process ended, or when a sanitizer spoke.
# Who is told to come again, or cut because others wait, does so as a reporter
# would: under a sanitizer all are slow.
LOG=$2
. "$(dirname "$0")/../http/lib.sh"
HERE=$REPO/tests/http
export PYTHONPATH=$HERE
code=$("$BIN/codetool" 010123456789abcdef0123456789ab \
	00000000000000000000000000000000 | head -1)
gw_new "[limits]" "texts_minute = 60000" "texts_burst = 1000000" \
	"body_grace = 60"
trap 'cp "$GW/log" "$LOG" 2>/dev/null; gw_clean' EXIT
gw_start
gw_install --weeks 1 --desks 2 --code "$code" --reply "Dank voor uw melding."
gw_seal 2500000
before=$(gw_pid web)-$(gw_pid store)
python3 - "$PORT" "$GW" "$WEEK" "$1" "$COURIER" "$TOKEN" "$code" <<'PY' ||
import os
import sys
import threading
import time
import urllib.parse
import gw
import pages
port, folder, week, ways = int(sys.argv[1]), *sys.argv[2:4], int(sys.argv[4])
door, token, code = sys.argv[5:]
text = open(folder + "/text.age", "rb").read()
large = open(folder + "/large.age", "rb").read()
bad, gate = [], threading.Barrier(6 * ways + 1)


class Busy(Exception):
    pass


def taken(a):
    if a is None or a.status == 503:
        raise Busy
    return a


def client():
    return gw.Client(port, timeout=300)


def sends(i):
    c = client()
    for _ in range(3):
        a = taken(gw.put_envelope(c, text[:-4096] + os.urandom(4096), week))
        assert a.status == 201, (a.status, a.body[:60])
        a = c.ask("PUT", "/v1/envelopes", {"Epoch": "2001-W01"}, b"x")
        assert a is None or a.status >= 400


def uploads(i):
    for _ in range(2):
        a = taken(gw.upload(client(), large[:-4096] + os.urandom(4096),
                            week)[-1])
        assert a.status == 201, (a.status, a.body)


def types(i):
    try:
        b, c = pages.report_form(port, lang=("nl", "en")[i % 2])
        b.c.timeout = 300
        b.submit("report", what="melding %d" % i, code=c)
    except RuntimeError as e:
        raise Busy from e
    if b.status == 503:
        raise Busy
    assert b.status == 200 and b.number(), (b.status, b.error())


def looks(i):
    c = client()
    for path in ("/", "/nl/about", "/v1/keyset.json", "/v1/board/1.json",
                 "/v1/board/1", "/healthz", "/none") * 3:
        a = c.ask("GET", path)
        assert a is not None and a.status < 500, (path, a and a.status)


def checks(i):
    c = client()
    for typed in (code, code[:-1] + "Z", ""):
        a = c.ask("POST", "/nl/replies", {
            "Content-Type": "application/x-www-form-urlencoded"},
            urllib.parse.urlencode({"code": typed}).encode())
        assert a.status == 200 and len(a.body) == 98304, a.status


def carries(i):
    c = gw.Client(door, token, timeout=300)
    for _ in range(2):
        a = c.ask("POST", "/v1/bundle/cut", {"Desk": "1"})
        assert a.status == 200, (a.status, a.body)
        for serial in range(1, a.json()["serial"] + 1):
            m = c.ask("GET", "/v1/bundle/manifest", {"Serial": str(serial)})
            assert m.status == 200, m.status
            for e in m.json()["envelopes"][:3]:
                for _ in pages.pieces(c, e):
                    pass


def one(what, i):
    gate.wait()
    said = None
    for _ in range(40):
        try:
            return what(i)
        except Busy as e:
            said = e
            time.sleep(1)
        except Exception as e:
            said = e
            break
    bad.append(f"{what.__name__}: {said!r}"[:200])


threads = [threading.Thread(target=one, args=(w, i)) for i in range(ways)
           for w in (sends, uploads, types, looks, checks, carries)]
for t in threads:
    t.start()
gate.wait()
for t in threads:
    t.join()
sys.exit("\n".join(bad[:5]) if bad else 0)
PY
	fail "a request under load"
[ "$before" = "$(gw_pid web)-$(gw_pid store)" ] || fail "a process ended"
# a web that dies with requests under way, then the stop
kill -9 "$(gw_pid web)"
for _ in $(seq 300); do
	curl -fsS -m 2 -o /dev/null "$URL/v1/keyset.json" 2>/dev/null && break
	sleep 0.1
done
gw_stop
gw_silent 'Sanitizer|runtime error' "a sanitizer spoke"
echo "6 kinds of visitors, $1 each, a killed web and a stop: nothing said"
