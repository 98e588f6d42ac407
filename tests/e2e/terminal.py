# SPDX-License-Identifier: EUPL-1.2
"""Types a code on a terminal and watches what a program does with it:
terminal.py CODEFILE [--look WORDFILE] [--interrupt] COMMAND...

Waits for "Code: ", looks that echo is off, types the code of the file (or
Ctrl-C), and searches arguments and environment of every process for it while
the program lives. The program's output goes to standard output. Exit status
is the program's; 99 when something leaked."""
import os
import pty
import sys
import termios
import time

args = sys.argv[1:]
code = open(args.pop(0)).read().strip()
interrupt = args[0] == "--interrupt"
if interrupt:
    args.pop(0)
plain = code.replace("-", "")


def leaks():
    for p in os.listdir("/proc"):
        if not p.isdigit():
            continue
        for f in ("cmdline", "environ"):
            try:
                data = open(f"/proc/{p}/{f}", "rb").read()
            except OSError:
                continue
            if code.encode() in data or plain.encode() in data:
                return f"{f} of {p}"
    return None


pid, fd = pty.fork()
if pid == 0:
    os.execvp(args[0], args)
echo_before = bool(termios.tcgetattr(fd)[3] & termios.ECHO)
seen, typed, bad = b"", False, None
while True:
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    seen += piece
    if not typed and seen.endswith(b"Code: "):
        typed = True
        for _ in range(200):
            if not termios.tcgetattr(fd)[3] & termios.ECHO:
                break
            time.sleep(0.01)
        else:
            bad = "echo is on"
        os.write(fd, b"\x03" if interrupt else code.encode() + b"\n")
    if typed:
        bad = bad or leaks()
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.buffer.write(seen)
if not typed:
    bad = bad or "no question came"
if code.encode() in seen or plain.encode() in seen:
    bad = bad or "the code was shown"
if not echo_before:
    bad = bad or "this terminal had no echo to begin with"
if bad:
    sys.stderr.write(f"terminal.py: {bad}\n")
    sys.exit(99)
sys.exit(status if status >= 0 else 98)
