#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the founding ceremony as pages, by keyboard in Chromium: begun on the
# terminal, gone on with on the page, killed four times, a sheet proven on
# the terminal, ended on the page. A wrong answer at every step is told and
# loses nothing; pages pass axe and html-validate and fit 320 px; each sheet
# of the longest names is one page; two photographed QR codes give the
# identity back. FULL=1: English too; KEEP=DIR keeps pictures there.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
. "$(dirname "$0")/../browser/lib.sh"
for tool in zbarimg convert; do
	command -v $tool >/dev/null || { echo "skip: no $tool"; exit 77; }
done
browsers_or_skip
trap 'browsers_end; cleanup' EXIT
export BIN
H=$T/home
mkdir -p "$browser_work/run" "$T/print"
cp "$(dirname "$0")"/{start,founding}.mjs "$browser_work/run/"
ok "$FIX" new "$T/gw"
terminal() { # the Python on stdin plays the person at `init`
	ok python3 - "$HERE/tests/decryptor" "$BIN" "$H" "$T"
}
page() {
	browsers_run founding.mjs "$1" "$T" >"$T/log" 2>&1 || {
		cut -c1-400 "$T/log"
		exit 1
	}
	cat "$T/log"
}
terminal <<'P'
import sys
sys.path.insert(0, sys.argv[1])
from screen import Tty
t = Tty(sys.argv[2], "--home", sys.argv[3], "--today", "2026-11-24", "init",
        "--rehearsal")
t.answer("nl/en", "")
t.answer("nl/eu", "")
t.answer("organisatie: ", "Gemeente Voorbeeld")
t.see("korte naam")
t.interrupt()
P
page begin
terminal <<'P'
import sys
sys.path.insert(0, sys.argv[1])
from screen import Tty
t = Tty(sys.argv[2], "--home", sys.argv[3], "--today", "2026-11-24", "init")
t.see("stap 7 van 8")
t.answer("Wachtzin: ", open(sys.argv[4] + "/words").read().strip())
t.see("deel 2 van 2, identiteit")
t.answer("overtypen of scannen", "")
t.answer("regel 1: ", sys.argv[4] + "/print/qr-share-identity-2.html")
t.see("leesbaar en klopt")
t.answer("overtypen of scannen", "s")
t.see("Gestopt bij stap 7 van 8")
t.end()
P
page finish
cp "$T/words" "$PASS"
ok desk "$H" 2026-11-25 verify
ok desk "$H" 2026-11-25 list
ok desk "$H" 2026-11-25 --json keyset
[ "$(json "len(o['weeks'])")" = 26 ] || fail "not 26 weeks"
# It is an authority's, as the page was told before it was killed; and every
# paper of a rehearsal says so, a revocation that is printed again too
ok desk "$H" 2026-11-25 desk show
grep -q "^Desk 1  intake " "$T/out" || fail "not an authority's: $(cat "$T/out")"
ok desk "$H" 2026-11-25 revoke --print "$T/safe.html"
grep -q "OEFENING - niet voor echte meldingen" "$T/safe.html" ||
	fail "a revocation that is not marked"
# so it does where a backup was restored, which has no record of the ceremony
ok desk "$H" 2026-11-25 backup "$T/b.age"
ok desk "$T/back" 2026-11-25 restore "$T/b.age"
ok desk "$T/back" 2026-11-25 revoke --print "$T/again.html"
grep -q "OEFENING - niet voor echte meldingen" "$T/again.html" ||
	fail "not marked after a restore"
refused "only the holder" desk "$H" 2026-12-01 keyset --renew
ok desk "$H" 2026-12-01 keyset --renew \
	--share "$T/print/qr-share-identity-1.html" \
	--share "$T/print/qr-share-identity-2.html"
refused "already holds a desk" desk "$H" 2026-12-01 init --batch \
	--organisation Nog-een
echo "ok: founded on pages, killed, gone on by terminal and page; two" \
	"photographed sheets give the identity back"
