#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: whichever check of the security core is taken out, one at a time, a
# unit test notices; where none can, LEFT says why. The short form takes every
# third check of every file, another third each day (TURN=0, 1, 2 says which);
# FULL=1 takes all, tries those of LEFT again too, and every other check that
# unit programs reach.
set -u
here=$(cd "$(dirname "$0")" && pwd)
export BUILD=${BUILD:-$here/../../build}
work=${MUTATION:-$BUILD/mutation}
mkdir -p "$work" || exit 1
export PYTHONDONTWRITEBYTECODE=1
if [ -n "${FULL:-}" ]; then
	python3 "$here/run.py" "$work"
else
	python3 "$here/run.py" "$work" core \
		"${TURN:-$(($(date +%s) / 86400 % 3))}/3"
fi
