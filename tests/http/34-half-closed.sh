#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: who shuts the sending end after a whole request is answered as others
# are. Where the store was asked, the HTTP library read on when the connection
# woke, found the end, and closed: a text was taken and its receipt never sent.
. "$(dirname "$0")/lib.sh"
gw_new "[limits]" "texts_minute = 60000" "texts_burst = 1000000"
sed -i "s|^public = .*|& unix:$GW/second.sock|" "$GW/gateway.ini"
gw_start
gw_install --weeks 1
gw_seal
python3 - "$PORT" "$GW/second.sock" "$WEEK" "$GW/text.age" <<'PY' || fail "half"
import os
import socket
import sys
import gw
port, second, week, envelope = int(sys.argv[1]), *sys.argv[2:5]
text = open(envelope, "rb").read()


def request(first, *lines, body=b""):
    return "\r\n".join([first + " HTTP/1.1", "Host: a", *lines, "", ""]
                       ).encode() + body


def put():
    mine = text[:-4096] + os.urandom(4096)
    return request("PUT /v1/envelopes", "Epoch: " + week,
                   "Content-Type: application/octet-stream",
                   "Content-Digest: " + gw.digest(mine),
                   f"Content-Length: {len(mine)}", body=mine)


KINDS = {
    "page": lambda: request("GET /nl/who"),
    "health": lambda: request("GET /healthz"),
    "text": put,
    "upload": lambda: request("POST /v1/uploads", "Epoch: " + week,
                              "Content-Length: 0"),
    "code": lambda: request(
        "POST /nl/replies", "Content-Length: 7",
        "Content-Type: application/x-www-form-urlencoded", body=b"code=AA"),
}
bad = 0
for where in (port, second):
    for kind, make in KINDS.items():
        answered = 0
        for _ in range(20):
            with gw.connect(where) as s:
                s.sendall(make())
                s.shutdown(socket.SHUT_WR)
                a = gw.read_answer(s)
                answered += a is not None and a.status in (200, 201)
        print(f"{kind}: {answered} of 20 answered")
        bad += answered < 20
sys.exit(bad)
PY
