#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: whoever is root on the gateway opens no stored report. Taken are its
# whole folder, configuration, log and the memory of its three processes after
# reports came in without scripts and sealed. In all of that: no text, no key
# of a desk, no code. And what could be a key is tried on an envelope of the
# bundle: 32 bytes from every place of its small files (the root key lies at an
# odd one), from every eighth of the memory that the three processes have for
# themselves (heap, secrets); none opens it. That the trying can open is shown
# with the right key.
. "$(dirname "$0")/../http/lib.sh"
[ "$(id -u)" = 0 ] || skip "only root may read the memory of the gateway"
R=$BIN/meldluik-reporter
[ -x "$R" ] && [ -x "$BIN/agec" ] || skip "not built"
gw_new
gw_start
gw_install --weeks 1 --desks 1
echo "KANARIE per programma" >"$GW/text"
head -c 300000 /dev/zero | tr '\0' K >"$GW/file"
"$R" --gateway "$URL" --text "$GW/text" --attach "$GW/file" --desk 1 \
	--code-fd 3 send >"$GW/sent" 2>&1 3>"$GW/code" || fail "send"
python3 - "$PORT" "$COURIER" "$TOKEN" "$GW" "$BIN/agec" "$WEEK" \
	"$(gw_pid monitor) $(gw_pid web) $(gw_pid store)" <<'PY' || fail "root"
import glob
import re
import subprocess
import sys
import time
import taken
from pages import envelopes, report_form
port, courier, token, folder, agec, week, pids = sys.argv[1:]
b, code = report_form(int(port))
b.submit("report", what="KANARIE zonder scripts " * 40, code=code)
assert b.number(), b.text
b.c.close()

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def polymod(values):
    c = 1
    for v in values:
        top = c >> 25
        c = (c & 0x1ffffff) << 5 ^ v
        for i, g in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                               0x3d4233dd, 0x2a1462b3)):
            c ^= g if top >> i & 1 else 0
    return c


HRP = "age-secret-key-pq-"
HEAD = [ord(c) >> 5 for c in HRP] + [0] + [ord(c) & 31 for c in HRP]


def identity(seed):
    n = int.from_bytes(seed, "big") << 4  # 256 bits in 52 groups of five
    data = [n >> 5 * i & 31 for i in range(51, -1, -1)]
    c = polymod(HEAD + data + [0] * 6) ^ 1
    data += [c >> 5 * (5 - i) & 31 for i in range(6)]
    return (HRP + "1" + "".join(LETTERS[d] for d in data)).upper()


def seed_of(text):
    data = [LETTERS.index(c) for c in text.rsplit("1", 1)[1].lower()][:-6]
    n = 0
    for d in data:
        n = n << 5 | d
    return (n >> 4).to_bytes(32, "big")


right = open(f"{folder}/org/keys/epochs/desk1-a-{week}.txt").read()
right = re.search("AGE-SECRET-KEY-PQ-1[0-9A-Z]+", right).group(0)
assert identity(seed_of(right)) == right


def take():
    """What root has, and the private memory of the processes"""
    loot = taken.files(folder + "/store")
    for n in ("gateway.ini", "log", "card.json"):
        loot[n] = open(f"{folder}/{n}", "rb").read()
    private = b""
    for piece in taken.memory(pids.split(), 1 << 28):
        loot[str(piece)] = piece.data
        # stacks and the arenas of threads are larger
        if piece.rights == "rw-p" and piece.name in ("[heap]", "0", "") and \
                len(piece.data) <= 1 << 19:
            private += piece.data
    return loot, private


# what must not be in it
codes = [code.encode(), open(folder + "/code", "rb").read().strip()]
needles = [b"KANARIE", b"K" * 64, b"AGE-SECRET-KEY"] + codes + \
    [c.replace(b"-", b"") for c in codes]
for f in glob.glob(folder + "/org/keys/epochs/*.txt"):
    needles.append(seed_of(re.search("AGE-SECRET-KEY-PQ-1[0-9A-Z]+",
                                     open(f).read()).group(0)))
seeds = glob.glob(folder + "/org/keys/*.seed")
needles += [open(f, "rb").read() for f in seeds]
assert seeds and all(len(n) > 4 for n in needles), "no key to look for"
# pages given back return to the system within half a second, later where
# the machine is busy
for _ in range(30):
    loot, private = take()
    bad = [(where, n[:12]) for where, data in loot.items() for n in needles
           if n in data and not (n.startswith(b"AGE-") and
                                 "memory" in where)]
    if not bad:
        break
    time.sleep(1)
# the word AGE-SECRET-KEY alone stands in the program, a key does not
for where, data in loot.items():
    for m in re.finditer(rb"AGE-SECRET-KEY-PQ-1[0-9A-Z]{20}", data):
        bad.append((where, m.group(0)))
sees = sum(b"Vingerafdruk van dit meldpunt" in d for d in loot.values())
assert sees, "the search does not see the pages themselves"

# what could be a key is tried
bodies = sorted(envelopes(courier, token).values(), key=len)
assert len(bodies) == 2, len(bodies)


def candidates(data, step):
    return {t for at in range(0, len(data) - 31, step)
            for t in [data[at:at + 32]]
            if len(set(t)) > 20}  # of random bytes, all but 1 in 10^9


assert seed_of(right) in candidates(b"odd" + seed_of(right) + b"end", 1)
tries = set()
for where, data in loot.items():
    if "/store/" in where and not where.endswith(".mdb") and \
            len(data) < 1 << 20:
        tries |= candidates(data, 1 if len(data) < 1 << 15 else 16)
files = len(tries)
tries |= candidates(private, 8)
assert files > 100 and len(tries) > files, (files, len(tries))
root = [d[8:40] for where, d in loot.items() if where.endswith("root.bin")]
assert root and set(root) <= tries, "the key that lies in clear is not tried"
assert root[0] in candidates(private, 8), "the store's secrets are not seen"
tries = sorted(tries)


def opens(seeds):
    with open(folder + "/try", "w") as f:
        f.write("\n".join(identity(s) for s in seeds) + "\n")
    with open(folder + "/out", "wb") as out:
        return subprocess.run([agec, "open", folder + "/try"],
                              input=bodies[0], stdout=out,
                              stderr=subprocess.DEVNULL).returncode == 0


MANY = 1000
for at in range(0, len(tries), MANY):
    if opens(tries[at:at + MANY]):
        bad.append(("a key of the gateway opens an envelope", at))
assert opens(tries[:MANY - 1] + [seed_of(right)]), "nothing ever opens"
assert b"KANARIE" in open(folder + "/out", "rb").read()
for b in bad:
    print("found:", b)
print(f"{sum(map(len, loot.values())) >> 20} MiB taken, {len(tries)} keys "
      f"tried")
sys.exit(bool(bad))
PY
echo "root with the gateway's folder and memory opens nothing"
