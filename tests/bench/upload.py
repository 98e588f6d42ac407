# SPDX-License-Identifier: EUPL-1.2
"""Rounds of one upload in turns: the gateway (parts of 1 MiB, receipt after
everything is on the disk), nginx (`dav PUT`, one request, which answers when
the bytes are in the page cache), and nginx with an fdatasync of the file, so
that it promises the same. The same client code, the same bytes; what was
written before is on the disk before each."""
import json
import mmap
import os
import re
import statistics
import subprocess
import sys
import time

import gw
import proc

port, pid, rival, rival_pid, folder, week, rounds, bare = sys.argv[1:]
port, rival, rounds = int(port), int(rival), int(rounds)
source = open(folder + "/big.age", "rb")
data = mmap.mmap(source.fileno(), 0, prot=mmap.PROT_READ)
size = len(data)
view = memoryview(data)


class Sender(gw.Client):
    """As gw.Client, and never copies a body."""

    def send(self, method, path, headers, body):
        top = f"{method} {path} HTTP/1.1\r\nHost: gateway.test\r\n"
        top += "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        top += f"Content-Length: {len(body)}\r\n\r\n"
        if self.s is None:
            self.s = gw.connect(self.where, 600)
        self.s.sendall(top.encode())
        self.s.sendall(body)
        return gw.read_answer(self.s)


def varied(number):
    """Other bytes each round, or the store would know the envelope."""
    tail = bytearray(view[size - gw.MIB:])
    tail[-8:] = number.to_bytes(8, "big")
    return memoryview(bytes(tail))


def piece(at, tail):
    if at + gw.MIB > size - gw.MIB:
        head = view[at:max(at, size - gw.MIB)]
        rest = tail[max(0, at - (size - gw.MIB)):at + gw.MIB -
                    (size - gw.MIB)]
        return memoryview(bytes(head) + bytes(rest))
    return view[at:at + gw.MIB]


def digest_of(tail):
    import hashlib
    h = hashlib.sha256(view[:size - gw.MIB])
    h.update(tail)
    import base64
    return "sha-256=:" + base64.b64encode(h.digest()).decode() + ":"


def ours(number):
    tail = varied(number)
    digest = digest_of(tail)
    pieces = [piece(at, tail) for at in range(0, size, gw.MIB)]
    c = Sender(port)
    begin = time.monotonic()
    a = c.send("POST", "/v1/uploads", {"Epoch": week}, b"")
    if a is None or a.status != 201:
        return None
    uid = a.json()["upload"]
    for n, body in enumerate(pieces, 1):
        a = c.send("PUT", "/v1/uploads", {"Upload-Id": uid,
                                         "Upload-Part": str(n)}, body)
        if a is None or a.status != 204:
            return None
    a = c.send("PUT", "/v1/envelopes", {
        "Upload-Id": uid, "Epoch": week, "Content-Digest": digest}, b"")
    spent = time.monotonic() - begin
    c.close()
    return spent if a is not None and a.status == 201 else None


def theirs(number, durable):
    tail = varied(number)
    path = folder + "/dav/files/envelope"
    pieces = [piece(at, tail) for at in range(0, size, gw.MIB)]
    c = Sender(rival)
    begin = time.monotonic()
    c.s = gw.connect(rival, 600)
    c.s.sendall(("PUT /envelope HTTP/1.1\r\nHost: a\r\nContent-Length: "
                 f"{size}\r\n\r\n").encode())
    for body in pieces:
        c.s.sendall(body)
    a = gw.read_answer(c.s)
    if durable:
        fd = os.open(path, os.O_RDONLY)
        os.fdatasync(fd)
        os.close(fd)
    spent = time.monotonic() - begin
    c.close()
    os.unlink(path)
    return spent if a is not None and a.status in (201, 204) else None


BARE = subprocess.Popen([bare, folder + "/bare"], stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE, text=True)
BARE_PORT = int(BARE.stdout.readline())


def barely(number):
    """The same requests, to a server that does the work and no more"""
    tail = varied(number)
    pieces = [piece(at, tail) for at in range(0, size, gw.MIB)]
    c = Sender(BARE_PORT)
    begin = time.monotonic()
    for body in pieces:
        a = c.send("PUT", "/part", {}, body)
        if a is None or a.status != 204:
            return None
    a = c.send("PUT", "/end", {}, b"")
    spent = time.monotonic() - begin
    c.close()
    return spent if a is not None and a.status == 201 else None


def disk():
    """Seconds until the same bytes are on the disk, and nothing else done"""
    path = folder + "/direct"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_DIRECT, 0o600)
    whole = size - size % gw.MIB
    begin = time.monotonic()
    for at in range(0, whole, gw.MIB):
        os.write(fd, view[at:at + gw.MIB])
    os.fdatasync(fd)
    spent = (time.monotonic() - begin) * size / whole
    os.close(fd)
    os.unlink(path)
    return spent


def warm():
    """A virtual machine may get its memory from its host at the first touch
    of each page, which takes longer than writing it. The rival's file is
    removed each round and ours stays, so touch as much as a round needs."""
    path = folder + "/warm"
    with open(path, "wb") as f:
        for at in range(0, size, gw.MIB):
            f.write(view[at:at + gw.MIB])
    os.unlink(path)


def timed(work, family):
    warm()
    os.sync()
    before, client = proc.cpu(family), time.process_time()
    with proc.Peak(family) as peak:
        spent = work()
    if spent is None:
        return None
    return (spent, proc.cpu(family) - before, peak.mib,
            time.process_time() - client)


CORES = len(os.sched_getaffinity(0))


def rate(cipher, cores):
    """Bytes a second of one of so many cores that do the same, in pieces of
    a part, by the library the store uses."""
    out = subprocess.run(["openssl", "speed", "-multi", str(cores), "-evp",
                          cipher, "-bytes", str(gw.MIB), "-seconds", "1"],
                         check=True, capture_output=True, text=True).stdout
    return float(re.search(r"([0-9.]+)k\s*$", out.strip()).group(1)) * \
        1000 / cores


def least(rival_row):
    """Seconds below which nobody gets on this machine who hashes and seals
    the bytes and for the rest does what nginx did: the hash of one upload is
    one chain, and all of it shares the cores."""
    _, cpu, _, client = rival_row
    work = size / rate("sha256", CORES) + cpu + client + \
        size / rate("chacha20-poly1305", CORES)
    return max(size / rate("sha256", 1), work / CORES)


got = {"gateway": [], "nginx": [], "nginx, synced": [], "bare": [],
       "disk": []}
failures = 0
for number in range(rounds):
    for name, work, family in (
            ("gateway", lambda: ours(number), pid),
            ("nginx", lambda: theirs(number, False), rival_pid),
            ("nginx, synced", lambda: theirs(number, True), rival_pid),
            ("bare", lambda: barely(number), BARE.pid),
            ("disk", disk, os.getpid())):
        row = timed(work, family)
        if row is None:
            failures += 1
        else:
            got[name].append(row)
print("%-14s %8s %8s %8s %8s" % ("median", "MB/s", "wall s", "cpu s",
                                 "PSS MiB"))
mid = {}
for name, rows in got.items():
    if not rows:
        continue
    mid[name] = [statistics.median(column) for column in zip(*rows)]
    print("%-14s %8.0f %8.2f %8.2f %8.1f" % (
        name, size / 1e6 / mid[name][0], *mid[name][:3]))
if failures > 0 or len(mid) < len(got):
    sys.exit("%d uploads failed" % failures)


def ratios(other):
    return sorted(round(t[0] / o[0], 2)
                  for o, t in zip(got["gateway"], got[other]))


def ratio(other):
    return statistics.median(ratios(other))


limit = least(mid["nginx"])
print("nobody who hashes and seals them: %.2f s, %.2f of nginx's rate" % (
    limit, mid["nginx"][0] / limit))
figure, mib = ratio("nginx"), max(row[2] for row in got["gateway"])
print(json.dumps({
    "bench": "B3", "bytes": size, "rounds": rounds,
    "failures": failures,
    "seconds": {n: [round(r[0], 3) for r in rows] for n, rows in got.items()},
    "cpu_seconds": {n: round(r[1], 2) for n, r in mid.items()},
    "mib": round(mib, 1), "figure": figure,
    "spread": [ratios("nginx")[0], ratios("nginx")[-1]],
    "synced": ratio("nginx, synced"), "of_bare": ratio("bare"), "of_disk": ratio("disk"),
    "limit": round(mid["nginx"][0] / limit, 2),
    "bar": ">= 1 (wall), <= 32 MiB",
    "held": figure >= 1 and mib <= 32}))
