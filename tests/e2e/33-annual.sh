#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a register goes in as files, and every table and count of the
# published report comes out through the program: JSON equal to the expected
# figures, blank apart from zero, HTML that parses and shows the tables; the
# desk's own cases count too, and nothing is lost by bad or repeated input.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
A=$HERE/tests/acceptance
found
H=$T/home
BARE=$T/bare
cp -r "$H" "$BARE"

# same FILE: the JSON on $T/out equals the expected one, key by key
same() {
	python3 - "$T/out" "$1" <<'PY' || fail "differs from $1"
import json, sys
got, want = (json.load(open(f)) for f in sys.argv[1:])
def walk(g, w, at):
    if type(g) is not type(w):
        sys.exit(f"{at}: {g!r} is not {w!r}")
    if isinstance(w, dict):
        if set(g) != set(w):
            sys.exit(f"{at}: keys {set(g) ^ set(w)}")
        for k in w:
            walk(g[k], w[k], f"{at}.{k}")
    elif isinstance(w, list):
        if len(g) != len(w):
            sys.exit(f"{at}: {len(g)} entries, not {len(w)}")
        for i, v in enumerate(w):
            walk(g[i], v, f"{at}[{i}]")
    elif g != w:
        sys.exit(f"{at}: {g!r} is not {w!r}")
walk(got, want, "report")
PY
}

# Without rows the report is empty, not full of Helmond
ok desk "$H" 2026-11-24 report --year 2023 --as-of 2024-03-01 --format json
[ "$(json "o['violations']['total']['value']")" = 0 ] ||
	fail "figures without a register"

ok desk "$H" 2026-11-24 --json register import "$A/helmond-2023"
[ "$(json "o['changed'],o['rows']['report.csv'],o['files']")" = \
	"(True, 10, 7)" ] || fail "import"
ok desk "$H" 2026-11-24 report --year 2023 --as-of 2024-03-01 --format json
same "$A/helmond-2023/expected.json"
ok desk "$H" 2026-11-24 report --year 2023 --as-of 2023-12-31 --format json
same "$A/helmond-2023/expected-asof-2023-12-31.json"

# Again: nothing changes, nothing counts double; CRLF is the same rows
ok desk "$H" 2026-11-24 --json verify
before=$(json "o['events']")
mkdir "$T/crlf"
for f in "$A"/helmond-2023/*.csv; do
	sed 's/$/\r/' "$f" >"$T/crlf/${f##*/}"
done
for dir in "$A/helmond-2023" "$T/crlf"; do
	ok desk "$H" 2026-11-25 --json register import "$dir"
	[ "$(json "o['changed']")" = False ] || fail "$dir came in twice"
done
ok desk "$H" 2026-11-25 --json verify
[ "$(json "o['events']")" = "$before" ] || fail "an event for no change"

# Bad input: named by file and line, and nothing is changed
mkdir "$T/bad" "$T/other" "$T/empty"
cp "$A"/helmond-2023/*.csv "$T/bad"
sed -i '4s/,BEV,/,XXX,/' "$T/bad/report.csv"
refused "report.csv, line 4, column type" \
	desk "$H" 2026-11-25 register import "$T/bad"
sed '2s/FIN/OMG/' "$A/helmond-2023/report.csv" >"$T/other/report.csv"
refused "does not fit what was imported before" \
	desk "$H" 2026-11-25 register import "$T/other"
refused "no file of the register" desk "$H" 2026-11-25 register import \
	"$T/empty"
ok desk "$H" 2026-11-25 --json verify
[ "$(json "o['events']")" = "$before" ] || fail "a refusal left an event"
# The rows are sealed: no file of the home shows them
if grep -rqa -e gedeeltelijk_gegrond -e adviser.hours_talk "$H"; then
	fail "rows lie in the clear"
fi

# HTML: parses as XML, asks for nothing, and shows the tables
ok desk "$H" 2026-11-25 report --year 2023 --as-of 2024-03-01 --format html \
	--out "$T/report.html"
refused "is there already" desk "$H" 2026-11-25 report --year 2023 \
	--out "$T/report.html"
python3 - "$T/report.html" "$A/helmond-2023/expected.json" <<'PY' ||
import json, re, sys
import xml.etree.ElementTree as et
page = open(sys.argv[1], encoding="utf-8").read()
want = json.load(open(sys.argv[2]))
root = et.fromstring(page.replace("<!DOCTYPE html>", "", 1))
if re.search(r"(?i)<script|src=|href=|url\(|@import|https?:", page):
    sys.exit("the page asks for something else")
if "size:A4" not in page or root.get("lang") != "nl":
    sys.exit("not for A4, or not Dutch")
tables = {}
for t in root.iter("table"):
    rows = [[(c.text or "") for c in tr] for tr in t.find("tbody")]
    tables[t.get("id")] = (t.find("caption").text, rows)
def table(n, title, rows):
    caption, got = tables[f"tabel-{n}"]
    if title not in caption or got != rows:
        sys.exit(f"table {n}: {caption}: {got} is not {rows}")
v = want["violations"]
table(1, "Schendingen 2023", [[r["label"], r["print"]] for r in v["rows"]] +
    [["Totaal", v["total"]["print"]]])
years = lambda rows: [[str(r["year"]), r["print"]] for r in rows]
table(3, "Aantal meldingen per jaar", years(want["reports_per_year"]["rows"]))
table(4, "Adviesvragen per jaar", years(want["advice_per_year"]["rows"]))
a = want["adviser"]
table(6, "Casussen", [["Aantal casussen"] +
    [r["print"] for r in a["cases"]["rows"]]])
table(7, "Officiële meldingen", [[label] + [r[key]["print"]
    for r in a["reports"]["rows"]] for key, label in (
    ("via", "via de vertrouwenspersoon"),
    ("door", "rechtstreeks door de vertrouwenspersoon"))])
for n, title, key in ((8, "Contacturen", "contact_hours"),
        (9, "Uren", "activity_hours"), (10, "relatie", "relations"),
        (11, "Soort kwestie", "kinds")):
    table(n, title, [[r["label"]] + [c["print"] for c in r["values"]]
        for r in a[key]["rows"]])
t = want["timeliness"]
table(12, "termijnen", [[label, t[k]["print"], str(t[k]["pending"])]
    for k, label in (("ack", "Ontvangstbevestiging"),
    ("feedback", "Terugkoppeling"))])
o, c, m = want["outcomes"], want["contacts"], want["council_talks"]
counts = [want["origin"]["intern"], want["origin"]["extern"],
    want["investigations"]["started"], want["investigations"]["completed"],
    o["upheld"], o["aborted"], o["talk"], o["talk_with_control_measure"]]
if [r[1] for r in tables["tabel-2"][1]] != [str(f["value"]) for f in counts]:
    sys.exit("table 2")
counts = [c["messages"], c["suspicions"], m["total"], m["registrar_only"],
    m["with_mayor"]]
if [r[1] for r in tables["tabel-5"][1]] != [str(f["value"]) for f in counts]:
    sys.exit("table 5")
# Blank against zero: in table 1 an empty cell, over the years a 0
if dict(tables["tabel-1"][1])["Misbruik positie en belangenverstrengeling"]:
    sys.exit("a blank cell is not blank")
if dict(tables["tabel-3"][1])["2012"] != "0":
    sys.exit("a zero is not printed")
# Charts: a bar for each number above zero, of the right length
charts = {s.find("title").get("id"): s for s in root.iter("svg")}
bars = [int(b.get("width")) for b in charts["g1"].iter("rect")]
if len(bars) != 5 or bars[2] != max(bars) or \
        abs(bars[1] * 4 - bars[2] * 3) > 4 or abs(bars[0] * 4 - bars[2]) > 4:
    sys.exit(f"bars of chart 1: {bars}")
if len(list(charts["g3"].iter("rect"))) != 12:
    sys.exit("bars of chart 3: 2012 has none, twelve years have one")
if "onderzoeken: vier" not in page or "stand op 1 maart 2024" not in page:
    sys.exit("words of the report")
PY
	fail "the HTML is wrong"
ok desk "$H" 2026-11-25 report --year 2023 --as-of 2024-03-01 --format csv
python3 - "$T/out" <<'PY' || fail "the CSV is wrong"
import csv, sys
rows = {(r["table"], r["label"], r["column"]): r
    for r in csv.DictReader(open(sys.argv[1], newline=""))}
blank = rows["schendingen", "Misbruik positie en belangenverstrengeling",
    "Aantal"]
zero = rows["jaren", "2012", "Meldingen"]
if (blank["value"], blank["print"]) != ("0", "") or zero["print"] != "0":
    sys.exit(1)
PY
ok desk "$H" 2026-11-25 report --year 2023 --as-of 2024-03-01 --format md
grep -q '^| Ongewenste omgangsvormen | 4 |$' "$T/out" || fail "Markdown row"
grep -q '^| Misbruik positie en belangenverstrengeling |  |$' "$T/out" ||
	fail "Markdown: blank is not blank"
grep -q '^| 2012 | 0 |$' "$T/out" || fail "Markdown: zero is not 0"

# Small counts hidden: no count from 1 to 4 is left, in no form, and no bar
for form in html csv md; do
	ok desk "$H" 2026-11-25 report --year 2023 --as-of 2024-03-01 \
		--suppress 5 --format $form --out "$T/small.$form"
done
python3 - "$T/small" <<'PY' || fail "a small count is printed"
import csv, re, sys
import xml.etree.ElementTree as et
base = sys.argv[1]
few = re.compile(r"^([1-4]|één|twee|drie|vier)$")
def hours(name):
    return "uren" in name.lower()
def look(where, cells):
    for c in cells:
        of = re.match(r"(\d+) van de (\d+)", c)
        counts = [int(of[1]), int(of[2]) - int(of[1])] if of else []
        if few.match(c.strip()) or any(0 < n < 5 for n in counts):
            sys.exit(f"{where}: {c}")
page = et.parse(base + ".html").getroot()
tables = bars = marks = 0
for t in page.iter("table"):
    if not hours(t.find("caption").text):
        tables += 1
        look(t.get("id"), (c.text or "" for c in t.iter("td")))
        marks += sum(c.text == "<5" for c in t.iter("td"))
for s in page.iter("svg"):
    if not hours(s.find("title").text):
        look("chart", (x.text or "" for x in s.iter("text")))
        bars += len(list(s.iter("rect")))
words = " ".join("".join(p.itertext()) for p in page.iter("p")
    if p.get("class") != "meta")
if re.search(r": (één|twee|drie|vier|[1-4])\b|\b[1-4] (in|ex)tern", words):
    sys.exit("the sentences: " + words)
rows = [r for r in csv.DictReader(open(base + ".csv", newline=""))
    if not hours(r["table"])]
look("csv", (c for r in rows for c in (r["value"], r["print"])))
if any(r["value"] for r in rows if r["print"] in ("<5", "*")):
    sys.exit("a value behind a mark")
title = ""
for line in open(base + ".md"):
    title = line if line.startswith("## ") else title
    if line.startswith("| ") and not hours(title):
        look(title, line.split("|")[2:])
# all of the tables that are no hours, and the bars of counts of 5 and more
if tables != 10 or marks < 20 or bars != 9 + 3:
    sys.exit(f"{tables} tables, {marks} marks, {bars} bars")
PY
misused "json, which lists" desk "$H" 2026-11-25 report --year 2023 \
	--suppress 5 --format json
misused "from 3 to 100" desk "$H" 2026-11-25 report --year 2023 --suppress 2

# Cases destroyed: the frozen figures stay. --replace puts rows in the place.
ok desk "$H" 2026-11-26 register import "$A/helmond-2023-destroyed" --replace
ok desk "$H" 2026-11-26 report --year 2023 --as-of 2024-03-01 --format json
same "$A/helmond-2023-destroyed/expected.json"
ok desk "$H" 2026-11-26 register import "$A/helmond-2023" --replace

# The desk's own cases, after classification only
ok desk "$H" 2026-11-26 --json enter report --received 2026-03-02 \
	--route telefoon <<<"Gehoord aan de telefoon"
REF=$(json "o['ref']")
ok desk "$H" 2026-11-26 enter report --received 2026-04-01 --route website \
	<<<"Via de site"
ok desk "$H" 2026-11-26 enter advice --received 2026-05-01 <<<"Mag dit?"
ok desk "$H" 2026-11-26 classify "$REF" --kind melding --type FIN \
	--origin extern
# ... and what was entered beside them
ok desk "$H" 2026-11-26 enter council-talk --received 2026-03-03 \
	--participants griffier+burgemeester
ok desk "$H" 2026-11-26 adviser case --year 2026 --kinds pesten --talk 3
for n in 5 6; do
	ok desk "$H" 2026-11-26 adviser hours --year 2026 \
		--activity onboarding --hours $n
done
ok desk "$H" 2026-11-26 report --year 2026 --format json
grep -q "1 report(s) have no type" "$T/err" || fail "no word of who is left out"
[ "$(json "o['violations']['total']['value'],o['origin']['extern']['value']")" \
	= "(1, 1)" ] || fail "an own case does not count"
[ "$(json "o['advice_per_year']['rows'][-1]['value'],\
o['reports_per_year']['rows'][-4]['value']")" = "(1, 10)" ] ||
	fail "advice, or the years before"
[ "$(json "o['timeliness']['ack']['overdue'],o['cases'][0]['id']==\"$REF\"")" \
	= "(1, True)" ] || fail "the clock of an own case"
ok desk "$H" 2026-11-26 report --year 2026 --format html
grep -q "Niet meegeteld: 1 melding" "$T/out" || fail "HTML hides who is left out"
grep -q "Voorlopig" "$T/out" || fail "a running year is not called provisional"
ok desk "$H" 2026-11-26 report --year 2023 --as-of 2024-03-01 --format json
same "$A/helmond-2023/expected.json"

# Who asks may report, and who reports may ask: what triage says counts
of() { # REF KEY...
	ok desk "$H" 2026-11-26 --json show "$1"
	json "[o.get('case', o)[k] for k in '${*:2}'.split()]"
}
counts() {
	ok desk "$H" 2026-11-26 report --year 2026 --format json
	json "o['violations']['total']['value'], \
o['advice_per_year']['rows'][-1]['value'], len(o['cases'])"
}
ok desk "$H" 2026-11-26 --json enter advice --received 2026-06-01 \
	<<<"Ik vraag niets, ik meld"
ASKED=$(json "o['ref']")
ok desk "$H" 2026-11-26 --json enter report --received 2026-06-02 \
	<<<"Ik meld niets, ik vraag"
TOLD=$(json "o['ref']")
for ref in "$ASKED" "$TOLD"; do
	ok desk "$H" 2026-11-26 classify "$ref" --about nobody
	ok desk "$H" 2026-11-26 step "$ref" triage
	ok desk "$H" 2026-11-26 step "$ref" adviesvraag
done
[ "$(counts)" = "(1, 3, 1)" ] || fail "two questions: $(counts)"
ok desk "$H" 2026-11-26 step "$ASKED" triage
ok desk "$H" 2026-11-26 classify "$ASKED" --type BEV --origin intern --wbk nee
refused "S-CLASSIFIED" desk "$H" 2026-11-26 step "$ASKED" in_behandeling
ok desk "$H" 2026-11-26 classify "$ASKED" --kind melding
ok desk "$H" 2026-11-26 step "$ASKED" in_behandeling
[ "$(counts)" = "(2, 2, 2)" ] || fail "a question that reports: $(counts)"
[ "$(of "$ASKED" kind received ack_due)" = \
	"['report', '2026-06-01', '2026-06-08']" ] || fail "$(cat "$T/out")"
ok desk "$H" 2026-11-26 feedback "$TOLD" --acknowledgement --by letter \
	<<<"Ontvangen"
ok desk "$H" 2026-11-26 feedback "$TOLD" --by letter <<<"Dat mag"
ok desk "$H" 2026-11-26 step "$TOLD" teruggekoppeld
ok desk "$H" 2026-11-26 close "$TOLD"
[ "$(of "$TOLD" kind)" = "['advice']" ] || fail "$(cat "$T/out")"

# Codes that contradict each other are refused when they are chosen
refused "goes with the route" desk "$H" 2026-11-26 classify "$REF" \
	--adviser door
refused "stands alone" desk "$H" 2026-11-26 classify "$TOLD" --kind klacht \
	--outcome gesprek --measures geen+waarschuwing
[ "$(of "$TOLD" kind measures)" = "['advice', '']" ] || fail "half a change"

# Out and in on another desk: the same figures
ok desk "$H" 2026-11-26 register export "$T/rows"
refused "is there already" desk "$H" 2026-11-26 register export "$T/rows"
ok desk "$BARE" 2026-11-26 register import "$T/rows"
ok desk "$BARE" 2026-11-26 report --year 2026 --format json
cp "$T/out" "$T/bare.json"
ok desk "$H" 2026-11-26 report --year 2026 --format json
same "$T/bare.json"
# ... and on this one: a row with the reference of a case stands for it
ok desk "$H" 2026-11-26 register import "$T/rows" --replace
ok desk "$H" 2026-11-26 report --year 2026 --format json
same "$T/bare.json"
ok desk "$H" 2026-11-26 --json register show
[ "$(json "o['rows']['report.csv'],len(o['imports']),o['left_out']")" = \
	"(12, 1, 1)" ] || fail "show"
own="o['council_talks']['total']['value'],\
o['adviser']['cases']['rows'][1]['value'],\
o['adviser']['contact_hours']['rows'][0]['values'][1]['value'],\
o['adviser']['activity_hours']['rows'][-1]['values'][1]['value']"
ok desk "$H" 2026-11-26 report --year 2026 --format json
[ "$(json "$own")" = "(1, 1, 3, 11)" ] || fail "entered rows: $(json "$own")"
# What is entered after that counts beside it, what was changed by hand wins
refused "imported row stands" desk "$H" 2026-11-26 adviser case --year 2026 \
	--case V-2026-01 --talk 9
ok desk "$H" 2026-11-26 adviser case --year 2026 --kinds pesten --talk 1
ok desk "$H" 2026-11-26 adviser hours --year 2026 --activity onboarding --hours 5
ok desk "$H" 2026-11-26 enter council-talk --received 2026-03-03 \
	--participants griffier
ok desk "$H" 2026-11-26 report --year 2026 --format json
[ "$(json "$own")" = "(2, 2, 4, 16)" ] || fail "more: $(json "$own")"
ok desk "$H" 2026-11-26 register export "$T/rows2"
sed -i 's/^2026,onboarding,6/2026,onboarding,60/' "$T/rows2/adviser_hours.csv"
sed -i '/^V-2026-02/s/,1,0,0/,2,0,0/' "$T/rows2/adviser_case.csv"
ok desk "$H" 2026-11-26 register import "$T/rows2" --replace
ok desk "$H" 2026-11-26 report --year 2026 --format json
[ "$(json "$own")" = "(2, 2, 5, 70)" ] || fail "by hand: $(json "$own")"
# Talks under their numbers, as older programs wrote them
mkdir "$T/old"
printf 'id,date,participants\nT-0001,2026-03-03,griffier+burgemeester\n' \
	>"$T/old/talk.csv"
ok desk "$H" 2026-11-26 register import "$T/old" --replace
ok desk "$H" 2026-11-26 --json register show
[ "$(json "o['rows']['talk.csv']")" = 2 ] || fail "a talk counts twice"
# Rows that leave no room for what was entered are refused, not the report
{
	echo "id,date,participants"
	seq -f 'G-%.0f,2026-01-01,' 100000
} >"$T/old/talk.csv"
refused "do not fit what was entered" desk "$H" 2026-11-26 register import \
	"$T/old" --replace
ok desk "$H" 2026-11-26 report --year 2026 --format json
ok desk "$H" 2026-11-26 --json verify
# The organisation's name is text, never markup
ok desk "$T/named" 2026-11-24 init --batch --organisation 'B & <i>W</i> "x"'
ok desk "$T/named" 2026-11-24 report --year 2026
grep -q '<p>B &amp; &lt;i&gt;W&lt;/i&gt; &quot;x&quot;</p>' "$T/out" ||
	fail "the name is not escaped"
for args in "--year 23" "--year 2023 --as-of 2022-12-31" \
	"--year 2023 --as-of 2023-02-30" "--year 2023 --format pdf" ""; do
	# shellcheck disable=SC2086
	desk "$H" 2026-11-26 report $args >"$T/out" 2>"$T/err"
	[ $? -eq 2 ] || fail "report $args is not refused as wrong use"
done
echo "register and annual report: every figure of Helmond 2023 through the program, on two days, destroyed, own cases, bad input"
