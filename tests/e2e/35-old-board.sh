#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: who checks back is told that answers may be missing: of a board that
# is more than four weeks old, and of an answer that no holder of the desk
# signed, by the reporter's program and by the page without scripts; and is
# told neither when neither is so.
. "$(dirname "$0")/../http/lib.sh"
R=$BIN/meldluik-reporter
[ -x "$R" ] && [ -x "$BIN/codetool" ] || skip "not built"
code=$("$BIN/codetool" "01$(head -c 14 /dev/urandom | od -An -tx1 |
	tr -d ' \n')" 00000000000000000000000000000000 | head -1)
# board DAYS [ARGUMENT...]: a gateway whose board was made so long ago
board() {
	gw_new
	gw_start
	gw_install --weeks 8 --code "$code" --reply "Het eerste antwoord." \
		--reply "Het tweede antwoord." --today \
		"$(TZ=Europe/Amsterdam date -d "-$1 days" +%F)" "${@:2}"
	printf '%s\n' "$code" >"$GW/code"
	"$R" --gateway "$URL" --code-file "$GW/code" check >"$GW/out" \
		2>"$GW/err" || fail "check: $(cat "$GW/err")"
	"$R" --gateway "$URL" --code-file "$GW/code" --json check \
		>"$GW/json" 2>/dev/null || fail "check --json"
	python3 - "$PORT" "$code" >"$GW/page" <<'PY' || fail "the page"
import sys
from pages import Browser
b = Browser(int(sys.argv[1])).get("replies")
b.submit("replies", code=sys.argv[2])
print(b.text)
PY
}
said() { # yes|no TEXT FILE
	grep -q -- "$2" "$GW/$3"
	[ $? = "$([ "$1" = yes ] && echo 0 || echo 1)" ] ||
		fail "$3 of ${board:-a board}: not '$1' for '$2': $(head -c 900 \
			"$GW/$3")"
	n=$((n + 1))
}
n=0
texts() { # FIRST SECOND OLD DAMAGED: yes or no
	for f in out json page; do
		said "$1" "Het eerste antwoord" $f
		said "$2" "Het tweede antwoord" $f
	done
	said "$3" "board of desk 1: is more than four weeks old; answers may be \
missing" err
	said "$3" "antwoorden zijn ouder dan vier weken" page
	said "$4" "1 answers for this code are damaged or not signed by a holder \
of the desk; they are not shown" err
	said "$4" "deel van de antwoorden is beschadigd" page
	said "$4" '"damaged": *1' json
	gw_clean
}
board 27 # a day more or less while this runs
texts yes yes no no
board 30
texts yes yes yes no
board 27 --forged 1
texts no yes no yes
echo "old and damaged are said, and only then: $n looks at two programs"
