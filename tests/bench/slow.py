# SPDX-License-Identifier: EUPL-1.2
"""Figure B5 (tests/bench/slow.sh): slow.py GATEWAY FOLDER PORT WEEK RIVAL
RIVALPID. The folder has gateway.ini with an organisation, and text.age."""
import importlib.util
import json
import mmap
import os
import subprocess
import sys
import time
import gw
import proc

here = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location(
    "crowd", os.path.join(here, "..", "http", "slow.py"))
crowd = importlib.util.module_from_spec(spec)
spec.loader.exec_module(crowd)

program, folder, port, week, rival, rival_pid = sys.argv[1:]
port, rival, rival_pid = int(port), int(rival), int(rival_pid)
COUNT = int(os.environ.get("COUNT", 10000))
SECONDS = float(os.environ.get("SECONDS_EACH", 30))
ROUNDS = int(os.environ.get("ROUNDS", 9))
BARS = {"idle": 12, "start": 100, "slow": 120, "page": 50}


def answered():
    try:
        a = gw.raw(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 5)
        return a is not None and a.status == 200
    except OSError:
        return False


def start():
    """The gateway and the milliseconds to its first answer"""
    log = open(os.path.join(folder, "log"), "ab")
    began = time.monotonic()
    p = subprocess.Popen([program, "--config", folder + "/gateway.ini"],
                         stderr=log)
    while not answered():
        if p.poll() is not None or time.monotonic() - began > 60:
            sys.exit("the gateway does not start")
        time.sleep(0.001)
    return p, (time.monotonic() - began) * 1000


def stop(p):
    p.terminate()
    p.wait()


def touch(mib=64):
    """Microseconds that this machine takes for the first write to a page of
    fresh memory, and for the next"""
    pages = (mib << 20) // mmap.PAGESIZE
    with mmap.mmap(-1, mib << 20) as m:
        took = []
        for _ in range(2):
            began = time.monotonic()
            m[::mmap.PAGESIZE] = bytes(pages)
            took.append((time.monotonic() - began) * 1e6 / pages)
    return [round(us, 2) for us in took]


def role(pid, first):
    if pid == first:
        return "monitor"
    with open(f"/proc/{pid}/cmdline") as f:
        return "web" if "role-web" in f.read() else "store"


took = []
for _ in range(ROUNDS):
    p, ms = start()
    took.append(ms)
    stop(p)
took.sort()
p, _ = start()
time.sleep(3)
idle = {role(pid, p.pid): {"pss": round(mib, 1)}
        for pid, mib in proc.each(p.pid).items()}
for pid, mib in proc.each(p.pid, "Rss").items():
    idle[role(pid, p.pid)]["rss"] = round(mib, 1)
total = sum(r["pss"] for r in idle.values())
median = took[len(took) // 2]
print("start to first answer: median %.0f ms, %.0f to %.0f, bar %d" % (
    median, took[0], took[-1], BARS["start"]))
for name, r in sorted(idle.items()):
    print("idle %-8s PSS %5.1f MiB, RSS %5.1f" % (name, r["pss"], r["rss"]))
print("idle all      PSS %5.1f MiB, bar %d" % (total, BARS["idle"]))
stop(p)


def besieged(name, said):
    print("%-15s %6d held, PSS %6.1f MiB, kernel %5d; machine still %5.1f ms "
          "at %4.1f s, disk %6.1f at %4.1f; %s" % (
              name, said["held_most"], said["mib_most"],
              said["kernel_mib_most"], *said["pauses"][-1], *said["disk"][-1],
              said.get("honest", {}).get("status", "")))
    failed = 0
    for what, asked in ("page", "the page"), ("probe", "healthz"):
        if what in said:
            p = said[what]
            print("%15s %8s: median %5.1f ms, 99 of 100 %6.1f, worst %6.1f at "
                  "%4.1f s" % ("", asked, p["median_ms"], p["p99_ms"],
                               p["worst_ms"], p["worst"][-1][2]))
            failed += p["failed"]
    return failed


page = touch()
print("memory: %.1f us for the first touch of a page, %.2f for the next" %
      tuple(page))
os.environ["DISK"] = folder
rows, theirs, failures = [], [], 0
for kind in crowd.KINDS:
    p, _ = start()
    said = crowd.run(port, p.pid, kind, COUNT, SECONDS,
                     folder + "/text.age", week)
    stop(p)
    rows.append(said)
    failures += besieged(kind, said)
    failures += sum(n for status, n in said["honest"]["status"].items()
                    if status != 201)
    failures += said["honest"]["n"] == 0
for kind in ("headers", "read"):
    theirs.append(crowd.run(rival, rival_pid, kind, COUNT, SECONDS))
    besieged("nginx, " + kind, theirs[-1])
worst = max(r["page"]["worst_ms"] for r in rows)
p99 = max(r["page"]["p99_ms"] for r in rows)
stored = max(r["probe"]["worst_ms"] for r in rows)
synced = max(r["disk"][-1][0] for r in rows)
most = max(r["mib_most"] for r in rows)
held = (total <= BARS["idle"] and median <= BARS["start"] and
        most <= BARS["slow"] and worst <= BARS["page"])
print(json.dumps({
    "bench": "B5", "figure": "%.1f MiB, %.0f ms; %.0f MiB, %.0f ms (99%%: "
    "%.0f); through the store %.0f, the disk %.0f ms" % (
        total, median, most, worst, p99, stored, synced),
    "bar": "idle <= 12 MiB, start <= 100 ms; slow <= 120 MiB, a page < 50 ms",
    "held": held, "failures": failures, "start_ms": took, "idle": idle,
    "touch_us": page, "slow": rows, "nginx": theirs}))
