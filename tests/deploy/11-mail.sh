#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the daily mail goes over verified TLS to a real SMTP server, with the
# same text and the same size whether there is something or not; the deputy
# gets it too when something waits for three days, and not before; a wrong
# certificate, a wrong password or a server without TLS gets nothing.
. "$(dirname "$0")/../http/lib.sh"
PYTHON=/usr/bin/python3 # Debian's, which has Debian's aiosmtpd
$PYTHON -c 'import aiosmtpd' 2>/dev/null || skip "python3-aiosmtpd is missing"
[ -x "$BIN/meldluik-courier" ] || skip "meldluik-courier is not built"
D=$(mktemp -d)
mkdir "$D/mail" "$D/secrets"
SMTP=
tidy() {
	[ -n "$SMTP" ] && kill "$SMTP" 2>/dev/null
	gw_clean
	rm -rf "$D"
}
for name in right wrong; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
		-keyout "$D/$name.key" -out "$D/$name.pem" 2>/dev/null ||
		fail "no certificate"
done
gw_new
trap tidy EXIT
gw_start
gw_install
gw_stop
MAIL=$(free_port)
$PYTHON "$(dirname "$0")/smtpd.py" "$MAIL" "$D/right.pem" "$D/right.key" \
	"$D/mail" meldluik geheim-woord >"$D/smtp.log" 2>&1 &
SMTP=$!
for _ in $(seq 100); do
	grep -q LISTENING "$D/smtp.log" && break
	sleep 0.1
done
printf '%s\n' "$TOKEN" >"$D/secrets/token"
echo geheim-woord >"$D/secrets/mail"
DOOR=$(free_port)
sed -i "s|^courier = .*|courier = 127.0.0.1:$DOOR|" "$GW/gateway.ini"
cat >"$D/courier.ini" <<END
[gateway]
url = $URL
door = http://127.0.0.1:$DOOR
credential_file = token
desk = 1
tries = 2
[notify]
server = smtps://localhost:$MAIL
user = meldluik
password_file = mail
from = meldpunt@gemeente.example
to = coordinator@gemeente.example
deputy = vervanger@gemeente.example
ca_file = $D/right.pem
END
notify() {
	"$BIN/meldluik-courier" --config "$D/courier.ini" --secrets \
		"$D/secrets" notify >"$D/log" 2>&1
}
mails() { find "$D/mail" -type f | wc -l; }
newest() { ls "$D/mail"/* | tail -n 1; }
# what differs from day to day by design: the date and the id
bare() { grep -av -e '^Date: ' -e '^Message-ID: ' "$1"; }

# nothing there, then something
gw_start
notify || fail "no mail: $(cat "$D/log")"
[ "$(mails)" = 1 ] || fail "$(mails) mails, not one"
head -1 "$(newest)" | grep -q '^coordinator@' || fail "to the wrong one"
first=$(newest)
"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$D/envelope" 2>/dev/null ||
	fail "no envelope"
python3 - "$PORT" "$D/envelope" "$WEEK" <<'PY' || fail "no report goes in"
import sys
import gw
c = gw.Client(int(sys.argv[1]))
a = gw.put_envelope(c, open(sys.argv[2], "rb").read(), sys.argv[3])
assert a.status in (200, 201), a.status
PY
notify || fail "no mail: $(cat "$D/log")"
[ "$(mails)" = 2 ] || fail "the deputy hears of it on the first day"
cmp <(bare "$first") <(bare "$(newest)") || fail "the texts differ"
[ "$(wc -c <"$first")" = "$(wc -c <"$(newest)")" ] || fail "the sizes differ"
grep -qi -e envelope -e manifest "$(newest)" && fail "it tells"

# three days later: the deputy too
later() { # DAYS
	faketime -f "+${1}d" "$BIN/meldluik-courier" --config \
		"$D/courier.ini" --secrets "$D/secrets" notify >"$D/log" 2>&1
}
later 2 || fail "no mail after two days: $(cat "$D/log")"
[ "$(mails)" = 3 ] || fail "the deputy is asked after two days"
later 3 || fail "no mail after three days: $(cat "$D/log")"
[ "$(mails)" = 5 ] || fail "the deputy is not asked: $(cat "$D/log")"
head -1 "$(newest)" | grep -q '^vervanger@' || fail "to the wrong one"
cmp <(bare "$first" | sed 's/coordinator@/vervanger@/') \
	<(bare "$(newest)") || fail "the deputy's mail differs"

# the coordinator's mailbox is closed: that is what the deputy is for
cp "$D/courier.ini" "$D/sound.ini"
sed -i 's/^to = coordinator@/to = gone@/' "$D/courier.ini"
later 4 && fail "a mailbox that is closed is not told"
[ "$(mails)" = 6 ] || fail "the deputy is not told: $(cat "$D/log")"
head -1 "$(newest)" | grep -q '^vervanger@' || fail "to the wrong one"
mv "$D/sound.ini" "$D/courier.ini"

# the gateway is down: the coordinator's mail goes all the same
gw_stop
notify && fail "a gateway that is down is not told"
[ "$(mails)" = 7 ] || fail "no mail while the gateway is down"

# nothing goes where it must not
refused() { # WHAT SED_EXPRESSION
	sed "$2" "$D/courier.ini" >"$D/other.ini"
	"$BIN/meldluik-courier" --config "$D/other.ini" --secrets \
		"$D/secrets" notify >"$D/log" 2>&1 && fail "$1: sent"
	[ "$(mails)" = 7 ] || fail "$1: a mail went out"
	n=$((n + 1))
}
n=0
refused "another's certificate" "s|right.pem|wrong.pem|"
refused "the system's authorities only" "/^ca_file/d"
refused "no TLS" "s|^server.*|server = http://localhost:$MAIL|"
refused "a name that is not on the certificate" "s|localhost:|127.0.0.1:|"
refused "an address with a line in it" "s|^to = .*|to = a@b<c>|"
refused "a patience of no days" "s|^deputy|patience = 0\ndeputy|"
refused "a user without a password" "/^password_file/d"
refused "an unknown key" "s|^deputy|deputies|"
echo another-word >"$D/secrets/mail"
refused "a wrong password" ""
grep -q "Login denied" "$D/log" || fail "not for it: $(cat "$D/log")"
grep -qF another-word "$D/log" && fail "the password is in the log"
echo "7 mails of one text and size, the deputy after 3 days; $n ways refused"
