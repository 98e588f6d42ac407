#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: an organisation whose signed desks are those of a competent authority
# (profile "eu") has that profile's roles, warning and routes: on the page, in
# six languages and offline, in the reporter's program and at the desk; and a
# municipality keeps its own.
. "$(dirname "$0")/lib.sh"
R=$BIN/meldluik-reporter
DESK=$BIN/desk_soft
[ -x "$R" ] && [ -x "$DESK" ] || skip "not built"
# looks PROFILE: a gateway of it
looks() {
	gw_new '[site]' 'languages = nl en pl uk tr ar'
	gw_start
	gw_install --weeks 1 --desks 2 --profile "$1"
	python3 - "$PORT" "$1" "$REPO/policy/data" <<'PY' || fail "pages of $1"
import json
import re
import sys
from html import unescape
from pages import Browser, report_form
port, own, data = sys.argv[1:]
both = {p: json.load(open(f"{data}/{p}.json"))["routing"]
        for p in ("nl", "eu")}
other = both["eu" if own == "nl" else "nl"]
offline = Browser(int(port)).c.ask("GET", "/offline.html").body.decode()
for lang in ("nl", "en", "pl", "uk", "tr", "ar"):
    b = Browser(int(port), lang).get("report")
    codes = re.findall(r'name="about" value="([^"]*)"', b.text)
    text = unescape(b.text)
    want = both[own]["roles"]
    assert [c for c in codes if c] == [r["code"] for r in want], codes
    for r in want:
        assert r[lang] in text, (lang, r)
        assert r[lang].replace("'", "\\'") in offline or r[lang] in offline
    assert other["warning"][lang] not in text
if own == "eu":  # its own staff is the audit's, desk 2; others are desk 1's
    for about, desk in (("eigen-medewerker", "2"), ("persoon", "1"), ("", "1")):
        b, _ = report_form(int(port), about)
        assert f"gaat naar: Meldpunt {desk}." in b.text, (about, desk)
PY
	echo "Er is iets." >"$GW/text"
	REP=("$R" --keyset "$ORG" --no-mailbox --text "$GW/text")
}
# seals ROLE [DESK]: to a desk, or the words of why not
seals() {
	rm -f "$GW/sealed"
	"${REP[@]}" --about "$1" ${2:+--desk "$2"} --out "$GW/sealed" seal \
		>"$GW/out" 2>"$GW/err"
}
looks nl
seals medewerker || fail "an employee, of nl: $(cat "$GW/err")"
seals persoon && fail "a role of eu, of nl"
grep -q "no such role" "$GW/err" || fail "$(cat "$GW/err")"
gw_clean
looks eu
seals persoon || fail "somebody else, of eu: $(cat "$GW/err")"
seals eigen-medewerker || fail "own staff: $(cat "$GW/err")"
seals eigen-medewerker 2 || fail "own staff, to the audit"
seals eigen-medewerker 1 && fail "own staff, to the desk of own staff"
seals medewerker && fail "a role of nl, of eu"
grep -q "no such role" "$GW/err" || fail "$(cat "$GW/err")"

# the desk: founded as one, it stays one by its keyset
echo "juist paard batterij nietje" >"$GW/pass"
desk() {
	"$DESK" --home "$GW/home" --passphrase-file "$GW/pass" --today \
		2026-11-24 "$@" >"$GW/out" 2>"$GW/err"
}
desk init --batch --profile fr --organisation A && fail "a profile that is none"
grep -q -- "--profile is nl" "$GW/err" || fail "$(cat "$GW/err")"
for own in nl eu; do
	rm -rf "$GW/home"
	desk init --batch --profile $own --organisation "Autoriteit" --card \
		"$GW/card.json" || fail "init: $(cat "$GW/err")"
	desk keyset --publish "$GW/$own" || fail "publish: $(cat "$GW/err")"
	grep -q '"id":"intake"' "$GW/$own/keyset.json"
	[ $? = "$([ $own = eu ] && echo 0 || echo 1)" ] || fail "desks of $own"
	desk --json enter report <<<"Per telefoon" || fail "$(cat "$GW/err")"
	REF=$(python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["ref"])' "$GW/out")
	desk forward "$REF" --to authority --receiver NONE --make "$GW/plan" &&
		fail "an authority that is none"
	grep -qw OLAF "$GW/err"
	[ $? = "$([ $own = eu ] && echo 0 || echo 1)" ] ||
		fail "authorities of $own: $(cat "$GW/err")"
done
echo "two profiles, each its own roles and routes, on pages, program and desk"
