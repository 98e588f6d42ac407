#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a running gateway on a disk that fills up (an ext4 in a file, then a
# tmpfs): attachments are refused with 507 first, while texts get in; with no
# room left texts are too, by a word; room comes back and both get in again
# without a restart; health and pages are served all the time; everything
# receipted is listed and handed to the courier.
. "$(dirname "$0")/../http/lib.sh"
[ "$(id -u)" = 0 ] || skip "only root may mount a small disk"
MOUNT=$(mktemp -d)
full_clean() {
	gw_stop
	umount "$MOUNT" 2>/dev/null
	rm -rf "$MOUNT" "$MOUNT.image" "$PY" "$GW"
}
round() { # KIND
	umount "$MOUNT" 2>/dev/null
	if [ "$1" = ext4 ]; then
		truncate -s 96M "$MOUNT.image"
		mkfs.ext4 -qF -m 0 "$MOUNT.image" 2>/dev/null &&
			mount -o loop "$MOUNT.image" "$MOUNT" 2>/dev/null ||
			return 1
	else
		mount -t tmpfs -o size=96m none "$MOUNT" || return 1
	fi
	gw_new
	trap full_clean EXIT
	rmdir "$MOUNT/store" 2>/dev/null
	rm -rf "$GW/store"
	mkdir -m 700 "$MOUNT/store"
	sed -i "s|^path = .*|path = $MOUNT/store|; s|^reserve = .*|reserve = 24M|" \
		"$GW/gateway.ini"
	"$BIN/meldluik-gateway" card --config "$GW/gateway.ini" \
		>"$GW/card.json" 2>"$GW/card.err" || fail "card on $1"
	gw_start
	gw_install --weeks 1 --desks 1
	"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$GW/text.age" \
		2>/dev/null || fail "seal"
	head -c 1500000 /dev/zero >"$GW/attached"
	"$BIN/fixture-seal" "$ORG" --week "$WEEK" --attach "$GW/attached" \
		>"$GW/large.age" 2>/dev/null || fail "seal"
	python3 "$PY" "$PORT" "$GW" "$WEEK" "$MOUNT" "$COURIER" \
		"$TOKEN" || fail "$1"
	[ "$(pgrep -c -P "$GWPID")" = 2 ] || fail "$1: a process ended"
	gw_silent "ended|hung|forbidden" "$1: restarted"
	gw_stop
	rm -rf "$GW"
	n=$((n + 1))
	done_on="$done_on $1"
}
PY=$(mktemp)
cat >"$PY" <<'EOP'
import hashlib
import json
import os
import sys
import time
import gw
port, folder, week, mount, door, token = sys.argv[1:]
port = int(port)
text = open(folder + "/text.age", "rb").read()
large = open(folder + "/large.age", "rb").read()
had, said = [], []


def other(data):
    return data[:-4096] + os.urandom(4096)


def put_text():
    data = other(text)
    a = gw.put_envelope(gw.Client(port), data, week)
    if a.status == 201:
        had.append(hashlib.sha256(data).hexdigest())
    return a


def put_large():
    data = other(large)
    a = gw.upload(gw.Client(port), data, week)[-1]
    if a.status == 201:
        had.append(hashlib.sha256(data).hexdigest())
    return a


def well():
    assert gw.Client(port).ask("GET", "/healthz").status == 200
    assert gw.Client(port).ask("GET", "/nl/").status == 200


def until(what, status, most):
    for n in range(most):
        a = what()
        if a.status == status:
            return n
        assert a.status in (201, 507), (a.status, a.body)
    sys.exit(f"never {status}")


# attachments first
n = until(put_large, 507, 60)
a = put_large()
assert a.status == 507 and a.word() == "full" and \
    a.headers.get("retry-after"), (a.status, a.body)
assert n >= 3, n
for _ in range(20):
    a = put_text()
    assert a.status == 201, ("a text beside refused attachments", a.status)
    well()
said.append(f"{n} attachments, then 507, 20 texts beside it")
# somebody else takes the rest
fd = os.open(mount + "/filler", os.O_WRONLY | os.O_CREAT, 0o600)
try:
    while True:
        os.write(fd, b"x" * 65536)
except OSError:
    os.close(fd)
n = until(put_text, 507, 400)
a = put_text()
assert a.status == 507 and a.word() == "full", (a.status, a.body)
assert put_large().status == 507
well()
said.append(f"{n} more texts on the full disk, then 507")
# room again, and no restart
os.unlink(mount + "/filler")
for _ in range(100):
    a = put_text()
    if a.status == 201:
        break
    time.sleep(0.2)
assert a.status == 201, "no recovery"
well()
# all that was receipted is there
c = gw.Client(door, token)
listed, seen = set(), 0
for _ in range(50):
    a = c.ask("POST", "/v1/bundle/cut", {"Desk": "1"})
    assert a.status == 200, (a.status, a.body)
    serial = a.json()["serial"]
    if serial == seen:
        break
    for i in range(seen + 1, serial + 1):
        a = c.ask("GET", "/v1/bundle/manifest", {"Serial": str(i)})
        listed |= {e["sha256"] for e in a.json()["envelopes"]}
    seen = serial
missing = set(had) - listed
assert not missing, f"{len(missing)} of {len(had)} receipted are lost"
for one in had[:3] + had[-3:]:
    data, total = b"", 1
    while len(data) < total:
        a = c.ask("GET", "/v1/bundle/envelope", {
            "Envelope": one, "Range": f"bytes={len(data)}-"})
        assert a.status == 206, (a.status, a.body)
        data += a.body
        total = int(a.headers["content-range"].rsplit("/", 1)[1])
    assert hashlib.sha256(data).hexdigest() == one
said.append(f"{len(had)} receipted, 0 lost, taken again without a restart")
print("; ".join(said))
EOP
n=0 done_on=
round ext4 || echo "weaker: no loop device, no full ext4"
round tmpfs || skip "no right to mount a small disk"
echo "disk full on$done_on: attachments 507, texts in, then 507; recovered without a restart, nothing lost"
