# SPDX-License-Identifier: EUPL-1.2
"""A proxy on loopback that holds a program between its fetch of the keys and
its sending: hold.py SAID TARGET HELD GO

Listens on a port of its own choice, which it writes to the file SAID.
The first connection whose request is a PUT or POST makes the file HELD and
waits until the file GO is there; everything else passes.
"""
import os
import socket
import sys
import threading
import time

said, target, held, go = sys.argv[1], int(sys.argv[2]), *sys.argv[3:5]


def pump(a, b, watch):
    try:
        while data := a.recv(65536):
            if watch and data[:4] in (b"PUT ", b"POST"):
                open(held, "w").close()
                while not os.path.exists(go):
                    time.sleep(0.05)
            b.sendall(data)
    except OSError:
        pass
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(a):
    b = None
    try:
        first = a.recv(65536)
        if first[:4] in (b"PUT ", b"POST"):
            open(held, "w").close()
            while not os.path.exists(go):
                time.sleep(0.05)
        b = socket.create_connection(("127.0.0.1", target))
        b.sendall(first)
    except OSError:
        a.close()
        return
    threading.Thread(target=pump, args=(a, b, True), daemon=True).start()
    pump(b, a, False)


server = socket.create_server(("127.0.0.1", 0))
with open(said + ".new", "w") as f:
    f.write(str(server.getsockname()[1]))
os.rename(said + ".new", said)
while True:
    a, _ = server.accept()
    threading.Thread(target=serve, args=(a,), daemon=True).start()
