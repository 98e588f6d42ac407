#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: kill -9 of the desk at each call of a verb that opens for writing,
# writes, syncs, renames or removes. After each, `verify` is content, the
# journal is that of before or of the whole verb, all that was said to be
# done before is there, and the verb can be given again. Every fifth call;
# FULL=1: each, and more verbs.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
H=$T/home
day=2026-11-26
ok desk "$H" 2026-11-24 keyset --publish "$T/share"
ok desk "$T/sec" 2026-11-24 holder request --desk 2 --person secretaris \
	--keyset "$T/share/keyset.json" --out "$T/request.json"
ok desk "$H" 2026-11-24 keyset --add-holder "$T/request.json"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "Hij nam geld" \
	--new-code "$T/code" --attach "$HERE/tests/data/factuur.jpg" \
	--name foto.jpg
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
ok h import "$T/gw"
ok h --json list
REF=$(json "o['cases'][0]['ref']")
echo "Een aantekening die bevestigd is" >"$T/words"
ok h note "$REF" --file "$T/words"
ok h --json enter report --route brief <<<"Een brief die bevestigd is"
OLD=$(json "o['ref']")
ok h classify "$OLD" --about nobody --kind melding --type FIN \
	--origin extern --wbk nee --outcome gesprek
for to in triage in_behandeling besluit; do
	ok h step "$OLD" $to
done
ok h feedback "$OLD" --acknowledgement --by letter <<<"Ontvangen"
ok h feedback "$OLD" --by letter <<<"Gedaan"
ok h close "$OLD" --class RT3
day=2027-03-01
ok h --json approve --case "$OLD" --act destroy
ok h approve "$(json "o['request']")" --keyring "$T/sec/keyring.age" \
	--second-passphrase-file "$PASS"
cp -r "$H" "$T/whole"
events() {
	ok h --json verify
	json "o['events']"
}
BEFORE=$(events)
KILLS=0
# each NAME EVENTS COMMAND...: killed at call 1, 2, 3... until it runs through;
# EVENTS: how many the whole verb adds
each() {
	local name=$1 adds=$2 at=1 rc now shim
	shift 2
	shim=$(find "$BUILD" -name libkill_shim.so | head -1)
	[ -n "$shim" ] || fail "libkill_shim.so is not built"
	while :; do
		rm -rf "$H" "$T/out-of"
		cp -r "$T/whole" "$H"
		mkdir "$T/out-of"
		{
			KILL_AFTER=lock KILL_AT=$at LD_PRELOAD=$shim "$BIN" \
				--home "$H" --passphrase-file "$PASS" --today \
				$day "$@" >"$T/ran" 2>&1
			rc=$?
		} 2>/dev/null
		[ $rc -ne 0 ] || break
		[ $rc -eq 137 ] || { cat "$T/ran"; fail "$name at $at: $rc"; }
		KILLS=$((KILLS + 1))
		now=$(events)
		[ "$now" -eq "$BEFORE" ] || [ "$now" -eq $((BEFORE + adds)) ] ||
			fail "$name at $at: $now events of $BEFORE + $adds"
		ok h show "$REF"
		grep -q "die bevestigd is" "$T/out" || fail "$name at $at: note"
		grep -q "Hij nam geld" "$T/out" || fail "$name at $at: report"
		rm -rf "$T/out-of"
		mkdir "$T/out-of"
		again "$now" "$@"
		at=$((at + step))
	done
	[ $at -gt 2 ] || fail "$name was never killed"
	[ "$(events)" -eq $((BEFORE + adds)) ] || fail "$name adds other events"
	echo "ok    $name: killed up to its call $at"
}
# The verb again: done, or it says that it was done
again() {
	local now=$1 rc
	shift
	h "$@" >"$T/out" 2>"$T/err"
	rc=$?
	if [ $rc -ne 0 ] && { [ "$now" -eq "$BEFORE" ] || ! grep -q \
		"$said" "$T/err"; }; then
		cat "$T/out" "$T/err"
		fail "not again: $*"
	fi
	ok h verify
}
one=5
[ -z "${FULL:-}" ] || one=1
step=$one
said="nothing of the kind"
each "a note" 1 note "$REF" --file "$T/words"
if [ -n "${FULL:-}" ]; then
	each "a letter" 1 enter report --route brief --file "$T/words"
	each "triage" 1 classify "$REF" --type FIN
	each "a reply" 1 reply "$REF" --file "$T/words"
	said="stands so already"
	each "a hold" 1 hold "$REF" on --reason "$T/words"
	said="nothing of the kind"
fi
each "extraction" 1 extract "$REF" --to "$T/out-of/x"
step=$((one * 7))
each "an export" 1 export "$T/out-of"
each "a backup" 1 backup "$T/out-of/b.age"
step=$one
each "destruction" 3 destroy "$OLD" --out "$T/out-of/d.html"
grep -q "Signed by" "$T/out-of/d.html" || fail "the declaration"
echo "ok: $KILLS kills, nothing confirmed was lost, each verb could be repeated"
