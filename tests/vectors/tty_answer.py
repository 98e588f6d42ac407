# SPDX-License-Identifier: EUPL-1.2
# Runs a command on a pseudo-terminal and types the line of a file at every
# prompt for a passphrase, or for a yes or no: tty_answer.py FILE COMMAND...
import os
import pty
import sys

with open(sys.argv[1], "rb") as f:
    answer = f.readline().rstrip(b"\n") + b"\n"
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen = b""
while True:
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    seen += piece
    if (b"assphrase" in seen and seen.rstrip().endswith(b":") or
            seen.endswith(b"(yes/no) ")):
        os.write(fd, answer)
        seen = b""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
