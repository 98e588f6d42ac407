#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: every guard of the state machine, every act of the four-eyes list and
# every rule is tried through the program before its fact is there, and the
# refusal names rule and article. What is tried here is compared with the
# tables in the code: a guard, act or rule that nobody tries fails.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
H=$T/home
day=2026-11-26
# breaks "WHAT ..." RULE ARTICLE COMMAND...: refused; WHAT: a guard of
# casestate.c or act:NAME of foureyes.c
breaks() {
	local what
	refused "\[$2: $3" "${@:4}"
	for what in $1 "$2"; do
		echo "$what" >>"$T/tried"
	done
}
asked() { # CASE ACT [DETAIL]: $ASKED waits for a second person
	ok h --json approve --case "$1" --act "$2" ${3:+--detail "$3"}
	ASKED=$(json "o['request']")
}
signed() { # by the secretary
	ok h approve "$ASKED" --keyring "$T/sec/keyring.age" \
		--second-passphrase-file "$PASS"
}
two() {
	asked "$@"
	signed
}
enter() { # WHAT TEXT [OPTION]...: $REF is the new case
	ok h --json enter "$1" "${@:3}" <<<"$2"
	REF=$(json "o['ref']")
}
triaged() {
	ok h classify "$REF" --about nobody --kind melding --type BEV \
		--origin extern --wbk ja
	ok h step "$REF" triage
}
answered() { # acknowledged and given feedback by letter
	ok h feedback "$REF" --acknowledgement --by letter <<<"Ontvangen"
	ok h feedback "$REF" --by letter <<<"Dit deden wij"
}
decided() {
	triaged
	ok h step "$REF" in_behandeling
	ok h classify "$REF" --outcome gesprek
	ok h step "$REF" besluit
}
state_is() {
	ok h --json show "$REF"
	[ "$(json "o['state']")" = "$1" ] || fail "$REF is not $1"
}

# A secretary at desk 2, a deputy at desk 1
ok desk "$H" 2026-11-24 keyset --publish "$T/share"
for who in "sec 2 secretaris" "dep 1 deputy"; do
	set -- $who
	ok desk "$T/$1" 2026-11-24 holder request --desk "$2" --person "$3" \
		--keyset "$T/share/keyset.json" --out "$T/$1.json"
	ok desk "$H" 2026-11-24 keyset --add-holder "$T/$1.json"
done
ok desk "$H" 2026-11-24 keyset --publish "$T/share2"
ok desk "$T/sec" $day keyset --accept "$T/share2"

# Registered on receipt, by the program itself: there is no way around it
enter report "Hij nam geld aan"
ok h --json list
[ "$(json "[(c['state'],c['received']) for c in o['cases']]")" = \
	"[('opgehaald', '2026-11-26')]" ] || fail "not registered on receipt"
printf 'registered\nS-REGISTERED\n' >>"$T/tried"

# Triage
breaks "" S-STEP "ISO 37002" h step "$REF" besluit
breaks "" S-STEP "ISO 37002" h reopen "$REF" <<<"Zomaar"
ok h step "$REF" triage
breaks classified S-CLASSIFIED "ISO 37002 8.3" h step "$REF" in_behandeling
ok h classify "$REF" --kind melding --type FIN --origin intern --wbk ja
breaks conflict_checked S-IMPARTIAL "Dir 9(1)(c)" h step "$REF" in_behandeling
ok h classify "$REF" --about deputy
breaks "" S-IMPARTIAL "Dir 9(1)(c)" h assign "$REF" deputy
refused "Only a holder of this desk" h assign "$REF" secretaris
refused "Only a holder of this desk" h assign "$REF" niemand
ok h classify "$REF" --about nobody
ok h assign "$REF" deputy
ok h classify "$REF" --about deputy
breaks conflict_checked S-IMPARTIAL "Dir 9(1)(c)" h step "$REF" in_behandeling
ok h classify "$REF" --about nobody
breaks reason S-REASON "Dir 11(3)" h step "$REF" afgebroken
breaks reason S-REASON "Dir 11(3)" h step "$REF" wraking
refused "empty or not UTF-8" h step "$REF" afgebroken --reason - </dev/null
breaks "four_eyes_abort act:abort" S-TWO "own rule" h step "$REF" afgebroken \
	--reason - <<<"Geen tijd"
breaks "four_eyes_recusal act:recuse" S-TWO "own rule" h recuse "$REF" --to 2 \
	--out "$T/p" <<<"Ik ken hem"
[ ! -e "$T/p" ] || fail "a parcel without a second person"
breaks withdrawal S-WITHDRAWAL "Dir 9(1)(d)" h step "$REF" ingetrokken
breaks act:wbk_downgrade S-TWO "own rule" h classify "$REF" --wbk nee
FIRST=$REF

# Not admissible: two people, a reason, feedback that says why and where else
enter report "Buiten bereik"
triaged
breaks reason S-REASON "Dir 11(3)" h step "$REF" niet_ontvankelijk
breaks "four_eyes_not_admissible act:not_admissible" S-TWO "own rule" h step \
	"$REF" niet_ontvankelijk --reason - <<<"Geen werkrelatie"
ok h classify "$REF" --about secretaris
asked "$REF" not_admissible
breaks "" S-SUBJECT "Dir 9(1)(c)" h approve "$ASKED" --paper secretaris
ok h classify "$REF" --about nobody
signed
# A signature that no longer holds stops that request, not a new one
ok h classify "$REF" --about secretaris
breaks "" S-SUBJECT "Dir 9(1)(c)" h step "$REF" niet_ontvankelijk --reason - \
	<<<"Geen werkrelatie"
asked "$REF" not_admissible
breaks "" S-SUBJECT "Dir 9(1)(c)" h step "$REF" niet_ontvankelijk --reason - \
	<<<"Geen werkrelatie"
ok h approve "$ASKED" --keyring "$T/dep/keyring.age" \
	--second-passphrase-file "$PASS"
ok h step "$REF" niet_ontvankelijk --reason - <<<"Geen werkrelatie"
breaks ack S-ACK "Wbk 2(2); Dir 9(1)(b)" h close "$REF"
answered
breaks reasoned S-REASONED "Dir 11(3)" h close "$REF"
ok h feedback "$REF" --by letter --reasoned <<<"Want"
breaks options_told S-OPTIONS "Wbk 2(2)(g); Dir 9(1)(g)" h close "$REF"
ok h feedback "$REF" --by letter --options <<<"Het Huis voor Klokkenluiders"
ok h close "$REF"

# Decision and feedback: a draft is no answer
enter report "Met antwoordbus" --mailbox
triaged
ok h step "$REF" in_behandeling
breaks outcome S-OUTCOME "Dir 9(1)(d)" h step "$REF" besluit
ok h classify "$REF" --outcome ongegrond
breaks "four_eyes_unfounded act:unfounded_uninvestigated" S-TWO "own rule" h \
	step "$REF" besluit
ok h classify "$REF" --outcome gesprek
ok h step "$REF" besluit
ok h acknowledge "$REF"
breaks ack S-ACK "Wbk 2(2)" h step "$REF" teruggekoppeld
ok h feedback "$REF" --acknowledgement --by letter <<<"Ontvangen"
breaks feedback S-FEEDBACK "Wbk 2(2); Dir 9(1)(f)" h close "$REF"
ok h feedback "$REF" <<<"In de antwoordbus, nog niet geplaatst"
breaks feedback S-FEEDBACK "Wbk 2(2); Dir 9(1)(f)" h close "$REF"
refused "has a mailbox" h feedback "$REF" --by no-route <<<"Geen weg"

# What was told before a decision is not of the decision
enter report "Stand van zaken"
triaged
ok h step "$REF" in_behandeling
answered
day=2026-11-27
ok h classify "$REF" --outcome gesprek
ok h step "$REF" besluit
breaks feedback S-FEEDBACK "Wbk 2(2); Dir 9(1)(f)" h close "$REF"
ok h --json clocks
[ "$(json "[x['day'] for x in o if x['what'] == 'feedback' and \
	x['case'] == '$REF']")" = "['2026-12-11']" ] || fail "not due again"
ok h feedback "$REF" --by letter --on 2026-11-26 <<<"Van gisteren"
breaks feedback S-FEEDBACK "Wbk 2(2); Dir 9(1)(f)" h close "$REF"
ok h feedback "$REF" --by letter <<<"Dit besloten wij"
ok h close "$REF"

# A talk: offered for agreement; no way to answer: two people, still fit
enter talk "Gesprek" --route gesprek
decided
for kind in "" --acknowledgement; do
	breaks act:feedback_without_route S-TWO "own rule" h feedback "$REF" \
		$kind --by no-route <<<"Adres onbekend"
done
asked "$REF" feedback_without_route
day=2026-11-28
signed
for kind in "" --acknowledgement; do # not before there were two
	refused "on which the second person signed" h feedback "$REF" $kind \
		--by no-route --on 2026-11-27 <<<"Adres onbekend"
done
ok h feedback "$REF" --by no-route <<<"Adres onbekend"
breaks ack S-ACK "Wbk 2(2)" h close "$REF"
ok h feedback "$REF" --acknowledgement --by no-route <<<"Adres onbekend"
refused "acknowledged already" h feedback "$REF" --acknowledgement \
	--by no-route <<<"Nog eens"
ok h --json show "$REF"
[ "$(json "o['ack_by'], o['ack_posted'], o['feedback_by']")" = \
	"('no_route', '2026-11-28', 'no_route')" ] || fail "no route at all"
ok h classify "$REF" --about secretaris
breaks four_eyes_no_route S-SUBJECT "Dir 9(1)(c)" h close "$REF"
ok h classify "$REF" --about nobody
breaks oral_record S-ORAL "Dir 18(2)-(4)" h close "$REF"
ok h enter agreement --case "$REF" --state offered <<<"Het verslag"
ok h close "$REF"
ok h --json show "$REF"
[ "$(json "o['agreement']")" = not_confirmed ] || fail "silence is consent"

# Retention, hold, destruction; reopening takes a signature's ground away
breaks "" S-STEP "ISO 37002" h destroy "$REF" --out "$T/d"
breaks retention_set S-RETENTION "Wbk 2a; Dir 18(1)" h step "$REF" \
	bewaartermijn
refused "no such retention class" h close "$REF" --class RT0
refused "no such retention class" h close "$REF" --class XX
refused "before receipt" h close "$REF" --class RT4 --from 2016-11-28
ends() { # CLASS DAY [OPTION]...: chosen, and chosen anew when it was wrong
	ok h close "$REF" --class "$1" "${@:3}"
	ok h --json show "$REF"
	[ "$(json "o['state'], o['destroy_on']")" = \
		"('bewaartermijn', '$2')" ] || fail "$1: not $2"
}
ends RT4 2031-11-28 --from 2026-11-28
ends RT3 2027-01-28
breaks reason S-REASON "Dir 11(3)" h step "$REF" heropend
refused "empty or not UTF-8" h reopen "$REF" </dev/null
refused "empty or not UTF-8" h hold "$REF" on </dev/null
ok h hold "$REF" on <<<"Rechtszaak"
refused "stands so already" h hold "$REF" on <<<"Nog eens"
day=2027-03-01
breaks no_hold S-HOLD "Archiefwet" h destroy "$REF" --out "$T/d"
breaks no_hold S-HOLD "Archiefwet" h step "$REF" vernietigd
ok h hold "$REF" off <<<"Voorbij"
day=2027-01-25
breaks term_passed S-TERM "Archiefwet" h destroy "$REF" --out "$T/d"
day=2027-03-01
breaks "four_eyes_destroy act:destroy" S-TWO "own rule" h destroy "$REF" \
	--out "$T/d"
two "$REF" destroy
ends RT4 2031-11-28 --from 2026-11-28
ends RT3 2027-01-28
breaks four_eyes_destroy S-TWO "own rule" h destroy "$REF" --out "$T/d"
two "$REF" destroy
ok h classify "$REF" --measures waarschuwing
ok h reopen "$REF" <<<"Nieuw bewijs"
state_is heropend
[ "$(json "o['outcome'], o['measures']")" = "('', '')" ] ||
	fail "measures of a decision that was taken back"
ok h step "$REF" in_behandeling
ok h classify "$REF" --outcome gesprek
ok h step "$REF" besluit
breaks feedback S-FEEDBACK "Wbk 2(2); Dir 9(1)(f)" h close "$REF"
two "$REF" feedback_without_route
ok h feedback "$REF" --by no-route <<<"Nog steeds geen adres"
ok h classify "$REF" --about secretaris
breaks four_eyes_no_route S-SUBJECT "Dir 9(1)(c)" h close "$REF"
# Reached after all: that counts, and needs no second person
ok h feedback "$REF" --by letter <<<"Er was toch een adres"
ok h --json show "$REF"
[ "$(json "o['feedback_by'], o['told_decision']")" = \
	"('letter', '2027-03-01')" ] || fail "feedback stays without a route"
ok h close "$REF" --class RT3
ok h classify "$REF" --about nobody
day=2027-06-10
breaks four_eyes_destroy S-TWO "own rule" h destroy "$REF" --out "$T/d"
ok h hold "$REF" on <<<"Toch een rechtszaak"
enter report "Voor altijd"
decided
answered
ok h close "$REF" --class RT5
day=2099-01-01
breaks term_passed S-TERM "Archiefwet" h destroy "$REF" --out "$T/d"
day=2027-06-10
[ ! -e "$T/d" ] || fail "a declaration without a destruction"

# Recusal: sealed to the other desk, and nothing more happens here
two "$FIRST" recuse 2
ok desk "$H" $day rotate
ok desk "$T/sec" $day rotate
ok desk "$T/sec" $day holder request --out "$T/again.json"
ok h keyset --add-holder "$T/again.json"
ok h recuse "$FIRST" --to 2 --out "$T/p" <<<"Ik ken hem"
REF=$FIRST
state_is wraking
breaks resealed S-RESEALED "Dir 9(1)(c), 16(1)" h step "$REF" triage
breaks resealed S-RESEALED "Dir 9(1)(c), 16(1)" h note "$REF" <<<"x"

# Links
enter report "Over de zorg"
h link "$REF" "$REF" 2>"$T/err" && fail "linked with itself"
grep -q "belongs to itself" "$T/err" || fail "the refusal of a self link"
ok h link "$REF" "$FIRST"
refused "linked already" h link "$FIRST" "$REF"

# Forwarding: plan KEY=VALUE...: $P is a plan with these
plan() {
	P=$T/plan
	rm -f "$P"
	ok h forward "$REF" --to "$1" ${2:+--receiver "$2"} --make "$P"
	python3 - "$P" "${@:3}" <<'PY'
import json, sys
o = json.load(open(sys.argv[1]))
for one in sys.argv[2:]:
    key, value = one.split("=", 1)
    o[key] = {"true": True, "false": False}.get(value, value)
json.dump(o, open(sys.argv[1], "w"))
PY
}
sends() { h forward "$REF" --plan "$P" --out "$T/out.html" --print; }
triaged
ok h step "$REF" in_behandeling
breaks consent_or_duty S-CONSENT "Dir 16(1)-(2); Wbk 1a; Sv 162" h step \
	"$REF" doorgezonden
plan authority IGJ reviewed=true
breaks "" S-CONSENT "Dir 16(1)-(2)" sends
plan police "" reviewed=true
breaks "" S-DUTY "Sv 162" sends
plan investigator "" reviewed=true to=desk
breaks "" S-UNMODIFIED "Dir 12(3)" sends
all=("name=Bureau Onderzoek" until=2027-12-31 agreement=true reviewed=true)
for lacks in name= until= until=2027-06-09 agreement=false; do
	plan investigator "" "${all[@]}" "$lacks"
	breaks "" S-FOREIGN-END "AVG 28" sends
done
plan investigator "" "${all[@]}" reviewed=false
breaks "" S-SANITISED "Dir 16(1), 22" sends
plan investigator "" "${all[@]}" with_identity=true
breaks "" S-CONSENT "Dir 16(1)-(2)" sends
plan investigator "" "${all[@]}"
breaks act:forward S-TWO "own rule" sends
# Consent and word to the reporter are for one receiver
to() { h forward "$REF" --to "$@"; }
misused "say where it goes" h forward "$REF" --consent - <<<"JA"
misused "receiver is one of" to authority --consent - <<<"JA"
refused "nothing to take back" to police --consent - --withdrawn <<<"NEE"
ok to police --consent - <<<"JA, doe maar aangifte"
breaks reporter_told S-TOLD "Dir 11(6), 16(3)" h step "$REF" doorgezonden
plan investigator "" "${all[@]}" with_identity=true
breaks "" S-CONSENT "Dir 16(1)-(2)" sends
ok to investigator --consent - <<<"JA, zij mogen weten wie ik ben"
breaks act:disclose_identity S-TWO "own rule" sends
plan authority IGJ reviewed=true
breaks consent_or_duty S-CONSENT "Dir 16(1)-(2)" sends
ok to authority --receiver IGJ --consent - <<<"JA, ook daarheen"
ok to authority --receiver IGJ --consent - --withdrawn <<<"Toch niet"
breaks consent_or_duty S-CONSENT "Dir 16(1)-(2)" sends
plan police "" reviewed=true
breaks "" S-TOLD "Dir 11(6), 16(3)" sends
misused "say where it goes" h feedback "$REF" --by letter --forwarded <<<"Weg"
ok h feedback "$REF" --by letter --forwarded --receiver IGJ <<<"Naar IGJ"
breaks reporter_told S-TOLD "Dir 11(6), 16(3)" sends
ok h feedback "$REF" --by letter --forwarded --to police <<<"Wij doen aangifte"
breaks "four_eyes_forward act:forward" S-TWO "own rule" h step "$REF" \
	doorgezonden
breaks "" S-TWO "own rule" sends
[ ! -e "$T/out.html" ] || fail "a dossier left by one person"

# What one forwarding rested on is used up; reopening ends the rest
signed_plan() {
	ok h --json approve --case "$REF" --act forward --plan "$P"
	ASKED=$(json "o['request']")
	signed
}
signed_plan
ok sends
rm "$T/out.html"
state_is doorgezonden
ok h step "$REF" in_behandeling
plan police "" reviewed=true
breaks "" S-DUTY "Sv 162" sends
ok to police --duty - <<<"Artikel 162"
breaks reporter_told S-TOLD "Dir 11(6), 16(3)" sends
plan authority IGJ reviewed=true
breaks consent_or_duty S-CONSENT "Dir 16(1)-(2)" sends
ok to authority --receiver IGJ --consent - <<<"JA, nu wel"
signed_plan # she was told of this one before
ok h feedback "$REF" --acknowledgement --by letter <<<"Ontvangen"
ok h feedback "$REF" --by letter <<<"Wij stoppen hier"
ok h classify "$REF" --outcome gesprek
ok h step "$REF" besluit
ok h close "$REF"
ok h reopen "$REF" <<<"Nieuwe feiten"
breaks consent_or_duty S-CONSENT "Dir 16(1)-(2)" sends
ok to authority --receiver IGJ --consent - <<<"JA, ook de nieuwe feiten"
breaks reporter_told S-TOLD "Dir 11(6), 16(3)" sends
ok h feedback "$REF" --by letter --forwarded --receiver IGJ <<<"Naar IGJ"
breaks "" S-TWO "own rule" sends
ok h --json show "$REF"
[ "$(json "[(g['kind'], g['receiver'] or g['to']) for g in o['grounds'] if \
	not g['ended']]")" = "[('consent', 'IGJ'), ('told', 'IGJ')]" ] ||
	fail "grounds: $(json "o['grounds']")"

# Four eyes beside the cases
breaks act:year_closing S-TWO "own rule" h register close --year 2026
breaks act:key_ceremony S-TWO "own rule" h rotate --destroy 2026-W48

# No waiver and no extension inside (C7)
mkdir "$T/rows"
for cell in 15:geweigerd 17:ingewikkeld; do
	awk -F, -v OFS=, -v c="${cell%:*}" -v v="${cell#*:}" 'NR == 2 {
		if (c == 15) { $14 = "" } $c = v } NR < 3' \
		"$HERE/tests/acceptance/helmond-2023/report.csv" \
		>"$T/rows/report.csv"
	breaks "" S-CHANNEL "Dir" h register import "$T/rows"
done
for act in "waived --why geweigerd" extended; do
	breaks "" S-CHANNEL "Dir" h term "$REF" $act <<<"Zij wil het niet"
done

# Whom a report is about may say so, and not take it back alone
enter report "Over de coordinator"
triaged
ok h classify "$REF" --about coordinator
for who in nobody deputy; do
	breaks "" S-SUBJECT "Dir 9(1)(c)" h classify "$REF" --about $who
done
ok h classify "$REF" --about deputy --about coordinator
guard S-SUBJECT h step "$REF" in_behandeling

# Nothing tried left a trace in the journal's proof
ok h --json verify

# The code's own lists, and what was tried
grep -oP '^\t\[GUARD_[A-Z_]+\] = \{ "\K[a-z_]+' "$HERE/policy/casestate.c" \
	>"$T/guards"
[ "$(wc -l <"$T/guards")" -eq "$(sed -n '/^enum guard {/,/^}/p' \
	"$HERE/policy/casestate.c" | grep -c '^.GUARD_[A-Z_]*,$')" ] ||
	fail "the table of guards in casestate.c cannot be read"
grep -oP '^\t\[ACT_[A-Z_]+\] = "\K[a-z_]+' "$HERE/policy/foureyes.c" |
	sed 's/^/act:/' >"$T/acts"
[ "$(wc -l <"$T/acts")" -ge 11 ] || fail "the acts of foureyes.c"
{
	cat "$T/guards" "$T/acts"
	grep -ohE '"S-[A-Z-]+"' "$HERE"/policy/*.c "$HERE"/policy/data/*.json \
		"$HERE"/keys/decryptor/*.c | tr -d '"'
} | sort -u >"$T/code"
sort -u "$T/tried" >"$T/done"
diff "$T/code" "$T/done" >"$T/diff" || {
	cat "$T/diff"
	fail "in the code (<) and tried here (>) differ"
}
echo "ok: $(wc -l <"$T/guards") guards, $(wc -l <"$T/acts") acts of four" \
	"eyes, $(grep -c ^S- "$T/code") rules: each refused with rule and" \
	"article before its fact was there"
