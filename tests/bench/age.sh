#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: figure B4. Sealing and opening 1 GiB to four hybrid recipients takes
# no more wall and processor time than Debian's age with one X25519
# recipient, in 16 MiB. SIZE, ROUNDS and THREADS in the environment.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$here/../../build}
SIZE=${SIZE:-1073741824}
ROUNDS=${ROUNDS:-5}
export THREADS=${THREADS:-1}
command -v age >/dev/null || { echo "Debian's age is missing"; exit 77; }
[ -x "$BUILD/bin/agec" ] || { echo "build with MELDLUIK_TESTS"; exit 1; }
work=$(mktemp -d "${OUT:-/tmp}/age.XXXXXX")
trap 'rm -rf "$work"' EXIT
umask 077
age-keygen -o "$work/x25519" 2>/dev/null || exit 1
age-keygen -y "$work/x25519" >"$work/x25519.pub" || exit 1
for i in 1 2 3 4; do
	"$BUILD/bin/agec" keygen >"$work/id" 2>>"$work/to" || exit 1
done
head -c "$SIZE" /dev/urandom >"$work/plain" || exit 1
python3 "$here/age.py" "$BUILD/bin/agec" "$work" "$ROUNDS"
