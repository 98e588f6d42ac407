#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: hostile words in every field that a stranger or a hand can fill, and
# everywhere they can come out on the command line: terminal, JSON, register
# and public CSV, letters, dossier, extraction, declaration, annual report.
# They appear there inert, and nothing of them is lost. What is too long is
# refused with a reason and leaves nothing, and so is a language that no
# record can hold.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
H=$T/home
day=2026-11-26
# Markup, a terminal's commands, directions, a formula; marks: hostile-N
evil() {
	printf '=HYPERLINK("http://x","%s")<img src=x onerror=alert(1)><script>alert("%s")</script></title><!--\033[2J\033]0;titel\007\xc2\x9b31m\xe2\x80\xaetxt.exe\xe2\x81\xa6 %s' \
		"$1" "$1" "hostile-$1"
}
# What a person reads: no byte that commands a terminal or turns the text
terminal() { # FILE MARK...
	local file=$1 mark
	shift
	LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]' \
		"$file" >"$T/raw" && { head -3 "$T/raw"; fail "raw in $file"; }
	for mark; do
		grep -q "hostile-$mark" "$file" || fail "$mark is not in $file"
	done
}
# A page: has no element but ours, no handler, no address, no raw byte
page() {
	terminal "$@"
	python3 - "$1" <<'P' || fail "not inert: $1"
import sys
from html.parser import HTMLParser
class Look(HTMLParser):
    def handle_starttag(self, tag, attrs):
        if tag in ("script", "img", "iframe", "object", "link", "form", "a",
                   "base", "embed"):
            sys.exit(f"element {tag}")
        for k, v in attrs:
            if k.startswith("on") or k in ("src", "href") or (
                    "hostile" in (v or "")):
                sys.exit(f"attribute {k} of {tag}")
    def handle_comment(self, data):
        sys.exit("a comment")
Look().feed(open(sys.argv[1], encoding="utf-8").read())
P
}
# JSON: one value, no raw control byte, and the very text somewhere in it
json_has() { # MARK...
	python3 - "$T/out" "$@" <<'P' || fail "the JSON of $*"
import json, re, sys
raw = open(sys.argv[1], "rb").read()
if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", raw):
    sys.exit("raw control byte")
def strings(o):
    if isinstance(o, str):
        yield o
    elif isinstance(o, dict):
        for k, v in o.items():
            yield k
            yield from strings(v)
    elif isinstance(o, list):
        for v in o:
            yield from strings(v)
all = list(strings(json.loads(raw)))
for m in sys.argv[2:]:
    if not any(f"hostile-{m}" in s and "\x1b[2J" in s and "\u202e" in s
               for s in all):
        sys.exit(f"{m} is not there as it was written")
P
}
csv_inert() { # FILE: no cell that a spreadsheet computes
	python3 - "$1" <<'P' || fail "a live cell in $1"
import csv, sys
for row in csv.reader(open(sys.argv[1], newline="", encoding="utf-8")):
    for cell in row:
        if cell[:1] in "=+-@\t\r" and cell:
            sys.exit(repr(cell))
P
}

# From outside: text, name of a file
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "$(evil text)" \
	--new-code "$T/code" --attach "$HERE/tests/data/factuur.jpg" \
	--name "$(evil name)"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
ok h import "$T/gw"
terminal "$T/out"
ok h --json list
REF=$(json "o['cases'][0]['ref']")
# By hand: every text that a verb takes
evil note >"$T/w" && ok h note "$REF" --file "$T/w"
ok h classify "$REF" --about nobody --kind melding --type OMG \
	--origin intern --wbk ja
ok h step "$REF" triage
ok h step "$REF" in_behandeling
evil reply >"$T/w" && ok h reply "$REF" --file "$T/w"
evil hold >"$T/w" && ok h hold "$REF" on --reason "$T/w"
evil consent >"$T/w" && ok h forward "$REF" --receiver IGJ --consent \
	"$T/w"
evil message >"$T/w"
ok h enter message --case "$REF" --route telefoon --file "$T/w"
evil talk >"$T/w" && ok h --json enter talk --route gesprek --file "$T/w"
TALK=$(json "o['ref']")
evil record >"$T/w"
ok h enter agreement --case "$TALK" --state offered --file "$T/w"
terminal "$T/out"
evil summary >"$T/w"
ok h approve --case "$REF" --act abort --summary "$T/w" --request "$T/ask"
ok h approve
terminal "$T/out"
evil activity >"$T/w"
ok h enter activity --kind "$(evil kind)" --audience "$(evil audience)" \
	--sessions 2 --file "$T/w"
evil section >"$T/w"
ok h register section --year 2026 --name '=1+1<b>|`#' --file "$T/w"

# Out again: terminal and JSON
ok h show "$REF"
terminal "$T/out" text name note reply message
ok h --json show "$REF"
json_has text name note reply message
ok h list
terminal "$T/out"
ok h clocks
terminal "$T/out"
ok h reply "$REF" --letter forwarding --receiver "$(evil receiver)" --show
terminal "$T/out" receiver
ok h acknowledge "$REF" --show
terminal "$T/out"

# Extraction: neutral names, no run bit, the JPEG byte for byte
ok h extract "$REF" --to "$T/x"
terminal "$T/out"
terminal "$T/x/message.txt" text name message
[ "$(ls "$T/x")" = "m01-attachment-01.jpg
message.txt" ] || fail "names: $(ls "$T/x")"
find "$T/x" -type f -perm /111 | grep . && fail "a file that runs"
cmp "$T/x/m01-attachment-01.jpg" "$HERE/tests/data/factuur.jpg" || fail "JPEG"

# Dossier
ok h forward "$REF" --to investigator --make "$T/plan"
python3 - "$T/plan" "$(evil bureau)" <<'P'
import json, sys
o = json.load(open(sys.argv[1]))
o.update(name=sys.argv[2], until="2027-12-31", agreement=True, reviewed=True)
json.dump(o, open(sys.argv[1], "w"))
P
ok h --json forward "$REF" --plan "$T/plan" --show "$T/dossier.html"
page "$T/dossier.html" text message bureau

# Register: cells from a file, defused on the way out, whole on the way in
mkdir "$T/rows"
python3 - "$HERE/tests/acceptance/helmond-2023/report.csv" \
	"$T/rows/report.csv" "$(evil cell | tr -d '\033\007')" <<'P'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline="")))[:6]
for i, head in enumerate("=+-@\t"):
    rows[i + 1][8] = head + "1" + sys.argv[3]
    rows[i + 1][24] = "note " + sys.argv[3]
csv.writer(open(sys.argv[2], "w", newline="")).writerows(rows)
P
if h register import "$T/rows" >"$T/out" 2>"$T/err"; then
	ok h register export "$T/csv"
	for f in "$T"/csv/*.csv; do
		csv_inert "$f"
	done
	grep -q hostile-cell "$T/csv/report.csv" || fail "the cells are lost"
	ok h register import "$T/csv" --replace
	ok h register export "$T/csv2"
	cmp "$T/csv/report.csv" "$T/csv2/report.csv" || fail "not whole"
else
	cat "$T/err"
	fail "a register with odd words in its text cells is refused"
fi
ok h register public --from 2023-01-01 --to 2026-12-31 --out "$T/woo.csv"
csv_inert "$T/woo.csv"
grep -q "hostile" "$T/woo.csv" && fail "free text in the public list"

# Annual report
ok h report --year 2026 --format html --out "$T/y.html"
page "$T/y.html" section kind audience
ok h report --year 2026 --format md
tr -d '\\' <"$T/out" >"$T/md"
terminal "$T/md" section kind audience
grep -qE '(^|[^\])<(img|script)|^=|^#+ *=|http:' "$T/out" && fail "markup in the Markdown"
ok h report --year 2026 --format csv --out "$T/y.csv"
csv_inert "$T/y.csv"
ok h report --year 2026 --format json
json_has

# Too long: refused with a reason, nothing kept
ok h --json verify
EVENTS=$(json "o['events']")
head -c 1048576 /dev/zero | tr '\0' 'A' >"$T/mib"
refused "too long\|too large\|cannot be read" h note "$REF" --file "$T/mib"
refused "too long\|too large\|cannot be read" h enter report --file "$T/mib"
for tag in "nl, en" "$(evil tag)" nl_NL é n abcdefghijklmnopq; do
	misused "Give a language" h enter report --mailbox --language "$tag" \
		<<<"Verhaal"
done
refused "too long\|too large\|cannot be read" h reply "$REF" --file "$T/mib"
refused "too long\|too large\|cannot be read" h register section --year 2026 \
	--name lang --file "$T/mib"
head -c 102400 "$T/mib" >"$T/kib"
refused "too long" h enter activity --kind "$(cat "$T/kib")"
python3 - "$T/plan" <<'P'
import json, sys
o = json.load(open(sys.argv[1]))
o["name"] = "A" * 1048576
json.dump(o, open(sys.argv[1], "w"))
P
refused "plan" h forward "$REF" --plan "$T/plan" --show "$T/no.html"
{ head -2 "$T/rows/report.csv" | sed '2s/,[^,]*$/,/' | tr -d '\n'
	cat "$T/mib"; } >"$T/big" && mv "$T/big" "$T/rows/report.csv"
refused "report.csv" h register import "$T/rows"
ok h --json verify
[ "$(json "o['events']")" = "$EVENTS" ] || fail "a refusal left an event"
echo "ok: hostile words came out inert on terminal and in JSON, CSV, letters," \
	"extraction, dossier and annual report; too long was refused"
