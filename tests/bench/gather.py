# SPDX-License-Identifier: EUPL-1.2
"""Gathers what tests/bench/run ran: gather.py FOLDER JSON QUICK. The folder
holds `codes` (name and exit status) and NAME.out, whose last line is JSON."""
import json
import os
import platform
import sys

folder, target, quick = sys.argv[1], sys.argv[2], sys.argv[3] == "1"
rows, failed = [], False
for line in open(os.path.join(folder, "codes")):
    name, code = line.split()
    row = {"bench": name, "state": "ran", "result": None}
    if code == "127":
        row["state"] = "absent"
    elif code == "77":
        row["state"] = "skipped"
    else:
        try:
            last = open(os.path.join(folder, name + ".out"))
            row["result"] = json.loads(last.read().splitlines()[-1])
        except (OSError, ValueError, IndexError):
            row["state"] = "failed"
    # With a result, another status means "the bar is not reached", which
    # the result says itself, unless it counts failures.
    result = row["result"]
    if result is not None:
        if result.get("bench") != name or result.get("failures", 0) != 0:
            row["state"] = "failed"
        elif "held" in result:
            row["state"] = "held" if result["held"] is True else "not held"
    failed = failed or row["state"] == "failed"
    rows.append(row)

with open(target, "w") as f:
    json.dump({"quick": quick, "machine": platform.machine(),
               "cores": os.cpu_count(), "load": os.getloadavg()[0],
               "benches": rows}, f, indent=1)
    f.write("\n")
print("%-6s %-8s %10s %-14s  %s" % ("bench", "state", "figure",
                                    "least to most", "bar"))
for row in rows:
    result = row["result"] or {}
    spread = result.get("spread")
    print("%-6s %-8s %10s %-14s  %s" % (
        row["bench"], row["state"], result.get("figure", "-"),
        "%.2f to %.2f" % tuple(spread) if spread else "-",
        result.get("bar", "-")))
print("in tests/out/" + os.path.basename(target) + (", quick: not figures" if quick else ""))
sys.exit(1 if failed or not rows else 0)
