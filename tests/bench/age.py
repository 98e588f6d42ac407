# SPDX-License-Identifier: EUPL-1.2
# Interleaved rounds of sealing and opening one file with agec (four hybrid
# recipients) and Debian's age (one X25519 recipient); wall, processor time and
# resident memory of each child, as medians and as ratios of ours to theirs.
import json
import os
import statistics
import subprocess
import sys
import time

agec, work, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
plain = work + "/plain"


def peak(pid, least):
    # ru_maxrss would count this interpreter, of which the child was a copy
    try:
        with open("/proc/%d/status" % pid) as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return least


def run(args, source, target):
    with open(source, "rb") as i, open(target, "wb") as o:
        begin = time.monotonic()
        child = subprocess.Popen(args, stdin=i, stdout=o)
        pid, mib = 0, 0
        while pid == 0:
            time.sleep(0.01)
            mib = peak(child.pid, mib)
            pid, status, use = os.wait4(child.pid, os.WNOHANG)
        wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit("failed: " + " ".join(args[:2]))
    return wall, use.ru_utime + use.ru_stime, mib


jobs = {
    "age seal": (["age", "-R", work + "/x25519.pub"], plain, "age.age"),
    "ours seal": ([agec, "seal", work + "/to"], plain, "ours.age"),
    "age open": (["age", "-d", "-i", work + "/x25519"], "age.age", None),
    "ours open": ([agec, "open", work + "/id"], "ours.age", None),
}
got = {name: [] for name in jobs}
for name, (args, source, target) in jobs.items():
    if target is not None:  # the files that the rounds open
        run(args, source, work + "/" + target)
for _ in range(rounds):
    for name, (args, source, target) in jobs.items():
        source = source if source == plain else work + "/" + source
        got[name].append(run(args, source, "/dev/null"))
mid = {name: [statistics.median(column) for column in zip(*rows)]
       for name, rows in got.items()}
print("%-10s %8s %8s %8s" % ("median", "wall s", "cpu s", "MiB"))
for name, row in mid.items():
    print("%-10s %8.2f %8.2f %8.1f" % (name, *row))
ratio = {}
for what in ("seal", "open"):
    ours, theirs = mid["ours " + what], mid["age " + what]
    ratio[what] = {"wall": round(ours[0] / theirs[0], 2),
                   "cpu": round(ours[1] / theirs[1], 2),
                   "mib": round(max(r[2] for r in got["ours " + what]), 1)}
worst = max(ratio, key=lambda what: ratio[what]["wall"])
walls = sorted(round(o[0] / t[0], 2) for o, t in zip(got["ours " + worst],
                                                     got["age " + worst]))
held = all(r["wall"] <= 1 and r["cpu"] <= 1 and r["mib"] <= 16
           for r in ratio.values())
print(json.dumps({"bench": "B4", "bytes": os.path.getsize(plain),
                  "rounds": rounds, "threads": os.environ["THREADS"],
                  "ratio": ratio,
                  "figure": max(max(r["wall"], r["cpu"])
                                for r in ratio.values()),
                  "spread": [walls[0], walls[-1]],
                  "bar": "<= 1 (wall, CPU), <= 16 MiB",
                  "held": held}))
sys.exit(0 if held else 1)
