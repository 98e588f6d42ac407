#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what the HTTP library lets pass and a proxy may read otherwise is
# answered 400 and the connection ends; sound requests still pass.
. "$(dirname "$0")/lib.sh"
gw_new
gw_start
python3 - "$PORT" <<'PY' || fail "guard"
import re
import socket
import sys
import gw
port = int(sys.argv[1])
H = b"Host: a\r\n"
G = b"GET /healthz HTTP/1.1\r\n"
P = b"PUT /v1/envelopes HTTP/1.1\r\n" + H
bad = {
    "two Host": G + H + H + b"\r\n",
    "no Host": G + b"X: y\r\n\r\n",
    "two Content-Length, equal": P + b"Content-Length: 3\r\n" * 2 + b"\r\nabc",
    "two Content-Length": P + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    "Content-Length list": P + b"Content-Length: 3, 3\r\n\r\nabc",
    "Content-Length sign": P + b"Content-Length: +3\r\n\r\nabc",
    "CL and TE": P + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE xchunked": P + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "TE gzip, chunked": P + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "two TE": P + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n",
    "zero byte": G + H + b"X: a\0b\r\n\r\n",
    "zero bytes at the end": G + H + b"X: a\0\0\r\n\r\n",
    "control character": G + H + b"X: a\x01b\r\n\r\n",
    "DEL": G + H + b"X: a\x7fb\r\n\r\n",
    "obs-fold": G + H + b"X: a\r\n b\r\n\r\n",
    "space before colon": G + b"Host : a\r\n\r\n",
    "bare LF": b"GET /healthz HTTP/1.1\nHost: a\n\n",
    "query": b"GET /healthz?x=1 HTTP/1.1\r\n" + H + b"\r\n",
    "empty query": b"GET /healthz? HTTP/1.1\r\n" + H + b"\r\n",
    "percent": b"GET /health%7a HTTP/1.1\r\n" + H + b"\r\n",
    "dot segment": b"GET /v1/../healthz HTTP/1.1\r\n" + H + b"\r\n",
    "absolute form": b"GET http://a/healthz HTTP/1.1\r\n" + H + b"\r\n",
    "value of 3000": G + H + b"X: " + b"a" * 3000 + b"\r\n\r\n",
    "70 headers": G + H + b"X: a\r\n" * 70 + b"\r\n",
    "HTTP/1.0 with TE": b"PUT /v1/envelopes HTTP/1.0\r\n" + H +
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}
wrong = []
for name, data in bad.items():
    a = gw.raw(port, data, 5)
    if a is None or a.status != 400 or not a.closed:
        wrong.append((name, a and (a.status, a.closed)))
# what the library itself refuses, with an answer or without: nothing behind
# it is taken for a request, and the connection closes
C = P + b"Transfer-Encoding: chunked\r\n\r\n"
L = P + b"Content-Length: "
theirs = {
    "URL of 40 kB": b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n" + H + b"\r\n",
    "header of 40 kB": G + H + b"X: " + b"a" * 40000 + b"\r\n\r\n",
    "100 headers": G + H + b"X: a\r\n" * 100 + b"\r\n",
    "2,000 headers": G + H + b"X: y\r\n" * 2000 + b"\r\n",
    "negative length": L + b"-1\r\n\r\n",
    "length overflow": L + b"18446744073709551617\r\n\r\na",
    "length in hex": L + b"0x1\r\n\r\na",
    "length empty": L + b"\r\n\r\na",
    "bad chunk": C + b"zz\r\nabc\r\n0\r\n\r\n",
    "chunk overflow": C + b"ffffffffffffffff1\r\na",
    "chunk sign": C + b"+1\r\na\r\n0\r\n\r\n",
    "bare CR": G + H + b"X: a\rb\r\n\r\n",
    "bad method": b"G\xff\0T /healthz HTTP/1.1\r\n" + H + b"\r\n",
    "HTTP/2.0": b"GET /healthz HTTP/2.0\r\n" + H + b"\r\n",
    "no version": b"GET /healthz\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS hello": b"\x16\x03\x01\0\xa5\x01\0\0\xa1\x03\x03" + b"\0" * 60 +
        b"\r\n\r\n",
    "zero in the path": b"GET /\0healthz HTTP/1.1\r\n" + H + b"\r\n",
    "%00 in the path": b"GET /%00healthz HTTP/1.1\r\n" + H + b"\r\n",
    "space in the path": b"GET /health z HTTP/1.1\r\n" + H + b"\r\n",
}
for name, data in theirs.items():
    s = gw.connect(port, 5)
    try:
        s.sendall(data + G + H + b"X: smuggled\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass
    got = b""
    try:
        while piece := s.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    except TimeoutError:
        wrong.append((name, "left open"))
    s.close()
    answers = re.findall(rb"HTTP/1\.1 [0-9]{3} ", got)
    # the library sends the head of some of its own answers twice
    if len(set(answers)) > 1 or (got and got[9:12] not in (
            b"400", b"405", b"413", b"414", b"431", b"501", b"505")):
        wrong.append((name, answers))
good = {
    "plain": (G + H + b"\r\n", 200),
    "spaces around a value": (G + b"Host:   a \r\n\r\n", 200),
    "unknown path": (b"GET /v1/nothing HTTP/1.1\r\n" + H + b"\r\n", 404),
    "wrong method": (b"POST /healthz HTTP/1.1\r\n" + H +
                     b"Content-Length: 0\r\n\r\n", 405),
    "strange method": (b"BREW /healthz HTTP/1.1\r\n" + H + b"\r\n", 405),
}
for name, (data, status) in good.items():
    a = gw.raw(port, data, 5)
    if a is None or a.status != status:
        wrong.append((name, a and a.status))
# a body that nobody wants: an answer at once, and no "100 Continue" for it
a = gw.raw(port, b"POST /healthz HTTP/1.1\r\n" + H + b"Content-Length: 9\r\n"
           b"Expect: 100-continue\r\n\r\n", 5)
if a is None or a.status != 405:
    wrong.append(("Expect", a and a.status))
# nor a page: that is for who sent a form
elif not a.headers.get("content-type", "").startswith("text/plain"):
    wrong.append(("a page", a.headers.get("content-type")))
# what goes on after its answer is read for a while, and then no more
with socket.create_connection(("127.0.0.1", port), 60) as s:
    s.sendall(b"POST /v1/uploads HTTP/1.1\r\n" + H + b"Epoch: 2026-W40\r\n"
              b"Transfer-Encoding: chunked\r\n\r\n")
    try:
        for _ in range(512):
            s.sendall(b"10000\r\n" + b"a" * 65536 + b"\r\n")
        s.sendall(b"0\r\n\r\n")
        wrong.append(("32 MiB after an answer", s.recv(40)))
    except (BrokenPipeError, ConnectionResetError):
        pass
a = gw.raw(port, G + H + b"\r\n")
for h, v in {"x-content-type-options": "nosniff", "x-frame-options": "DENY",
             "referrer-policy": "no-referrer",
             "cache-control": "no-store",
             "cross-origin-opener-policy": "same-origin",
             "cross-origin-resource-policy": "same-origin"}.items():
    if a.headers.get(h) != v:
        wrong.append((h, a.headers.get(h)))
csp = a.headers.get("content-security-policy", "")
if "default-src 'none'" not in csp or "unsafe" in csp:
    wrong.append(("csp", csp))
for h in ("server", "date", "set-cookie", "etag", "last-modified"):
    if h in a.headers:
        wrong.append(("header there", h))
print(len(bad) + len(theirs) + len(good), "requests;", "wrong:", wrong)
sys.exit(bool(wrong))
PY
echo "ambiguous requests are refused, sound ones answered, headers strict"
