# SPDX-License-Identifier: EUPL-1.2
"""What `perf script` says of a run of upload.sh: samples of the clock of each
processor, put together by program and by what works for it."""
import collections
import json
import re
import subprocess
import sys

path, herz, rounds, size = sys.argv[1], *map(int, sys.argv[2:])
# comm of the processes: whose, uploads a round
WHO = {"meldluik-web": ("web", 1), "meldluik-store": ("store", 1),
       "nginx": ("nginx", 2), "bench_bare": ("bare", 1)}
COPIES = re.compile(r"copy|memmove|memcpy|rep_movs|clear_page|clear_user")
LINE = re.compile(r"^\s*(.+?)\s+[0-9a-f]+ (.*) \((.*)\)$")
ROWS = ["kernel: copies", "kernel: the rest", "libcrypto: hash and seal",
        "libc: copies", "libc: the rest", "libmicrohttpd", "lmdb", "other"]


def what(symbol, dso):
    """The row of a sample"""
    name = dso.rsplit("/", 1)[-1]
    if "kernel" in name or name.startswith("["):
        kind = "kernel"
    elif name.startswith("libc.so"):
        kind = "libc"
    else:
        for word, row in (("libcrypto", ROWS[2]), ("libmicrohttpd", ROWS[5]),
                          ("liblmdb", ROWS[6])):
            if word in name:
                return row
        return ROWS[7]
    return kind + (": copies" if COPIES.search(symbol) else ": the rest")


seconds = collections.defaultdict(lambda: collections.defaultdict(float))
script = subprocess.Popen(["perf", "script", "-i", path, "-F",
                           "comm,ip,sym,dso"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
for line in script.stdout:
    m = LINE.match(line)
    if m is None or m[1] not in WHO:
        continue
    who, uploads = WHO[m[1]]
    seconds[who][what(m[2], m[3])] += (1 << 30) / (herz * rounds * uploads *
                                                   size)
script.wait()
columns = ["web", "store", "nginx", "bare"]
if set(seconds) != set(columns):
    sys.exit("samples of %s only" % ", ".join(seconds))
print("%-26s" % "seconds for a GiB" + "%8s" * 4 % tuple(columns))
for row in ROWS + ["sum"]:
    print("%-26s" % row + "".join(
        "%8.2f" % (sum(seconds[c].values()) if row == "sum" else
                   seconds[c][row]) for c in columns))
print(json.dumps({"bench": "profile", "figure": "-",
                  "bar": "none: what the time of B3 is made of",
                  "seconds": {c: {r: round(s, 3) for r, s in
                                  seconds[c].items()} for c in columns}}))
