# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# The main job, sourced by packaging/quickstart --once: a Dutch report with
# attachments through each path that this machine has, carried, opened,
# classified, answered, and the answer read back with the code.
# Uses of the caller: work, top, bin, url, try, same, say, desk, courier,
# carry_in, carry_out, gateway, up, monitor, steps; sets paths.

data=$top/tests/data
paths=
answer() {
	printf 'Dank u wel (%s). Welke maand stond op de factuur? – €' "$1"
}
reporter() {
	local verb=$1
	shift
	"$bin/meldluik-reporter" --gateway "$url" "$verb" "$@"
}

# value JSON_FILE EXPRESSION: a Python-free look at JSON with node
value() {
	node -e 'const o = JSON.parse(require("fs").readFileSync(process.argv[1]));
		console.log(eval(process.argv[2]))' "$1" "$2"
}

cli_report() { # DESK CODE_FILE FILES...
	local number=$1 code=$2
	shift 2
	local attach=()
	local file
	for file in "$@"; do
		attach+=(--attach "$file")
	done
	reporter send --desk "$number" --text "$data/melding.txt" \
		"${attach[@]}" --receipt "$work/receipt-$number" --code-fd 9 \
		9>"$code"
}

# The form without scripts, as a browser posts it
form_report() { # CODE_FILE FILE
	local form
	curl -sf -d kind=report -d about=medewerker "$url/nl/code" \
		>"$work/page" || return 1
	grep -oE '<li>[0-9A-Z]{4}' "$work/page" | cut -c5- | paste -sd- >"$1"
	curl -sf -d kind=report -d about=medewerker -d next=code \
		"$url/nl/form" >"$work/page" || return 1
	form=$(grep -oE 'name="form" value="[^"]*"' "$work/page" |
		cut -d'"' -f4)
	curl -sf -F "form=$form" -F about=medewerker \
		-F "what=<$data/melding.txt" -F "code=<$1" \
		-F "files=@$2;type=image/jpeg" "$url/nl/report" >"$work/page" ||
		return 1
	grep -q "meldluik receipt" "$work/page"
}
form_check() { # CODE_FILE TEXT_FILE
	curl -sf -m 30 --data-urlencode "code@$1" "$url/nl/replies" \
		>"$work/page" &&
		grep -qF "$(head -c 20 "$2")" "$work/page"
}

# The case of a desk that came with so many attachments
case_with() { # DESK ATTACHMENTS
	desk "$1" list --json >"$work/list.json" &&
		value "$work/list.json" \
			"o.cases.find((c) => c.attachments === $2).ref"
}

# browse ACT: the browser paths do their part (tests/browser/mainjob.mjs)
browse() {
	browsers_run mainjob.mjs "$1" "$work" "$url" "$data" "$bin"
}
try_browse() { # TEXT ACT
	[ -n "$browsers" ] || return 0
	try "$1" browse "$2"
}

main_job() {
	browsers=
	if browsers_ready; then
		browsers=yes
	else
		echo "no browser paths: $browsers_why"
	fi
	head -c 20971520 /dev/urandom >"$work/boekingen.csv"

	say "Reports go in"
	try "command line: report, JPEG, PDF and 20 MiB to desk 1" cli_report 1 \
		"$work/code-1" "$data/factuur.jpg" "$data/opdracht.pdf" \
		"$work/boekingen.csv"
	try "command line: report to desk 2" cli_report 2 "$work/code-2"
	try "form without scripts: report and JPEG" form_report \
		"$work/code-3" "$data/factuur.jpg"
	paths="command line, form without scripts"
	try_browse "real browsers, scripts off and on: report with files" \
		report
	[ -z "$browsers" ] || paths="$paths, $(cat "$work/browsers.txt")"
	try "the receipt is the gateway's" reporter verify receipt \
		"$work/receipt-1"
	not_readable() {
		! grep -raqF "huisadres van een leidinggevende" "$work/store"
	}
	try "the server holds ciphertext only" not_readable

	say "The stick goes to the offline desks"
	try "both desks fetched and imported" carry_in
	local number files ref
	for one in "1 3" "1 1" "2 0"; do
		number=${one% *} files=${one#* }
		ref=$(case_with "$number" "$files") ||
			die "desk $number misses the report with $files files"
		desk "$number" show "$ref" >"$work/shown" ||
			die "desk $number cannot show $ref"
		try "desk $number reads the text of $ref" grep -q \
			"huisadres van een leidinggevende" "$work/shown"
		try "and classifies it" desk "$number" classify "$ref" \
			--kind melding --type BEV --wbk onbekend
		try "and acknowledges it" desk "$number" acknowledge "$ref"
		answer "desk $number" >"$work/answer-$number"
		try "and asks a question" desk "$number" reply "$ref" \
			--kind question --file "$work/answer-$number"
		try "and takes the attachments out" desk "$number" extract \
			"$ref" --to "$work/out-$number-$files"
	done
	same "the JPEG is whole" "$data/factuur.jpg" \
		"$(ls "$work"/out-1-3/*attachment-01*)"
	same "the PDF is whole" "$data/opdracht.pdf" \
		"$(ls "$work"/out-1-3/*attachment-02*)"
	same "the 20 MiB are whole" "$work/boekingen.csv" \
		"$(ls "$work"/out-1-3/*attachment-03*)"
	same "the JPEG of the form is whole" "$data/factuur.jpg" \
		"$(ls "$work"/out-1-1/*attachment-01*)"

	try_browse "both desks open the browsers' reports, all equal, and answer" \
		desks

	say "The answers go back"
	try "both desks exported, the courier delivered" carry_out \
		--confirm-without-backup
	steps=$((steps + 1))
	restart || die "the gateway did not start again"
	echo "ok    the gateway starts again; a minute later the lanes go live"
	live() {
		local code=$1 want=$2 n
		for n in $(seq 240); do
			reporter check --json --code-file "$code" \
				>"$work/check.json" 2>"$work/check.err" &&
				node -e '
const o = JSON.parse(require("fs").readFileSync(process.argv[1]));
const want = require("fs").readFileSync(process.argv[2], "utf8");
process.exit(o.replies.some((r) => r.text === want) ? 0 : 1)' \
					"$work/check.json" "$want" && return 0
			sleep 0.5
		done
		cat "$work/check.err" "$work/check.json"
		return 1
	}
	for number in 1 2; do
		try "the answer of desk $number is read with its code, equal" live \
			"$work/code-$number" "$work/answer-$number"
	done

	try "and in the page without scripts" form_check "$work/code-3" \
		"$work/answer-1"
	try_browse "each browser reads its answer, equal, and adds something" \
		answers
	obeyed() { # the monitor says when a child made a forbidden call
		! grep -E "forbidden|died|ended" "$work/gateway.log"
	}
	try "no process of the gateway left its rights" obeyed

	say "The reporter adds something"
	echo "Het was de factuur van september." >"$work/more.txt"
	try "follow-up with the code" reporter follow-up \
		--code-file "$work/code-1" --text "$work/more.txt"
	try "the desk reads it" carry_in
	ref=$(case_with 1 3)
	desk 1 show "$ref" >"$work/shown"
	try "in the same case" grep -q "factuur van september" "$work/shown"
	try_browse "and what the browsers added, in the same cases" added
	try "the command line withdraws its report" reporter withdraw \
		--code-file "$work/code-1"
	try_browse "each browser withdraws its report" withdraw
	try "the stick again" carry_in
	withdrawn() {
		desk 1 show "$ref" >"$work/shown" &&
			grep -q "withdrawn by the reporter" "$work/shown" &&
			! grep -q "huisadres van een leidinggevende" \
				"$work/shown"
	}
	try "the desk knows, and shows its text no more" withdrawn
	try_browse "both desks know of the browsers'" withdrawn
	try "the annual report is written" desk 1 report \
		--year "$(date +%Y)" --format html --out "$work/annual.html"
	try "and has its tables" grep -q "<table" "$work/annual.html"
}
