#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: gcc's static analyser says nothing of the product's sources but what
# fanalyzer.txt explains, and a planted fault is seen. Short form: formats and
# secrets, and what reads strangers' bytes; FULL=1: keys/, policy/, gateway/.
. "$(dirname "$0")/lib.sh"
need gcc
printf '%s\n' '#include <stdlib.h>' 'int main(void) {' \
	'char *p = malloc(4); free(p); free(p); return 0; }' >"$OUT/planted.c"
gcc -fanalyzer -c -o /dev/null "$OUT/planted.c" 2>&1 |
	grep -q 'Wanalyzer-double-free' || fail "a planted fault is not seen"

short=$short_sources
[ -z "${FULL:-}" ] || short=.
# a line a file: its compiler's call, with the analyser and without an object
product_commands | python3 -c '
import json, re, shlex, sys
top, short = sys.argv[1:]
for c in json.load(sys.stdin):
    if re.match(short, c["file"][len(top) + 1:]):
        words = shlex.split(c["command"])
        i = words.index("-o")
        words[i + 1] = "/dev/null"
        print("cd", shlex.quote(c["directory"]), "&&", shlex.join(words),
              "-fanalyzer -fdiagnostics-path-format=none")
' "$REPO" "$short" >"$OUT/calls"
[ -s "$OUT/calls" ] || fail "nothing to look at"
tr '\n' '\0' <"$OUT/calls" | xargs -0 -P2 -n1 sh -c >"$OUT/said" 2>&1 ||
	{ grep -m3 'error:' "$OUT/said"; fail "not compiled"; }
sed -nE "s|^$REPO/([^:]*):([0-9]+):[0-9]+: warning: (.*) \[-W(analyzer-)?([a-z-]+)\]$|\1 \5 \2 \3|p" \
	"$OUT/said" | sort -u >"$OUT/found"
judged fanalyzer.txt "gcc's analyser"
