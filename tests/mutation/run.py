# SPDX-License-Identifier: EUPL-1.2
"""Takes out every check once and looks whether a test notices.

    run.py WORK core       the checks of the files in CORE, by the programs
                           that it names for them
    run.py WORK FILE...    of these files of CORE only
    run.py WORK            those, and what unit programs reach elsewhere

WORK keeps the rewritten tree and its build. A check of the core whose absence
no program notices must stand in LEFT with the class of its reason. With FULL=1 those in
LEFT are tried too: what stands there must still be left over. Exit 1 if
anything is not so."""
import collections
import concurrent.futures
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import namedtuple

import mutate

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
Unit = namedtuple("Unit", "program test")
JOBS = int(os.environ.get("JOBS", os.cpu_count()))
FULL = os.environ.get("FULL")
# What the programs of CORE are linked to
LIBRARIES = ("meldluik_unseal", "meldluik_store_kit", "meldluik_base",
             "meldluik_page_parsers", "meldluik_pages")
SLOWER = 10     # a program that takes this many times as long hangs
LEAST = 10.0    # seconds, however short it is


def core():
    """(file -> programs, (program, test) that only FULL=1 runs), of CORE"""
    out, slow = {}, set()
    with open(HERE + "/CORE", encoding="utf-8") as f:
        for line in f:
            words = line.split("#")[0].split()
            if words and words[0] == "slow":
                slow.update((words[1], w) for w in words[2:])
            elif words:
                out[words[0]] = words[1:]
    return out, slow


def left():
    """(file, function, condition) -> class, of LEFT"""
    out, reason = {}, None
    with open(HERE + "/LEFT", encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            head = re.match(r"\[(\w+)\]", line)
            if head:
                reason = head.group(1)
            elif line and not line.startswith("#"):
                parts = line.split(" | ", 2)
                if len(parts) != 3 or reason is None or tuple(parts) in out:
                    sys.exit("LEFT:%d: not understood, or said twice: %s" %
                             (number, line))
                out[tuple(parts)] = reason
    return out


def build(work, targets):
    """The rewritten tree, built; its checks"""
    src, tree = work + "/src", work + "/build"
    guards = mutate.make(TOP, src)
    guard_o = work + "/guard.o"
    log = work + "/build.log"
    flags = "-O1 -g0 -w -include %s/tests/mutation/guard.h" % src
    made = os.environ.get("BUILD", "") + "/mlkem"
    if os.path.isdir(made) and not os.path.isdir(tree + "/mlkem"):
        shutil.copytree(made, tree + "/mlkem")
    with open(log, "wb") as out:
        for line in (
                ["cc", "-O1", "-D_GNU_SOURCE", "-c", "-o", guard_o,
                 src + "/tests/mutation/guard.c"],
                ["cmake", "-S", src, "-B", tree, "-DMELDLUIK_TESTS=ON",
                 "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS=" + flags,
                 "-DCMAKE_C_FLAGS_DEBUG=", "-DCMAKE_EXE_LINKER_FLAGS=" +
                 guard_o],
                # one after the other: make would build them twice at once
                *(["cmake", "--build", tree, "-j%d" % JOBS, "--target", t]
                  for t in (LIBRARIES if targets else ())),
                ["cmake", "--build", tree, "-j%d" % JOBS] +
                (["--target"] + targets if targets else [])):
            if subprocess.call(line, stdout=out, stderr=out) != 0:
                subprocess.call(["tail", "-n", "30", log])
                sys.exit("the rewritten tree cannot be built")
    return guards


def no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(unit, limit, **env):
    """Runs one test of a program, or a program as a whole: whether it passes
    within ${limit} seconds, how long it took, what it said. A cmocka program
    is ended at its first failure."""
    began = time.monotonic()
    scratch = tempfile.mkdtemp()
    env = dict(os.environ, TMPDIR=scratch, **env)
    if unit.test:
        env["GUARD_TEST"] = unit.test
    said, passed = [], None
    child = subprocess.Popen(
        [unit.program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, preexec_fn=no_core, cwd=scratch, env=env,
        start_new_session=True)
    clock = threading.Timer(limit, stop, (child,))
    clock.start()
    for line in child.stdout:
        said.append(line)
        if b"[  FAILED  ]" in line:
            passed = False
            stop(child)
            break
    child.stdout.close()
    if child.wait() != 0:
        passed = False
    clock.cancel()
    shutil.rmtree(scratch, ignore_errors=True)
    return passed is None, time.monotonic() - began, b"".join(said)


def stop(child):
    """With whatever it started"""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def seen_by(work, unit, count):
    """(unit, seconds, what it reaches, what it said) with nothing out; None
    if it does not pass"""
    with tempfile.NamedTemporaryFile(dir=work) as f:
        f.write(bytes(count + 1))
        f.flush()
        passed, took, said = run(unit, 600, GUARD_SEEN=f.name,
                                 GUARD_OFF="0")
        f.seek(0)
        return (unit, took, f.read(), said) if passed else None


def reach(work, programs, count, without):
    """What each test of each program reaches, the quickest first. A test
    that does not pass alone is taken with its whole program."""
    def one(path):
        name = os.path.basename(path)
        _, _, said = run(Unit(path, None), 60, GUARD_LIST="1")
        parts = [seen_by(work, Unit(path, n), count) for n in
                 re.findall(r"^test (\w+)", said.decode(), re.M)
                 if (name, n) not in without]
        if parts and None not in parts:
            return parts
        whole = seen_by(work, Unit(path, None), count)
        if whole is None:
            sys.exit("%s fails with every check in place" % path)
        return [whole]
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        found = [r[:3] for rs in pool.map(one, programs) for r in rs]
    return sorted(found, key=lambda r: r[1])


def judge(guard, units):
    """The test that notices the absence; None if none does"""
    for unit, took, seen in units:
        if seen[guard["number"]]:
            passed, _, _ = run(unit, max(LEAST, SLOWER * took),
                               GUARD_OFF=str(guard["number"]))
            if not passed:
                return "%s %s" % (os.path.basename(unit.program),
                                  unit.test or "")
    return None


def key(guard):
    return guard["file"], guard["function"], guard["text"]


def reason(guard, known):
    """The class of a check that no test notices, or None"""
    return known.get(key(guard)) or (
        "allocation" if guard["alloc"] else None)


def report(guards, names, said, known, inner):
    """Prints what is stale and the figures, of the core and of the rest; how
    many are not in order. Only the core is held to LEFT."""
    tally = {True: collections.Counter(), False: collections.Counter()}
    bad = 0
    for g in guards:
        by = said[g["number"]]
        tally[g["file"] in inner][
            "killed" if by else reason(g, known) or "open"] += 1
        if by and known.get(key(g), "slow") != "slow":
            print("stale in LEFT, %s notices: %s" % (by, " | ".join(key(g))))
            bad += 1
        if FULL and not by and known.get(key(g)) == "slow":
            print("slow in LEFT, but no test notices: " + " | ".join(key(g)))
            bad += 1
    there = {key(g) for g in guards}
    for k in known:
        if (not names or k[0] in names) and k not in there:
            print("stale in LEFT, no such check: " + " | ".join(k))
            bad += 1
    for core_one, of in ((False, "elsewhere"), (True, "in the core")):
        if tally[core_one]:
            print("%d checks %s: %s" % (
                sum(tally[core_one].values()), of, ", ".join(
                    "%d %s" % (n, name)
                    for name, n in tally[core_one].most_common())))
    return bad + tally[True]["open"]


def main():
    work, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    inner, slow = core()
    if names == ["core"]:
        names = list(inner)
    targets = sorted({p for n in names for p in inner[n]})
    guards = build(work, targets)
    folder = work + "/build/bin/"
    programs = [folder + n for n in sorted(os.listdir(folder))
                if n.startswith("test_") and (not targets or n in targets)]
    reached = reach(work, programs, len(guards), () if FULL else slow)
    if names:
        guards = [g for n in names for g in guards if g["file"] == n]
    else:
        guards = [g for g in guards if g["file"] in inner or
                  any(seen[g["number"]] for _, _, seen in reached)]

    known = left()

    def one(guard):
        if not FULL and reason(guard, known):
            return guard["number"], None
        own = inner.get(guard["file"])
        by = judge(guard, [
            r for r in reached
            if own is None or os.path.basename(r[0].program) in own])
        if not by and not reason(guard, known):
            print("no test notices: " + " | ".join(key(guard)), flush=True)
        return guard["number"], by
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        said = dict(pool.map(one, guards))
    with open(work + "/said.json", "w", encoding="utf-8") as f:
        json.dump([dict(g, by=said[g["number"]]) for g in guards], f)
    sys.exit(1 if report(guards, names, said, known, inner) else 0)


if __name__ == "__main__":
    main()
