#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: "meldluik-reporter verify page" looks at the pages that a reporter
# meets, not only at the files that are signed: a gateway that serves another
# script, or anything else that runs, in any page of any language is told of,
# with the page and what is wrong in it; so is one whose hooks, forms, links,
# words or style sheet are not ours, whatever the organisation says of itself;
# and with --state a signed page.json
# that was replaced, or is of an older release, is refused.
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$top/build}
bin=$build/bin
share=$build/share/meldluik
[ -f "$share/page.json" ] || { echo "skip: the page is not built"; exit 77; }
desk_program=desk_soft # keys of little work: many verbs
# shellcheck source=packaging/throwaway.sh
. "$top/packaging/throwaway.sh"
export LC_ALL=C.UTF-8
words=$(mktemp)
liar=
trap '[ -z "$liar" ] || kill "$liar"; rm -f "$words"; throwaway_end' EXIT
# words of an organisation are no lie, whatever signs they have
cat >"$words" <<'JSON'
{"type":"meldluik-organisation","version":1,"name":{"nl":"Proef <& \"Zn\">"},
"contact":"de coördinator","phone":"000","post":"Postbus 0","adviser":"A <a@b>",
"dpo":"fg@proef","exit":"https://weg.example/",
"questions":[
{"id":"q_area","kind":"choice","ask":{"nl":"Welk <gebied> & \"waar\"?"},
"options":["Zorg & bouw","<Anders>"],"on":["report","advice"]},
{"id":"q_care","kind":"text","ask":"Welke 'zorg'?","hint":"Kort > lang",
"shown_if":{"question":"q_area","option":1}},
{"id":"q_day","kind":"date","ask":"Sinds wanneer?"}]}
JSON
throwaway_new "[site]" "languages = nl en ar" "organisation = $words"
throwaway_open

port=$(free_port)
echo '[]' >"$work/rules"
python3 "$top/tests/e2e/faulty.py" "$port" "$work/rules" "$work/asked" \
	--to "${url##*:}" &
liar=$!
through() { # the server that can lie
	"$bin/meldluik-reporter" --gateway "http://127.0.0.1:$port" --tries 1 \
		"$@" >"$work/said" 2>&1
}
listens() {
	for _ in $(seq 200); do
		curl -s -o /dev/null "http://127.0.0.1:$port/healthz" &&
			return 0
		sleep 0.05
	done
	return 1
}
try "a server that can lie stands in front" listens

# a newer release than the one built, with the same files
newer=$work/newer.json
sed 's/"release":"[^"]*"/"release":"99.1"/' "$share/page.json" >"$newer"
signed() {
	desk 1 keyset --page "$1"
}
holds() {
	through --state "$work/state" verify all || { cat "$work/said"; return 1; }
	for lang in nl en ar; do
		grep -q "^/$lang/: report, advice and replies load" \
			"$work/said" || return 1
	done
	! grep -q "^/pl/" "$work/said" && grep -q "all holds" "$work/said"
}
try "a holder signs a page" signed "$newer"
try "it goes out" carry_out
try "an honest gateway holds, in each language that is on" holds
try "and once more" holds
asked() { # every page was asked for
	for page in nl/ nl/report nl/advice nl/replies ar/replies pl/report; do
		grep -q "^GET /$page *\$" "$work/asked" || return 1
	done
}
try "the pages were asked for" asked

# lie PATH WORDS PYTHON: the page at PATH as PYTHON makes it of the true one
# (b: body, h: headers, status) is refused with WORDS, and no other page is
lie() {
	python3 - "$url" "$1" "$3" >"$work/rules" <<'PY' || return 1
import json
import sys
import urllib.error
import urllib.request
base, path, how = sys.argv[1:]
try:
    a = urllib.request.urlopen(base + path)
except urllib.error.HTTPError as e:
    a = e
v = {"b": a.read().decode(), "status": a.status, "h": {
    k: w for k, w in a.headers.items()
    if k.lower() not in ("content-length", "connection")}}
before = repr(v)
exec(how, v)
v = {k: v[k] for k in ("b", "status", "h")}
assert repr(v) != before, "not a lie"
print(json.dumps([{"method": "GET", "path": path, "whole": True,
                   "status": v["status"], "headers": v["h"],
                   "body": v["b"]}]))
PY
	if through verify page; then
		cat "$work/said"
		return 1
	fi
	if ! grep -q "$1: is NOT as the gateway serves it: .*$2" "$work/said" ||
		[ "$(grep -c "is NOT" "$work/said")" -ne 1 ]; then
		cat "$work/said"
		return 1
	fi
}
own='<script src="/script.nl.js" defer></script>'
swap() { # FROM TO
	printf 'b = b.replace(%s, %s, 1)' "'''$1'''" "'''$2'''"
}
try "another script in its place" lie /nl/report "load /script.nl.js" \
	"$(swap "$own" '<script src="/evil.js" defer></script>')"
try "nothing but another script" lie /nl/report "does not begin" \
	"b = '<script src=/evil.js>'"
try "a second script" lie /nl/advice "tag <script>" \
	"$(swap "$own" "$own<script src=\"/evil.js\" defer></script>")"
try "the script of another language" lie /ar/replies "load /script.ar.js" \
	"$(swap script.ar.js script.nl.js)"
try "no script, so that all is sent in the clear" lie /en/report \
	"load /script.en.js" "$(swap '<script src="/script.en.js" defer></script>' '')"
try "a script in a text" lie /nl/report "tag" \
	"$(swap "</title>" "$own</title>")"
try "a script where none belongs" lie /nl/ "tag <script>" \
	"$(swap '</head>' "$own</head>")"
try "a script at the end" lie /nl/replies "tag <script>" \
	"$(swap '</body>' '<script src="/evil.js"></script></body>')"
try "an event" lie /nl/report "attribute onclick" \
	"$(swap '<main ' '<main onclick="x()" ')"
try "an event in capitals" lie /nl/report "attribute without a name" \
	"$(swap '<main ' '<main ONCLICK="x()" ')"
try "a tag in capitals" lie /nl/report "tag <?>" \
	"$(swap '</main>' '<SCRIPT src="/evil.js"></SCRIPT></main>')"
try "an address that runs" lie /nl/replies "href of <a>" \
	"$(swap 'href="/nl/"' 'href="javascript:x()"')"
for tag in iframe object embed base svg style; do
	try "an element $tag" lie /en/advice "tag <$tag>" \
		"$(swap '</main>' "<$tag></$tag></main>")"
done
try "a page that sends elsewhere" lie /nl/report "attribute http-equiv" \
	"$(swap '<meta name="robots" content="noindex">' \
		'<meta http-equiv="refresh" content="0;url=/evil">')"
try "one tag more in the head" lie /nl/report "tag <meta>" \
	"$(swap '<title>' '<meta name="x" content="y"><title>')"
try "another style sheet" lie /nl/report "href of <link>" \
	"$(swap '"/style.css"' '"/evil.css"')"
try "a form that goes elsewhere" lie /nl/report "action of <form>" \
	"$(swap 'action="code"' 'action="https://evil.example"')"
try "a comment" lie /nl/report "tag <?>" "$(swap '</main>' '<!-- --></main>')"
try "a tag in a value" lie /nl/report "class of <a>" \
	"$(swap 'class="skip"' 'class="</title><b"')"
try "a tag in a text field" lie /nl/replies "tag in a <textarea>" \
	"$(swap '</textarea>' '<b></b></textarea>')"
try "a value without quotes" lie /nl/report "class of <a>" \
	"$(swap 'class="skip"' 'class=skip')"
try "a mark of another code of letters" lie /nl/report "does not begin" \
	"b = '\\ufeff' + b"
try "a zero byte" lie /nl/report "does not begin" "b += '\\0'"
try "half a page" lie /nl/report "ends in its head" \
	"b = b[:b.index('<title>')]"
try "a form that the script takes for itself" lie /nl/report \
	"<form> has the attribute name" "$(swap '</main>' \
		'<form name="currentScript" method="post" action="x"><input type="hidden" name="src" value=""></form></main>')"
# what runs is ours in each of these, and does nothing, or not what it seems
line="line [0-9]* is not of the page"
try "the script finds no hook" lie /nl/report "$line" \
	"$(swap ' data-ml="report"' '')"
try "nor its form" lie /nl/replies "$line" "$(swap ' id="check-form"' '')"
try "a hook of another page" lie /nl/report "$line" \
	"$(swap 'data-ml="report"' 'data-ml="advice"')"
try "a second form" lie /nl/report "$line" "$(swap '</main>' \
	'<form method="post" action="report"><textarea name="what"></textarea></form></main>')"
try "a second text field" lie /en/advice "$line" \
	"$(swap '<fieldset' '<textarea name="what"></textarea><fieldset')"
try "a field that hides an act of the form" lie /nl/report "$line" \
	"$(swap 'name="kind"' 'name="addEventListener"')"
try "a question that is none" lie /nl/report "$line" \
	"$(swap 'name="q_day"' 'name="querySelectorAll"')"
try "a link where none is" lie /nl/report "$line" \
	"$(swap '<p class="lead">' '<p class="lead"><a href="/nl/x">Meld hier</a> ')"
try "a door that leads elsewhere" lie /nl/ "$line" \
	"$(swap 'href="/nl/report"' 'href="/nl/meld"')"
try "other words" lie /ar/report "$line" \
	"b = b.replace('<h1 id=\"q\">', '<h1 id=\"q\">x', 1)"
try "words behind the page" lie /nl/replies "$line" "b += 'Meld elders.'"
try "half a page, with a right head" lie /nl/report "$line" \
	"b = b[:b.index('<fieldset')]"
dressed() {
	echo '[{"method":"GET","path":"/style.css","status":200,"headers":
{"Content-Type":"text/css"},"body":"main{display:none}"}]' >"$work/rules"
	! through verify page &&
		grep -q "/style.css: is NOT the signed one" "$work/said"
}
try "another style sheet at its address" dressed
policy="h['Content-Security-Policy']"
try "no policy" lie /nl/report "Content-Security-Policy" "del $policy"
try "a wider policy" lie /nl/advice "Content-Security-Policy" \
	"$policy = $policy.replace(\"script-src 'self'\", \"script-src *\")"
try "another code of letters" lie /nl/report "Content-Type" \
	"h['Content-Type'] = 'text/html; charset=utf-16'"
try "a header that sends elsewhere" lie /nl/ "header Refresh" \
	"h['Refresh'] = '0; url=/evil'"
try "a redirect" lie /nl/report "the answer is 302" \
	"status, h['Location'] = 302, '/evil'"
try "a script where a language is off" lie /pl/report "tag <script>" \
	"$(swap '</main>' '<script src="/evil.js"></script></main>')"
missing() {
	echo '[{"method":"GET","path":"/nl/report","status":404,"headers":'"$1"',
"body":""}]' >"$work/rules"
	! through verify page && grep -q "/nl/report: is NOT" "$work/said"
}
try "a page that is away" missing '{}'
echo '[]' >"$work/rules"
try "the truth again" holds

# page.json that goes back: signed, and of a release with the same files
older() {
	signed "$share/page.json" && desk 1 export "$work/away" &&
		python3 - "$(dirname "$(find "$work/away" -name page.json)")" \
			>"$work/rules" <<'PY'
import json
import sys
print(json.dumps([{"method": "GET", "path": "/v1/" + name, "whole": True,
                   "status": 200,
                   "body": open(f"{sys.argv[1]}/{name}").read()}
                  for name in ("page.json.holder.minisig", "page.json")]))
PY
}
back() {
	! through --state "$work/state" verify all &&
		grep -q "it goes back, to release $1 from release $2" \
			"$work/said" && ! grep -q "all holds" "$work/said"
}
release=$(sed -n 's/.*"release":"\([^"]*\)".*/\1/p' "$share/page.json")
try "an older release, signed too" older
try "holds for who never saw a newer" through verify page
try "is refused by who did" back "$release" 99.1
echo '[]' >"$work/rules"
replaced() { # by another of the same release, which this folder saw
	printf '2026-01-01 99.1 %064d\n' 0 >>"$work/state/pages"
}
try "another page of this release was seen" replaced
try "the one before it is refused" back 99.1 99.1
renewed() {
	printf '2026-01-01 99.0 %064d\n' 0 >"$work/state/pages"
	holds && grep -q "another one than before, release 99.1 after release" \
		"$work/said" && grep -q " 99.1 " "$work/state/pages"
}
try "a newer one is told of, and remembered" renewed
echo "each lie about a page is named; an old page.json does not come back"
