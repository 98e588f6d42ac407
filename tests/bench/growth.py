# SPDX-License-Identifier: EUPL-1.2
"""Curves of tests/bench/growth.sh, one each: growth.py connections |
reporters | attachments | replies ... prints a line of JSON and, on standard
error, a table; growth.py gather makes one object of the lines."""
import json
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

import gw
import proc

LEAST = bool(os.environ.get("LEAST"))


def say(text):
    print(text, file=sys.stderr)


def roles(pid):
    """Seconds of the processor so far, of each process by its role"""
    found = {}
    for one in proc.family(pid):
        with open("/proc/%d/cmdline" % one) as f:
            words = f.read()
        name = ("web" if "role-web" in words else
                "store" if "role-store" in words else "monitor")
        with open("/proc/%d/stat" % one) as f:
            fields = f.read().rsplit(")", 1)[1].split()
        found[name] = (int(fields[11]) + int(fields[12])) / proc.TICK
    return found


def connections(port, pid):
    """MiB of all processes with so many connections open, each of which
    sent a part of a header"""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    rows, held = [], []
    for n in (0, 100, 1000) if LEAST else (0, 10, 100, 1000, 9000):
        while len(held) < n:
            s = gw.connect(port)
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ")
            held.append(s)
        time.sleep(1)
        rows.append({"n": n, "mib": round(proc.pss(pid), 2)})
    per = (rows[-1]["mib"] - rows[0]["mib"]) * 1024 / rows[-1]["n"]
    for s in held:
        s.close()
    for r in rows:
        say("%8d connections %9.1f MiB" % (r["n"], r["mib"]))
    say("%.1f KiB a connection" % per)
    return {"curve": "connections", "x": "connections held", "y": "MiB (PSS)",
            "rows": [[r["n"], r["mib"]] for r in rows],
            "kib each": round(per, 1)}


def reporters(port, pid, envelope, week):
    """Texts a second and processor time of one, over HTTP to the receipt,
    with so many that send one after the other"""
    text = open(envelope, "rb").read()
    rows = []

    def send(until, done):
        c = gw.Client(port)
        while time.monotonic() < until:
            a = gw.put_envelope(c, text[:-4096] + os.urandom(4096), week)
            if a is None or a.status != 201:
                raise SystemExit("not taken: %s" % (a and a.body))
            done.append(1)

    for n in (1, 8) if LEAST else (1, 2, 4, 8, 16, 32, 64):
        done, before, begin = [], roles(pid), time.monotonic()
        all_ = [threading.Thread(target=send, args=(
            begin + (0.5 if LEAST else 3), done)) for _ in range(n)]
        for t in all_:
            t.start()
        for t in all_:
            t.join()
        took, after = time.monotonic() - begin, roles(pid)
        each = {k: round((after[k] - before[k]) / len(done) * 1e6)
                for k in after}
        rows.append([n, round(len(done) / took, 1), each])
        say("%8d reporters %9.0f texts/s, CPU us each: %s" % (
            n, rows[-1][1], each))
    return {"curve": "reporters", "x": "reporters at a time",
            "y": "texts a second", "rows": rows}


def attachments(port, pid, seal, org, week, folder):
    """Seconds from the first byte to the durable receipt, and the most
    memory of all processes"""
    rows = []
    for mib in (1, 16) if LEAST else (1, 4, 16, 64, 256, 1024):
        path = folder + "/plain"
        with open(path, "wb") as f:
            f.truncate(mib * gw.MIB - gw.MIB // 8)
        with open(folder + "/sealed", "wb") as f:
            subprocess.run([seal, org, "--week", week, "--attach", path],
                           stdout=f, stderr=subprocess.DEVNULL, check=True)
        with open(folder + "/sealed", "rb") as f:
            data = f.read()
        before = sum(roles(pid).values())
        with proc.Peak(int(pid)) as peak:
            begin = time.monotonic()
            answers = gw.upload(gw.Client(port, timeout=600), data, week)
            took = time.monotonic() - begin
        if answers[-1] is None or answers[-1].status != 201:
            raise SystemExit("not taken at %d MiB" % mib)
        rows.append([mib, round(took, 3), round(peak.mib, 1),
                     round(sum(roles(pid).values()) - before, 2)])
        say("%8d MiB %9.2f s, %5.1f MiB of memory, %5.2f s CPU" %
            tuple(rows[-1]))
    return {"curve": "attachments", "x": "MiB sent",
            "y": "seconds to the receipt", "rows": rows}


def replies(port, pid, code, slots):
    """Milliseconds of the processor for one page of replies without
    scripts, with so many slots on the board. The page itself leaves at
    fixed times, which says nothing of the work (P4)."""
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    c = gw.Client(port, timeout=60)
    page = c.ask("GET", "/nl/replies").body.decode()
    fields = {"code": code}
    form = re.search(r'name="form" value="([0-9a-f]+)"', page)
    if form:
        fields["form"] = form.group(1)
    body = urllib.parse.urlencode(fields).encode()
    times = 5 if LEAST else 25
    c.ask("POST", "/nl/replies", head, body)
    before, wall = roles(pid), []
    for _ in range(times):
        time.sleep(random.random() / 20)
        begin = time.monotonic()
        a = c.ask("POST", "/nl/replies", head, body)
        wall.append((time.monotonic() - begin) * 1000)
        if a is None or a.status != 200 or b"onderzoeken" not in a.body:
            raise SystemExit("no reply at %d slots" % slots)
    after = roles(pid)
    row = [slots, round(sum(after[k] - before[k] for k in after) / times *
                        1000, 2), round(statistics.median(wall), 1)]
    say("%8d slots %9.1f ms CPU, page after %.1f ms" % tuple(row))
    return {"curve": "replies", "x": "slots on the board",
            "y": "ms CPU of a page of replies", "rows": [row]}


def gather(lines):
    """Rows of one curve together; the store's from bench_intake"""
    curves = {}
    for line in lines:
        one = json.loads(line)
        if one.get("bench") == "B1":
            curves["clients"] = {
                "x": "clients a commit", "y": "envelopes a second",
                "rows": [[r["clients"], r["store"], r["lmdb"]]
                         for r in one["rows"]]}
            curves["records"] = {
                "x": "records in the store", "y": "envelopes a second",
                "rows": [[r["records"], r["store"], r["store_cpu_us"]]
                         for r in one["grown"]]}
            continue
        name = one.pop("curve")
        if name in curves:
            curves[name]["rows"] += one["rows"]
        else:
            curves[name] = one
    return {"bench": "growth", "figure": "%d curves" % len(curves),
            "bar": "none: shows how cost grows", "curves": curves}


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "gather":
        print(json.dumps(gather(sys.stdin)))
    elif what == "replies":
        print(json.dumps(replies(int(rest[0]), int(rest[1]), rest[2],
                                 int(rest[3]))))
    else:
        curve = {"connections": connections, "reporters": reporters,
                 "attachments": attachments}[what]
        print(json.dumps(curve(int(rest[0]), int(rest[1]), *rest[2:])))
