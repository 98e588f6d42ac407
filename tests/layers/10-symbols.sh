#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the gateway has no code that opens a stored report. Its symbols are
# held against a written list, and the list against the decryptor, which
# must have them, so that a renamed function cannot slip through.
set -u
REPO=$(cd "$(dirname "$0")/../.." && pwd)
BIN=${BUILD:-$REPO/build}/bin
for p in meldluik-gateway meldluik-decryptor; do
	[ -x "$BIN/$p" ] || { echo "skip: $p is not built"; exit 77; }
	[ -n "$(nm "$BIN/$p" 2>/dev/null)" ] || {
		echo "skip: $p is stripped"; exit 77; }
done
FORBIDDEN='age_open_new age_open_write age_open_end age_open_buf
envelope_open_new keyring_ shares_combine'
symbols() { nm "$1" | awk '$2 ~ /[tT]/ {print $3}' | sort -u; }
symbols "$BIN/meldluik-gateway" >"${TMPDIR:-/tmp}/ml-sym-$$-g"
symbols "$BIN/meldluik-decryptor" >"${TMPDIR:-/tmp}/ml-sym-$$-d"
trap 'rm -f "${TMPDIR:-/tmp}/ml-sym-$$-g" "${TMPDIR:-/tmp}/ml-sym-$$-d"' EXIT
bad=0
for s in $FORBIDDEN; do
	if grep -q "^$s" "${TMPDIR:-/tmp}/ml-sym-$$-g"; then
		echo "gateway has $s"
		bad=1
	fi
	if ! grep -q "^$s" "${TMPDIR:-/tmp}/ml-sym-$$-d"; then
		echo "the list is stale: the decryptor has no $s"
		bad=1
	fi
done
if ldd "$BIN/meldluik-gateway" | grep -qE 'libcurl|libarchive'; then
	echo "gateway is linked to a library it may not have"
	bad=1
fi
[ $bad = 0 ] || exit 1
echo "the gateway has none of: $(echo $FORBIDDEN)"
