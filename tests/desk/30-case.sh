#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a whole case by hand on the page, in Chromium and in Firefox ESR:
# receive, sort, acknowledge, ask, the answer comes, the second holder signs
# on her own machine, forward to the inspectorate with consent, feedback,
# close, print, destroy after the term. The clock is moved by --today.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
. "$(dirname "$0")/../browser/lib.sh"
browsers_or_skip
trap 'browsers_end; cleanup' EXIT
mkdir "$T/base"
B=$T/base
found
mv "$T/home" "$T/gw" "$T/o" "$B"
ok desk "$B/home" 2026-11-24 keyset --publish "$T/share"
ok desk "$B/sec" 2026-11-24 holder request --desk 2 --person secretaris \
	--keyset "$T/share/keyset.json" --out "$T/r1.json"
ok desk "$B/home" 2026-11-24 keyset --add-holder "$T/r1.json"
ok desk "$B/home" 2026-11-24 keyset --publish "$T/share2"
ok desk "$B/sec" 2026-11-24 keyset --accept "$T/share2"
ok desk "$B/home" 2026-11-24 export "$B/o"
mkdir -p "$browser_work/run"
cp "$(dirname "$0")/case.mjs" "$browser_work/run/"
export BIN FIX PASS
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
