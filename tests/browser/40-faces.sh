#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: every page, the offline one too, in every language, light and dark,
# scripts off and on: no violation of WCAG 2.2 A and AA by axe-core,
# html-validate is clean, nothing is wider than 320 pixels, also in Firefox at
# 400 %. The short form looks at nl, en and ar (right to left); FULL=1 at all
# six, with pictures in dark, narrow and magnified too, in tests/out/screens.
# FACES_LANG="nl en": these.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../http/lib.sh"
. "$here/lib.sh"
browsers_or_skip
[ -n "${FULL:-}" ] || export FACES_LANG=${FACES_LANG:-nl en ar}
gw_new '[site]' 'languages = nl en pl uk tr ar'
trap 'browsers_end; gw_clean' EXIT
gw_start
shut=$(free_port)
mkdir -m 700 "$GW/shut"
sed "s|$GW/store|$GW/shut|; s|:$PORT|:$shut|; s|courier.sock|shut.sock|" \
	"$GW/gateway.ini" >"$GW/shut.ini"
"$BIN/meldluik-gateway" card --config "$GW/shut.ini" >/dev/null 2>&1 ||
	fail "card"
"$BIN/meldluik-gateway" --config "$GW/shut.ini" >"$GW/shut.log" 2>&1 &
second=$!
trap 'browsers_end; kill "$second"; wait "$second"; gw_clean' EXIT
code=$("$BIN/codetool" "01$(head -c 14 /dev/urandom | od -An -tx1 |
	tr -d ' \n')" 00000000000000000000000000000000 | head -1)
gw_install --weeks 2 --desks 3 --code "$code" --reply "Wij hebben uw melding." \
	--reply $'Dank u wel.\n\nWelke maand was het?' --reply "Wij lezen mee."
curl -fsS -m 20 --retry 20 --retry-connrefused -o /dev/null \
	"http://127.0.0.1:$shut/healthz" || fail "the second gateway"
mkdir "$GW/keys"
for one in keyset.json keyset.json.minisig "epochs/$WEEK.json"; do
	curl -fsS -m 20 -o "$GW/keys/${one#*/}" "$URL/v1/$one" || fail "$one"
done
browsers_run faces.mjs "$URL" "$REPO/tests/out/screens" "$code" \
	"$REPO/tests/data" "$REPO/gateway/web/templates" \
	"http://127.0.0.1:$shut" "$GW/keys" || fail "faces"
