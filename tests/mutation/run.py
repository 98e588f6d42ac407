# SPDX-License-Identifier: EUPL-1.2
"""Takes out every check once and looks whether a test notices.

    run.py WORK core [K/N] the checks of the files in CORE, by the programs
                           that it names for them; of N that follow each
                           other in the sources only the one that is K
    run.py WORK FILE...    of these files of CORE only
    run.py WORK            those, and what unit programs reach elsewhere

WORK keeps the rewritten tree and its build. A check of the core whose absence
no program notices must stand in LEFT with the class of its reason. With
FULL=1 the scripts that CORE names judge too, and those in LEFT are tried:
what stands there must still be left over, or noticed by a script if it is
said so. FULL=new: scripts judge what LEFT does not name. Exit 1 if anything
is not so."""
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
# One test of a cmocka program, or with test None a program or script whole
Unit = namedtuple("Unit", "name program test")
JOBS = int(os.environ.get("JOBS", os.cpu_count()))
FULL = os.environ.get("FULL", "")  # "new": scripts too, LEFT not again
# What the programs of CORE are linked to
LIBRARIES = ("meldluik_unseal", "meldluik_store_kit", "meldluik_base",
             "meldluik_page_parsers", "meldluik_pages", "meldluik_transfer",
             "meldluik_desk")
# And those of what its scripts start
OF_SCRIPTS = ("meldluik_process", "meldluik_doctor")
SLOWER = 10     # a program that takes this many times as long hangs
LEAST = 10.0    # seconds, however short it is
SCRIPT_SLOWER = 5
SCRIPT_LEAST = 60.0
# Of LEFT; "allocation" is found here. What nobody tried has no class.
CLASSES = ("again", "same", "invariant", "system", "large", "slow", "script")
LATE = ("slow", "script")  # classes that FULL=1 must notice


def core():
    """(file -> programs and scripts, (program, test) that only FULL=1 runs,
    what scripts start), of CORE"""
    out, slow, started = {}, set(), []
    with open(HERE + "/CORE", encoding="utf-8") as f:
        for line in f:
            words = line.split("#")[0].split()
            if words and words[0] == "slow":
                slow.update((words[1], w) for w in words[2:])
            elif words and words[0] == "start":
                started += words[1:]
            elif words:
                out[words[0]] = words[1:]
    return out, slow, started


def is_script(name):
    return "/" in name


def left():
    """(file, function, condition) -> class, of LEFT"""
    out, reason = {}, None
    with open(HERE + "/LEFT", encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            head = re.match(r"\[(\w+)\]", line)
            if head:
                reason = head.group(1)
                if reason not in CLASSES:
                    sys.exit("LEFT:%d: no reason: %s" % (number, line))
            elif line and not line.startswith("#"):
                parts = line.split(" | ", 2)
                if len(parts) != 3 or reason is None or tuple(parts) in out:
                    sys.exit("LEFT:%d: not understood, or said twice: %s" %
                             (number, line))
                out[tuple(parts)] = reason
    return out


def build(work, targets, libraries):
    """The rewritten tree, built: ${libraries} before ${targets}, or all of
    it; its checks"""
    src, tree = work + "/src", work + "/build"
    guards = mutate.make(TOP, src)
    guard_o = work + "/guard.o"
    # make does not know that it is linked to all
    if os.path.exists(guard_o) and os.path.getmtime(guard_o) < \
            os.path.getmtime(src + "/tests/mutation/guard.c"):
        shutil.rmtree(tree + "/bin", ignore_errors=True)
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
                  for t in libraries),
                ["cmake", "--build", tree, "-j%d" % JOBS] +
                (["--target"] + targets if targets else [])):
            if subprocess.call(line, stdout=out, stderr=out) != 0:
                subprocess.call(["tail", "-n", "30", log])
                sys.exit("the rewritten tree cannot be built")
    return guards


def no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(unit, limit, **env):
    """Runs one test of a program, or a program or script as a whole: whether
    it passes within ${limit} seconds, how long it took, what it said. A
    cmocka program is ended at its first failure. Scripts are run in their
    short form."""
    began = time.monotonic()
    scratch = tempfile.mkdtemp()
    env = dict(os.environ, TMPDIR=scratch, OUT=scratch, **env)
    if is_script(unit.name):
        env["FULL"] = ""
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
    stop(child)  # what a script that was ended left behind
    shutil.rmtree(scratch, ignore_errors=True)
    return passed is None, time.monotonic() - began, b"".join(said)


def stop(child):
    """With whatever it started"""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def seen_by(work, unit, count):
    """(unit, seconds, what it reaches, what it said) with nothing out; of
    one that does not pass what it reaches is None"""
    with tempfile.NamedTemporaryFile(dir=work) as f:
        f.write(bytes(count + 1))
        f.flush()
        passed, took, said = run(unit, 600, GUARD_SEEN=f.name,
                                 GUARD_OFF="0")
        f.seek(0)
        return unit, took, f.read() if passed else None, said


def reach(work, names, count, without):
    """What each test of each program reaches, and each script, the quickest
    first. A test that does not pass alone is taken with its whole program."""
    def one(name):
        parts = []
        if is_script(name):
            path = "%s/src/tests/%s.sh" % (work, name)
        else:
            path = "%s/build/bin/%s" % (work, name)
            _, _, said = run(Unit(name, path, None), 60, GUARD_LIST="1")
            parts = [seen_by(work, Unit(name, path, n), count) for n in
                     re.findall(r"^test (\w+)", said.decode(), re.M)
                     if (name, n) not in without]
        if parts and all(p[2] is not None for p in parts):
            return parts
        whole = seen_by(work, Unit(name, path, None), count)
        if whole[2] is None:
            print(whole[3].decode(errors="replace")[-2000:])
            sys.exit("%s fails with every check in place" % path)
        return [whole]
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        found = [r[:3] for rs in pool.map(one, names) for r in rs]
    return sorted(found, key=lambda r: r[1])


def judge(guard, units):
    """The test that notices the absence, and its last words; None if none
    does. A script waits for processes and shares the machine: it must notice
    twice."""
    for unit, took, seen in units:
        if not seen[guard["number"]]:
            continue
        slow = is_script(unit.name)
        limit = max(SCRIPT_LEAST, SCRIPT_SLOWER * took) if slow else \
            max(LEAST, SLOWER * took)
        for _ in range(2 if slow else 1):
            passed, _, said = run(unit, limit,
                                  GUARD_OFF=str(guard["number"]))
            if passed:
                break
        else:
            return ("%s %s" % (unit.name, unit.test or "")).strip(), \
                said.decode(errors="replace")[-300:]
    return None, ""


def key(guard):
    return guard["file"], guard["function"], guard["text"]


def reason(guard, known):
    """The class of a check that no test notices, or None"""
    return known.get(key(guard)) or (
        "allocation" if guard["alloc"] else None)


def report(guards, there, names, said, known, inner):
    """Prints what is stale and the figures, of the core and of the rest; how
    many are not in order. Only the core is held to LEFT. There: the keys of
    all checks, also of those that had no turn."""
    tally = {True: collections.Counter(), False: collections.Counter()}
    bad = 0
    for g in guards:
        by = said[g["number"]]
        tally[g["file"] in inner][
            "killed" if by else reason(g, known) or "open"] += 1
        listed = known.get(key(g))
        if by and listed and (listed not in LATE or listed == "script" and
                              not is_script(by)):
            print("stale in LEFT, %s notices: %s" % (by, " | ".join(key(g))))
            bad += 1
        if by and is_script(by) and listed != "script":
            print("only %s notices, not said in LEFT: %s" % (
                by, " | ".join(key(g))))
            bad += 1
        if FULL not in ("", "new") and not by and listed in LATE:
            print("late in LEFT, but no test notices: " + " | ".join(key(g)))
            bad += 1
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
    inner, slow, started = core()
    turn, of = 0, 1
    if names[:1] == ["core"]:
        if len(names) > 1:
            turn, of = (int(w) for w in names[1].split("/"))
        names = list(inner)
    judges = {j for n in names or inner for j in inner[n]}
    scripts = sorted(filter(is_script, judges)) if FULL else []
    programs = sorted(judges - set(filter(is_script, judges)))
    guards = build(work, programs + (started if scripts else [])
                   if names else [], LIBRARIES * bool(names) +
                   OF_SCRIPTS * bool(names and scripts))
    if not names:
        programs = sorted(n for n in os.listdir(work + "/build/bin")
                          if n.startswith("test_"))
    # for scripts, which start what was built
    os.environ["BUILD"] = work + "/build"
    reached = reach(work, programs + scripts, len(guards),
                    () if FULL else slow)
    if names:
        guards = [g for n in names for g in guards if g["file"] == n]
    else:
        guards = [g for g in guards if g["file"] in inner or
                  any(seen[g["number"]] for _, _, seen in reached)]
    there = {key(g) for g in guards}
    guards = [g for g in guards if g["number"] % of == turn]

    known = left()

    def one(guard):
        if FULL in ("", "new") and reason(guard, known):
            return guard["number"], (None, "")
        own = inner.get(guard["file"])
        by = judge(guard, [
            r for r in reached
            if (r[0].name in own if own is not None
                else not is_script(r[0].name))])
        if not by[0] and not reason(guard, known):
            print("no test notices: " + " | ".join(key(guard)), flush=True)
        return guard["number"], by
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        said = dict(pool.map(one, guards))
    with open(work + "/said.json", "w", encoding="utf-8") as f:
        json.dump([dict(g, by=said[g["number"]][0], why=said[g["number"]][1])
                   for g in guards], f)
    said = {n: by for n, (by, _) in said.items()}
    if of > 1:
        print("%d of the %d checks, those of turn %d of %d; FULL=1 tries all"
              % (len(guards), len(there), turn, of))
    sys.exit(1 if report(guards, there, names, said, known, inner) else 0)


if __name__ == "__main__":
    main()
