#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the table of accepted and refused envelopes and uploads of
# keys/FORMAT.md section 12, with the words; a resend gets the same receipt.
. "$(dirname "$0")/lib.sh"
gw_new
gw_start
gw_install --weeks 2 --desks 2
gw_seal
head -c 2500000 /dev/urandom >"$GW/file"
"$BIN/fixture-seal" "$ORG" --week "$WEEK" --attach "$GW/file" \
	>"$GW/big.age" 2>/dev/null || fail "seal"
python3 - "$PORT" "$COURIER" "$TOKEN" "$GW" "$WEEK" <<'PY' || fail "intake"
import hashlib
import sys
import gw
port, courier, token, folder, week = sys.argv[1:]
port = int(port)
text = open(folder + "/text.age", "rb").read()
big = open(folder + "/big.age", "rb").read()
c = gw.Client(port)
wrong = []


def expect(name, a, status, word=None):
    got = (a.status, a.word() if word else None) if a else None
    if got != (status, word):
        wrong.append((name, got, a and a.body[:80]))


def flipped(at, data=text):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


one = gw.put_envelope(c, text, week)
expect("good", one, 201)
two = gw.put_envelope(c, text, week)
expect("resend", two, 201)
if one.body != two.body:
    wrong.append("resend: another receipt")
expect("not age", gw.put_envelope(c, b"x" * len(text), week), 400, "format")
classical = text.replace(b"mlkem768x25519", b"X25519mlkem768", 1)
expect("classical recipient", gw.put_envelope(c, classical, week), 400,
       "policy")
expect("header of age is damaged", gw.put_envelope(c, flipped(3), week), 400,
       "format")
expect("truncated", gw.put_envelope(c, text[:-1], week), 400, "size")
expect("trailing", gw.put_envelope(c, text + b"x", week), 400, "size")
expect("empty", gw.put_envelope(c, b"", week), 400, "size")
expect("closed week", gw.put_envelope(c, flipped(9000), "2020-W01"), 410,
       "epoch")
expect("no such week", gw.put_envelope(c, text, "2026-W54"), 400, "header")
expect("wrong digest", gw.put_envelope(
    c, flipped(9000), week, Content_Digest=gw.digest(text)), 400, "digest")
expect("no digest", gw.put_envelope(c, text, week, Content_Digest=None), 400,
       "header")
expect("no epoch", gw.put_envelope(c, text, week, Epoch=None), 400, "header")
expect("digest form", gw.put_envelope(
    c, text, week, Content_Digest="sha-256=:AA==:"), 400, "header")
expect("other type", gw.put_envelope(
    c, text, week, Content_Type="text/plain"), 400, "header")
a = gw.raw(port, b"PUT /v1/envelopes HTTP/1.1\r\nHost: a\r\n"
           b"Content-Length: 5000000\r\n\r\n")
expect("oversize", a, 413, "limit")
c.close()

# uploads
answers = gw.upload(c, big, week)
expect("upload", answers[-1], 201)
a = c.ask("POST", "/v1/uploads", {"Epoch": week})
expect("begin", a, 201)
uid = a.json()["upload"]


def part(n, data, **more):
    h = {"Upload-Id": uid, "Upload-Part": str(n)}
    h.update({k.replace("_", "-"): v for k, v in more.items()})
    return c.ask("PUT", "/v1/uploads", h, data)


M = gw.MIB
other = flipped(9000, big)
# nothing is kept of an upload before its first part
expect("part 2 first", part(2, other[M:2 * M]), 404, "unknown")
expect("part 1", part(1, other[:M]), 204)
expect("part 1 again", part(1, other[:M]), 204)
a = part(1, big[:M])
if a.status != 409 or a.json().get("next") != 2:
    wrong.append(("part 1, other bytes", a.status, a.body))
a = part(3, other[2 * M:3 * M])
if a.status != 409 or a.json().get("next") != 2:
    wrong.append(("part 3 before 2", a.status, a.body))
expect("digest of a part", part(2, other[M:2 * M],
       Content_Digest=gw.digest(b"x")), 400, "digest")
expect("part 0", part(0, other[:M]), 400, "header")
expect("part 02", part("02", other[:M]), 400, "header")
expect("part 2", part(2, other[M:2 * M],
       Content_Digest=gw.digest(other[M:2 * M])), 204)
for n in range(3, (len(other) + M - 1) // M + 1):
    expect("part %d" % n, part(n, other[(n - 1) * M:n * M]), 204)
h = {"Upload-Id": uid, "Epoch": week, "Content-Digest": gw.digest(big)}
expect("finish, wrong digest", c.ask("PUT", "/v1/envelopes", h), 400,
       "digest")
unknown = dict(h, **{"Upload-Id": "00" * 16})
expect("unknown upload", c.ask("PUT", "/v1/envelopes", unknown), 404,
       "unknown")
expect("part of unknown", c.ask("PUT", "/v1/uploads", {
    "Upload-Id": "00" * 16, "Upload-Part": "1"}, other[:M]), 404, "unknown")
answers = gw.upload(c, other, week)
expect("second upload", answers[-1], 201)

# public files and the door
a = c.ask("GET", "/v1/board/1", {"Range": "bytes=8192-16383"})
whole = c.ask("GET", "/v1/board/1")
expect("range", a, 206)
if a.body != whole.body[8192:16384] or a.headers.get("content-range") != \
        "bytes 8192-16383/%d" % len(whole.body):
    wrong.append(("range", a.headers))
expect("range past the end", c.ask("GET", "/v1/board/1", {
    "Range": "bytes=99999999-"}), 416, "range")
expect("two ranges", c.ask("GET", "/v1/board/1", {
    "Range": "bytes=0-1,3-4"}), 416, "range")
expect("week", c.ask("GET", "/v1/epochs/%s.json" % week), 200)
expect("the door is not public", c.ask("POST", "/v1/bundle/cut",
       {"Desk": "1"}), 404, "unknown")
for bad in (None, "wrong", token + "x", ""):
    expect("credential", gw.Client(courier, bad).ask(
        "POST", "/v1/bundle/cut", {"Desk": "1"}), 401, "credential")
k = gw.Client(courier, token)
a = k.ask("POST", "/v1/bundle/cut", {"Desk": "1"})
expect("cut", a, 200)
a = k.ask("GET", "/v1/bundle/manifest", {"Serial": str(a.json()["serial"])})
expect("manifest", a, 200)
listed = {e["sha256"]: e["size"] for e in a.json()["envelopes"]}
for data in (text, big, other):
    name = hashlib.sha256(data).hexdigest()
    if listed.get(name) != len(data):
        wrong.append(("not listed", len(data)))
        continue
    got = b""
    while len(got) < len(data):
        a = k.ask("GET", "/v1/bundle/envelope", {
            "Envelope": name,
            "Range": "bytes=%d-%d" % (len(got), len(got) + M - 1)})
        if a is None or a.status != 206:
            break
        got += a.body
    if got != data:
        wrong.append(("fetched bytes differ", len(got)))
if len(listed) != 3:
    wrong.append(("listed", len(listed)))
print("wrong:", wrong)
sys.exit(bool(wrong))
PY
gw_silent 'BAD|forbidden|ended' "log"
echo "accepted and refused as FORMAT.md section 12 says, words included"
