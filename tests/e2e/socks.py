# SPDX-License-Identifier: EUPL-1.2
"""A SOCKS5 proxy on loopback (RFC 1928, user name and password of RFC 1929),
for the scripts: socks.py LISTEN LOG NAME=PORT...

Only connects by name (never by address) are served, each name by a port of
loopback, as an onion service is reached. LOG gets "user password name port"
of every connection.
"""
import socket
import sys
import threading

listen, log = int(sys.argv[1]), sys.argv[2]
names = dict(w.rsplit("=", 1) for w in sys.argv[3:])
lock = threading.Lock()


def exactly(s, n):
    data = b""
    while len(data) < n:
        piece = s.recv(n - len(data))
        if not piece:
            raise OSError("ended")
        data += piece
    return data


def pump(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(s):
    try:
        version, n = exactly(s, 2)
        if version != 5 or 2 not in exactly(s, n):
            s.sendall(b"\x05\xff")  # a user name is demanded
            s.close()
            return
        s.sendall(b"\x05\x02")
        exactly(s, 1)
        user = exactly(s, exactly(s, 1)[0]).decode()
        word = exactly(s, exactly(s, 1)[0]).decode()
        s.sendall(b"\x01\x00")
        _, command, _, kind = exactly(s, 4)
        if command != 1 or kind != 3:
            s.sendall(b"\x05\x08\x00\x01" + bytes(6))
            s.close()
            return
        name = exactly(s, exactly(s, 1)[0]).decode()
        port = int.from_bytes(exactly(s, 2), "big")
        with lock, open(log, "a") as f:
            f.write(f"{user} {word} {name} {port}\n")
        if name not in names:
            s.sendall(b"\x05\x04\x00\x01" + bytes(6))
            s.close()
            return
        t = socket.create_connection(("127.0.0.1", int(names[name])))
        s.sendall(b"\x05\x00\x00\x01" + bytes(6))
    except OSError:
        s.close()
        return
    threading.Thread(target=pump, args=(t, s), daemon=True).start()
    pump(s, t)


server = socket.create_server(("127.0.0.1", listen))
while True:
    s, _ = server.accept()
    threading.Thread(target=serve, args=(s,), daemon=True).start()
