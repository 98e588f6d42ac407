#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: through a real onion service of a private Tor network, whose target
# is the gateway's UNIX socket: Firefox with scripts off and on reports, reads
# the answer and adds to it; the command line does the same; the courier
# fetches over the door's own onion; everything arrived whole. tor names the
# circuits to the gateway, which keeps none of their numbers. At last a large
# attachment, uncut and cut again and again: 6 MiB and 4 cuts; FULL=1: 256 MiB
# (MIB says otherwise) and 20 cuts.
here=$(cd "$(dirname "$0")" && pwd)
export ONLY=firefox CUTS=4
if [ -n "${FULL:-}" ]; then
	# shellcheck disable=SC2034 # read by gw_new
	GW_BULK=8G
	export BROWSER_LIMIT_MS=5000000 CUTS=20
fi
export MIB=${MIB:-${FULL:+256}}
MIB=${MIB:-6}
. "$here/../http/lib.sh"
. "$here/../browser/lib.sh"
[ -x "$BIN/envtool" ] || skip "envtool is not built"
command -v tor >/dev/null || skip "there is no tor"
browsers_or_skip
gw_new
trap 'browsers_end; gw_clean' EXIT
sed -i "s|^public = .*|& unix:$GW/public.sock\ncircuits = unix:$GW/public.sock|" \
	"$GW/gateway.ini"
gw_start
code=$(code_new)
reply=$'Dank u wel.\n\nWelke maand? – €'
gw_install --weeks 2 --desks 2 --code "$code" --reply "$reply"
printf %s "$code" >"$GW/code"
printf %s "$TOKEN" >"$GW/token"

through_tor() {
	local proxy=socks5h://$TORLAB_SOCKS
	browsers_run onion.mjs "$GW" "$code" "$reply" "$REPO/tests/data" ||
		return 1
	reporter() {
		"$BIN/meldluik-reporter" --gateway "http://$TORLAB_ONION" \
			--proxy "$proxy" "$@" 2>"$GW/cli.err" ||
			{ cat "$GW/cli.err"; return 1; }
	}
	printf 'Over Tor, opdrachtregel' >"$GW/text"
	reporter send --desk 1 --text "$GW/text" --code-fd 9 9>"$GW/mine" \
		--attach "$REPO/tests/data/opdracht.pdf" || return 1
	reporter check --json --code-file "$GW/code" >"$GW/check.json" ||
		return 1
	python3 - "$GW" "$reply" "$REPO/tests/data/opdracht.pdf" <<'PY' || return 1
import hashlib, json, sys
folder, reply, pdf = sys.argv[1:]
got = json.load(open(folder + "/check.json"))["replies"]
assert [r["text"] for r in got] == [reply], got
want = json.load(open(folder + "/want.json"))
sha = hashlib.sha256(open(pdf, "rb").read()).hexdigest()
want.append({"text": "Over Tor, opdrachtregel", "files": [sha]})
json.dump(want, open(folder + "/want.json", "w"))
json.dump([], open(folder + "/never.json", "w"))
PY
	cat >"$GW/courier.ini" <<END
[gateway]
url = http://$TORLAB_ONION
door = http://$TORLAB_ONION_2
proxy = $proxy
credential_file = $GW/token
desk = 1
END
	mkdir "$GW/stick"
	"$BIN/meldluik-courier" --config "$GW/courier.ini" fetch "$GW/stick" \
		>"$GW/courier.log" 2>&1 || { cat "$GW/courier.log"; return 1; }
	# two of each browser session, and one by the command line
	[ "$(find "$GW/stick" -name '*.age' | wc -l)" -ge 5 ] || {
		find "$GW/stick"
		return 1
	}
	echo "the command line and the courier through Tor"
	browsers_run large.mjs "${TORLAB_SOCKS#*:}" "$GW"
}
export GW code reply TOKEN browser_work node npm BIN REPO
export -f through_tor browsers_run
export BROWSER_DIR
python3 "$here/torlab.py" "$GW/tor" --timeout 500 --target "unix:$GW/public.sock" \
	--target "unix:$COURIER" \
	--first-option "HiddenServiceExportCircuitID haproxy" -- bash -c through_tor ||
	fail "through Tor"
grep -rq 'fc00:dead' "$GW/log" "$GW/store" && fail "a circuit's number is kept"
python3 "$here/../browser/arrived.py" "$COURIER" "$TOKEN" "$GW" \
	"$BIN/envtool" "$GW/org/keys/epochs/desk1-a-$WEEK.txt" ||
	fail "what arrived"
