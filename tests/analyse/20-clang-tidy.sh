#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: clang-tidy, with the checks of .clang-tidy, says nothing but what
# clang-tidy.txt explains; a planted fault is seen; and no function that is
# unsafe beside another thread is called in a program with threads. Short
# form: formats and secrets, and what reads strangers' bytes; FULL=1: all.
. "$(dirname "$0")/lib.sh"
need clang-tidy nm
printf '%s\n' '#include <stdlib.h>' 'int f(int n) {' \
	'char *p = malloc(4); if (n) { free(p); } return p[0]; }' \
	>"$OUT/planted.c"
clang-tidy --quiet --config-file=.clang-tidy "$OUT/planted.c" -- \
	>"$OUT/planted.log" 2>&1
grep -q 'error: .*clang-analyzer-unix' "$OUT/planted.log" ||
	fail "a planted fault is not seen"

short=$short_sources
[ -z "${FULL:-}" ] || short=.
product_files | grep -E "$short" >"$OUT/files"
[ -s "$OUT/files" ] || fail "nothing to look at"
product_commands >"$OUT/compile_commands.json" || fail "nothing to look at"
# 1 is something that was found; else it did not come to its end
# shellcheck disable=SC2016 # of the inner shell
xargs -P2 -n4 sh -c 'clang-tidy --quiet -p "$0" "$@"; [ $? -le 1 ] ||
	exit 255' "$OUT" <"$OUT/files" >"$OUT/said" 2>"$OUT/errors" || {
	tail -n 5 "$OUT/errors"
	fail "clang-tidy did not come to its end"
}
if grep -hE '^(Error while|Skipping)' "$OUT/errors" "$OUT/said"; then
	grep 'error:' "$OUT/said"
	fail "not read"
fi
sed -nE "s|^$REPO/([^:]*):([0-9]+):[0-9]+: (warning\|error): (.*) \[([^],]*).*\]$|\1 \5 \2 \4|p" \
	"$OUT/said" | sort -u >"$OUT/found"
judged clang-tidy.txt clang-tidy

# Not one of these in the gateway or the reporter. (Of the desk only sealing
# has helpers, which call nothing but the cipher.)
unsafe='strtok|localtime|gmtime|ctime|asctime|strerror|rand|srand|setlocale'
unsafe="$unsafe|gethostbyname|getpwnam|getpwuid|setenv|putenv|crypt|readdir64_r"
for p in gateway reporter; do
	nm -D -u "$BUILD/bin/meldluik-$p" |
		sed -nE "s/^ +U ($unsafe)(@.*)?$/\1/p" >"$OUT/unsafe"
	[ -s "$OUT/unsafe" ] && fail "$p calls $(tr '\n' ' ' <"$OUT/unsafe")"
done
echo "and no call that is unsafe beside another thread"
