#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: hostile forms (a bomb of parts, 10,000 fields, wrong charsets, nested
# parts, a file of 4 GiB, tricks with headers) get a clear answer, lose
# nothing of others and never grow web's memory; an honest report goes
# through after each. Where the rest of a form never comes the gateway waits,
# and this for 5 seconds that it says nothing of a receipt; FULL=1 for 60.
. "$(dirname "$0")/lib.sh"
gw_new
gw_start
gw_install --weeks 2 --desks 2
python3 - "$PORT" "$(gw_pid web)" "${FULL:-0}" <<'PY' || fail "hostile forms"
import socket
import sys
import pages
from pages import Browser, multipart, report_form
port, pid, full = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "1"
MIB = 1 << 20
HALF = "64 MiB sent, 2 GiB said"
LIMIT = 24 * MIB  # over the size after the first report


def rss():
    """Anonymous memory of web; the shared slots are of a fixed size"""
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("web is gone")


def raw(head, chunks, path="/nl/report", patience=60):
    """What is answered to a body sent by hand; '' when cut off"""
    s = socket.create_connection(("127.0.0.1", port), timeout=60)
    s.settimeout(60)
    got = b""
    try:
        s.sendall(f"POST {path} HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n"
                  .encode("latin-1"))
        for c in chunks:
            s.sendall(c)
    except OSError:
        pass  # refused before the end: the answer may be there
    s.settimeout(patience)
    try:
        while b"</html>" not in got and len(got) < 4 * MIB:
            d = s.recv(65536)
            if not d:
                break
            got += d
    except OSError:
        pass
    s.close()
    return got.decode("latin-1")


def body(parts, b="b"):
    return b"".join(f"--{b}\r\n".encode() + p for p in parts) + \
        f"--{b}--\r\n".encode()


def field(name, value, more=""):
    return (f'Content-Disposition: form-data; name="{name}"{more}'
            "\r\n\r\n").encode() + value + b"\r\n"


def honest():
    b, code = report_form(port)
    b.submit("report", what="Eerlijk", code=code)
    assert b.number(), b.text[:300]


honest()
honest()
base, peak = rss(), 0
TYPE = "Content-Type: multipart/form-data; boundary=b"


def many(n, size):
    for i in range(n):
        yield b"--b\r\n" + field(f"f{i}", b"x" * size)
    yield b"--b--\r\n"


def piece(total):
    """A form with one file of so many bytes"""
    head = b"--b\r\n" + field("what", b"x") + b"--b\r\n" + field(
        "no_mailbox", b"1") + b"--b\r\n" + field(
        "files", b"", '; filename="f"')[:-2]
    yield head
    block = b"\0" * MIB
    for _ in range(total // MIB):
        yield block
    yield b"\r\n--b--\r\n"


chunked = TYPE + "\r\nTransfer-Encoding: chunked"


def chunks(parts):
    for p in parts:
        yield b"%x\r\n" % len(p) + p + b"\r\n"
    yield b"0\r\n\r\n"


nested = body([b'Content-Disposition: form-data; name="files"; filename="a"'
               b"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n"
               b"\r\nx\r\n--c--\r\n"])
cases = [
    ("10,000 fields", chunked, lambda: chunks(many(10000, 10))),
    ("fields of 1 MiB", chunked, lambda: chunks(many(64, MIB))),
    ("10,000 parts of nothing", chunked,
     lambda: chunks([b"--b\r\n"] * 10000)),
    ("endless header", chunked, lambda: chunks(
        [b"--b\r\nContent-Disposition: form-data; name=\"what\"; x=\""] +
        [b"y" * 65536] * 64)),
    ("nested parts", TYPE + f"\r\nContent-Length: {len(nested)}",
     lambda: [nested]),
    ("4 GiB declared", TYPE + f"\r\nContent-Length: {4 << 30}",
     lambda: piece(8 * MIB)),
    (HALF, TYPE + f"\r\nContent-Length: {2 << 30}",
     lambda: piece(64 * MIB)),
]
if full:
    cases.append(("4 GiB in chunks", chunked,
                  lambda: chunks(piece(4 << 30))))
for name, value, want in [
        ("latin-1 text", b"caf\xe9", "kunnen lezen"),
        ("utf-16 text", "tekst".encode("utf-16"), "kunnen lezen"),
        ("overlong", b"\xc0\xaf", "kunnen lezen"),
        ("half a pair", b"\xed\xa0\x80", "kunnen lezen"),
        ("NUL", b"a\0b", "kunnen lezen")]:
    data = body([field("kind", b"report"), field("what", value),
                 field("no_mailbox", b"1")])
    got = raw(TYPE + f"\r\nContent-Length: {len(data)}", [data])
    assert "nog niets verstuurd" in got and want in got, (name, got[-400:])
for name, part in [
        ("twice the field", [field("what", b"a"), field("what", b"b")]),
        ("name of letters", [field("What", b"a")]),
        ("name too long", [field("a" * 33, b"a")]),
        ("no name", [b"Content-Disposition: form-data\r\n\r\nx\r\n"]),
        ("no disposition", [b"\r\nx\r\n"]),
        ("transfer encoding", [b'Content-Disposition: form-data; name="what"'
                               b"\r\nContent-Transfer-Encoding: base64"
                               b"\r\n\r\nYQ==\r\n"]),
        ("two dispositions", [b'Content-Disposition: form-data; name="a"\r\n'
                              b'Content-Disposition: form-data; name="b"'
                              b"\r\n\r\nx\r\n"]),
        ("header after header", [b'Content-Disposition: form-data; name="a'
                                 b'\r\nX: "\r\n\r\nx\r\n']),
        ("file in a text", [field("what", b"a", '; filename="a"')]),
        ("file name of 70,000", [field("files", b"a", '; filename="' +
                                       "n" * 70000 + '"')])]:
    data = body(part)
    got = raw(TYPE + f"\r\nContent-Length: {len(data)}", [data])
    assert "nog niets verstuurd" in got, (name, got[-300:])
for name, kind in [("no boundary", "multipart/form-data"),
                   ("boundary of 71", "multipart/form-data; boundary=" +
                    "b" * 71),
                   ("two boundaries", "multipart/form-data; boundary=b; "
                    "boundary=c"), ("text", "text/plain"),
                   ("json", "application/json")]:
    data = body([field("what", b"x")])
    got = raw(f"Content-Type: {kind}\r\nContent-Length: {len(data)}", [data])
    assert "nog niets verstuurd" in got, (name, got[-300:])
for name, head, parts in cases:
    got = raw(head, parts(),
              patience=5 if name == HALF and not full else 60)
    refused = got == "" or " 413 " in got.split("\r\n")[0] or \
        " 400 " in got.split("\r\n")[0] or "nog niets verstuurd" in got
    assert refused, (name, got[:300])
    assert 'id="number"' not in got, name
    peak = max(peak, rss() - base)
    assert peak <= LIMIT, (name, peak // MIB)
    honest()
# What is too long for any form is refused before it comes, in words
got = raw(TYPE + f"\r\nContent-Length: {4 << 30}", [], "/en/report")
assert " 413 " in got.split("\r\n")[0] and '<html lang="en"' in got and \
    "together are too large" in got, got[:300]
# 16 at once, each with fields up to the edge and no end
held = []
for i in range(16):
    s = socket.create_connection(("127.0.0.1", port), timeout=30)
    s.sendall(f"POST /nl/report HTTP/1.1\r\nHost: a\r\n{chunked}\r\n\r\n"
              .encode())
    for c in chunks([b"--b\r\n" + field("what", b"w" * 120000)]):
        if not c.startswith(b"0\r\n"):
            s.sendall(c)
    held.append(s)
honest()
peak = max(peak, rss() - base)
assert peak <= LIMIT, ("16 at once", peak // MIB)
for s in held:
    s.close()
honest()
# In chunks that are read several at a time, the store asked between them:
# once it went to sleep twice, and never woke or took web with it
for size in (100, 999, 4000) * 4:
    b, code = report_form(port)
    kind, sent = multipart(dict(b.form("report")["fields"], what="In stukken",
                                code=code),
                           [("files", "a", "text/plain", b"x" * 3000000)])
    got = raw(f"Content-Type: multipart/form-data; boundary={kind}\r\n"
              "Transfer-Encoding: chunked",
              [b"".join(chunks(sent[at:at + size] for at in
                               range(0, len(sent), size)))], patience=10)
    assert 'id="number"' in got, (size, got[:300])
honest()
print(f"{len(cases) + 20} hostile forms: clear answers, web's own memory "
      f"grew by {peak / MIB:.1f} MiB at most, honest reports go on")
PY
