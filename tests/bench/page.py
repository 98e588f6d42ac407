# SPDX-License-Identifier: EUPL-1.2
"""Rounds of wrk against the gateway's page and nginx's copy of it, in turns:
requests a second, and processor time a request of all processes of each."""
import json
import re
import statistics
import subprocess
import sys

import proc

ours, pid, theirs, rival_pid, size, rounds, each = sys.argv[1:]
failures = 0


def run(url, family):
    global failures
    before = proc.cpu(family)
    out = subprocess.run(["wrk", "-t1", "-c64", f"-d{each}s", "--latency",
                          url], capture_output=True, text=True,
                         check=True).stdout
    spent = proc.cpu(family) - before
    n = int(re.search(r"(\d+) requests in", out).group(1))
    if "Non-2xx" in out or "Socket errors" in out or n == 0:
        failures += 1
        print(out, file=sys.stderr)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    return rate, spent / max(n, 1) * 1e6


got = {"gateway": [], "nginx": []}
for _ in range(int(rounds)):
    got["gateway"].append(run(ours, pid))
    got["nginx"].append(run(theirs, rival_pid))
print("%-8s %10s %14s" % ("median", "req/s", "CPU us each"))
for name, rows in got.items():
    print("%-8s %10.0f %14.1f" % (name, statistics.median(r[0] for r in rows),
                                  statistics.median(r[1] for r in rows)))
pairs = list(zip(got["gateway"], got["nginx"]))
rates = sorted(o[0] / t[0] for o, t in pairs)
rate = round(statistics.median(rates), 2)
cpu = round(statistics.median(o[1] / max(t[1], 0.01) for o, t in pairs), 2)
print(json.dumps({
    "bench": "B2", "bytes": int(size), "rounds": len(pairs),
    "failures": failures, "rows": got, "figure": rate, "cpu": cpu,
    "spread": [round(rates[0], 2), round(rates[-1], 2)],
    "bar": ">= 0.9 (rate), CPU <= 1", "held": rate >= 0.9 and cpu <= 1}))
