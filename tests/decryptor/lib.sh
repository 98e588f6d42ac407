# SPDX-License-Identifier: EUPL-1.2
# Sourced by the scripts of the offline desk. Sets BIN, FIX, T (scratch, removed
# at the end), PASS; gives desk(), ok(), refused(), fail().
set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${BUILD:-$HERE/build}
# SOFT=1 before sourcing: the same program with a small scrypt work factor
BIN=$BUILD/bin/meldluik-decryptor
[ -z "${SOFT:-}" ] || BIN=$BUILD/bin/desk_soft
FIX=$BUILD/bin/desk_fixture
if [ ! -x "$BIN" ] || [ ! -x "$FIX" ]; then
	echo "skip: meldluik-decryptor or desk_fixture is not built"
	exit 77
fi
if [ -n "${OUT:-}" ]; then
	mkdir -p "$OUT"
	T=$(mktemp -d "$OUT/desk.XXXXXX")
else
	T=$(mktemp -d)
fi
# Sets STICK, a second medium: a disk of its own where one can be mounted, else
# this disk, and then the homes lie in memory. Call it before T is used.
second_medium() {
	STICK=$T/stick.disk
	mkdir "$STICK"
	if truncate -s 2G "$T/stick.image" &&
		mkfs.ext4 -q -F -m 0 "$T/stick.image" &&
		mount -o loop "$T/stick.image" "$STICK"; then
		return
	fi 2>/dev/null
	STICK=$T
	T=$(mktemp -d /dev/shm/meldluik.XXXXXX) ||
		fail "no disk can be mounted, and there is no memory to write"
	PASS=$T/pass
	cp "$STICK/pass" "$PASS"
}
cleanup() {
	if mountpoint -q "${STICK:-/nowhere}"; then
		umount "$STICK" 2>/dev/null || umount -l "$STICK"
	fi
	rm -rf "$T" "${STICK:-$T}"
}
trap cleanup EXIT
PASS=$T/pass
echo "juist paard batterij nietje" >"$PASS"
fail() {
	echo "FAIL: $*"
	exit 1
}
# desk HOME DAY VERB ...
desk() {
	local home=$1 day=$2
	shift 2
	"$BIN" --home "$home" --passphrase-file "$PASS" --today "$day" "$@"
}
ok() {
	local rc=0
	"$@" >"$T/out" 2>"$T/err" || rc=$?
	[ $rc -eq 0 ] || {
		cat "$T/out" "$T/err"
		fail "exit $rc: $*"
	}
}
# refused TEXT COMMAND ...: exit 1 and a message with TEXT
refused() { turned 1 "$@"; }
misused() { turned 2 "$@"; } # wrong or missing words on the command line
turned() { # EXIT TEXT COMMAND...
	local want=$1 text=$2 rc
	shift 2
	"$@" >"$T/out" 2>"$T/err"
	rc=$?
	[ $rc -eq "$want" ] || {
		cat "$T/out" "$T/err"
		fail "exit $rc, not $want: $*"
	}
	grep -q -- "$text" "$T/err" || {
		cat "$T/out" "$T/err"
		fail "no '$text' in the message of: $*"
	}
}
# killed AFTER AT COMMAND...: ends it at the AT-th call after it opens AFTER
# (faults/kill/shim.c)
killed() {
	local rc shim
	shim=$(find "$BUILD" -name libkill_shim.so | head -1)
	[ -n "$shim" ] || fail "libkill_shim.so is not built"
	{
		KILL_AFTER=$1 KILL_AT=$2 LD_PRELOAD=$shim "${@:3}" \
			>/dev/null 2>&1
		rc=$?
	} 2>/dev/null
	[ $rc -eq 137 ] || fail "exit $rc, not killed at $1 $2: ${*:3}"
}
# One value of the JSON on $T/out: a Python expression on `o`
json() {
	python3 -c "import json,sys;o=json.load(open('$T/out'));print(($1))"
}
# A founded desk in $T/home (of an authority with PROFILE=eu), its gateway in
# $T/gw, its first bundle in $T/o
found() {
	ok "$FIX" new "$T/gw"
	ok desk "$T/home" 2026-11-24 init --batch ${PROFILE:+--profile "$PROFILE"} \
		--organisation "Gemeente Voorbeeld" --card "$T/gw/card.json"
	mkdir "$T/o"
	ok desk "$T/home" 2026-11-24 export "$T/o"
	ORG=$T/o/outbound-1
}
# A founded desk H, a secretary S at desk 2, a deputy D at desk 1, on ${day};
# ORG is what the gateway publishes; T/a to T/c are sticks
three_people() {
	found
	H=$T/home
	S=$T/sec
	D=$T/deputy
	day=2026-11-25
	ok desk "$H" 2026-11-24 keyset --publish "$T/share"
	ok desk "$S" 2026-11-24 holder request --desk 2 --person secretaris \
		--keyset "$T/share/keyset.json" --out "$T/r1.json"
	ok desk "$D" 2026-11-24 holder request --desk 1 --person deputy \
		--keyset "$T/share/keyset.json" --out "$T/r2.json"
	ok h keyset --add-holder "$T/r1.json"
	ok h keyset --add-holder "$T/r2.json"
	ok h keyset --publish "$T/share2"
	ok desk "$S" $day keyset --accept "$T/share2"
	ok desk "$D" $day keyset --accept "$T/share2"
	mkdir "$T/a" "$T/b" "$T/c"
	ok h export "$T/a"
	ORG=$T/a/outbound-1
}
# The three verbs of who has H open, as the scripts use them
h() {
	desk "$H" "$day" "$@"
}
guard() { # RULE COMMAND...: refused, and the rule is named
	local rule=$1
	shift
	refused "\[$rule:" "$@"
}
second() { # signs the last request with the secretary's keyring
	ok h approve "$(json "o['request']")" --keyring "$S/keyring.age" \
		--second-passphrase-file "$PASS"
}
