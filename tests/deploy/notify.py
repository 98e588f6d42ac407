# SPDX-License-Identifier: EUPL-1.2
"""The part of a service manager that listens: prints each line of
sd_notify(3) that comes to the socket argv[1], until it is killed."""
import os
import socket
import sys

if os.path.exists(sys.argv[1]):
    os.unlink(sys.argv[1])
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("LISTENING", flush=True)
while True:
    print(s.recv(4096).decode(), flush=True)
