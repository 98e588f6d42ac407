# SPDX-License-Identifier: EUPL-1.2
"""A TCP proxy on loopback for the scripts: proxy.py SAID TARGET LOG [CUT [LOSE]]

Listens on a port of its own choice, which it writes to the file SAID once it
does. What clients send is appended to LOG. While the file CUT exists, a connection
is cut after as many answered bytes as CUT says. The next request that holds
the text in the file LOSE reaches its target, and its answer nobody.
"""
import os
import socket
import sys
import threading

said, target, log = sys.argv[1], int(sys.argv[2]), sys.argv[3]
cut = sys.argv[4] if len(sys.argv) > 4 else None
lose = sys.argv[5] if len(sys.argv) > 5 else None
losing = set()  # sockets of targets whose answer is lost
lock = threading.Lock()


def end(*socks):
    for s in socks:
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def up(a, b):
    try:
        while data := a.recv(65536):
            with lock, open(log, "ab") as f:
                f.write(data)
            if lose and os.path.exists(lose) and \
                    open(lose, "rb").read().strip() in data:
                os.unlink(lose)
                losing.add(b)
            b.sendall(data)
    except OSError:
        pass
    end(a, b)


def down(a, b):
    seen = 0
    try:
        while data := b.recv(4096):
            seen += len(data)
            if b in losing:
                break
            if cut and os.path.exists(cut) and seen > int(open(cut).read()):
                break
            a.sendall(data)
    except (OSError, ValueError):
        pass
    end(a, b)


server = socket.create_server(("127.0.0.1", 0))
with open(said + ".new", "w") as f:
    f.write(str(server.getsockname()[1]))
os.rename(said + ".new", said)
while True:
    a, _ = server.accept()
    try:
        b = socket.create_connection(("127.0.0.1", target))
    except OSError:  # the target is away: this connection only
        a.close()
        continue
    threading.Thread(target=up, args=(a, b), daemon=True).start()
    threading.Thread(target=down, args=(a, b), daemon=True).start()
