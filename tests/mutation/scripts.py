# SPDX-License-Identifier: EUPL-1.2
"""Takes out checks that only whole processes reach, and judges by scripts:

    scripts.py WORK FILE... -- SCRIPT...

WORK as for run.py, but all of it is built. Processes of the gateway have no
environment, so the check that is out is named in a file beside the programs;
one at a time, therefore. Prints those that no script noticed."""
import json
import os
import subprocess
import sys
import tempfile
import time

import run


def script(work, path, limit):
    """Whether it passes (or skips), and how long it took"""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as out:
        child = subprocess.Popen(
            [os.path.join(run.TOP, "tests", path)], cwd=run.TOP,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=run.no_core,
            env=dict(os.environ, BUILD=work + "/build", OUT=out, TMPDIR=out))
        try:
            passed = child.wait(timeout=limit) in (0, 77)
        except subprocess.TimeoutExpired:
            passed = False
        run.stop(child)
        child.wait()
    return passed, time.monotonic() - began


def put(path, data):
    """In one step, for a process that reads it meanwhile"""
    with open(path + ".new", "wb") as f:
        f.write(data)
    os.rename(path + ".new", path)


def main():
    work, words = os.path.abspath(sys.argv[1]), sys.argv[2:]
    files, names = words[:words.index("--")], words[words.index("--") + 1:]
    guards = run.build(work, [])
    off, seen = (work + "/build/bin/guard-" + n for n in ("off", "seen"))
    reached = []
    for name in names:
        put(off, b"0")
        put(seen, bytes(len(guards) + 1))
        passed, took = script(work, name, 900)
        if not passed:
            sys.exit("%s fails with every check in place" % name)
        with open(seen, "rb") as f:
            reached.append((name, took, f.read()))
    os.unlink(seen)
    reached.sort(key=lambda r: r[1])
    known, tally = run.left(), {"killed": 0, "left": 0, "open": 0}
    for g in guards:
        by = None
        mine = [r for r in reached if r[2][g["number"]]]
        if g["file"] not in files or not mine:
            continue
        if run.reason(g, known):
            tally["left"] += 1
            continue
        put(off, str(g["number"]).encode())
        for name, took, _ in mine:
            if not script(work, name, 60 + 5 * took)[0]:
                by = name
                break
        tally["killed" if by else "open"] += 1
        if not by:
            print("no script notices: " + " | ".join(run.key(g)), flush=True)
    os.unlink(off)
    print(json.dumps(tally))
    sys.exit(1 if tally["open"] else 0)


if __name__ == "__main__":
    main()
