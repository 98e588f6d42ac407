#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: under valgrind no unit program reads what was never written or is not
# its own, nor loses memory. Short form: a program of each layer that takes
# seconds; FULL=1: all but those that valgrind.txt and confined.txt set aside,
# so also whole shares, boards and minisign's files (40-asan.sh has these in its
# short form).
# A planted leak and a planted look at nothing are seen.
. "$(dirname "$0")/lib.sh"
need gcc valgrind
grind() {
	valgrind -q --error-exitcode=9 --leak-check=full \
		--show-leak-kinds=definite --errors-for-leak-kinds=definite \
		"$@" 2>&1
}
plant() { # BODY
	printf '#include <stdlib.h>\nint main(int n, char **v)\n{ %s }\n' "$1" \
		>"$OUT/planted.c"
	gcc -g -O0 -w -o "$OUT/planted" "$OUT/planted.c" || fail "no compiler"
	grind "$OUT/planted" >/dev/null
	[ $? = 9 ] || fail "not seen: $1"
}
plant 'malloc(7); return 0;'
plant 'int *p = malloc(8); return p[n] == 3 ? (free(p), 1) : (free(p), 0);'
gcc -D_GNU_SOURCE -shared -fPIC -o "$OUT/smallmap.so" "$HERE/smallmap.c" ||
	fail "no shim"

programs='test_code test_fields test_keyset_rules test_shares_head
test_minisign_form test_bundle test_report test_pages_form test_web_circuit
test_content'
[ -z "${FULL:-}" ] || programs=$(all_units)
n=0 bad=
for one in $programs; do
	grep -q "^$one " "$HERE/valgrind.txt" && continue
	(cd "$OUT" && LD_PRELOAD=$OUT/smallmap.so grind "$BUILD/bin/$one") \
		>"$OUT/log" || { tail -n 60 "$OUT/log"; bad="$bad $one"; }
	n=$((n + 1))
done
[ -z "$bad" ] || fail "$bad"
[ $n -gt 0 ] || fail "nothing to run"
echo "valgrind: nothing in $n programs"
