#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: every page of the desk in Chromium, Dutch and English, light and
# dark, with the register of a published year, and that year's report as a
# file: no fault by axe (WCAG 2.2 AA) or html-validate, no sideways scrolling
# at 320 px, no request to anywhere else. FULL=1 keeps pictures in $T.
[ -x /usr/bin/chromium ] || { echo "no chromium"; exit 77; }
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
found
ok "$FIX" outbound "$ORG"
for day in 24 25; do
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-$day \
		--text "Geld van <b>de leverancier</b>." \
		--new-code "$T/code$day" --attach "$HERE/tests/data/factuur.jpg"
done
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-26
ok desk "$T/home" 2026-11-26 import "$T/gw"
ok desk "$T/home" 2026-11-26 adviser case --year 2026 --relations collega \
	--kinds pesten --talk 2
ok desk "$T/home" 2026-11-26 adviser signal --year 2026 <<<"Onrust"
ok desk "$T/home" 2026-11-26 register import \
	"$HERE/tests/acceptance/helmond-2023"
ok desk "$T/home" 2026-11-26 report --year 2023 --as-of 2024-03-01 \
	--format html --out "$T/o/jaarverslag.html"
mkdir "$T/work" "$T/own"
cp "$here"/package*.json "$here/pages.mjs" "$T/work/"
(cd "$T/work" && npm ci --ignore-scripts --no-audit --no-fund --silent) ||
	fail "npm ci"
# shown DAY OUT [NAME=VALUE...]: the page of a copy of the desk on that day
shown() {
	cp -a "$T/home" "$T/on-$1"
	"$BIN" --home "$T/on-$1" --today "$1" ui --stick "$T/o" --stick "$T/own" \
		>"$T/address" </dev/null &
	ui=$!
	trap 'kill $ui; cleanup' EXIT
	for _ in $(seq 600); do
		url=$(sed -n 's/^  \(http.*\)/\1/p' "$T/address")
		[ -n "$url" ] && break
		sleep 0.1
	done
	(cd "$T/work" && env "${@:3}" node pages.mjs "$url" "$PASS" "$T/o" \
		${2:+"$2"}) || exit 1
	kill $ui
	wait $ui
	trap cleanup EXIT
}
shown 2026-12-01 "${FULL:+"$T"}"
# ... and late: what the law says of an acknowledgement is not of feedback
shown 2026-12-08 "" "LATE=7 dagen te laat. De ontvangstbevestiging"
shown 2027-03-15 "" "LATE=14 dagen te laat. Zonder terugkoppeling"
exit 0
