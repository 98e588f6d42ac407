# SPDX-License-Identifier: EUPL-1.2
"""Lines by folder, of what `llvm-cov export -summary-only` says."""
import collections
import json
import os
import sys

top, path, commit, day = sys.argv[1:]
with open(path, encoding="utf-8") as f:
    files = json.load(f)["data"][0]["files"]
lines, functions = collections.Counter(), collections.Counter()
ran, called = collections.Counter(), collections.Counter()
for f in files:
    name = os.path.relpath(f["filename"], top)
    folder = os.path.dirname(name)
    if not name.endswith(".c") or folder == "policy/build" or \
            folder.split("/")[0] not in ("policy", "keys", "gateway"):
        continue
    s = f["summary"]
    for where in (folder, "all"):
        lines[where] += s["lines"]["count"]
        ran[where] += s["lines"]["covered"]
        functions[where] += s["functions"]["count"]
        called[where] += s["functions"]["covered"]
print("Of %s, run on %s:\n" % (commit, day))
print("| folder | lines | run | % | functions | called |")
print("|---|---|---|---|---|---|")
for where in sorted(lines, key=lambda w: (w == "all", w)):
    print("| %s | %d | %d | %.1f | %d | %d |" % (
        where, lines[where], ran[where],
        100 * ran[where] / max(1, lines[where]), functions[where],
        called[where]))
