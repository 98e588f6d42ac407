# SPDX-License-Identifier: EUPL-1.2
"""A gateway that misbehaves as it is told: faulty.py PORT RULES LOG
(--to PORT | --files DIR) [--tls CERT KEY]

Requests go on to a real gateway on a port of loopback, or are answered from
a folder. RULES is JSON, read again at every request: a list of {"method",
"path" (its beginning; all of it if "whole"), "times", and "status",
"headers", "body" or "cut"}. A rule with times left answers in place of the
gateway; "after" lets as many matches pass first. LOG gets a line for each
request: method, path, headers of ours.
"""
import argparse
import http.client
import http.server
import json
import os
import ssl
import threading

a = argparse.ArgumentParser()
a.add_argument("port", type=int)
a.add_argument("rules")
a.add_argument("log")
a.add_argument("--to", type=int)
a.add_argument("--files")
a.add_argument("--tls", nargs=2)
args = a.parse_args()
lock, seen = threading.Lock(), {}
KEEP = ("epoch", "upload-id", "upload-part", "content-digest", "range",
        "content-type")


def rule_for(method, path):
    try:
        rules = json.load(open(args.rules))
    except (OSError, ValueError):
        return None
    with lock:
        for r in rules:
            if r["method"] != method or not path.startswith(r["path"]) or \
                    (r.get("whole") and path != r["path"]):
                continue
            name = json.dumps(r)
            n = seen[name] = seen.get(name, 0) + 1
            after = r.get("after", 0)
            if after < n <= after + r.get("times", 1 << 30):
                return r
    return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def give(self, status, headers, body):
        self.send_response_only(status)
        for k, v in headers.items():
            self.send_header(k, v)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock, open(args.log, "a") as f:
            f.write(" ".join([self.command, self.path] + [
                f"{k}={v}" for k, v in self.headers.items()
                if k.lower() in KEEP]) + "\n")
        r = rule_for(self.command, self.path)
        if r is not None and r.get("cut"):
            self.close_connection = True
            self.connection.close()
            return
        if r is not None:
            self.give(r["status"], r.get("headers", {}),
                      r.get("body", "").encode())
        elif args.files:
            p = os.path.normpath(args.files + self.path)
            if self.command == "GET" and os.path.isfile(p):
                with open(p, "rb") as f:
                    self.give(200, {}, f.read())
            else:
                self.give(404, {}, b'{"error":"unknown"}')
        else:
            c = http.client.HTTPConnection("127.0.0.1", args.to, timeout=60)
            c.request(self.command, self.path, body or None,
                      dict(self.headers))
            got = c.getresponse()
            self.give(got.status, {k: v for k, v in got.getheaders()
                      if k.lower() not in ("content-length", "connection")},
                      got.read())

    do_GET = do_PUT = do_POST = do


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # clients that go away are the point


server = Server(("127.0.0.1", args.port), Handler)
if args.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*args.tls)
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
