#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: no page is half translated. gettext reads every catalogue without a
# complaint, and the build's own tool, run as the build runs it, refuses a
# string that is missing, empty, fuzzy, doubled or unused, and one whose
# values differ between languages. The tool is seen to pass the real ones.
set -u
REPO=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=$(cd "${BUILD:-$REPO/build}" 2>/dev/null && pwd) ||
	{ echo "skip: not built"; exit 77; }
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
fail() { echo "FAIL: $*"; exit 1; }
command -v msgfmt >/dev/null || { echo "skip: no gettext"; exit 77; }
N=0
for po in "$REPO"/gateway/web/po/*.po; do
	msgfmt --check-format --check-domain --output-file="$T/mo" "$po" \
		2>"$T/err" || { cat "$T/err"; fail "$po"; }
	msgfmt --statistics --output-file="$T/mo" "$po" 2>&1 |
		grep -qE 'fuzzy|untranslated' && fail "$po is not finished"
	N=$((N + 1))
done
[ $N -ge 2 ] || fail "$N catalogues"

# the very command of the build, with copies of the catalogues
MAKE=$BUILD/gateway/pages/CMakeFiles/meldluik_pages.dir/build.make
LINE=$(grep -h 'embedded_pages\.c .*\.po' "$MAKE" | grep -v '^#' | head -1) ||
	fail "the build does not run the tool"
[ -n "$LINE" ] || fail "the build does not run the tool"
mkdir "$T/po"
SRC=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$BUILD/CMakeCache.txt")
LINE=${LINE//"$BUILD/gateway/pages/generated/embedded_"/"$T/embedded_"}
LINE=${LINE//"$SRC/gateway/web/po"/"$T/po"}
run() { bash -c "$LINE" >"$T/said" 2>&1; }
fresh() { cp "$REPO"/gateway/web/po/*.po "$T/po/"; }
fresh
run || { cat "$T/said"; fail "the real catalogues are refused"; }
# planted NAME PYTHON: ${s} is nl.po
planted() {
	fresh
	python3 - "$T/po/nl.po" "$2" <<'P' || fail "planting: $1"
import re
import sys
s = open(sys.argv[1], encoding="utf-8").read()
before = s
exec(sys.argv[2])
assert s != before
open(sys.argv[1], "w", encoding="utf-8").write(s)
P
	run && fail "taken: a string that is $1"
	[ -s "$T/said" ] || fail "refused without a word: $1"
}
planted missing 's = re.sub(r"msgid \"brand\"\nmsgstr .*\n", "", s)'
planted empty 's = re.sub(r"(msgid \"brand\"\nmsgstr ).*", r"\1\"\"", s)'
planted fuzzy 's = s.replace("msgid \"brand\"", "#, fuzzy\nmsgid \"brand\"")'
planted doubled 's += "\nmsgid \"brand\"\nmsgstr \"Meldluik\"\n"'
planted unused 's += "\nmsgid \"nobody-asks\"\nmsgstr \"x\"\n"'
planted "of other values" \
	's = re.sub(r"\{\{[a-z_]+\}\}", "", s, count=1)'
echo "$N catalogues are whole, and 6 planted faults stop the build"
