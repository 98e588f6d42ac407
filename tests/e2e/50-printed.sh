#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what the desk prints for people is there and right, where other scripts
# read --json only; and with --json no verb prints anything that is not JSON.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people
ok desk "$T/signs" 2026-11-24 holder request --desk 1 --person griffier \
	--approver --keyset "$T/share/keyset.json" --out "$T/r3.json"
ok h keyset --add-holder "$T/r3.json"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day $day --new-code "$T/code" \
	--text "De wethouder Jansen nam geld aan."
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
ok h --json list
R=$(json "o['cases'][0]['ref']")
has() { # TEXT: in what the last command printed
	grep -q -- "$1" "$T/out" || {
		cat "$T/out"
		fail "no '$1'"
	}
}

# --- the organisation
ok h keyset
has "^Organisation  *Gemeente Voorbeeld$"
has "^Keyset  *[0-9]*, valid until 2027-12-"
has "^Gateway  *[0-9A-Z]\{4\}-"
has "^Desk 1  *.*([a-z_]*), 2 holder(s)$"
has "^  deputy  *desk 1  [0-9A-Z]\{4\}-"
has "^Weeks with keys of every holder: [1-9]"
grep -q EXPIRED "$T/out" && fail "it is valid"
ok desk "$H" 2028-03-01 keyset
has "(EXPIRED: .keyset --renew.)$"
ok desk "$T/bare" $day init --batch --organisation Kaal --person an
ok desk "$T/bare" $day keyset
has "^Organisation  *Kaal$"
has "^Gateway  *none yet$"
ok h keyset fingerprint
PRINT=$(cat "$T/out")
ok h keyset show
has "^Fingerprint  *$PRINT$"
ok h desk show
has "^Desk 1  .*2 holder(s)  .*deputy"
has "  griffier (approver)$"

# --- cases
ok h list
has "^case  *kind  *received  *ack due"
has "^$R  *melding\|^$R  *report"
ok h search <<<"wethouder"
has "^$R$"
has "^1 case(s) found.$"
ok h search <<<"burgemeester"
has "^0 case(s) found.$"
ok h classify "$R" --about nobody --kind melding --type FIN --origin intern
has "^Classified $R: kind melding, type FIN, origin intern"
ok h step "$R"
has "^$R is [a-z_]*. Steps from here:$"
ok h --json keyset
WHO=$(json "[p['id'] for p in o['people'] if p['role']=='holder'][0]")
ok h assign "$R" "$WHO"
has "^$R is handled by $WHO.$"
ok h enter report --route gesprek <<<"Aan de telefoon"
has "^Entered as 2026-[0-9A-Z]\{4\}.$"
E=$(sed -n 's/^Entered as \(.*\)\.$/\1/p' "$T/out")
ok h list
has "^$E "
ok h link "$R" "$E"
ok h enter activity --kind voorlichting
has "^Entered.$"
ok h --json enter list
ROW=$(json "o[0]['row']")
ok h enter undo "$ROW"
has "^Taken back.$"

# --- a forwarding
ok h forward "$R" --to police --make "$T/plan"
has "^Wrote $T/plan. Choose what it carries"
ok h forward "$R" --to police --duty - <<<"Artikel 162 Sv"
has "^Recorded.$"

# --- the same for programs: one document, or nothing
n=0
pure() {
	ok h --json "$@"
	python3 -c 'import json, sys
text = open(sys.argv[1]).read()
text and json.loads(text)' "$T/out" 2>/dev/null || {
		cat "$T/out"
		fail "no JSON: $*"
	}
	n=$((n + 1))
}
pure list
pure show "$R"
pure step "$R"
pure clocks
pure keyset
pure keyset calendar
pure desk show
[ "$(json "[(p['id'], p['role']) for p in o['desks'][0]['people']][-1]")" = \
	"('griffier', 'approver')" ] || fail "who is at desk 1"
pure search <<<"wethouder"
pure assign "$R" "$WHO"
pure note "$R" <<<"Een aantekening"
pure enter report --route gesprek <<<"Nog een"
pure rotate
[ "$(json "o['made'],o['ahead']")" = "(0, 26)" ] || fail "which keys"
pure holder request --out "$T/request.json"
[ "$(json "o['fingerprint'][4]")" = - ] || fail "whose key"
pure takeover --note "$T/heir"
pure keyset --publish "$T/published"
pure export "$T/a"
pure backup "$T/b.age"
pure verify
ok h backup "$T/b2.age"
json_of() { # HOME VERB...: the same of a home that it makes
	local home=$1
	shift
	ok desk "$home" $day --json "$@"
	[ ! -s "$T/out" ] || python3 -m json.tool "$T/out" >"$T/nice" ||
		fail "no JSON: $*"
	n=$((n + 1))
}
json_of "$T/again" restore "$T/b2.age"
json_of "$T/fresh" holder request --desk 1 --person ander \
	--keyset "$T/share2/keyset.json" --out "$T/r4.json"
pure holder add "$T/r4.json"
pure holder remove ander
pure holder rekey --to "$T/moved"
pure register show
echo "ok: printed as it is; $n verbs print one JSON document or nothing"
