#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Goal: no branch and no address is made of a secret: keys, codes, mailboxes,
# shares, passphrases and tokens (the table is in README.md beside this).
# Look-ups in a table and comparisons by memcmp, as controls, are reported by
# the same check.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$HERE/../../build}
command -v valgrind >/dev/null || { echo "valgrind is missing"; exit 77; }
# grind PROGRAM CASE: nothing to report, or says what there is
grind() {
	valgrind -q --expensive-definedness-checks=yes --error-exitcode=9 \
		--suppressions="$HERE/poison.supp" "$BUILD/bin/$1" "$2" 2>&1
}
n=0
# poison PROGRAM CASE...; a case with a + is a control
poison() {
	tool=$1
	shift
	[ -x "$BUILD/bin/$tool" ] ||
		{ echo "no $tool: build with MELDLUIK_TESTS"; exit 1; }
	for one; do
		"$BUILD/bin/$tool" "${one#+}"
		case $? in
		0) ;;
		77) exit 77 ;;
		*) echo "FAIL: $tool $one does not run"; exit 1 ;;
		esac
		case $one in
		+*)
			grind "$tool" "${one#+}" >/dev/null
			[ $? = 9 ] || { echo "FAIL: $one is not seen"; exit 1; }
			;;
		*) grind "$tool" "$one" || { echo "FAIL: $one"; exit 1; } ;;
		esac
		n=$((n + 1))
	done
}
poison age_poison +control +branch expand open seal mac text
poison secret_poison +control +lookup code mailbox page shares pass keyring \
	sign courier desk
echo "no secret decides a branch or an address: $n runs, 4 of them controls"
