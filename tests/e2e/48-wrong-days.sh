#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: no day that a gateway names takes the clocks away. An answer posted
# before receipt, as the gateway has it, counts on the day of receipt, and
# that is shown; an import that comes late moves no term, for the earliest day
# counts; the year can be closed.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
three_people
seal() { # DAY NAME
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day "$1" --text "$2" \
		--new-code "$T/code-$2"
}
seal 2026-11-25 een
seal 2026-11-27 twee
seal 2026-11-25 drie
ok "$FIX" cut "$T/gw" "$ORG" $day
ok h import "$T/gw"
of() { # REF FIELD: of the case, as `list` has it
	ok h --json list
	json "[c.get('$2') for c in o['cases'] if c['ref']=='$1'][0]"
}
ok h --json list
early=$(json "[c['ref'] for c in o['cases'] if c['received']=='2026-11-27'][0]")
late=$(json "[c['ref'] for c in o['cases'] if c['received']!='2026-11-27'][0]")
for r in $(json "' '.join(c['ref'] for c in o['cases'])"); do
	ok h classify "$r" --about nobody --kind melding --type OMG \
		--origin intern --wbk nee
done
# The import comes after a talk was written down as the first answer
ok h acknowledge "$early"
ok h acknowledge "$late"
ok h reply "$late" --kind feedback --reasoned --options <<<"Terugkoppeling"
ok h export "$T/b"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26 --applied "$T/b/outbound-1"
day=2026-12-04
ok h feedback "$late" --acknowledgement --by talk <<<"Nog eens bevestigd"
ok h feedback "$late" --by talk --reasoned --options <<<"Nog eens gezegd"
[ "$(of "$late" ack_status)" = late ] || fail "the talk was in time"
ok h import "$T/gw"
for want in ack_posted=2026-11-26 ack_status=on_time ack_by=mailbox \
	feedback_posted=2026-11-26 feedback_due=2027-02-25; do
	[ "$(of "$late" "${want%%=*}")" = "${want##*=}" ] ||
		fail "$want is $(of "$late" "${want%%=*}")"
done
[ "$(of "$late" posted_said_before_receipt)" = None ] || fail "a false mark"
# The gateway's clock stood back when that answer was posted
[ "$(of "$early" posted_said_before_receipt)" = 2026-11-26 ] || fail "no mark"
[ "$(of "$early" ack_posted)" = 2026-11-27 ] || fail "not the day of receipt"
ok h list
grep -q "$early.*clock is wrong: posted before receipt, 2026-11-26" "$T/out" ||
	fail "the mark is not shown"
ok h --json clocks
[ "$(json "len([d for d in o if d['what']=='feedback'])")" = 2 ] ||
	fail "a case has no clock: $(cat "$T/out")"
json "[d['what'] for d in o]" | grep -q clock_unknown && fail "an unknown clock"
ok h report --year 2026 --format md
grep -q "does not count" "$T/err" && fail "a case is left out of the year"
python3 "$HERE/tests/desk/told.py" early "$BIN" "$H" "$PASS" $day "$T" "" "" \
	"$early" "$late" || fail "the mark on the page"
day=2027-02-01
ok h --json approve --act year_closing --detail 2026
second
ok h register close --year 2026 --without-stick
ok h verify
echo "ok: days before receipt and late imports move no clock"
