# SPDX-License-Identifier: EUPL-1.2
"""Raw HTTP for the tests: requests byte by byte, and the client's side of
keys/FORMAT.md section 12. Standard library only.

As a program: gw.py deliver SOCKET TOKEN OUTBOUND-DIR"""
import base64
import hashlib
import json
import os
import socket
import sys

MIB = 1 << 20


def connect(where, timeout=10):
    if isinstance(where, int):
        return socket.create_connection(("127.0.0.1", where),
                                        timeout=timeout)
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(timeout)
    s.connect(where)
    return s


class Answer:
    def __init__(self, status, headers, body, closed):
        self.status, self.headers = status, headers
        self.body, self.closed = body, closed

    def json(self):
        return json.loads(self.body)

    def word(self):
        try:
            return self.json().get("error", "")
        except ValueError:
            return ""


def read_answer(s, head=False):
    """One answer; None when the connection ended before it."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            piece = s.recv(65536)
        except ConnectionResetError:
            return None
        if not piece:
            return None
        data += piece
    top, body = data.split(b"\r\n\r\n", 1)
    lines = top.split(b"\r\n")
    status = int(lines[0].split()[1])
    headers = {}
    for line in lines[1:]:
        k, v = line.split(b":", 1)
        headers.setdefault(k.decode().lower(), v.strip().decode())
    want = int(headers.get("content-length", "0"))
    if status == 204 or head:
        want = 0
    pieces, have = [body], len(body)
    while have < want:
        piece = s.recv(65536)
        if not piece:
            break
        pieces.append(piece)
        have += len(piece)
    body = b"".join(pieces)
    return Answer(status, headers, body,
                  headers.get("connection", "").lower() == "close")


def raw(where, data, timeout=10):
    """Sends the bytes as they are; first answer or None."""
    with connect(where, timeout) as s:
        try:
            s.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return read_answer(s)


class Client:
    """A connection kept alive."""

    def __init__(self, where, token=None, timeout=20):
        self.where, self.token, self.timeout = where, token, timeout
        self.s = None

    def open(self):
        return connect(self.where, self.timeout)

    def ask(self, method, path, headers=None, body=b""):
        h = {"Host": "gateway.test"}
        if self.token is not None:
            h["Authorization"] = "Bearer " + self.token
        if method in ("PUT", "POST"):
            h["Content-Length"] = str(len(body))
        h.update(headers or {})
        top = f"{method} {path} HTTP/1.1\r\n" + "".join(
            f"{k}: {v}\r\n" for k, v in h.items() if v is not None) + "\r\n"
        if self.s is None:
            self.s = self.open()
        try:
            self.s.sendall(top.encode() + body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        a = read_answer(self.s, method == "HEAD")
        if a is None or a.closed:
            self.close()
        return a

    def close(self):
        if self.s is not None:
            self.s.close()
            self.s = None


def digest(data):
    h = hashlib.sha256(data).digest()
    return "sha-256=:" + base64.b64encode(h).decode() + ":"


def put_envelope(c, data, week, **more):
    h = {"Epoch": week, "Content-Digest": digest(data),
         "Content-Type": "application/octet-stream"}
    h.update({k.replace("_", "-"): v for k, v in more.items()})
    return c.ask("PUT", "/v1/envelopes", h, data)


def upload(c, data, week, part=MIB):
    """A whole upload in parts; the answers to all requests."""
    a = c.ask("POST", "/v1/uploads", {"Epoch": week})
    answers = [a]
    if a is None or a.status != 201:
        return answers
    uid = a.json()["upload"]
    for n, at in enumerate(range(0, len(data), part), 1):
        a = c.ask("PUT", "/v1/uploads",
                  {"Upload-Id": uid, "Upload-Part": str(n)},
                  data[at:at + part])
        answers.append(a)
        if a is None or a.status != 204:
            return answers
    answers.append(c.ask("PUT", "/v1/envelopes",
                         {"Upload-Id": uid, "Epoch": week,
                          "Content-Digest": digest(data)}))
    return answers


def deliver(where, token, folder):
    c = Client(where, token)
    desk = folder.rstrip("/").rsplit("-", 1)[1]
    paths = []
    for top, _, names in os.walk(folder):
        for n in names:
            paths.append(os.path.relpath(os.path.join(top, n), folder))
    last = ["outbound.json.minisig", "outbound.json"]
    for p in sorted(p for p in paths if p not in last) + last:
        with open(os.path.join(folder, p), "rb") as f:
            data = f.read()
        for at in range(0, max(len(data), 1), MIB):
            a = c.ask("PUT", "/v1/bundle/outbound",
                      {"Desk": desk, "Path": p, "Offset": str(at)},
                      data[at:at + MIB])
            if a is None or a.status != 204:
                return p, a
    return "apply", c.ask("POST", "/v1/bundle/apply", {"Desk": desk})


if __name__ == "__main__":
    step, a = deliver(sys.argv[2], sys.argv[3], sys.argv[4])
    if a is None or a.status != 200:
        sys.exit(f"{step}: {a and (a.status, a.body)}")
