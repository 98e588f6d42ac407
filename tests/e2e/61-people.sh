#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: three rotations and two changes of holders: every report opens for
# every holder of its week and for nobody else; weeks die, open cases stay;
# calendar, holiday, warnings; approvers; a desk retired; the weeks of who
# stands by end too. What a copied machine opens: 65-forward.sh.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
ok "$FIX" new "$T/gw"
A=$T/a
B=$T/b
ok desk "$A" 2026-11-24 init --batch --organisation "Gemeente Voorbeeld" \
	--card "$T/gw/card.json" --person anna
ok desk "$A" 2026-11-24 keyset --publish "$T/share"

# request DESK-HOME DAY PERSON DESK [--approver]
join() {
	local home=$1 day=$2 person=$3 number=$4
	shift 4
	rm -rf "$T/share" "$T/request.json"
	ok desk "$A" "$day" keyset --publish "$T/share"
	ok desk "$home" "$day" holder request --keyset "$T/share/keyset.json" \
		--desk "$number" --person "$person" \
		--out "$T/request.json" "$@"
	ok desk "$A" "$day" holder add "$T/request.json"
	grep -q "Added $person" "$T/out" || fail "not told who was added"
	share "$day" "$home"
}
# share DAY HOME ...: the new keyset to the others
share() {
	local day=$1 home
	shift
	rm -rf "$T/share"
	ok desk "$A" "$day" keyset --publish "$T/share"
	for home in "$@"; do
		ok desk "$home" "$day" keyset --accept "$T/share"
	done
}
# out DAY: anna's bundle, and what the gateway publishes is in $T/o
out() {
	rm -rf "$T/o"
	mkdir "$T/o"
	ok desk "$A" "$1" export "$T/o"
	mv "$T/out" "$T/exported"
	ok "$FIX" outbound "$T/o/outbound-1"
}
# report DAY TEXT: sealed to desk 1, listed
report() {
	ok "$FIX" seal "$T/gw" "$T/o/outbound-1" --desk 1 --day "$1" \
		--text "$2"
}

# Week 48: anna and ben. An approver reads nothing
join "$B" 2026-11-24 ben 1
join "$T/s" 2026-11-24 secretaris 1 --approver
refused "an approver has no week keys" desk "$T/s" 2026-11-24 rotate
refused "an approver signs" desk "$T/s" 2026-11-24 export "$T"
out 2026-11-24
report 2026-11-24 "week 48"
# The first rotation, ben's with his request; ben leaves, carla comes
ok desk "$A" 2026-12-01 rotate
ok desk "$B" 2026-12-01 rotate
rm -f "$T/request.json"
ok desk "$B" 2026-12-01 holder request --out "$T/request.json"
ok desk "$A" 2026-12-01 holder add "$T/request.json"
cp "$T/request.json" "$T/ben.json"
out 2026-12-01
report 2026-12-01 "week 49"
refused "names nobody of that id" desk "$A" 2026-12-08 holder remove niemand
refused "your own machine" desk "$A" 2026-12-08 holder remove anna
ok desk "$A" 2026-12-08 holder remove ben
join "$T/c" 2026-12-08 carla 1
ok desk "$A" 2026-12-08 rotate
out 2026-12-08
report 2026-12-08 "week 50"
# a revoked key never comes back
refused "was revoked before" desk "$A" 2026-12-08 holder add "$T/ben.json"
# The third; the machine of carla is stolen: her key is replaced
ok desk "$A" 2026-12-15 rotate
cp -r "$T/o" "$T/published"
ok desk "$T/c" 2026-12-15 holder rekey --all --to "$T/c2"
rm -f "$T/request.json"
ok desk "$T/c2" 2026-12-15 holder request --out "$T/request.json"
refused "holder replace" desk "$A" 2026-12-15 holder add "$T/request.json"
ok desk "$A" 2026-12-15 holder replace "$T/request.json"
share 2026-12-15 "$T/c2" "$T/s"
out 2026-12-15
report 2026-12-15 "week 51"

# The matrix: rows are machines, columns the weeks they may read
ok "$FIX" cut "$T/gw" "$T/o/outbound-1" 2026-12-15
reads() {
	local home=$1 day=$2 want=$3 got
	ok desk "$home" "$day" --json import "$T/gw"
	ok desk "$home" "$day" --json list
	got=
	for ref in $(json "' '.join(c['ref'] for c in o['cases'])"); do
		ok desk "$home" "$day" show "$ref"
		got+="$(grep -o 'week [45][0-9]' "$T/out" | head -1) "
	done
	got=$(tr ' ' '\n' <<<"$got" | grep -E '^[45]' | sort | tr '\n' ' ')
	[ "$got" = "$want" ] || fail "$home reads '$got', not '$want'"
}
share 2026-12-15 "$B"
matrix() { # DAY [WEEK]: and a week whose keys were published before the theft
	reads "$A" "$1" "48 49 50 51 ${2:+$2 }"
	reads "$B" "$1" "48 49 "
	reads "$T/c" "$1" "50 ${2:+$2 }"
	reads "$T/c2" "$1" "50 51 ${2:+$2 }"
	reads "$T/s" "$1" ""
}
matrix 2026-12-15
ok "$FIX" seal "$T/gw" "$T/published/outbound-1" --desk 1 --day 2026-12-22 \
	--text "week 52"

# Weeks die when closed, read and backed up; what was read stays open, and on
# a machine that has no backup they live on
ok "$FIX" cut "$T/gw" "$T/o/outbound-1" 2026-12-29 --closed 2026-W48
ok desk "$A" 2026-12-29 import "$T/gw"
ok desk "$A" 2026-12-29 --json backup "$STICK/b.age"
SECOND=$(json "o['second_medium']")
ok "$FIX" cut "$T/gw" "$T/o/outbound-1" 2026-12-29
ok desk "$A" 2026-12-29 --json import "$T/gw"
DEAD=$(json "o['weeks_destroyed']")
[ "$DEAD:$SECOND" = 1:True ] || [ "$DEAD:$SECOND" = 0:False ] ||
	fail "$DEAD weeks destroyed, second medium $SECOND"
here() { # HOME WEEK: what its calendar says
	ok desk "$1" 2026-12-29 --json keyset calendar
	json "[w['here'] for w in o['weeks'] if w['week']=='$2'][0]"
}
if [ "$DEAD" = 1 ]; then
	[ "$(here "$A" 2026-W48)" = destroyed ] || fail "the calendar does not say so"
fi
[ "$(here "$A" 2026-W49)" != destroyed ] || fail "a week too many died"
[ "$(json "len([1 for w in o['weeks'] if 'carla' in w['others']])")" != 0 ] ||
	fail "the calendar names no other holder"
matrix 2026-12-29 52
[ "$(here "$B" 2026-W48)" != destroyed ] || fail "died without a backup"
ok desk "$T/fresh" 2026-12-29 restore "$STICK/b.age"
reads "$T/fresh" 2026-12-29 "48 49 50 51 52 "

# The warning, the holiday
ok desk "$A" 2027-04-20 list
grep -q "run .rotate." "$T/err" || fail "no warning with 7 weeks left"
refused_usage() {
	"$@" >"$T/out" 2>"$T/err"
	[ $? -eq 2 ] || fail "exit is not 2: $*"
}
refused_usage desk "$A" 2027-04-20 rotate --holiday 2027-04-01
refused_usage desk "$A" 2027-04-20 rotate --holiday 2028-04-01
asks() { # HOME VERB: carla's request from there, which anna takes in
	rm -f "$T/request.json"
	ok desk "$1" 2027-04-20 holder request --out "$T/request.json"
	ok desk "$A" 2027-04-20 holder "$2" "$T/request.json"
}
last() { # WEEK: the last that anna's bundle publishes, without a gap
	out 2027-04-20
	WEEKS=$(ls "$T/o/outbound-1/epochs" | sort)
	[ "$(tail -1 <<<"$WEEKS")" = "$1.json" ] || fail "not until $1: $WEEKS"
	[ "$(wc -l <<<"$WEEKS")" = $((10#${1#*W} - 15)) ] || fail "gaps: $WEEKS"
}
ok desk "$A" 2027-04-20 rotate --holiday 2027-12-01
ok desk "$T/c2" 2027-04-20 rotate --holiday 2027-12-01
asks "$T/c2" add
last 2027-W52 # four weeks after it
# carla's machine is stolen now: all weeks until then under the new key
ok desk "$T/c2" 2027-04-20 holder rekey --all --to "$T/c3"
asks "$T/c3" replace
last 2027-W52
# or it is gone, and the new one made 26 weeks: of the others what the lost one
# signed is no key, and does not stop the export
cp -r "$A" "$T/a.keep"
rm -rf "$T/share" "$T/request.json"
ok desk "$A" 2027-04-20 keyset --publish "$T/share"
ok desk "$T/c4" 2027-04-20 holder request --keyset "$T/share/keyset.json" \
	--desk 1 --person carla --out "$T/request.json"
# on a terminal the key is compared before anything is signed
replaces() { # WORD
	echo "$1" >"$T/word"
	python3 "$HERE/tests/vectors/tty_answer.py" "$T/word" "$BIN" \
		--home "$A" --passphrase-file "$PASS" --today 2027-04-20 \
		holder replace "$T/request.json"
}
cp "$A/public/keyset.note" "$T/keyset.note"
replaces no && fail "replaced by a key that was not compared"
cmp -s "$A/public/keyset.note" "$T/keyset.note" || fail "signed before"
replaces yes || fail "not replaced"
last 2027-W41
grep -q "No keys of week 2027-W42: carla" "$T/exported" || fail "not named"
# nor does a request hold what the key of before signed
ok cp "$T/c3/public/blocks.json" "$T/c4/public"
asks "$T/c4" add
ok desk "$T/c4" 2027-04-20 rotate --holiday 2027-12-01
asks "$T/c4" add
last 2027-W52
grep -q "No keys of" "$T/exported" && fail "none is missing, and named"
# A stick that brings somebody else's keys under their names changes nothing
rm -rf "$T/share"
ok desk "$A" 2027-04-20 keyset --publish "$T/share"
ok desk "$T/c4" 2027-04-20 keyset --accept "$T/share"
ok cp "$T/a.keep/public/blocks.json" "$T/share"
ok desk "$A" 2027-04-20 keyset --accept "$T/share"
last 2027-W52
ok desk "$T/c4" 2027-04-20 keyset --accept "$T/share"
ok desk "$A" 2027-04-20 list
grep -q "run .rotate." "$T/err" && fail "warned after rotating"

# A second desk, retired with a successor; the last holder stays
join "$T/two" 2027-04-20 gemeentesecretaris 2
refused "last holder of the desk" desk "$A" 2027-04-20 \
	holder remove gemeentesecretaris
refused "your own desk" desk "$A" 2027-04-20 desk retire 1 --successor 2
refused 'desk 1 must not read about "coordinator", desk 2 may' desk "$A" \
	2027-04-20 desk retire 2 --successor 1
join "$T/three" 2027-04-20 griffier 3
out 2027-04-20
ok "$FIX" seal "$T/gw" "$T/o/outbound-1" --desk 2 --day 2027-04-20 \
	--text "net te laat"
ok desk "$A" 2027-04-20 desk retire 2 --successor 3
ok desk "$A" 2027-04-20 desk show
grep -q "retired; desk 3 answers  gemeentesecretaris" "$T/out" ||
	fail "not retired"
out 2027-04-20
ok desk "$A" 2027-04-20 export "$T/o"
grep -q "holder remove gemeentesecretaris" "$T/out" || fail "left for ever"
# What reached it from an open page goes to the successor; nothing comes to it
share 2027-04-20 "$T/two" "$T/three"
ok desk "$T/four" 2027-04-20 holder request --desk 2 --person wethouder \
	--keyset "$T/share/keyset.json" --out "$T/request4.json"
refused "nobody joins it" desk "$A" 2027-04-20 holder add "$T/request4.json"
ok "$FIX" cut "$T/gw" "$T/o/outbound-1" 2027-04-21
ok desk "$T/two" 2027-04-21 import "$T/gw"
ok desk "$T/two" 2027-04-21 --json list
REF=$(json "o['cases'][0]['ref']")
recuse() { # HOME CASE DESK: two people ask for it
	ok desk "$1" 2027-04-21 step "$2" triage
	ok desk "$1" 2027-04-21 --json approve --case "$2" --act recuse \
		--detail "$3"
	ok desk "$1" 2027-04-21 approve "$(json "o['request']")" \
		--keyring "$T/three/keyring.age" \
		--second-passphrase-file "$PASS"
}
recuse "$T/two" "$REF" 3
ok desk "$T/two" 2027-04-21 recuse "$REF" --to 3 --out "$T/parcel" \
	<<<"Dit meldpunt is opgeheven"
ok desk "$T/three" 2027-04-21 import "$T/parcel"
ok desk "$T/three" 2027-04-21 --json list
[ "$(json "len(o['cases'])")" = 1 ] || fail "locked in at a retired desk"
ok desk "$A" 2027-04-21 --json list
REF=$(json "o['cases'][0]['ref']")
recuse "$A" "$REF" 2
refused "no such other desk" desk "$A" 2027-04-21 recuse "$REF" --to 2 \
	--out "$T/parcel2" <<<"Zij kent hem"
ok desk "$A" 2027-05-20 holder remove gemeentesecretaris
ok desk "$A" 2027-05-20 desk show
grep -q "^Desk 1  " "$T/out" || fail "no desk"
grep -q "gemeentesecretaris" "$T/out" && fail "the last of a retired desk stays"
out 2027-05-20

# Long years: carla's machine stands by, rotates and imports nothing. What anna
# has read, backed up and confirmed ends there too, by her word alone; before,
# its keys filled the keyring until no new one was made
for week in 2027-W{16..28}; do
	ok "$FIX" cut "$T/gw" "$T/o/outbound-1" 2027-08-02 --closed "$week"
done
ok desk "$A" 2027-08-02 import "$T/gw"
ok desk "$A" 2027-08-02 backup "$STICK/c.age"
rm -rf "$T/o"
mkdir "$T/o"
# shellcheck disable=SC2046 # one word or none
ok desk "$A" 2027-08-02 export "$T/o" $([ "$SECOND" = True ] ||
	echo --confirm-without-backup)
share 2027-08-02
cp -r "$T/c4" "$T/standby"
kept() { # WEEK...: what its calendar says
	ok desk "$T/standby" 2027-08-02 --json keyset calendar
	for week; do
		json "[w['here'] for w in o['weeks'] if w['week']=='$week'][0]"
	done | paste -sd' '
}
ok desk "$T/standby" 2027-08-02 keyset --accept "$T/share"
[ "$(kept 2027-W16)" = key ] || fail "ended while the gateway has it"
ok "$FIX" cut "$T/gw" "$T/o/outbound-1" 2027-08-02 --applied "$T/o/outbound-1"
ok desk "$A" 2027-08-02 import "$T/gw"
share 2027-08-02 "$T/three"
ok desk "$T/three" 2027-08-02 keyset --publish "$T/other"
ok desk "$B" 2027-08-02 keyset --publish "$T/bens"
! compgen -G "$T/bens/weeks-*" >/dev/null || fail "the word of who holds nothing any more"
mv "$T"/other/weeks-3-*.note "$T/other/weeks"
for how in "cp $T/other/weeks $T/forged/weeks-1-anna.note" \
	"sed -i s/2027-W16/2027-W29/ $T/forged/weeks-1-anna.note"; do
	rm -rf "$T/forged"
	cp -r "$T/share" "$T/forged"
	$how
	refused "no word of a holder of this desk" desk "$T/standby" 2027-08-02 \
		keyset --accept "$T/forged"
done
ok desk "$T/standby" 2027-07-10 keyset --accept "$T/share"
[ "$(kept 2027-W16 2027-W25 2027-W26)" = "destroyed destroyed key" ] ||
	fail "a clock that is behind"
# another machine of carla, who stands by, publishes on that stick before: not
# over a keyset that it lacks, and its own note beside that of anna
refused "lies keyset" desk "$T/c4" 2027-08-02 keyset --publish "$T/share"
cp -r "$T/c4" "$T/c5"
ok desk "$T/c5" 2027-08-02 keyset --accept "$T/share"
ok desk "$T/c5" 2027-08-02 keyset --publish "$T/share"
[ -e "$T/share/weeks-1-carla.note" ] || fail "no word of carla"
ok desk "$T/standby" 2027-08-02 keyset --accept "$T/share"
grep -q "keys of 3 week(s)" "$T/out" || fail "not told: $(cat "$T/out")"
[ "$(kept 2027-W28 2027-W29)" = "destroyed key" ] ||
	fail "not those that anna is done with"
years() { # HOME: two rotations that reach as far as they can
	ok desk "$1" 2028-05-15 rotate --holiday 2029-01-08
	desk "$1" 2028-09-04 rotate --holiday 2029-04-30
}
refused "no room" years "$T/c4"
grep -q "keyset --publish" "$T/err" || fail "no way out is told"
ok years "$T/standby"

# The list of keys has an end: others' go a year after their week, one's own
# stay
ok desk "$A" 2028-04-18 rotate
python3 - "$A/public/blocks.json" <<'P' || fail "the list of keys grows"
import json, sys
all = json.load(open(sys.argv[1]))["blocks"]
week = {p: min(b["week"] for b in all if b["person"] == p)
        for p in ("anna", "carla")}
sys.exit(week != {"anna": "2026-W48", "carla": "2027-W16"})
P
echo "ok: three rotations, two changes of holders, one stolen machine: who" \
	"may read reads, nobody else; calendar, holiday, retired desk"
