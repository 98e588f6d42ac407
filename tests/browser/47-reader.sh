#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: when another desk asked, as after a recusal, all that is added with
# the code goes to that desk and not to the one the code was made for: with
# scripts, without, and by the command line; each names the reader first, and
# without scripts no desk that does not work is taken. When the reader changes
# between form and sending (410, another keyset), nothing is sent, and the
# script and the command line say why.
. "$(dirname "$0")/lib.sh"
[ -x "$BUILD/bin/meldluik-reporter" ] && [ -x "$BUILD/bin/signtool" ] ||
	{ echo "skip: meldluik-reporter or signtool is not built"; exit 77; }
browsers_gateway
code=$(code_new)
gw_install --weeks 2 --desks 3 --code "$code" --reply "Wij hebben het." \
	--reply "Welke maand?" --asked-by 2
R=("$BIN/meldluik-reporter" --code-file "$GW/code")
echo "$code" >"$GW/code"
printf "Met het programma." >"$GW/text"

# The keyset after this one, in which desk 2 answers for desk 1, behind a
# proxy: the first message of each is told that its week is closed
python3 - "$ORG" "$GW" "$BIN/signtool" "$WEEK" <<'PY' || fail "next keyset"
import hashlib, json, os, subprocess, sys
org, work, tool, week = sys.argv[1:]
old = open(org + "/keyset.json", "rb").read()
k = json.loads(old)
k.update(serial=2, previous=hashlib.sha256(old).hexdigest())
k["desks"][0]["successor"] = 2
doc = json.dumps(k, separators=(",", ":"), ensure_ascii=False)
sig = subprocess.run([tool, "sign", open(org + "/keys/identity.seed",
    "rb").read().hex(), "keyset", k["org"], "0"], input=doc.encode(),
    capture_output=True, check=True).stdout.decode()
later, = (w for w in os.listdir(org + "/epochs") if week not in w)
e = json.load(open(f"{org}/epochs/{later}"))
e["keyset"] = hashlib.sha256(doc.encode()).hexdigest()


def rule(path, body, who, after=1):
    return {"method": "GET", "path": path, "status": 200, "after": after,
            "body": body, "who": who}


for who in ("script", "program"):
    json.dump([
        {"method": "PUT", "path": "/v1/envelopes", "status": 410,
         "times": 1, "body": '{"error":"epoch"}', "who": who},
        rule("/v1/keyset.json.minisig", sig, who),
        rule("/v1/keyset.json", doc, who, 2),  # the .minisig counts, too
        rule("/v1/epochs/", json.dumps(e, separators=(",", ":")), who)],
        open(f"{work}/rules-{who}", "w"))
PY
proxy=$(free_port)
cp "$GW/rules-script" "$GW/rules"
python3 "$REPO/tests/e2e/faulty.py" "$proxy" "$GW/rules" "$GW/asked" \
	--to "$PORT" &
PROXY=$!
trap 'kill $PROXY; browsers_end; gw_clean' EXIT
for _ in $(seq 600); do
	curl -fsS -m 2 -o /dev/null "http://127.0.0.1:$proxy/healthz" \
		2>/dev/null && break
	sleep 0.1
done

browsers_run reader.mjs "$URL" "http://127.0.0.1:$proxy" "$code" "$GW" ||
	fail "in the browser"
said() { grep -q "$1" "$GW/err" || { cat "$GW/err"; fail "not said: $1"; }; }
"${R[@]}" --gateway "$URL" --json check >"$GW/out" 2>"$GW/err" ||
	fail "check"
said "goes to desk 2, Meldpunt 2"
grep -q '"later_desk":2' "$GW/out" || fail "JSON names no later desk"
"${R[@]}" --gateway "$URL" --text "$GW/text" follow-up >"$GW/out" \
	2>"$GW/err" || { cat "$GW/err"; fail "follow-up"; }
said "goes to desk 2, Meldpunt 2"
cp "$GW/rules-program" "$GW/rules"
"$BIN/meldluik-reporter" --gateway "http://127.0.0.1:$proxy" --desk 1 \
	--text "$GW/text" --code-fd 9 send >"$GW/out" 2>"$GW/err" 9>/dev/null &&
	fail "sent to a desk that was not named"
said "who reads this changed just now"
browsers_arrived 2
