#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: whichever check of the security core is taken out, one at a time, a
# unit test notices; where none can, LEFT says why. FULL=1 tries those again
# too, and every other check that unit programs reach.
set -u
here=$(cd "$(dirname "$0")" && pwd)
export BUILD=${BUILD:-$here/../../build}
work=${MUTATION:-$BUILD/mutation}
mkdir -p "$work" || exit 1
export PYTHONDONTWRITEBYTECODE=1
if [ -n "${FULL:-}" ]; then
	python3 "$here/run.py" "$work"
else
	python3 "$here/run.py" "$work" core
fi
