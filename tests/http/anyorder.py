# SPDX-License-Identifier: EUPL-1.2
"""Requests of every kind in any order: 32-any-order.sh.

anyorder.py PORT FOLDER WEEK COURIER TOKEN CODE SECONDS SEED"""
import asyncio
import hashlib
import json
import os
import random
import socket
import sys
import urllib.parse
import gw
import pages

port, folder, week, door, token, code = int(sys.argv[1]), *sys.argv[2:7]
seconds, seed = int(sys.argv[7]), int(sys.argv[8])
WAYS = 48
LURKERS = 300  # more than there are slots
HANG = 60  # the rest of a form that never comes takes half of it
KNOWN = [b"\r\n", b"\r\n\r\n", b"\0", b"0\r\n\r\n", b"\xff", b"--", b";", b"%",
         b"Transfer-Encoding: chunked\r\n", b"Content-Length: 7\r\n",
         b"Content-Length: 18446744073709551616\r\n", b"Range: bytes=-0\r\n",
         b"Expect: 100-continue\r\n", b"Connection: close\r\n",
         b"Host: b\r\n", b"Upload-Part: 4294967296\r\n", b"HTTP/1.0\r\n"]
text = open(folder + "/text.age", "rb").read()
large = open(folder + "/large.age", "rb").read()
receipts, counts, bad = [], {}, []


def request(r, method, path, headers, body=None):
    """Its bytes, the body whole or in chunks"""
    lines = [f"{method} {path} HTTP/1.1", "Host: gateway.test"]
    lines += [f"{k}: {v}" for k, v in headers.items()]
    tail = b""
    if body is not None and r.random() < 0.3:
        lines.append("Transfer-Encoding: chunked")
        size = r.choice([1, 50, 999, 4000, 70000])
        size = max(size, len(body) // 3000)
        tail = b"".join(b"%x\r\n%b\r\n" % (len(body[at:at + size]),
                                           body[at:at + size])
                        for at in range(0, len(body), size)) + b"0\r\n\r\n"
    elif body is not None:
        lines.append(f"Content-Length: {len(body)}")
        tail = body
    if body is not None and r.random() < 0.05:
        lines.append("Expect: 100-continue")
    if r.random() < 0.1:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + tail


class Forms:
    """Right forms, made anew now and then"""

    def __init__(self):
        self.made = []

    def make(self, lang):
        b, c = pages.report_form(port, lang=lang)
        self.made.append((lang, b.form("report")["fields"], c))

    def get(self, r):
        lang, fields, c = r.choice(self.made)
        return lang, dict(fields, what="melding %d" % r.randrange(1 << 30),
                          code=c)


forms = Forms()
uploads = []


def get_public(r):
    path = r.choice(["/", "/nl/about", "/en/report", "/v1/keyset.json",
                     "/v1/board/1.json", "/v1/board/1", "/healthz", "/none",
                     "/nl/replies", "/favicon.ico", "/%2e%2e/x"])
    h = {}
    if r.random() < 0.4:
        h["Range"] = "bytes=%d-%s" % (r.choice([0, 1, 16384, 98304]),
                                      r.choice(["", "16383", "98303", "0"]))
    if r.random() < 0.3:
        h["Accept-Language"] = r.choice(["nl", "uk;q=0.9, en", "x" * 300])
    return request(r, r.choice(["GET", "GET", "GET", "HEAD"]), path, h)


def put_text(r):
    data = text[:-4096] + r.randbytes(4096)
    return request(r, "PUT", "/v1/envelopes", {
        "Epoch": week, "Content-Digest": gw.digest(data),
        "Content-Type": "application/octet-stream"}, data)


def put_part(r, most=gw.MIB, wrong=0.3):
    uid = r.choice(uploads) if uploads else "0" * 32
    n = r.choice([1, 1, 2, 3, 4])
    data = large[(n - 1) * gw.MIB:n * gw.MIB][:most]
    h = {"Upload-Id": uid, "Upload-Part": str(n)}
    if r.random() < wrong:
        h["Content-Digest"] = gw.digest(data[1:])
    return request(r, "PUT", "/v1/uploads", h, data)


def begin_upload(r):
    return request(r, "POST", "/v1/uploads", {"Epoch": week}, b"")


def finish_upload(r):
    uid = r.choice(uploads) if uploads else "0" * 32
    return request(r, "PUT", "/v1/envelopes", {
        "Upload-Id": uid, "Epoch": week, "Content-Digest": gw.digest(large)},
        b"")


def post_form(r):
    lang, fields = forms.get(r)
    size = r.choice([0, 0, 10, 5000, 300000, 1200000])
    boundary, body = pages.multipart(fields, [
        ("files", "a" if size else "", "text/plain", b"x" * size)])
    return request(r, "POST", f"/{lang}/report", {
        "Content-Type": f"multipart/form-data; boundary={boundary}"}, body)


def post_code(r):
    typed = r.choice([code, code[:-1] + "Z", "", "x" * 5000])
    return request(r, "POST", "/nl/replies", {
        "Content-Type": "application/x-www-form-urlencoded"},
        urllib.parse.urlencode({"code": typed}).encode())


def courier(r):
    h = {"Authorization": "Bearer " + token}
    what = r.randrange(5)
    if what == 0:
        return request(r, "POST", "/v1/bundle/cut", dict(h, Desk="1"), b"")
    if what == 1:
        return request(r, "GET", "/v1/bundle/manifest",
                       dict(h, Serial=r.choice(["1", "2", "0", "99999999"])))
    if what == 2:
        return request(r, "GET", "/v1/bundle/envelope", dict(
            h, Envelope=r.choice(receipts or ["0" * 64]),
            Range="bytes=0-1048575"))
    if what == 3:
        return request(r, "PUT", "/v1/bundle/outbound", dict(
            h, Desk="1", Path=r.choice(["x.age", "outbound.json", "../x"]),
            Offset=r.choice(["0", "5", "1048576"])),
            r.randbytes(r.choice([0, 10, 100000])))
    return request(r, "POST", "/v1/bundle/apply", dict(h, Desk="1"), b"")


KINDS = [(get_public, 6), (put_text, 4), (put_part, 3), (begin_upload, 2),
         (finish_upload, 1), (post_form, 5), (post_code, 2), (courier, 2)]


def damaged(r, data):
    head = data.find(b"\r\n\r\n") + 4
    for _ in range(r.choice([1, 1, 2, 4])):
        end = head if r.random() < 0.6 else len(data)
        at = r.randrange(max(1, min(end, len(data))))
        what = r.randrange(5)
        if what == 0:
            data = data[:at] + r.randbytes(1) + data[at + 1:]
        elif what == 1:
            data = data[:at] + r.choice(KNOWN) + data[at:]
        elif what == 2:
            data = data[:at] + data[at + r.choice([1, 2, 30, 500]):]
        elif what == 3:
            some = data[at:at + r.choice([1, 20, 400])]
            data = data[:at] + some * r.choice([1, 2, 40]) + data[at:]
        else:
            data = data[:at]
    return data


def count(what):
    counts[what] = counts.get(what, 0) + 1


async def read_all(reader, r, slowly):
    got = b""
    while True:
        some = await reader.read(r.choice([1, 700, 16384]) if slowly
                                 else 65536)
        if not some:
            return got
        if len(got) < 200000:
            got += some
        if slowly and r.random() < 0.02:
            await asyncio.sleep(0.3)


async def visit(r):
    kind = r.choices([k for k, _ in KINDS], [n for _, n in KINDS])[0]
    sound = r.random() < 0.5
    data = kind(r)
    head = data[:data.find(b"\r\n\r\n")]
    # who sends an envelope in chunks is refused, perhaps while it sends
    whole = sound and kind is not courier and b"Expect:" not in head and (
        kind is post_form or b"chunked" not in head)
    if not sound:
        data = damaged(r, data)
    while r.random() < 0.25:  # another behind it, before the answer
        more = r.choice([get_public, put_text, post_code])(r)
        data += more if r.random() < 0.7 else damaged(r, more)
        whole = False
    if kind is courier:
        reader, writer = await asyncio.open_unix_connection(door)
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    leaves = r.random() < 0.1
    slowly, closes = r.random() < 0.1, r.random() < 0.3
    reading = asyncio.ensure_future(read_all(reader, r, slowly))
    try:
        at = 0
        step = r.choice([1, 30, 1000, 4096, 65536, 1 << 22])
        step = max(step, len(data) // 300)
        while at < len(data):
            n = r.randint(1, step)
            writer.write(data[at:at + n])
            await writer.drain()
            at += n
            if r.random() < 0.05:
                await asyncio.sleep(r.choice([0, 0, 0.01, 0.2]))
            if leaves and r.random() < 0.2:
                writer.transport.abort()
                reading.cancel()
                count("left")
                return
        if closes:
            writer.write_eof()
            # asleep within its body, a form finds the end when it wakes
            whole = whole and kind is not post_form
    except (OSError, RuntimeError):
        pass  # cut or refused: the answer may be there
    try:
        got = await asyncio.wait_for(reading, HANG)
    except asyncio.TimeoutError:
        bad.append(f"{kind.__name__} hangs (read slowly: {slowly}, "
                   f"half closed: {closes}): {data[:300]!r}")
        return
    except ConnectionError:
        got = b""
    finally:
        writer.transport.abort()
    status = got[9:12].decode("latin-1") if got.startswith(b"HTTP/") else ""
    if status == "100":
        status = got[got.find(b"HTTP/", 5) + 9:][:3].decode("latin-1")
    count(status or "closed")
    if whole:
        count("sound, answered" if status else "sound, closed")
    body = got[got.find(b"\r\n\r\n") + 4:]
    if kind is begin_upload and status == "201":
        try:
            uploads.append(json.loads(body)["upload"])
            del uploads[:-20]
        except (ValueError, KeyError):
            pass
    if kind is put_text and status == "201" and whole:
        receipts.append(hashlib.sha256(data[len(head) + 4:]).hexdigest())


async def unread(r, kind):
    """One such request behind another on many connections, and no answer is
    read. An honest text is taken meanwhile."""
    crowd, one = [], kind(r)
    while any(w in one for w in (b"chunked", b"close", b"Expect")):
        one = kind(r)  # one that does not end the connection
    for _ in range(LURKERS):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", port))
        s.setblocking(False)
        crowd.append([s, one * 60])
    for _ in range(20):
        for c in crowd:
            try:
                c[1] = c[1][c[0].send(c[1]):]
            except OSError:
                pass
        await asyncio.sleep(0.05)
    mine = text[:-4096] + os.urandom(4096)
    a = await asyncio.get_running_loop().run_in_executor(
        None, lambda: gw.put_envelope(gw.Client(port), mine, week))
    if a is None or a.status != 201:
        bad.append(f"{LURKERS} that read no answer to {kind.__name__} keep "
                   f"a text out: {a and a.status}")
    for s, _ in crowd:
        s.close()


def wrong_part(r):
    return put_part(r, 700, 1)


def some_part(r):
    return put_part(r, 700)


LURKING = [wrong_part, some_part, begin_upload, get_public]


async def goes_on(i, until):
    r = random.Random(seed * 1000 + i)
    while asyncio.get_running_loop().time() < until and len(bad) < 5:
        try:
            await visit(r)
        except OSError as e:
            bad.append(f"no connection: {e}")


async def all_of_them():
    until = asyncio.get_running_loop().time() + seconds
    await asyncio.gather(*(goes_on(i, until) for i in range(WAYS)))
    r = random.Random(seed)
    for kind in LURKING:
        await unread(r, kind)


def main():
    for lang in ("nl", "en", "nl"):
        forms.make(lang)
    asyncio.run(all_of_them())
    print(", ".join(f"{k}: {v}" for k, v in sorted(counts.items())))
    if bad:
        sys.exit("\n".join(bad[:5]))
    if counts.get("sound, answered", 0) < 9 * counts.get("sound, closed", 0):
        sys.exit("many who sent what is right were not answered")
    if not receipts or counts.get("200", 0) < 20 or counts.get("400", 0) < 20:
        sys.exit("too little was tried")
    a = gw.put_envelope(gw.Client(port), text[:-4096] + os.urandom(4096), week)
    if a is None or a.status != 201:
        sys.exit(f"an honest text: {a and a.status}")
    b, c = pages.report_form(port)
    b.submit("report", what="Daarna.", code=c)
    if not b.number():
        sys.exit(f"an honest form: {b.status} {b.error()}")
    there = {e["sha256"] for _, e in pages.listed(door, token)}
    lost = [h for h in receipts if h not in there]
    if lost:
        sys.exit(f"{len(lost)} of {len(receipts)} receipted are not there")
    print(f"{sum(counts.values())} visits, seed {seed}: all answered or "
          f"closed, {len(receipts)} receipted texts are there")


main()
