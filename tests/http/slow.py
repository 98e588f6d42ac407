# SPDX-License-Identifier: EUPL-1.2
"""Slow clients in numbers: slow.py PORT PID KIND COUNT SECONDS [ENVELOPE WEEK]

Holds COUNT connections for SECONDS, each of which
  headers   begins a request and sends a header line a second, never the end
  body      announces a text envelope and sends a byte of it a second
  form      the same to the form of the pages without scripts
  read      asks for a board eight times and reads no answer, with a tiny
            window
  halftext  sends 600 bytes of a text envelope, which has a slot then, or
            waits for one, and stops
  halfform  the same with the form, which has a place then or is refused
  halfhead  the same with 4,000 bytes of the head of a part of the form
  halffile  the same with a form that could go, 600 bytes within its file
  large     announces a form that is too large, and does not read the page
            that says so, with a tiny window
What the server ends is opened again, so that there always are COUNT. Beside
it are some who behave well: one asks /healthz, which the store answers, on a
new connection, every 50 ms; one the first page, which it does not; one sends
the text ENVELOPE (any other bytes each time), every 250 ms, and the same again
a second later where it is told to come again (503). Another looks at the memory
of PID and its children. CROWD_NICE=19 in the environment gives the crowd the
lowest priority: the slow clients of a real gateway have processors of their
own and do not take its turn.

The last line is JSON: milliseconds of the probes, when the worst came and how
much of it the connection took, how the reports fared, MiB (PSS) before and at
most, and two things that no program here decides: how long at most one who
only sleeps for a millisecond, on each processor, slept longer, and how long one
who writes as much as a report to a file in DISK (in the environment) every
250 ms waited until it was on the disk. The idea is that of Slowloris and
R-U-Dead-Yet."""
import json
import multiprocessing
import os
import resource
import select
import socket
import sys
import time
import gw
import pages

HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
PAGE = b"GET /nl/ HTTP/1.1\r\nHost: a\r\n"
REPORT_BYTES = 71866
BODY = (b"PUT /v1/envelopes HTTP/1.1\r\nHost: a\r\nEpoch: WEEK\r\n"
        b"Content-Type: application/octet-stream\r\n"
        b"Content-Digest: sha-256=:" + b"A" * 43 + b"=:\r\n"
        b"Content-Length: 71866\r\n\r\n")
FORM = (b"POST /nl/report HTTP/1.1\r\nHost: a\r\nContent-Type: "
        b"multipart/form-data; boundary=xx\r\nContent-Length: 60000\r\n\r\n"
        b"--xx\r\nContent-Disposition: form-data; name=\"what\"\r\n\r\n")
READ = b"GET /v1/board/1 HTTP/1.1\r\nHost: a\r\n\r\n" * 8
LARGE = FORM.split(b"--xx")[0].replace(b": 60000", b": 9" + b"0" * 13)
# what each begins with, and what it drips
KINDS = {
    "headers": (HEAD, b"X: y\r\n"),
    "body": (BODY, b"x"),
    "form": (FORM, b"x"),
    "read": (READ, b""),
    "halftext": (BODY + b"x" * 600, b""),
    "halfform": (FORM + b"x" * 600, b""),
    "halfhead": (FORM + b"\r\n--xx\r\nX: " + b"y" * 4000, b""),
    "halffile": (None, b""),
    "large": (LARGE, b""),
}
UNREAD = {"read", "large"}
SLICES = 10  # of a second


def begun_file(port):
    b, code = pages.report_form(port)
    kind, body = pages.multipart(
        dict(b.form("report")["fields"], what="a text " * 40, code=code),
        [("files", "a.bin", "application/octet-stream", b"x" * 600)])
    return (FORM.split(b"\r\n\r\n")[0].replace(b"=xx", b"=" + kind.encode()) +
            b"\r\n\r\n" + body[:body.rindex(b"\r\n--")])


def family(pid):
    found = [pid]
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        found += [int(w) for w in f.read().split()]
    return found


def pss(pid):
    total = 0
    for one in family(pid):
        try:
            with open(f"/proc/{one}/smaps_rollup") as f:
                total += sum(int(line.split()[1]) for line in f
                             if line.startswith("Pss:"))
        except OSError:
            pass
    return total / 1024


def kernel():
    """MiB in TCP buffers, of the whole machine"""
    with open("/proc/net/sockstat") as f:
        words = next(line for line in f if line.startswith("TCP:")).split()
    return int(words[-1]) * os.sysconf("SC_PAGESIZE") / (1 << 20)


def watch(pid, end, out):
    most = buffers = 0
    while not end.wait(0.5):
        most = max(most, pss(pid))
        buffers = max(buffers, kernel())
    out.put(("mib", round(most, 1), round(buffers)))


def probe(port, end, out, name, head):
    took, failed, start = [], 0, time.monotonic()
    while not end.wait(0.05):
        began = time.monotonic()
        try:
            with gw.connect(port) as s:
                there = time.monotonic()
                s.sendall(head + b"\r\n")
                a = gw.read_answer(s)
            assert a is not None and a.status == 200
            took.append(((time.monotonic() - began) * 1000,
                         (there - began) * 1000, began - start))
        except (OSError, AssertionError):
            failed += 1
    took.sort()
    worst = [[round(n, 1) for n in t] for t in took[-5:]]
    out.put((name, [t[0] for t in took], failed, worst))


def pauses(core, end, out):
    """What a millisecond's sleep on this processor took more, and when"""
    os.sched_setaffinity(0, {core})
    worst, start = [], time.monotonic()
    while not end.is_set():
        began = time.monotonic()
        time.sleep(0.001)
        more = (time.monotonic() - began) * 1000 - 1
        if len(worst) < 5 or more > worst[0][0]:
            worst = sorted([*worst[-4:], (more, began - start)])
    out.put(("pauses", [[round(n, 1) for n in t] for t in worst]))


def disk(folder, end, out):
    """What it takes there until as much as a report is on the disk"""
    name, worst, start = os.path.join(folder, "disk"), [], time.monotonic()
    fd = os.open(name, os.O_WRONLY | os.O_CREAT, 0o600)
    while not end.wait(0.25):
        began = time.monotonic()
        os.pwrite(fd, os.urandom(REPORT_BYTES), 0)
        os.fdatasync(fd)
        worst = sorted([*worst, ((time.monotonic() - began) * 1000,
                                 began - start)])[-5:]
    os.close(fd)
    os.unlink(name)
    out.put(("disk", [[round(n, 1) for n in t] for t in worst]))


def honest(port, end, out, envelope, week):
    text = open(envelope, "rb").read()
    took, status = [], {}
    s = 201
    while not end.wait(1 if s == 503 else 0.25):
        if s != 503:
            began = time.monotonic()
            mine = text[:-4096] + os.urandom(4096)
        try:
            a = gw.put_envelope(gw.Client(port, timeout=20), mine, week)
            s = a.status if a else 0
        except OSError:
            s = 0
        status[s] = status.get(s, 0) + 1
        if s == 201:
            took.append((time.monotonic() - began) * 1000)
    out.put(("honest", sorted(took), status))


class Crowd:
    def __init__(self, port, kind, count, week):
        self.port, self.kind, self.count = port, kind, count
        self.first, self.drip = KINDS[kind]
        if self.first is None:
            self.first = begun_file(port)
        self.first = self.first.replace(b"WEEK", week.encode())
        self.poll = select.epoll()
        self.held = {}
        self.slices = [set() for _ in range(SLICES)]
        self.ended = self.most = self.refused = 0
        self.ends = []

    def open(self, most):
        """Until all are there, at most so many now"""
        for _ in range(most):
            if len(self.held) >= self.count:
                return
            s = socket.socket()
            if self.kind in UNREAD:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            s.settimeout(0.5)
            try:
                s.connect(("127.0.0.1", self.port))
                s.setblocking(False)
                s.send(self.first)
            except OSError:
                self.refused += 1
                s.close()
                return
            fd = s.fileno()
            self.held[fd] = (s, time.monotonic())
            self.slices[fd % SLICES].add(fd)
            # what is never read hides the end of a connection
            self.poll.register(fd, select.EPOLLRDHUP | select.EPOLLHUP |
                               select.EPOLLERR)
        self.most = max(self.most, len(self.held))

    def drop(self, fd):
        s, since = self.held.pop(fd)
        self.ends.append(time.monotonic() - since)
        self.slices[fd % SLICES].discard(fd)
        self.poll.unregister(fd)
        s.close()
        self.ended += 1

    def turn(self, n):
        for fd, _ in self.poll.poll(0):
            self.drop(fd)
        for fd in list(self.slices[n % SLICES]):
            try:
                if self.drip:
                    self.held[fd][0].send(self.drip)
            except BlockingIOError:
                pass
            except OSError:
                self.drop(fd)
        self.most = max(self.most, len(self.held))


def besiege(port, kind, count, week, seconds, end, out):
    os.nice(int(os.environ.get("CROWD_NICE", 0)))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 500, hard))
    crowd, n = Crowd(port, kind, count, week), 0
    began, full = time.monotonic(), None
    while time.monotonic() - began < seconds:
        until = time.monotonic() + 1 / SLICES
        crowd.open(1000)
        crowd.turn(n)
        n += 1
        if full is None and len(crowd.held) >= count:
            full = time.monotonic() - began
        time.sleep(max(0.0, until - time.monotonic()))
    said = {"held_most": crowd.most, "held_at_end": len(crowd.held),
            "refused": crowd.refused, "full_after_s": full and round(full, 1),
            "ended": crowd.ended}
    if crowd.ends:
        crowd.ends.sort()
        said["ended_after_s"] = [round(crowd.ends[0], 1),
                                 round(crowd.ends[-1], 1)]
    out.put(("crowd", said))
    end.wait(60)  # its end is no part of what is measured


def run(port, pid, kind, count, seconds, envelope=None, week="2026-W48"):
    end, out = multiprocessing.Event(), multiprocessing.Queue()
    said = {"kind": kind, "count": count, "mib_before": round(pss(pid), 1)}
    work = [(watch, (pid, end, out)),
            (probe, (port, end, out, "probe", HEAD))]
    work += [(pauses, (core, end, out)) for core in os.sched_getaffinity(0)]
    if envelope:
        work.append((honest, (port, end, out, envelope, week)))
        work.append((probe, (port, end, out, "page", PAGE)))
    if "DISK" in os.environ:
        work.append((disk, (os.environ["DISK"], end, out)))
    work.append((besiege, (port, kind, count, week, seconds,
                           end, out)))
    helpers = [multiprocessing.Process(target=f, args=a) for f, a in work]
    for h in helpers:
        h.start()
    said.update(out.get(timeout=seconds + 300)[1])  # the crowd says first
    end.set()
    for _ in helpers[:-1]:
        name, *what = out.get()
        if name == "mib":
            said["mib_most"], said["kernel_mib_most"] = what
            continue
        if name in ("pauses", "disk"):
            said[name] = sorted(said.get(name, []) + what[0])[-5:]
            continue
        took = what[0] or [None]
        said[name] = {"n": len(what[0]),
                      "median_ms": took[len(took) // 2],
                      "p99_ms": took[len(took) * 99 // 100],
                      "worst_ms": took[-1],
                      "status" if name == "honest" else "failed": what[1]}
        for k, v in said[name].items():
            if isinstance(v, float):
                said[name][k] = round(v, 1)
        if name != "honest":
            # ms, of it connecting, second of the run
            said[name]["worst"] = what[2]
    for h in helpers:
        h.join()
    return said


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3],
                         int(sys.argv[4]), float(sys.argv[5]),
                         *sys.argv[6:8])))
