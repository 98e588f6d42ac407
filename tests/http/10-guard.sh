#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what the HTTP library lets pass and a proxy may read otherwise is
# answered 400 and the connection ends; sound requests still pass.
. "$(dirname "$0")/lib.sh"
gw_new
gw_start
python3 - "$PORT" <<'PY' || fail "guard"
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
    "100 headers": G + H + b"X: a\r\n" * 100 + b"\r\n",
    "HTTP/1.0 with TE": b"PUT /v1/envelopes HTTP/1.0\r\n" + H +
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}
wrong = []
for name, data in bad.items():
    a = gw.raw(port, data, 5)
    if a is None or a.status != 400 or not a.closed:
        wrong.append((name, a and (a.status, a.closed)))
# a longer URL or header than the pool is the library's own answer
a = gw.raw(port, b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n" + H + b"\r\n", 5)
if a is not None and a.status not in (400, 414, 431):
    wrong.append(("URL of 40 kB", a.status))
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
print(len(bad) + len(good), "requests;", "wrong:", wrong)
sys.exit(bool(wrong))
PY
echo "ambiguous requests are refused, sound ones answered, headers strict"
