#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: every page, the offline one too, in every language, light and dark,
# scripts off and on: no violation of WCAG 2.2 A and AA by axe-core,
# html-validate is clean, nothing is wider than 320 pixels, also in Firefox at
# 400 % and in Chromium with text twice as large. The short form looks at nl
# and ar (right to left); FULL=1 at all six (en, pl, tr and uk too), with
# pictures of each in tests/out/screens.
# FACES_LANG="nl en": these.
. "$(dirname "$0")/lib.sh"
[ -n "${FULL:-}" ] || export FACES_LANG=${FACES_LANG:-nl ar}
browsers_gateway '[site]' 'languages = nl en pl uk tr ar'
shut=$(free_port)
mkdir -m 700 "$GW/shut"
sed "s|$GW/store|$GW/shut|; s|:$PORT|:$shut|; s|courier.sock|shut.sock|" \
	"$GW/gateway.ini" >"$GW/shut.ini"
"$BIN/meldluik-gateway" card --config "$GW/shut.ini" >/dev/null 2>&1 ||
	fail "card"
"$BIN/meldluik-gateway" --config "$GW/shut.ini" >"$GW/shut.log" 2>&1 &
second=$!
trap 'browsers_end; kill "$second"; wait "$second"; gw_clean' EXIT
code=$(code_new)
gw_install --weeks 2 --desks 3 --code "$code" --reply "Wij hebben uw melding." \
	--reply $'Dank u wel.\n\nWelke maand was het?' --reply "Wij lezen mee."
curl -fsS -m 20 --retry 20 --retry-connrefused -o /dev/null \
	"http://127.0.0.1:$shut/healthz" || fail "the second gateway"
keys_take
browsers_run faces.mjs "$URL" "$REPO/tests/out/screens" "$code" \
	"$REPO/tests/data" "$REPO/gateway/web/templates" \
	"http://127.0.0.1:$shut" "$GW/keys" || fail "faces"
