#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Goal: policy/ is pure (no I/O, clock, randomness, sodium; only its own
# contracts included), and RULES.md names every rule and only real tests.
set -u
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH= cd -- "$here/../.." && pwd)
BUILD=${BUILD:-$root/build}
cd "$root" || exit 1
bad=0

fail() {
	echo "FAIL: $*"
	bad=1
}

allowed='err bytes listed html view calendar csv profile taxonomy routing foureyes'
allowed="$allowed casestate clocks retention forward register annual"
for h in $(sed -n 's|^#include "meldluik/\(.*\)\.h".*|\1|p' \
    policy/*.[ch] policy/base/*.[ch] 2>/dev/null | sort -u); do
	case " $allowed " in
	*" $h "*) ;;
	*) fail "policy includes meldluik/$h.h" ;;
	esac
done
system='jansson\|setjmp\|stdarg\|std[a-z]*\|string\|limits\|inttypes\|assert'
if grep -n '^#include <' policy/*.[ch] policy/base/*.[ch] 2>/dev/null |
    grep -v "<\($system\)\.h>"; then
	fail "policy includes a system header that is not on the list"
fi

lib=$BUILD/policy/libmeldluik_policy.a
if [ -f "$lib" ]; then
	no='open|openat|fopen|read|write|fread|fwrite|socket|time|gettimeofday'
	no="$no|clock_gettime|localtime|gmtime|mktime|rand|random|getrandom"
	no="$no|getenv|printf|fprintf|puts|system|fork|unlink"
	if nm -u "$lib" | awk '$1 == "U" { print $2 }' | sort -u |
	    grep -E "^($no|sodium_.*|crypto_.*|randombytes.*|curl_.*)(@.*)?\$"
	then
		fail "policy calls a function that is not pure"
	fi
	symbols="and its symbols"
else
	fail "no $lib: build first"
fi

rules=policy/RULES.md
# A row for each rule, with the article that the program prints
sed -n 's/^ "\(S-[A-Z-]*\)": {"article": "\([^"]*\)".*/\1|\2/p' \
    policy/data/nl.json >"${OUT:-/tmp}/rules.$$"
[ "$(grep -c . "${OUT:-/tmp}/rules.$$")" -eq \
    "$(grep -o '"S-[A-Z-]*"' policy/data/nl.json | sort -u | wc -l)" ] ||
	fail "the rules of nl.json cannot be read"
while IFS='|' read -r id article; do
	grep "^| $id |" "$rules" | grep -qF "| $article" ||
	    fail "$rules has no row of $id with article $article"
done <"${OUT:-/tmp}/rules.$$"
rm -f "${OUT:-/tmp}/rules.$$"
for id in C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C10b C11 C12 C13 RT0 RT1 RT2 RT3 \
    RT4 RT5; do
	grep -q "^| $id " "$rules" || fail "$rules lacks $id"
done
# Names with an underscore after "NAME:" are functions of test_NAME.c.
for f in $(grep -o '[a-z][a-z]*_[a-z_]*' "$rules" | sort -u); do
	case $f in
	fuzz_*)
		[ -f "tests/fuzz/$f.c" ] || fail "$rules names $f"
		;;
	register_c*|annual_*|four_eyes|holidays_covers|routing_check)
		;;
	niet_*|test_*) ;;
	*)
		grep -q "^$f(void \*\*state)" tests/unit/test_*.c ||
		    fail "$rules names no test $f"
		;;
	esac
done
[ "$bad" -eq 0 ] || exit 1
echo "policy is pure by its include lines $symbols; RULES.md is complete"
