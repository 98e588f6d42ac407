# SPDX-License-Identifier: EUPL-1.2
"""The coordinator's desk: desk.py BIN BENCH_DESK FOLDER PASSFILE. FOLDER has a
founded `home` and gateways `gw10`, `gw100`, `gw1000`; see desk.sh."""
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.parse

import proc

BIN, BENCH, T, PASS = sys.argv[1:]
ENVELOPES, EVENTS = int(os.environ["ENVELOPES"]), int(os.environ["EVENTS"])
ROUNDS = int(os.environ["ROUNDS"])
DAY = "2026-12-20"
LIST_MS = 200


def peak(pid, least):
    """MiB of its own, most that was seen: the casebook's file is mapped, and
    its pages, which the system drops when it likes, are not counted"""
    try:
        with open("/proc/%d/status" % pid) as f:
            for line in f:
                if line.startswith("RssAnon:"):
                    return max(least, int(line.split()[1]) / 1024)
    except OSError:
        pass
    return least


def run(args):
    """Wall and processor seconds, peak MiB of the first process, output"""
    begin = time.monotonic()
    with open(T + "/out", "w") as o:
        child = subprocess.Popen(args, stdout=o, stdin=subprocess.DEVNULL)
    pid, mib = 0, 0
    while pid == 0:
        time.sleep(0.005)
        mib = peak(child.pid, mib)
        pid, status, use = os.wait4(child.pid, os.WNOHANG)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    text = open(T + "/out").read()
    if child.returncode != 0:
        sys.exit("failed: %s\n%s" % (" ".join(args), text))
    return wall, use.ru_utime + use.ru_stime, mib, text


def fresh(name, source="home"):
    to = "%s/%s" % (T, name)
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(T + "/" + source, to)
    return to


def import_to(home, count):
    return run([BIN, "--home", home, "--passphrase-file", PASS, "--today",
                DAY, "--json", "import", "%s/gw%d" % (T, count)])


def bench(*args):
    return json.loads(run([BENCH, *map(str, args)])[3])


class Page:
    """The page of a home, as a browser would ask for it"""

    def __init__(self, home):
        begin = time.monotonic()
        self.p = subprocess.Popen(
            [BIN, "--home", home, "--today", DAY, "ui"],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.p.stdout.readline()
        url = self.p.stdout.readline().strip()
        self.host = url.split("/")[2]
        self.cookie, self.token = "", ""
        self.ask("GET", url.split(self.host)[1])
        self.ask("GET", "/nl/login")
        self.ask("POST", "/nl/login", passphrase=open(PASS).read().strip())
        self.ask("GET", "/nl/")
        self.opened = time.monotonic() - begin

    def ask(self, method, path, **form):
        c = http.client.HTTPConnection("127.0.0.1",
                                       int(self.host.split(":")[1]),
                                       timeout=120)
        head = {"Host": self.host, "Cookie": self.cookie}
        body = None
        if method == "POST":
            body = urllib.parse.urlencode({"token": self.token, **form})
            head.update({"Origin": "http://" + self.host, "Content-Type":
                         "application/x-www-form-urlencoded"})
        begin = time.monotonic()
        c.request(method, path, body, head)
        r = c.getresponse()
        text = r.read().decode()
        took = (time.monotonic() - begin) * 1000
        c.close()
        if r.status not in (200, 303):
            sys.exit("%s %s: %d" % (method, path, r.status))
        if r.getheader("Set-Cookie"):
            self.cookie = r.getheader("Set-Cookie").split(";")[0]
        found = re.search(r'name="token" value="([0-9a-f]+)"', text)
        self.token = found.group(1) if found else self.token
        return took, text

    def measure(self):
        """Median ms of each page"""
        ref = re.search(r"/case/([0-9A-Z-]+)", self.ask("GET",
                                                        "/nl/register")[1])
        rows = {}
        for name, method, path, form in [
                ("due", "GET", "/nl/", {}), ("inbox", "GET", "/nl/inbox", {}),
                ("register", "GET", "/nl/register", {}),
                ("by date", "GET", "/nl/register?sort=due&state=open", {}),
                ("case", "GET", "/nl/case/" + ref.group(1), {}),
                ("search", "POST", "/nl/search", {"word": "bestaat niet"})]:
            rows[name] = round(statistics.median(
                self.ask(method, path, **form)[0]
                for _ in range(3 if name == "search" else 15)), 1)
        return rows

    def end(self):
        mib = proc.each(self.p.pid, "Rss")[self.p.pid]
        self.p.terminate()
        self.p.wait()
        return round(mib, 1)


rival, ours = [], []
for _ in range(ROUNDS):
    rival.append(bench("open", T + "/home", PASS, "%s/gw%d" % (T, ENVELOPES)))
    ours.append(import_to(fresh("big"), ENVELOPES))
small = import_to(fresh("small"), 100)
got = json.loads(ours[-1][3])
lost = ENVELOPES - got["reports"] + sum(r["files"] != ENVELOPES
                                        for r in rival)
wall = statistics.median(o[0] for o in ours)
bare = statistics.median(r["wall"] for r in rival)
ratios = sorted(o[0] / r["wall"] for o, r in zip(ours, rival))
ratio = round(statistics.median(ratios), 2)
cpu = round(statistics.median(o[1] / r["cpu"]
                              for o, r in zip(ours, rival)), 2)
mib = max(o[2] for o in ours)
print("import of %d: %.2f s, bare opening %.2f s: %.2f times (CPU %.2f)" %
      (ENVELOPES, wall, bare, ratio, cpu))
print("memory: %.1f MiB; of an import of 100: %.1f MiB" % (mib, small[2]))

growth = []
import_to(fresh("few"), 10)
for home, events in [("few", 100), ("few", 1000), ("big", 10000),
                     ("big", 100000)]:
    if events <= EVENTS and events >= (ENVELOPES if home == "big" else 0):
        if home == "big" and events == EVENTS:
            fresh("cases", "big")
        bench("grow", "%s/%s" % (T, home), PASS, events)
        growth.append(bench("fold", "%s/%s" % (T, home), PASS))
        print("fold of %(events)d events, %(cases)d cases: %(wall).3f s, "
              "%(rss).1f MiB" % growth[-1])

pages, slow = {}, 0
for name, home in [("%d cases" % ENVELOPES, "cases"),
                   ("and %d events" % EVENTS, "big")]:
    if not os.path.isdir(T + "/" + home):
        continue
    page = Page(T + "/" + home)
    row = page.measure()
    row["opened s"], row["mib"] = round(page.opened, 2), page.end()
    pages[name] = row
    slow = max(slow, row["due"], row["inbox"], row["register"],
               row["by date"])
    print("ui, %s: %s" % (name, ", ".join(
        "%s %.1f ms" % (k, v) for k, v in row.items() if k not in
        ("opened s", "mib"))) + "; opened in %.2f s, %.1f MiB" %
        (row["opened s"], row["mib"]))
print(json.dumps({
    "bench": "B7", "envelopes": ENVELOPES, "rounds": ROUNDS,
    "failures": lost, "import s": round(wall, 3), "bare s": round(bare, 3),
    "figure": ratio, "spread": [round(ratios[0], 2), round(ratios[-1], 2)],
    "cpu": cpu, "mib": round(mib, 1),
    "mib of 100": round(small[2], 1), "fold": growth, "pages": pages,
    "slowest list ms": slow,
    "bar": "<= 3 (import); lists <= %d ms" % LIST_MS,
    "held": ratio <= 3 and slow <= LIST_MS}))
