# SPDX-License-Identifier: EUPL-1.2
"""What root can take of a running gateway: its files and its memory, for the
tests that search both. Standard library only."""
import os
import re
import stat
import time


class Piece:
    """One mapping of a process: where, rights, its name, its bytes"""

    def __init__(self, pid, start, rights, name, data):
        self.pid, self.start, self.rights = pid, start, rights
        self.name, self.data = name, data

    def __str__(self):
        return f"memory {self.pid} {self.start:x} {self.rights} {self.name}"


def memory(pids, most=1 << 32):
    """Every readable mapping of the processes, up to MOST bytes each"""
    for pid in pids:
        with open(f"/proc/{pid}/maps") as maps, \
                open(f"/proc/{pid}/mem", "rb", 0) as mem:
            for line in maps:
                m = re.match(r"([0-9a-f]+)-([0-9a-f]+) (r\S+)", line)
                if not m or "[v" in line:
                    continue
                a, z = int(m.group(1), 16), int(m.group(2), 16)
                if z - a > 1 << 32:  # room that was only set aside
                    continue
                try:
                    mem.seek(a)
                    data = mem.read(min(z - a, most))
                except OSError:
                    continue
                yield Piece(pid, a, m.group(3), line.split()[-1], data)


def whole(look):
    """What LOOK says once nothing went away under it: a store that compacts
    or erases renames and removes files while it is read"""
    for _ in range(100):
        try:
            return look()
        except FileNotFoundError:
            time.sleep(0.1)
    return look()


def paths(folder):
    """FOLDER, and all below it"""
    for top, _, names in os.walk(folder):
        yield top
        yield from (os.path.join(top, n) for n in names)


def files(folder):
    """{path: bytes} of every file below FOLDER"""
    def look():
        found = {}
        for p in paths(folder):
            if stat.S_ISREG(os.stat(p).st_mode):
                with open(p, "rb") as f:
                    found[p] = f.read()
        return found
    return whole(look)
