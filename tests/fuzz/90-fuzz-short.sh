#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: every fuzz target runs its corpus, its vectors and new inputs for a
# second with sanitizers and finds nothing. FULL=1: for a minute each;
# tests/fuzz/run.sh 600 is the long form. Here the build takes longer than the
# fuzzing, so it is -O0, which costs half.
set -u
here=$(cd "$(dirname "$0")" && pwd)
if [ -n "${FULL:-}" ]; then
	FUZZ_SECONDS=${FUZZ_SECONDS:-60}
else
	export FUZZ_LEVEL=-O0
fi
exec "$here/run.sh" "${FUZZ_SECONDS:-1}"
