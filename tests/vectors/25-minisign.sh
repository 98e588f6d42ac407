#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Goal: Debian's minisign accepts our signatures and keys, and we accept
# what it signs with the trusted comment we demand, and nothing else.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$HERE/../../build}
SIGN=$BUILD/bin/signtool
command -v minisign >/dev/null || { echo "minisign is missing"; exit 77; }
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
fail() { echo "FAIL: $*"; exit 1; }

SEED=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
ORG=00112233445566778899aabbccddeeff
"$SIGN" pub $SEED >"$T/k.pub" || fail "pub"
"$SIGN" sec $SEED >"$T/k.sec" || fail "sec"
KEY=$(sed -n 2p "$T/k.pub")
n=0
for size in 0 1 127 128 129 65536 1000000; do
	head -c $size /dev/urandom >"$T/doc"
	rm -f "$T"/*.minisig
	# ours, read by minisign: key file, key text, prehash demanded
	"$SIGN" sign $SEED reply $ORG 3 <"$T/doc" >"$T/doc.minisig" ||
		fail "sign $size"
	minisign -V -H -p "$T/k.pub" -m "$T/doc" >"$T/out" 2>&1 ||
		fail "minisign refuses ours ($size): $(cat "$T/out")"
	grep -qx "Trusted comment: meldluik reply org=$ORG desk=3" "$T/out" ||
		fail "trusted comment shown: $(cat "$T/out")"
	minisign -V -P "$KEY" -m "$T/doc" >/dev/null 2>&1 || fail "-P"
	# theirs, read by us
	rm "$T/doc.minisig"
	minisign -S -W -H -s "$T/k.sec" -m "$T/doc" \
	    -t "meldluik reply org=$ORG desk=3" >/dev/null 2>&1 </dev/null ||
	minisign -S -H -s "$T/k.sec" -m "$T/doc" \
	    -t "meldluik reply org=$ORG desk=3" >/dev/null 2>&1 </dev/null ||
		fail "minisign -S"
	"$SIGN" check "$KEY" reply $ORG 3 "$T/doc.minisig" <"$T/doc" ||
		fail "we refuse theirs ($size)"
	"$SIGN" check "$KEY" reply $ORG 4 "$T/doc.minisig" <"$T/doc" \
	    2>/dev/null && fail "other desk accepted"
	"$SIGN" check "$KEY" report $ORG 3 "$T/doc.minisig" <"$T/doc" \
	    2>/dev/null && fail "other purpose accepted"
	echo x >>"$T/doc"
	"$SIGN" check "$KEY" reply $ORG 3 "$T/doc.minisig" <"$T/doc" \
	    2>/dev/null && fail "changed document accepted"
	minisign -V -p "$T/k.pub" -m "$T/doc" >/dev/null 2>&1 &&
		fail "minisign accepts a changed document"
	n=$((n + 1))
done
# the same bytes: Ed25519 is deterministic
printf 'hallo\n' >"$T/doc"
"$SIGN" sign $SEED reply $ORG 3 <"$T/doc" | sed 1d >"$T/ours"
minisign -S -H -s "$T/k.sec" -m "$T/doc" -x "$T/theirs" \
    -t "meldluik reply org=$ORG desk=3" >/dev/null 2>&1 </dev/null ||
	fail "minisign -S"
sed 1d "$T/theirs" | cmp -s - "$T/ours" || fail "bytes differ"
# legacy (not prehashed) signatures are refused
minisign -S -l -s "$T/k.sec" -m "$T/doc" -x "$T/old" \
    -t "meldluik reply org=$ORG desk=3" >/dev/null 2>&1 </dev/null ||
	fail "minisign -S -l"
"$SIGN" check "$KEY" reply $ORG 3 "$T/old" <"$T/doc" 2>/dev/null &&
	fail "legacy signature accepted"
# a key of minisign's own making has another key id: it is none of ours, nor
# is the right key under another id
minisign -G -W -f -p "$T/g.pub" -s "$T/g.sec" >/dev/null 2>&1 </dev/null ||
	fail "minisign -G"
"$SIGN" check "$KEY" reply $ORG 3 "$T/theirs" <"$T/doc" || fail "ours"
# id_of FILE: the one of its second line, hex; id_to ID FILE: there, changed
id_of() {
	sed -n 2p "$1" | base64 -d | head -c 10 | tail -c 8 | od -An -tx1 |
		tr -d ' \n'
}
id_to() {
	python3 - "$1" "$2" <<-'PY'
	import base64
	import sys
	lines = open(sys.argv[2]).read().split("\n")
	b = base64.b64decode(lines[1])
	lines[1] = base64.b64encode(
	    b[:2] + bytes.fromhex(sys.argv[1]) + b[10:]).decode()
	sys.stdout.write("\n".join(lines))
	PY
}
ID=$(echo "$KEY" | base64 -d | tail -c 32 | sha256sum | cut -c1-16)
OTHER=$(id_of "$T/g.pub")
[ "$(id_of "$T/k.pub")" = "$ID" ] && [ "$(id_of "$T/theirs")" = "$ID" ] ||
	fail "the key id is not the hash of the key"
id_to "$ID" "$T/theirs" | cmp -s - "$T/theirs" || fail "the change is none"
id_to "$OTHER" "$T/k.pub" >"$T/id.pub"
id_to "$OTHER" "$T/theirs" >"$T/id.minisig"
for key in "$T/g.pub" "$T/id.pub"; do
	"$SIGN" check "$(sed -n 2p "$key")" reply $ORG 3 "$T/theirs" \
	    <"$T/doc" 2>/dev/null
	[ $? = 2 ] || fail "a key under a foreign id is taken: $key"
done
"$SIGN" check "$KEY" reply $ORG 3 "$T/id.minisig" <"$T/doc" 2>/dev/null
[ $? = 1 ] || fail "a signature under a foreign id is taken"
minisign -V -H -P "$KEY" -m "$T/doc" -x "$T/id.minisig" >/dev/null 2>&1 &&
	fail "minisign takes it"
# a signed note splits with head and tail, as FORMAT.md says
"$SIGN" note $SEED receipt $ORG 0 <"$T/doc" >"$T/note" || fail "note"
head -4 "$T/note" >"$T/d.minisig"
tail -n +6 "$T/note" >"$T/d"
minisign -V -H -p "$T/k.pub" -m "$T/d" >/dev/null 2>&1 || fail "note split"
echo "minisign and we agree on $n documents; legacy form and foreign key ids refused"
