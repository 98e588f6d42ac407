#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: every file that is compiled, interpreted or run says its licence in
# its first three lines. (Templates, style sheets and data cannot, or go to
# readers as they stand.) One planted without it is found.
set -u
cd "$(dirname "$0")/../.." || exit 2
exec python3 - <<'PY'
import os
import sys
import tempfile
ENDS = (".c", ".h", ".sh", ".py", ".js", ".mjs", ".pml", ".po", ".cmake",
        ".service", ".socket", ".timer", ".dict", "CMakeLists.txt")
# built, fetched, or what released versions left on a disk
NOT = {"node_modules", "out", "data", ".git", "__pycache__"}


def without(top):
    """How many files of ${top} are to say, and which do not"""
    n, silent = 0, []
    for where, folders, names in os.walk(top):
        folders[:] = [f for f in folders
                      if f not in NOT and not f.startswith("build")]
        for path in (os.path.join(where, name) for name in names):
            if os.path.islink(path) or not os.path.isfile(path) or not (
                    path.endswith(ENDS) or os.access(path, os.X_OK)):
                continue
            n += 1
            with open(path, "rb") as f:
                head = f.readline() + f.readline() + f.readline()
            if b"SPDX-License-Identifier: EUPL-1.2" not in head:
                silent.append(path)
    return n, silent


with tempfile.TemporaryDirectory() as t:
    for name in ("a.sh", "b.c", "run"):
        open(os.path.join(t, name), "w").write("#!/bin/sh\n# Goal: none\n")
    os.chmod(os.path.join(t, "run"), 0o755)
    assert len(without(t)[1]) == 3, "planted files are not found"
n, silent = without(".")
print(*silent, sep=" says no licence\n", end=" says no licence\n"
      if silent else "")
if n < 500:
    sys.exit(f"only {n} files looked at")
if silent:
    sys.exit(1)
print(n, "files say their licence")
PY
