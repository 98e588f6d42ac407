#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a whole case by hand on the page, in Chromium and in Firefox ESR:
# receive, sort, acknowledge, ask, the answer comes, the second holder signs
# on her own machine, forward to the inspectorate with consent, feedback,
# close, print, destroy after the term. The clock is moved by --today.
# shellcheck source=tests/desk/base.sh
. "$(dirname "$0")/base.sh"
pids=
for one in chromium firefox; do
	cp -a "$B" "$T/$one"
	browsers_run case.mjs "$one" "$T/$one" \
		"$HERE/tests/data/factuur.jpg" >"$T/$one.log" 2>&1 &
	pids="$pids $one:$!"
done
bad=0 # the last lines of each
for p in $pids; do
	wait "${p#*:}" || bad=1
	tail -n 40 "$T/${p%:*}.log" | cut -c1-300
done
exit $bad
