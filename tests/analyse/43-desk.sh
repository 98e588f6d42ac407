#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: AddressSanitizer and UndefinedBehaviorSanitizer say nothing of the desk
# as a whole: its verbs, its page, and the child that reads a report, which
# the unit programs of confined.txt leave out. Scripts of the desk run with
# desk_sanitized in its place. Short form: hostile bodies, two desks, hostile
# words; FULL=1: what drives the desk in e2e/, faults/ and desk/, but for those
# with a browser, a terminal that answers, stdbuf, a keyring of the whole work
# factor, or a shim that stops at the filter or moves the clock.
# Planted faults are heard: of a program, and of each kind in the desk's
# confined child and in the page's process.
. "$(dirname "$0")/lib.sh"
need gcc
planted address,undefined '#include <stdlib.h>
int main(int n, char **v) { char *p = malloc(2); (void)v; return p[n + 1]; }'
scripts='faults/23-hostile-bodies.sh e2e/24-desks.sh e2e/27-hostile.sh'
if [ -n "${FULL:-}" ]; then
	scripts=$(cd tests && grep -LE \
		'stdbuf|tty_answer|data/released|lib(stop|clock)_shim' \
		e2e/2*.sh e2e/3[3-9]*.sh e2e/4*.sh e2e/5*.sh e2e/6*.sh e2e/7*.sh \
		faults/2*.sh desk/1*.sh desk/21*.sh desk/22*.sh)
fi
tree asan desk_sanitized
# the build with another desk in it
mkdir -p "$OUT/with/bin" "$OUT/said"
for one in "$BUILD"/*; do
	[[ $one == "$BUILD"/@(bin|tests) ]] || ln -s "$one" "$OUT/with/"
done
mkdir "$OUT/with/tests" # for its shims, which scripts search
ln -s "$BUILD"/bin/* "$OUT/with/bin/"
ln -s "$BUILD"/tests/*.so "$OUT/with/tests/"
for one in desk_soft meldluik-decryptor; do
	ln -sf "$TREE/bin/desk_sanitized" "$OUT/with/bin/$one"
done
# to files: a child that has let go of its output is heard too
export SAID=$OUT/said
run() { # COMMAND...
	rm -rf "$OUT/of"
	mkdir "$OUT/of"
	ASAN_OPTIONS=log_path=$SAID/it UBSAN_OPTIONS=log_path=$SAID/it \
		BUILD=$OUT/with OUT=$OUT/of FULL='' "$@" >"$OUT/log" 2>&1
}
heard() {
	said "$OUT/log" || [ -n "$(ls "$SAID")" ]
}
# one report comes in, by the command line or by the page
cat >"$OUT/one.sh" <<'SH'
. tests/decryptor/lib.sh
found
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text een
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
[ "$1" = page ] || {
	desk "$T/home" 2026-11-25 import "$T/gw"
	exit 0
}
PYTHONPATH=tests/desk python3 - "$BIN" "$T/home" "$PASS" "$T/gw" <<'PY'
import sys
from uihttp import Ui
ui = Ui(*sys.argv[1:4], "2026-11-25", sys.argv[4])
ui.post("/nl/keys", do="import", place=sys.argv[4])
ui.end()
PY
exit 0
SH
for way in line page; do
	run bash "$OUT/one.sh" $way
	heard && fail "something is said of one report, by the $way"
	for plant in child $([ $way = line ] || echo page); do
		for fault in address:heap-buffer-overflow \
			undefined:"shift exponent"; do
			PLANT=$plant-${fault%%:*} run bash "$OUT/one.sh" $way
			heard && grep -qs "${fault#*:}" "$SAID"/* ||
				fail "planted in the $plant, by the $way, and" \
					"not heard: ${fault%%:*}"
			rm -f "$SAID"/*
		done
	done
done
n=0 bad=
for one in $scripts; do
	run "tests/$one"
	case $? in
	0 | 77) ;;
	*)
		tail -n 20 "$OUT/log"
		bad+=" $one"
		;;
	esac
	if heard; then
		cat "$OUT/log" "$SAID"/* 2>/dev/null |
			grep -m1 -A 40 -E 'Sanitizer|runtime error'
		fail "$one"
	fi
	n=$((n + 1))
done
[ -z "$bad" ] || fail "of $n scripts:$bad"
[ $n -ge 3 ] || fail "nothing ran"
echo "$n scripts of the desk, nothing said"
