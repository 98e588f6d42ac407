#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: figure B9. The time from the click on send to the receipt of a text
# report, in browsers that were started for it, with and without JIT. ROUNDS
# in the environment.
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
export BUILD
# shellcheck source=tests/http/lib.sh
. "$(dirname "$0")/../http/lib.sh"
# shellcheck source=tests/browser/lib.sh
. "$REPO/tests/browser/lib.sh"
browsers_or_skip
gw_new
trap 'browsers_end; gw_clean' EXIT
gw_start >&2
gw_install --weeks 2 --desks 2 >&2
browsers_run times.mjs "$URL" "http://melding.test:$PORT" "${ROUNDS:-5}" \
	"$REPO/tests/data"
