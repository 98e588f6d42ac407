# SPDX-License-Identifier: EUPL-1.2
"""One check back, over a relay that counts its bytes and keeps its requests;
then the same requests again and again, to the gateway and to nginx with the
same files, for the processor time of each."""
import json
import os
import re
import socket
import subprocess
import sys
import threading

import gw
import proc

DESKS = 5  # each with a lane
BYTES_BAR, WORK_BAR = 2.0, 1.5


class Relay:
    """On loopback; ${requests} as they were written, ${down} bytes back."""

    def __init__(self, port):
        self.to, self.down, self.requests = port, 0, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.to))
            threading.Thread(target=self.up, args=(client, server),
                             daemon=True).start()
            threading.Thread(target=self.back, args=(server, client),
                             daemon=True).start()

    def up(self, client, server):
        have = b""
        while data := client.recv(65536):
            server.sendall(data)
            have += data
            *whole, have = have.split(b"\r\n\r\n")
            self.requests += whole
        server.shutdown(socket.SHUT_WR)

    def back(self, server, client):
        while data := server.recv(1 << 18):
            self.down += len(data)
            client.sendall(data)
        client.close()


def check(program, relay, folder):
    out = subprocess.run([program, "--gateway",
                          "http://127.0.0.1:%d" % relay.port, "check",
                          "--json", "--code-file", folder + "/code"],
                         capture_output=True, text=True)
    if out.returncode != 0 or "onderzoeken" not in out.stdout:
        raise SystemExit("no reply: " + out.stdout + out.stderr)


def asked(requests):
    """(path, range or None) of each"""
    found = []
    for r in requests:
        path = re.match(rb"GET (\S+) HTTP/1.1\r\n", r)[1].decode()
        span = re.search(rb"\r\nRange: *bytes=(\d+)-(\d+)", r, re.I)
        found.append((path, span and (int(span[1]), int(span[2]))))
    return found


def mirror(port, folder, wanted):
    """What was asked, as files for the rival"""
    for path in {p for p, _ in wanted}:
        a = gw.Client(port, timeout=600).ask("GET", path)
        name = folder + "/web/files" + path
        os.makedirs(os.path.dirname(name), exist_ok=True)
        if a.status == 200:
            with open(name, "wb") as f:
                f.write(a.body)


def check_again(c, wanted):
    """Bytes of what comes back"""
    sent = 0
    for path, span in wanted:
        head = {"Range": "bytes=%d-%d" % span} if span else {}
        a = c.ask("GET", path, head)
        if a is None or a.status not in (200, 206):
            raise SystemExit("%s: %s" % (path, a and a.status))
        sent += len(a.body)
    return sent


def again(servers, wanted, times):
    """Processor seconds of so many checks of each (port, pid), one here, one
    there: what the machine does meanwhile it does to both"""
    clients = [gw.Client(port, timeout=600) for port, _ in servers]
    before = [proc.cpu(pid) for _, pid in servers]
    sent = [0] * len(servers)
    for _ in range(times):
        for i, c in enumerate(clients):
            sent[i] += check_again(c, wanted)
    if max(sent) - min(sent) > max(sent) // 100:
        raise SystemExit("other bytes: %s" % sent)
    return [proc.cpu(pid) - b for (_, pid), b in zip(servers, before)]


def measure(port, pid, rival, rival_pid, folder, program, slots):
    relay = Relay(port)
    check(program, relay, folder)
    down, wanted = relay.down, asked(relay.requests)
    mirror(port, folder, wanted)
    times = max(4, (1 << 30) // max(down, 1 << 20))
    ratios, spent = [], [0, 0]
    for _ in range(int(os.environ["ROUNDS"])):
        a, b = again([(port, pid), (rival, rival_pid)], wanted, times)
        ratios.append(a / max(b, 0.01))
        spent = [spent[0] + a, spent[1] + b]
    # Not the median: whose time the kernel's copying is, the sender's or the
    # reader's, changes from round to round, and the sum has its share of both
    print(json.dumps([slots, down, len(wanted),
                      round(spent[0] / times / len(ratios) * 1000, 2),
                      round(spent[0] / max(spent[1], 0.01), 2),
                      round(min(ratios), 2), round(max(ratios), 2)]))


def gather(lines):
    rows = [json.loads(line) for line in lines]
    print("%8s %8s %12s %9s %10s %10s" % ("slots", "replies", "bytes",
                                        "requests", "CPU ms", "of nginx"))
    for slots, down, n, ms, ratio, least, most in rows:
        print("%8d %8d %12d %9d %10.2f %10.2f (%.2f to %.2f)" % (
            slots, slots * DESKS, down, n, ms, ratio, least, most))
    flat = [r[1] for r in rows if r[0] >= 256]
    growth = round(max(flat) / flat[0], 2)
    work = max(r[4] for r in rows)
    print(json.dumps({
        "bench": "B8", "failures": 0, "desks": DESKS,
        "rows": rows, "figure": growth, "work": work,
        "bar": "bytes within 2 times from 256 slots on; CPU <= 1.5 of nginx",
        "held": growth <= BYTES_BAR and work <= WORK_BAR}))


if sys.argv[1] == "gather":
    gather(sys.stdin)
else:
    port, pid, rival, rival_pid, folder, program, slots = sys.argv[1:]
    measure(int(port), int(pid), int(rival), int(rival_pid), folder, program,
            int(slots))
