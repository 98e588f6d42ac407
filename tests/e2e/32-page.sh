#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: whoever builds the page from the sources, elsewhere and at another
# time, gets the same bytes; a holder signs the hashes of that build; and
# "meldluik-reporter verify page" says that the gateway serves just these, and
# of any other byte that it is not the signed one.
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$top/build}
bin=$build/bin
share=$build/share/meldluik
[ -f "$share/page.json" ] || { echo "skip: the page is not built"; exit 77; }
# shellcheck source=packaging/throwaway.sh
. "$top/packaging/throwaway.sh"
export LC_ALL=C.UTF-8
throwaway_new
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
			node build.mjs "$work/rebuilt" "$release"
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
live() { # the first at once, later ones a minute after the start
	for _ in $(seq 300); do
		reporter
		grep -q "$1" "$work/said" && return 0
		sleep 0.5
	done
	cat "$work/said"
	return 1
}
not_vouched() {
	! reporter && grep -q "page.json: there is none" "$work/said"
}
try "before, nobody vouches for the page" not_vouched
try "a holder signs the page rebuilt" signed "$work/rebuilt/page.json"
try "the reporter's program sees it" live "signed by a holder of desk 1"
try "the page served is the one rebuilt" reporter
all_named() {
	[ "$(grep -c "is the signed one" "$work/said")" -eq \
		"$(grep -o '"[a-z.]*":"[0-9a-f]\{64\}"' \
			"$work/rebuilt/page.json" | wc -l)" ]
}
try "every file of it" all_named
sed 's/\("qr.js":"\)[0-9a-f]\{8\}/\100000000/' "$work/rebuilt/page.json" \
	>"$work/other.json"
try "a holder signs a page with another byte" signed "$work/other.json"
restart || die "the gateway did not start again"
try "that is told" live "qr.js: is NOT the signed one"
told() {
	! reporter && [ "$(grep -c "is NOT" "$work/said")" -eq 1 ]
}
try "of that file only, and it is a failure" told
echo "the page is built again to the same bytes, signed, and checked as served"
