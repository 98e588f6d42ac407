#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: whatever a hostile reporter or gateway lists, one import reads past it
# and takes in the reports between: no age file, other recipients, wrong
# classes, cut, longer, of a week without keys; and, rightly sealed to this
# desk, every vector of vectors/tar (odd members) and vectors/report
# (malformed documents and thread keys), replayed and conflicting messages.
# Each is counted once, as damaged or as another organisation's; nothing it
# names becomes a file; the import can be run again, the casebook verifies.
# Nor does who read a report withdraw it, or draw what comes later to himself.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
AGEC=$BUILD/bin/agec
[ -x "$AGEC" ] || { echo "skip: agec is not built"; exit 77; }
found
H=$T/home
python3 - "$T" "$ORG" "$AGEC" "$HERE/tests/vectors" <<'PY' || fail "bodies"
import hashlib
import json
import os
import subprocess
import sys
T, org, agec, vectors = sys.argv[1:]
gw = T + "/gw"
WEEK, DAY, CLASS = "2026-W48", "2026-11-24", 65536
os.makedirs(gw + "/envelopes", exist_ok=True)


def age(args, data=b"", keys=None):
    if keys is not None:
        open(T + "/keys", "w").write("\n".join(keys) + "\n")
        args = args + [T + "/keys"]
    r = subprocess.run([agec] + args, input=data, capture_output=True)
    assert r.returncode == 0, r.stderr
    return r


epoch = json.load(open(f"{org}/epochs/{WEEK}.json"))
ours = [b["recipient"] for b in epoch["blocks"] if b["desk"] == 1]
away = [age(["keygen"]).stderr.decode().strip() for _ in range(4)]
four = (ours + away)[:4]
doc = json.load(open(org + "/keyset.json"))


def tar_header(name, size):
    h = bytearray(512)
    for at, data in ((0, name), (100, b"0000644\0"), (108, b"0000000\0"),
                     (116, b"0000000\0"), (124, b"%011o\0" % size),
                     (136, b"0" * 11 + b"\0"), (148, b" " * 8), (156, b"0"),
                     (257, b"ustar\0" + b"00"), (329, b"0000000\0"),
                     (337, b"0000000\0")):
        h[at:at + len(data)] = data
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h)


def sealed(payload, to=four):
    if len(payload) < CLASS:
        payload += bytes(CLASS - len(payload))
    return age(["seal"], payload, to).stdout


def report(data):
    return tar_header(b"report.json", len(data)) + data + \
        bytes(-len(data) % 512 + 1024)


listed = set()


def put(data, week=WEEK):
    h = hashlib.sha256(data).hexdigest()
    if h in listed:
        return
    listed.add(h)
    open(f"{gw}/envelopes/{h}.age", "wb").write(data)
    open(gw + "/pending", "a").write(f"{h} {len(data)} {DAY} {week}\n")


right = {"type": "meldluik-report", "version": 1, "kind": "report",
         "org": doc["org"], "keyset": hashlib.sha256(
             open(org + "/keyset.json", "rb").read()).hexdigest(),
         "epoch": WEEK, "desk": 1, "message_id": "ab" * 16,
         "sealed_by": "cli", "language": "nl", "relation": "not_said",
         "about": "", "answers": {"what": "GOED"}, "attachments": []}


def of(**more):
    o = dict(right, **more)
    return report(json.dumps({k: v for k, v in o.items()
                              if v is not None}).encode())


good = sealed(of())
size = len(good)
# outside of the seal
put(os.urandom(size))
put(bytes(size))
put(good[:100].replace(b"mlkem768x25519", b"X25519aaaaaaaa") + good[100:])
put(good[:-1])
put(good + b"x")
put(good[:3000])
put(b"x")
put(good[:size - 30000] + bytes([good[size - 30000] ^ 1]) +
    good[size - 29999:])
put(sealed(of(), away))
put(sealed(of(), ours[:1]))
put(sealed(of(), four[:3]))
put(age(["seal"], report(b"{}")[:3000], four).stdout)
put(sealed(of(message_id="cd" * 16)), "2020-W01")
# inside, as the vectors have it
before = len(listed)
for line in open(vectors + "/tar/expect.txt"):
    name, code = line.split()[:2]
    data = open(f"{vectors}/tar/{name}", "rb").read()
    if len(data) <= CLASS and not code == "OK":
        put(sealed(data))
for line in open(vectors + "/report/expect.txt"):
    name, code = line.split()[:2]
    data = open(f"{vectors}/report/{name}", "rb").read()
    if code != "OK" and len(data) < CLASS - 2048:
        put(sealed(report(data)))
open(T + "/inside", "w").write(str(len(listed) - before))
# thread keys that are none: a report without a mailbox, nothing else breaks
bad = [None, [], 7, {}, {"tag_key": "zz"}, {"tag_key": "a" * 64},
       {"tag_key": "a" * 64, "recipient": "age1x", "signer": "RWQ"}]
for i, thread in enumerate(bad[1:]):
    put(sealed(of(thread=thread, message_id="%032x" % (i + 1))))
# the good one, again under another seal, and other content of the same id
put(good)
put(sealed(of()))
put(sealed(of(answers={"what": "ANDERS"})))
put(sealed(of(org="0" * 32, message_id="ef" * 16)))
print(len(listed))
PY
COUNT=$(find "$T/gw/envelopes" -type f | wc -l)
[ "$COUNT" -gt 150 ] || fail "only $COUNT bodies"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
ok desk "$H" 2026-11-25 --json import "$T/gw"
cp "$T/out" "$T/first"
# 6 with bad thread keys and the good one; one duplicate, one conflict
[ "$(json "o['reports'],o['duplicates'],o['conflicts']")" = "(7, 1, 1)" ] ||
	{ cat "$T/out"; fail "what is good was not taken"; }
[ "$(json "o['missing'],o['edited']")" = "(0, 0)" ] ||
	fail "a body is missing"
# every vector (some are of another organisation), one more of another
# organisation, one changed behind a right header; of the others those that
# are no sealed message at all; none twice
DAMAGED=$(json "o['damaged']+o['foreign']")
[ "$DAMAGED" -ge $(($(cat "$T/inside") + 2)) ] &&
	[ "$DAMAGED" -le $((COUNT - 9)) ] && [ "$DAMAGED" -gt 150 ] ||
	{ cat "$T/out"; fail "$DAMAGED of $(cat "$T/inside") and $COUNT"; }
ok desk "$H" 2026-11-25 --json list
[ "$(json "len(o['cases']),o['importing']")" = "(7, False)" ] ||
	fail "not seven cases"
REF=$(json "o['cases'][0]['ref']")
ok desk "$H" 2026-11-25 show "$REF"
[ "$(find "$H/attachments" -type f | wc -l)" = 0 ] || fail "files were left"
ok desk "$H" 2026-11-25 --json import "$T/gw"
[ "$(json "o['replayed'],o['reports'],o['damaged']")" = "(True, 0, 0)" ] ||
	{ cat "$T/out"; fail "a second import reads them again"; }
ok desk "$H" 2026-11-25 --json verify
ok desk "$H" 2026-11-25 --json export "$T/o" --confirm-without-backup
[ "$(json "o['confirmed']")" = 1 ] || fail "the bundle is not confirmed"
ok "$FIX" outbound "$T/o/outbound-1"

# Who read a report knows its id and the keys of its thread, not its code
day=2026-11-25
sealed() { ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day "$@"; }
taken() { # EXPECTED: reports, messages, withdrawals, conflicts of an import
	ok "$FIX" cut "$T/gw" "$ORG" $day
	ok h --json import "$T/gw"
	GOT=$(json "o['reports'],o['messages'],o['withdrawals'],o['conflicts']")
	[ "$GOT" = "$1" ] || fail "taken $GOT, not $1"
	ok h --json list
}
victim() {
	GOT=$(json "[(c['messages'],c['withdrawn']) for c in o['cases'] \
		if c['ref']=='$V']")
	[ "$GOT" = "[$1]" ] || fail "of the victim $GOT, not $1"
}
ok h --json list
BEFORE=$(json "' '.join(c['ref'] for c in o['cases'])")
sealed --text "GEHEIM" --new-code "$T/code"
taken "(1, 0, 0, 0)"
V=$(json "[c['ref'] for c in o['cases'] if c['ref'] not in '$BEFORE'][0]")
sealed --kind withdrawal --text "NEP" --new-code "$T/own" \
	--victim "$T/code" --copies id
sealed --kind follow_up --text "NEP" --new-code "$T/own" \
	--victim "$T/code" --copies id
taken "(0, 1, 1, 0)"
victim "(1, False)"
# a first message with any of it is shown there, no second thread
sealed --text "NEP" --new-code "$T/own" --victim "$T/code" \
	--copies "signer tag"
sealed --text "NEP" --new-code "$T/own" --victim "$T/code" --copies "id tag"
sealed --text "NEP" --new-code "$T/own" --victim "$T/code" --copies tag
taken "(0, 0, 0, 3)"
victim "(4, False)"
sealed --kind follow_up --text "ECHT" --code "$T/code"
taken "(0, 1, 0, 0)"
victim "(5, False)"
# the same id again in what the reporter signed himself: his, and marked
sealed --kind follow_up --text "ECHT" --code "$T/code" --victim "$T/code" \
	--copies id
taken "(0, 1, 0, 1)"
victim "(6, False)"
# what was written to another desk, sealed anew to this one
sealed --kind withdrawal --text "ECHT" --code "$T/code" --says-desk 2
taken "(0, 0, 0, 0)"
victim "(6, False)"
sealed --kind withdrawal --text "ECHT" --code "$T/code"
taken "(0, 0, 1, 0)"
victim "(7, True)"
echo "ok: $COUNT hostile and good bodies in one bundle, $DAMAGED named" \
	"damaged or foreign, 7 reports taken, nothing lost; a thread is its" \
	"signer's"
