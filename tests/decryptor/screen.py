# SPDX-License-Identifier: EUPL-1.2
"""A person at a terminal: starts a program on a pseudo-terminal, waits for
what stands on the screen, types."""
import os
import pty
import re
import select
import signal
import sys
import time


def process(pid):
    """State and parent of ${pid}; a zombie is no more: Z"""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8",
                  errors="replace") as f:
            state, parent = f.read().rsplit(")", 1)[1].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return "Z", 0
    return state, int(parent)


def until(what, true, limit=60):
    end = time.monotonic() + limit
    while not true():
        if time.monotonic() > end:
            sys.exit("FAIL: never: " + what)
        time.sleep(0.02)


class Tty:
    def __init__(self, *argv):
        self.screen = ""
        self.at = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # who runs this in the background has them ignored
            for one in signal.SIGHUP, signal.SIGINT, signal.SIGQUIT:
                signal.signal(one, signal.SIG_DFL)
            os.execv(argv[0], argv)

    def _more(self, limit):
        ready, _, _ = select.select([self.fd], [], [], limit)
        if not ready:
            return False
        try:
            got = os.read(self.fd, 65536)
        except OSError:  # the other end is closed
            got = b""
        self.screen += got.decode("utf-8", "replace").replace("\r", "")
        return got != b""

    def see(self, pattern, limit=90):
        """Waits for a regular expression after what was seen before."""
        end = time.monotonic() + limit
        while True:
            m = re.compile(pattern, re.S).search(self.screen, self.at)
            if m:
                self.at = m.end()
                return m
            if time.monotonic() > end or not self._more(limit):
                sys.exit("FAIL: never on the screen: %s\n---\n%s" % (
                    pattern, self.screen[-1500:]))

    def type(self, line):
        os.write(self.fd, (line + "\n").encode())

    def answer(self, pattern, line):
        m = self.see(pattern)
        self.type(line)
        return m

    def interrupt(self):
        os.write(self.fd, b"\x03")
        return self.end()

    def end(self):
        while self._more(120):
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)
