# SPDX-License-Identifier: EUPL-1.2
"""Runs an import whose parsing children stand still (stop/shim.c) and searches
their memory; see 29-child-memory.sh.
child_memory.py KEYS ALIEN CANARY... -- COMMAND...
KEYS: the lines of desk_keys with a name before each. ALIEN: a file with one
secret a line that no child may hold; CANARY: what the envelopes say."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "http"))
import taken
from secrets_held import forms, seed

at = sys.argv.index("--")
keys = {}
for line in open(sys.argv[1]):
    name, text = line.split()
    keys.setdefault(name, []).extend(forms(seed(text), text))
alien = {line.strip(): [line.strip().encode()] for line in open(sys.argv[2])}
canaries = [c.encode() for c in sys.argv[3:at]]
names = {f: n for d in (keys, alien) for n, all in d.items() for f in all}
needles = [*names, *canaries]
faults, looked, weeks, told = [], 0, set(), set()


def look(pid, phase):
    """What one child holds"""
    held = {}
    for piece in taken.memory([pid]):
        if "w" not in piece.rights and piece.name.startswith("/"):
            continue  # a library as it lies on the disk
        for f in needles:
            if f in piece.data:
                held.setdefault(f, set()).add(piece.name)
    own = {names[f] for f in held if names.get(f, "").startswith("week-")}
    texts = [c for c in canaries if c in held]
    if len(own) != 1:
        faults.append("%s %s: keys of %s" % (phase, pid, sorted(own)))
    weeks.update(own)
    told.update(texts)
    if len(texts) > (phase != "begin"):
        faults.append("%s %s: texts %s" % (phase, pid, texts))
    for f, where in held.items():
        if f not in texts and names[f] not in own:
            faults.append("%s %s: %s, %d bytes, in %s" % (
                phase, pid, names[f], len(f), sorted(where)))


p = subprocess.Popen(sys.argv[at + 1:], stderr=subprocess.PIPE)
for line in p.stderr:
    m = re.match(rb"stop (\d+) (\w+) ([0-9a-f]+)$", line)
    if not m:
        sys.stdout.write(line.decode())
        continue
    pid, phase = int(m.group(1)), m.group(2).decode()
    look(pid, phase)
    looked += 1
    with open("/proc/%d/mem" % pid, "r+b", 0) as mem:
        mem.seek(int(m.group(3), 16))
        mem.write(b"\1\0\0\0")
if p.wait() != 0:
    faults.append("the import failed: %d" % p.returncode)
if looked != 3 * len(canaries) or len(told) != len(canaries):
    faults.append("%d looks, texts of %d" % (looked, len(told)))
for f in sorted(set(faults)):
    print("FAIL:", f)
print("%d looks, %d weeks" % (looked, len(weeks)))
sys.exit(bool(faults))
