#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what a stranger sends makes scrub_left.py neither hang, nor fill the
# memory, nor end by an error that it did not expect: 3,000 changed files (FULL:
# 200,000 of another seed) and 20 that are large, deep or wrong.
set -u
cd "$(dirname "$0")/../.." || exit 2
PYTHON=/usr/bin/python3 # as scrub.c
[ -x $PYTHON ] || { echo "skip: no $PYTHON"; exit 77; }
T=$(mktemp -d "${OUT:-/tmp}/hostile.XXXXXX")
more=()
[ "${FULL:-0}" = 0 ] || more=("$(date +%s)" 200000)
$PYTHON tests/vectors/scrub_hostile.py keys/decryptor/scrub_left.py "$T" \
	tests/vectors/scrub "${more[@]}" || exit 1
rm -rf "$T"
