#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: cppcheck warns of nothing in the product's sources but what
# cppcheck.txt explains, and a planted fault is seen.
. "$(dirname "$0")/lib.sh"
need cppcheck
check() { # OPTION...
	cppcheck -q -j2 --enable=warning,performance,portability \
		--error-exitcode=1 --relative-paths="$REPO" \
		--template='{file}:{line}: {id}: {message}' \
		"$@" 2>&1
}
printf 'int main(void)\n{\n\tint a[2];\n\ta[2] = 0;\n\treturn a[2];\n}\n' \
	>"$OUT/planted.c"
check "$OUT/planted.c" | grep -q arrayIndexOutOfBounds ||
	fail "a planted fault is not seen"

# The defines and folders of the build, for the product's files alone
mkdir -p "$OUT/state"
product_commands >"$OUT/compile_commands.json" || fail "nothing to look at"
check --project="$OUT/compile_commands.json" \
	--cppcheck-build-dir="$OUT/state" \
	--suppressions-list="$HERE/cppcheck.txt" \
	--enable=information \
	>"$OUT/said" || { cat "$OUT/said"; fail "cppcheck has something to say"; }
cat "$OUT/said"
echo "cppcheck: nothing in $(product_files | wc -l) files," \
	"$(grep -cv '^//' "$HERE/cppcheck.txt") explained"
