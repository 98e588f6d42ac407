#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a stick that fails under the hands. A body or a manifest that cannot
# be read, an export or a backup that cannot be written: each is said in its
# words with exit 1, nothing half is left or confirmed, and the same with a
# good stick takes or writes all of it; so when the system kills the process
# that reads. And a gateway that IT made anew: its card and its manifests are
# refused by name as another's, and nothing of it becomes a case.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
SHIM=$(find "$BUILD" -name libeio_shim.so | head -1)
[ -n "$SHIM" ] || { echo "skip: the shim is not built"; exit 77; }
grep -q '^MELDLUIK_SANITIZE:.*=.*address' "$BUILD/CMakeCache.txt" && {
	echo "skip: the shim and AddressSanitizer want the same calls"
	exit 77
}
found
H=$T/home
# failing READ WRITE COMMAND...
failing() {
	EIO_READ=$1 EIO_WRITE=$2 LD_PRELOAD=$SHIM "${@:3}"
}
for n in 1 2; do
	"$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "nr $n" \
		--new-code "$T/c$n" >"$T/sha$n" || fail "seal"
done
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
cases() {
	ok desk "$H" 2026-11-25 --json list
	json "len(o['cases'])"
}
refused "manifest 1" failing manifest-1.json '' \
	desk "$H" 2026-11-25 import "$T/gw"
[ "$(cases)" = 0 ] || fail "something was taken from an unreadable stick"
refused "import stopped: .* import the same bundle again" \
	failing "$(cat "$T/sha1").age" '' desk "$H" 2026-11-25 import "$T/gw"
ok desk "$H" 2026-11-25 --json export "$T/o" --confirm-without-backup
[ "$(json "o['confirmed']")" = 0 ] || fail "confirmed an unread body"
ok desk "$H" 2026-11-25 --json import "$T/gw"
[ "$(cases)" = 2 ] || fail "a report was lost to an unreadable stick"
ok desk "$H" 2026-11-25 --json import "$T/gw"
[ "$(json "o['missing'],o['edited'],o['damaged']")" = "(0, 0, 0)" ] ||
	{ cat "$T/out"; fail "something is still open"; }

mkdir "$T/usb"
refused "no bundle was written .* try another stick" \
	failing '' "$T/usb" desk "$H" 2026-11-25 export "$T/usb"
[ -e "$T/usb/outbound-1/outbound.json" ] &&
	fail "half an export looks like a whole one"
refused "the backup could not be written" failing '' "$T/usb" \
	desk "$H" 2026-11-25 backup "$T/usb/b.age"
[ -e "$T/usb/b.age" ] && fail "half a backup looks like a whole one"
ok desk "$H" 2026-11-25 --json export "$T/usb" --confirm-without-backup
[ "$(json "o['confirmed']")" = 1 ] || fail "not confirmed in the end"
ok "$FIX" outbound "$T/usb/outbound-1"
ok desk "$H" 2026-11-25 backup "$T/usb/b.age"

# The child that reads is killed from outside, as a system without memory
# does: the report is not taken for damaged, the next run reads it. One whose
# child came to its end before is read, and there is another
head -c 20000000 /dev/urandom >"$T/file"
KILLED=0
for LARGE in 1 2 3 4 5 6 7 8; do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-25 --text "groot" \
		--attach "$T/file"
	ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
	"$BIN" --home "$H" --passphrase-file "$PASS" --today 2026-11-25 \
		--json import "$T/gw" >"$T/out" 2>"$T/err" &
	PARENT=$!
	while kill -0 $PARENT 2>/dev/null; do
		# no program in between: the child lives for a moment
		CHILD=
		read -r CHILD _ 2>/dev/null \
			<"/proc/$PARENT/task/$PARENT/children"
		[ -n "$CHILD" ] && kill -9 "$CHILD" 2>/dev/null && {
			KILLED=$((KILLED + 1))
			break
		}
	done
	wait $PARENT
	RC=$?
	[ $RC -eq 0 ] || break
done
[ $KILLED -ge 1 ] && [ $RC -eq 1 ] && grep -q "memory" "$T/err" ||
	{ cat "$T/out" "$T/err"; fail "$KILLED killed, exit $RC"; }
ok desk "$H" 2026-11-25 --json import "$T/gw"
[ "$(json "o['reports'],o['damaged']")" = "(1, 0)" ] ||
	{ cat "$T/out"; fail "a report was lost with the child that read it"; }

# the card we know, with another generation
sed 's/"generation":1/"generation":2/' "$T/gw/card.json" >"$T/card2.json"
cmp -s "$T/gw/card.json" "$T/card2.json" && fail "the card was not changed"
refused "changed on the way" desk "$H" 2026-11-25 keyset --card "$T/card2.json"

# made anew: another key under the same generation
ok "$FIX" new "$T/anew"
refused "generation = 2" desk "$H" 2026-11-25 keyset --card "$T/anew/card.json"
"$FIX" seal "$T/anew" "$ORG" --desk 1 --day 2026-11-25 --text "anders" \
	>"$T/sha3" || fail "seal"
ok "$FIX" cut "$T/anew" "$ORG" 2026-11-25
refused "another gateway" desk "$H" 2026-11-25 import "$T/anew"
[ "$(cases)" = $((2 + LARGE)) ] || fail "a report came from another gateway"
ok desk "$H" 2026-11-25 --json import "$T/gw"
ok desk "$H" 2026-11-25 --json verify
echo "ok: unreadable manifest and body, failing export and backup said and" \
	"made good, a killed reader too; another gateway refused; nothing lost"
