#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: whoever builds the page from the sources, elsewhere and at another
# time, gets the same bytes; a holder signs the hashes of that build; and
# "meldluik-reporter verify page" says that the gateway serves just these, and
# of any other byte that it is not the signed one. With a release key in the
# keyset (made by minisign) a page that this key did not sign goes nowhere.
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$top/build}
bin=$build/bin
share=$build/share/meldluik
[ -f "$share/page.json" ] || { echo "skip: the page is not built"; exit 77; }
desk_program=desk_soft # keys of little work: many verbs
# shellcheck source=packaging/throwaway.sh
. "$top/packaging/throwaway.sh"
. "$top/tests/faults/clock/lib.sh"
export LC_ALL=C.UTF-8
throwaway_new
clock_new "$work/clock"
trap throwaway_end EXIT

# As in a fresh checkout: what is kept of the sources, nothing built
checkout() {
	mkdir -p "$work/else where" && cd "$top/gateway/web" || return 1
	{ git ls-files -z 2>/dev/null || find . -type f -print0; } |
		tar -c --null -T - | tar -x -m -C "$work/else where"
}
rebuild() {
	local release
	release=$(sed -n 's/.*"release":"\([^"]*\)".*/\1/p' \
		"$share/page.json")
	(
		umask 022
		export TZ=Pacific/Auckland LC_ALL=C
		cd "$work/else where" &&
			npm ci --ignore-scripts --no-audit --no-fund --silent &&
			node build.mjs "$work/rebuilt" "$release" \
				"$top/policy/data/nl.json" "$top/policy/data/eu.json"
	)
}
try "a copy of the page's sources" checkout
try "is built elsewhere" rebuild
try "and gives the same bytes" diff -r "$share" "$work/rebuilt"

throwaway_open
signed() { # by the holder of desk 1, and carried out
	desk 1 keyset --page "$1" && carry_out
}
reporter() {
	"$bin/meldluik-reporter" --gateway "$url" verify page >"$work/said" 2>&1
}
live() { # the first at once, later ones a minute after the start: clock_set
	for _ in $(seq 300); do
		reporter
		grep -q "$1" "$work/said" && return 0
		sleep 0.5
	done
	cat "$work/said"
	return 1
}
doctor() { # LINE: with the page of the tree installed
	mkdir -p "$work/root/usr/share/meldluik"
	cp "${2:-$share/page.json}" "$work/root/usr/share/meldluik/page.json"
	"$bin/meldluik-gateway" doctor --config "$work/gateway.ini" --root \
		"$work/root" >"$work/told"
	grep -q "^$1" "$work/told" || { cat "$work/told"; return 1; }
}
not_vouched() {
	! reporter && grep -q "page.json: there is none" "$work/said"
}
try "before, nobody vouches for the page" not_vouched
try "and doctor says so" doctor "MEND  page: nobody signed"
try "a holder signs the page rebuilt" signed "$work/rebuilt/page.json"
try "the reporter's program sees it" live "signed by a holder of desk 1"
try "the page served is the one rebuilt" reporter
all_named() {
	[ "$(grep -c "is the signed one" "$work/said")" -eq \
		"$(grep -o '"[a-z.]*":"[0-9a-f]\{64\}"' \
			"$work/rebuilt/page.json" | wc -l)" ]
}
try "every file of it" all_named

try "doctor sees that it is the installed one" doctor "ok    page: signed"
other=$work/other.json
sed 's/\("script.en.js":"\)[0-9a-f]\{8\}/\100000000/' "$work/rebuilt/page.json" \
	>"$other"
try "and that another release's is not" doctor "MEND  page: .*another release" \
	"$other"
release() { # NAME: a key of who makes Meldluik; its signature of that page
	minisign -G -W -f -p "$work/$1.pub" -s "$work/$1.key" >/dev/null &&
		minisign -S -s "$work/$1.key" -m "$other" -t \
			"meldluik page org=00000000000000000000000000000000 desk=0"
}
keyset() {
	desk 1 keyset "$@" >"$work/said" 2>&1
}
refused() {
	! keyset "${@:2}" && grep -q "$1" "$work/said"
}
shown() {
	keyset && grep -qF "$(tail -n 1 "$work/two.pub")" "$work/said"
}
# the second desk needs the keyset with the key, or its bundle is behind
both_out() {
	desk 1 keyset --publish "$work/carried" &&
		desk 2 keyset --accept "$work/carried" && carry_out
}
try "a pair of minisign keys" minisign -G -W -f -p "$work/one.pub" \
	-s "$work/one.key"
try "a release key needs a key file" refused "no public key of minisign" \
	--release "$other"
try "and not a page that it did not sign" refused "must lie beside" \
	--release "$work/one.pub"
try "a page with another byte is released" release two
try "another key than the one that signed is refused" refused \
	"not by the release key" --release "$work/one.pub" --page "$other"
try "the key that signed is taken, and a holder signs" keyset \
	--release "$work/two.pub" --page "$other"
try "a page without its signature is refused from now on" refused \
	"must lie beside" --page "$work/rebuilt/page.json"
try "the key is shown" shown
try "both signatures go out" both_out
clocked restart || die "the gateway did not start again"
clock_set 0 61
try "they are seen" live "signed by the release key"
try "the page served is not the one released" live "script.en.js: is NOT the signed one"
told() {
	! reporter && [ "$(grep -c "is NOT" "$work/said")" -eq 1 ] &&
		grep -q "signed by a holder of desk 1" "$work/said"
}
try "in that file only, and it is a failure" told
got() {
	curl -sf "$url/v1/page.json" >"$work/got.json" &&
		curl -sf "$url/v1/page.json.minisig" >"$work/got.json.minisig" &&
		minisign -V -q -p "$work/two.pub" -m "$work/got.json"
}
try "minisign finds the release's signature good" got
# the last of this gateway: every tier says that the key was withdrawn
revoked() {
	desk 1 revoke --stored && desk 1 export "$work/stick" &&
		courier 1 deliver "$work/stick"
}
gone="heeft haar sleutel ingetrokken"
told_gone() {
	for _ in $(seq 300); do
		curl -sf "$url/nl/report" | grep -q "$gone" && return 0
		sleep 0.5
	done
	return 1
}
says_gone() { # PATH [ARGUMENT OF curl...]; no later, nothing to compare
	curl -s "$url/nl/$1" "${@:2}" >"$work/said"
	grep -q "$gone" "$work/said" &&
		! grep -qE 'Kom later terug|id="(fingerprint|real)"' "$work/said"
}
try "the identity is revoked" revoked
clock_set 0 0
clocked restart || die "the gateway did not start again"
clock_set 0 61
try "who would report is told, without scripts" told_gone
for path in "" report advice who; do
	try "and at /nl/$path" says_gone "$path"
done
try "and who has a code" says_gone replies -d code=x
try "and who was writing" says_gone report -F form="$(printf '%032d' 1)" \
	-F kind=report -F what=x -F no_mailbox=1
grep -q 'name="what"[^>]*>.\?x\|^x</textarea>' "$work/said" ||
	die "the text that was typed is lost"
echo "the page is built again to the same bytes, signed, and checked as served"
