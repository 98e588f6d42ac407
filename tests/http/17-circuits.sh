#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the UNIX socket for tor wants tor's line before each connection and
# takes no other; a circuit has a budget of connections, requests and bytes
# that another circuit does not feel and that a plain listener does not have;
# no number of a circuit is in a log or a file.
. "$(dirname "$0")/lib.sh"
gw_new "[limits]" "circuit_connections = 4" "circuit_requests = 30" \
	"circuit_bytes = 1M" "circuit_texts = 100" "header_seconds = 2"
sed -i "s|^public = .*|& unix:$GW/onion.sock\ncircuits = unix:$GW/onion.sock|" \
	"$GW/gateway.ini"
gw_start
gw_install
"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$GW/envelope" 2>/dev/null ||
	fail "no envelope"
python3 - "$GW/onion.sock" "$PORT" "$GW/envelope" "$WEEK" \
	"$REPO/tests/vectors/web_circuit" "$COURIER" <<'PY' || fail "circuits"
import glob
import socket
import sys
import time
import gw
from circuits import Circuit, line
path, port, envelope, week, vectors, courier = sys.argv[1:]
ASK = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


def status(s):
    s.sendall(ASK)
    try:
        a = gw.read_answer(s)
    except (BrokenPipeError, ConnectionResetError):
        return None
    return a and a.status


def tried(n):
    s = gw.connect(path)
    s.sendall(line(n))
    try:
        return s, status(s)
    except (BrokenPipeError, ConnectionResetError):
        return s, None


# the line in one piece with a request, byte by byte, and twice
assert gw.raw(path, line(1) + ASK).status == 200
s = gw.connect(path)
for b in line(1) + ASK:
    s.sendall(bytes([b]))
assert gw.read_answer(s).status == 200
s.sendall(line(1) + ASK)
a = gw.read_answer(s)
assert a is None or a.status == 400, a.status
s.close()
# what is no line of tor is closed unanswered
n = 0
for f in sorted(glob.glob(vectors + "/no-*")):
    s = gw.connect(path)
    try:
        s.sendall(open(f, "rb").read() + ASK)
        assert gw.read_answer(s) is None, f
    except (BrokenPipeError, ConnectionResetError):
        pass
    s.close()
    n += 1
assert n >= 24
# a line that does not end: closed in time; meanwhile others are served
held = [gw.connect(path) for _ in range(300)]
for s in held:
    try:
        s.sendall(line(2)[:-2])
    except BrokenPipeError:
        pass  # the oldest made room
assert gw.raw(path, line(3) + ASK).status == 200
for s in held:
    s.settimeout(20)
    try:
        assert s.recv(1) == b""
    except ConnectionResetError:
        pass
    s.close()
# a plain listener does not know the line
a = gw.raw(int(port), line(4) + ASK)
assert a is None or a.status == 400

# connections at once
open_ones = [tried(0x70000) for _ in range(4)]
assert [o[1] for o in open_ones] == [200] * 4, [o[1] for o in open_ones]
assert tried(0x70000)[1] is None, "a fifth connection"
assert tried(0x70001)[1] == 200, "another circuit feels it"
open_ones[0][0].close()
for _ in range(50):
    s, got = tried(0x70000)
    if got == 200:
        break
    time.sleep(0.1)
assert got == 200, "no room after one closed"

# requests
c = Circuit(path, 8)
got = [c.ask("GET", "/healthz") for _ in range(40)]
codes = [a.status for a in got]
assert codes[:30] == [200] * 30, codes
assert 503 in codes[30:], codes
a = next(a for a in got if a.status == 503)
assert Circuit(path, 9).ask("GET", "/healthz").status == 200
a = c.ask("POST", "/nl/report", {"Content-Type": "text/plain",
                                 "Accept": "text/html"}, b"x")
assert a.status == 503 and b"minuut opnieuw" in a.body, a.body  # a form
# who browses reads what happened in her language, whatever she asked for;
# a program and the parts of a page are told in a word
c, pages = Circuit(path, 0x80001), set()
for asked, accept, said in (
        ("/nl/who", "text/html", "niets verloren"),
        ("/nl/x", "text/html", "niets verloren"),
        ("/x", "text/html", "Nothing is lost"),
        ("/", "text/html", "Nothing is lost"),
        ("/nl/who", "*/*", "busy"), ("/style.css", "text/css,*/*", "busy"),
        ("/v1/keyset.json", "text/html", "busy")):
    asking = (c.ask("GET", asked, {"Accept": accept, "Accept-Language": "en"})
              for _ in range(300))
    a = next((a for a in asking if a.status == 503), None)
    assert a and said.encode() in a.body, (asked, accept, a and a.body)
    if said == "busy":
        assert len(a.body) < 24, a.body
    else:
        assert b'<html lang="' in a.body and a.headers["retry-after"] == "60"
        pages.add(a.body)
assert len(pages) == 2, "not the same whatever was asked for"
for where, method, body in ((int(port), "POST", b"<html"),
                            (courier, "GET", b"unknown")):  # no pages there
    a = gw.Client(where).ask(method, "/x", {"Accept": "text/html"})
    assert a.status == 404 and body in a.body, (where, a.body)
for _ in range(40):
    a = Circuit(path, 8).ask("GET", "/healthz")
    if a.status == 200:
        break
    time.sleep(0.2)
assert a.status == 200, "it does not recover"

# bytes: 14 envelopes of 71,866 fill a megabyte
body = open(envelope, "rb").read()
assert len(body) == 71866
c, codes = Circuit(path, 10), []
for i in range(16):
    a = gw.put_envelope(c, body, week)
    codes.append(a.status)
    if a.status == 503:
        assert a.word() == "busy" and a.headers["retry-after"]
assert set(codes[:14]) <= {200, 201}, codes
assert codes[14] == 503, codes
a = gw.put_envelope(Circuit(path, 11), body, week)
assert a.status in (200, 201), "another circuit feels it"
chunked = {"Epoch": week, "Content-Digest": gw.digest(body),
           "Content-Type": "application/octet-stream",
           "Content-Length": None, "Transfer-Encoding": "chunked"}
wire = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
a = Circuit(path, 10).ask("PUT", "/v1/envelopes", chunked, wire)
assert a is None or a.status in (400, 411, 503), a.status
p = gw.Client(int(port))
assert all(p.ask("GET", "/healthz").status == 200 for _ in range(60))
for _ in range(20):
    assert gw.put_envelope(p, body, week).status in (200, 201)
PY
gw_silent '[Ff][Cc]00:[Dd]|[Dd][Ee][Aa][Dd]:[Bb]|70000|458752' \
	"a circuit's number is kept" "$GW/store"
gw_stop
refused() { # SED WORD
	sed "$1" "$GW/gateway.ini" >"$GW/other.ini"
	"$BIN/meldluik-gateway" --config "$GW/other.ini" >"$GW/said" 2>&1
	[ $? = 2 ] || fail "$1 is taken"
	grep -q "$2" "$GW/said" || fail "$1: $(cat "$GW/said")"
}
refused "s|^circuits = .*|circuits = 127.0.0.1:$PORT|" "must be a unix:"
refused "s|^circuits = .*|circuits = unix:/nowhere|" "must be a unix:"
echo "tor's line and no other; connections, requests, bytes per circuit"
