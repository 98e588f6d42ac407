#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: every fuzz target runs a few seconds with sanitizers and finds
# nothing (tests/fuzz/run.sh 600 is the long form).
set -u
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/run.sh" "${FUZZ_SECONDS:-3}"
