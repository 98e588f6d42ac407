#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: printed to A4 by Chromium and Firefox, the code's page is one sheet
# with the code and nothing that says where it is from; the receipt, a long
# reply and the start page are on paper whole, also what is folded away.
. "$(dirname "$0")/lib.sh"
browsers_gateway
command -v pdfinfo >/dev/null || skip "there is no pdfinfo"
code=$(code_new)
long=$(python3 -c 'print("Wij lezen mee. " * 300 + "Einde")')
gw_install --weeks 2 --desks 2 --code "$code" --reply "$long"
browsers_run paper.mjs "$URL" "$GW" "$code" || fail "in the browser"

# on_paper FILE PAGES_MAX: A4, and no more sheets; its text is in $said
on_paper() {
	pdfinfo "$GW/$1.pdf" >"$GW/info" || fail "$1: no PDF"
	grep -q 'A4' "$GW/info" || fail "$1: $(grep 'Page size' "$GW/info")"
	[ "$(sed -n 's/^Pages: *//p' "$GW/info")" -le "$2" ] ||
		fail "$1: $(grep Pages "$GW/info")"
	said=$(pdftotext -layout "$GW/$1.pdf" - | tr -s ' \n\f' ' ')
}
# all WORD...: each stands on the sheet;  none WORD...: none does
all() {
	for word in "$@"; do
		[[ $said == *"$word"* ]] || fail "no \"$word\" in: $said"
	done
}
none() {
	for word in "$@"; do
		[[ $said != *"$word"* ]] || fail "\"$word\" in: $said"
	done
}
for which in chromium firefox; do
	for tier in forms script; do
		on_paper "$which-$tier-code" 1
		read -ra groups <"$GW/$which-$tier-code.txt"
		[ "${#groups[@]}" -eq 7 ] || fail "no code"
		all "${groups[@]}"
		none Meld Gemeente 127.0.0.1 http
		# the name of the job, and of a file, is what the page is called
		! grep -E '^Title:.*(Meld|Gemeente|gaat het|127|http)' "$GW/info" ||
			fail "$which $tier: a name tells where the code is from"
		on_paper "$which-$tier-done" 2
		all "$(cat "$GW/$which-$tier-number.txt")"
		none 'Pagina verlaten'
		foot=$(pdftotext -l 1 "$GW/$which-$tier-done.pdf" - |
			tr -d '\f' | grep . | tail -1)
		[ "$foot" != 'Wat kunt u nu doen?' ] ||
			fail "$which $tier: a heading alone at the foot of a sheet"
		on_paper "$which-$tier-replies" 4
		[ "$(grep -o 'Wij lezen mee' <<<"$said" | wc -l)" -eq 300 ] ||
			fail "a reply is not whole on paper"
		all Einde
	done
	on_paper "$which-start" 3
	all 'geen ontslag'
done
echo "code, receipt, reply and start page on A4 by both browsers"
