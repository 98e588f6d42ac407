#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: who reads a page over the ordinary web is told where the same page is
# on the onion service (Tor Browser offers to go there); who is there already
# is not, signed files say nothing of it, and nor does a gateway without one.
. "$(dirname "$0")/lib.sh"
n=0
# location HOST PATH: the header, in $LOCATION
location() {
	curl -sS -m 60 -o /dev/null -D "$GW/headers" -H "Host: $1" \
		"$URL$2" || fail "$2"
	LOCATION=$(tr -d '\r' <"$GW/headers" |
		sed -n 's/^Onion-Location: //Ip')
	n=$((n + 1))
}
gw_new '[site]' 'onion = http://voorbeeld.onion' 'https = https://melden.nl'
gw_start
for open in no yes; do # pages of a gateway that is not open, and of one that is
	for path in /nl/ /en/ /nl/nowhere; do
		for round in first again; do # made, and kept
			location melden.nl $path
			there=$path
			[ $path = /nl/nowhere ] && there=/ # repeats nothing
			[ "$LOCATION" = "http://voorbeeld.onion$there" ] ||
				fail "$path $open $round: $LOCATION"
			location voorbeeld.onion $path
			[ -z "$LOCATION" ] || fail "told there: $LOCATION"
		done
	done
	location melden.nl /healthz
	[ -z "$LOCATION" ] || fail "healthz: $LOCATION"
	[ $open = yes ] || gw_install
done
# the answer to a form lies at no address that could be opened there
curl -sS -m 60 -o "$GW/page" -D "$GW/headers" -H "Host: melden.nl" \
	--data-urlencode "what=De wethouder nam geld aan." "$URL/nl/form" ||
	fail "form"
grep -q "<form" "$GW/page" || fail "no page: $(head -1 "$GW/headers")"
grep -qi "^Onion-Location" "$GW/headers" && fail "told on an answer to a form"
for path in /v1/keyset.json /v1/board/1.json; do
	location melden.nl $path
	[ -z "$LOCATION" ] || fail "$path: $LOCATION"
done
gw_clean
gw_new
gw_start
location melden.nl /nl/
[ -z "$LOCATION" ] || fail "there is no onion service: $LOCATION"
echo "$n answers: pages name the onion service to those who are not there"
