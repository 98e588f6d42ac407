#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: every field of every form that the page serves is given markup,
# control and bidi characters, a formula, what is no text and what is too
# long. The forms are found on the pages, so that a new one is tried too. No
# answer runs or shows any of it raw, the page stays up, the journal is whole.
# A complaint that is sorted again stays one.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
ok "$FIX" outbound "$ORG"
head -c 3000 /dev/urandom >"$T/photo"
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "Geld" \
	--new-code "$T/code1" --attach "$T/photo"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok desk "$T/home" 2026-11-25 import "$T/gw"
ok desk "$T/home" 2026-11-25 --json enter report <<<"Per telefoon"
REF=$(json "o['ref']")
ok desk "$T/home" 2026-11-25 classify "$REF" --kind klacht --type OMG \
	--origin intern
for n in $(seq 40); do # a long case: all of it can be chosen to go
	ok desk "$T/home" 2026-11-25 enter message --case "$REF" <<<"Nr $n"
done
mkdir "$T/stick"
python3 "$(dirname "$0")/forms.py" "$BIN" "$T/home" "$PASS" 2026-12-01 \
	"$T/stick" "$REF" "${FULL:+600}" || exit 1
for csv in "$T"/stick/*.csv; do
	[ ! -e "$csv" ] || ! grep -E '(^|[,;])"?[=@]' "$csv" ||
		fail "a formula in $csv"
done
ok desk "$T/home" 2026-12-01 --json verify
ok desk "$T/home" 2026-12-01 list
LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\xaa-\xae]' "$T/out" &&
	fail "a raw character in the list"
echo "ok: the journal is whole behind it"
