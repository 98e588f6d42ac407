#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the organisation's own questions are the same in both tiers and both
# browsers: none is required, one shows when its choice is made and not
# before; what is in another language than the page says so; a citizen is told what the law does not do. Carried to a desk, what
# was asked and answered stands there as it was asked, in that order and that
# language: on its page and by the command line.
. "$(dirname "$0")/lib.sh"
top=$BROWSER_DIR/../..
bin=$BUILD/bin
desk_program=desk_soft # keys of little work: many verbs
[ -x "$bin/$desk_program" ] || { echo "skip: not built"; exit 77; }
browsers_or_skip
# shellcheck source=packaging/throwaway.sh
. "$top/packaging/throwaway.sh"
words=$(mktemp)
trap 'browsers_end; throwaway_end; rm -f "$words"' EXIT
cat >"$words" <<'JSON'
{"type":"meldluik-organisation","version":1,"name":{"nl":"Gemeente Proef"},
"questions":[
{"id":"q_area","kind":"choice","ask":{"nl":"Welk gebied?","en":"Which area?"},
"options":[{"nl":"Zorg & bouw","en":"Care"},"Anders"],"on":["report","advice"]},
{"id":"q_care","kind":"text","ask":{"nl":"Welke <zorg>?"},
"hint":{"nl":"Kort is goed"},
"shown_if":{"question":"q_area","option":1}},
{"id":"q_day","kind":"date","ask":"Sinds wanneer?"}]}
JSON
throwaway_new '[site]' "organisation = $words"
throwaway_open
browsers_run questions.mjs "$url" "$work" || exit 1
try "the reports came to the desk" carry_in
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$top/tests/desk \
	python3 "$BROWSER_DIR/questions_desk.py" "$bin/$desk_program" \
	"$work/org/desk-1" "$work/passphrase" "$work/want.json"
