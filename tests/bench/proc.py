# SPDX-License-Identifier: EUPL-1.2
"""What the benches ask of /proc: processor time and memory of a process and
all below it, summed, and the peak of that memory while something runs."""
import os
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")


def family(pid):
    """The process and its children, all the way down."""
    found, todo = [], [int(pid)]
    while todo:
        one = todo.pop()
        found.append(one)
        try:
            for task in os.listdir("/proc/%d/task" % one):
                with open("/proc/%d/task/%s/children" % (one, task)) as f:
                    todo += [int(word) for word in f.read().split()]
        except OSError:
            pass
    return found


def cpu(pid):
    """Seconds of the processor, user and system, of the living family."""
    total = 0
    for one in family(pid):
        try:
            with open("/proc/%d/stat" % one) as f:
                fields = f.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return total / TICK


def pss(pid):
    """MiB, a page that several share divided among them."""
    return sum(each(pid).values())


def each(pid, field="Pss"):
    """MiB of each process of the family."""
    rows = {}
    for one in family(pid):
        try:
            with open("/proc/%d/smaps_rollup" % one) as f:
                for line in f:
                    if line.startswith(field + ":"):
                        rows[one] = int(line.split()[1]) / 1024
        except OSError:
            pass
    return rows


class Peak:
    """with Peak(pid) as p: ...; p.mib is the most that was seen."""

    def __init__(self, pid, step=0.05):
        self.pid, self.step, self.mib = pid, step, 0.0
        self.going = True
        self.thread = threading.Thread(target=self.look, daemon=True)

    def look(self):
        while self.going:
            self.mib = max(self.mib, pss(self.pid))
            time.sleep(self.step)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *why):
        self.going = False
        self.thread.join()
