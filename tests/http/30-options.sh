#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what the gateway's program is asked wrongly it says in words, with
# exit 2 and before anything starts: options, each way a configuration can be
# wrong, a role by hand; the card is whole or exit 1 says why; and root takes
# on the owner of the store.
. "$(dirname "$0")/lib.sh"
gw_new
P=$BIN/meldluik-gateway
n=0
# says EXIT TEXT ARGUMENT...: that status, that text on standard error
says() {
	timeout 60 "$P" "${@:3}" >"$GW/out" 2>"$GW/err" </dev/null
	rc=$?
	[ $rc = "$1" ] || fail "exit $rc, not $1: ${*:3}: $(cat "$GW/err")"
	grep -q -- "$2" "$GW/err" || fail "no '$2': ${*:3}: $(cat "$GW/err")"
	[ ! -s "$GW/out" ] || fail "standard output of ${*:3}: $(cat "$GW/out")"
	n=$((n + 1))
}
I=$GW/gateway.ini
for wrong in --nonsense "card card" "card doctor" "doctor card" --config \
	"--root $GW" "card --root $GW" "doctor --root" "card --config" ""; do
	# shellcheck disable=SC2086 # words
	[ -z "$wrong" ] || says 2 "^usage: meldluik-gateway" $wrong
	# shellcheck disable=SC2086
	[ -z "$wrong" ] || says 2 "^meldluik-gateway: .*: not understood" $wrong
done
for good in --help --version; do
	"$P" $good >"$GW/out" 2>&1 || fail "$good"
	grep -q 'meldluik-gateway' "$GW/out" || fail "$good says nothing"
done
"$P" --help | grep -q '^usage: ' || fail "--help is not the usage"
"$P" --version | grep -qx 'meldluik-gateway [0-9.]*' || fail "--version"

# a role is the monitor's to start
for role in role-web role-store; do
	says 2 "$role: not for hand use" $role
	says 2 "$role: not for hand use" $role 3<"$I"
done

# the configuration: card never gets further than it, and nothing starts
wrong() { # TEXT SED
	sed "$2" "$I" >"$GW/wrong.ini"
	says 2 "$1" --config "$GW/wrong.ini"
	says 2 "$1" card --config "$GW/wrong.ini"
}
says 2 "none.ini: cannot be opened" card --config "$GW/none.ini"
says 2 "store: " card --config "$GW/store" # a folder
head -c 2000000 /dev/zero | tr '\0' '#' >"$GW/long.ini"
says 2 "long.ini: " card --config "$GW/long.ini"
wrong "line 2 is wrong" "2s/.*/nonsense/"
wrong "path must be absolute" "s|^path = /|path = |"
wrong "courier and .courier. credential_hash" "/^credential_hash/d"
wrong "circuits must be a unix" "s|^public|circuits = unix:/none\n&|"
wrong "metrics must be a unix" "s|^public|metrics = 127.0.0.1:1\n&|"
wrong "there are nl en" 's|^.courier.$|[site]\nlanguages = xx\n&|'
sed '/^public/d' "$I" >"$GW/wrong.ini"
says 2 "public is missing" --config "$GW/wrong.ini"

# the card: the same twice, its fingerprint aside
"$P" card --config "$I" >"$GW/again.json" 2>"$GW/err" || fail "card"
cmp -s "$GW/card.json" "$GW/again.json" || fail "two cards of one gateway"
grep -qE '^fingerprint [0-9A-Z]{4}(-[0-9A-Z]{4}){7}$' "$GW/err" ||
	fail "fingerprint: $(cat "$GW/err")"
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' \
	"$GW/card.json" || fail "the card is no JSON"
timeout 60 "$P" card --config "$I" >/dev/full 2>"$GW/err"
[ $? = 1 ] || fail "a card that cannot be written"
grep -q '^fingerprint' "$GW/err" && fail "a fingerprint without its card"
sed 's|^path = .*|&\ngeneration = 7|' "$I" >"$GW/wrong.ini"
says 1 "of another generation" card --config "$GW/wrong.ini"
# a file of the store that is gone is named as that, here and in the log, and
# nothing is begun in its place
for one in index/data.mdb bulk/data.mdb keys.bin root.bin; do
	mv "$GW/store/$one" "$GW/gone"
	says 1 "lacks a file, or has one" card --config "$I"
	timeout 5 "$P" --config "$I" >"$GW/err" 2>&1
	grep -q "store: a file of the store is gone or damaged" "$GW/err" ||
		fail "without $one: $(cat "$GW/err")"
	[ -e "$GW/store/$one" ] && fail "$one is begun anew"
	mv "$GW/gone" "$GW/store/$one"
done
sed "s|^path = .*|path = $GW/none/where|" "$I" >"$GW/wrong.ini"
says 1 "none/where: " card --config "$GW/wrong.ini"
gw_start
says 1 "in use; stop the gateway first" card --config "$I"
sed "s|^path = .*|path = $GW/second|; s|^courier = .*|courier = unix:$GW/c2|" \
	"$I" >"$GW/wrong.ini"
mkdir -m 700 "$GW/second"
says 2 "a listener cannot be opened" --config "$GW/wrong.ini"
# the door of the one that runs stays its own; that of a dead one is taken
door() { curl -s -m 20 -o /dev/null --unix-socket "$GW/courier.sock" http://x/; }
door || fail "the courier's door is shut"
sed -i "s|^public = .*|public = unix:$GW/courier.sock|; /^courier/d
	/^.courier/d; /^credential_hash/d" "$GW/wrong.ini"
says 2 "does the gateway run already" --config "$GW/wrong.ini"
door || fail "a second start cut the first one off"
gw_stop
[ -S "$GW/courier.sock" ] || fail "no socket of a dead gateway to take"
gw_start
door || fail "the socket of a dead gateway was not taken"
gw_stop

# root becomes the owner, so that no file in the store is root's
if [ "$(id -u)" = 0 ]; then
	above=$(mktemp -d -p /tmp) # as /var/lib/private: root's alone
	trap 'rm -rf "$above"; gw_clean' EXIT
	theirs=$above/store
	mkdir -m 700 "$theirs"
	chown nobody "$theirs"
	sed "s|^path = .*|path = $theirs|" "$I" >"$GW/wrong.ini"
	"$P" card --config "$GW/wrong.ini" >"$GW/out" 2>"$GW/err" ||
		fail "the card of another's store: $(cat "$GW/err")"
	[ -n "$(ls "$theirs")" ] || fail "nothing was made"
	find "$theirs" ! -user nobody | grep . && fail "root has files there"
	# nobody itself has no rights to give up
	chmod 711 "$above"
	cp "$P" "$GW/wrong.ini" "$theirs/"
	chmod 755 "$theirs/meldluik-gateway"
	chown nobody "$theirs/wrong.ini"
	setpriv --reuid=nobody --regid=nogroup --clear-groups \
		"$theirs/meldluik-gateway" card --config "$theirs/wrong.ini" \
		>"$GW/out" 2>"$GW/err" ||
		fail "a card by the owner: $(cat "$GW/err")"
	n=$((n + 1))
else
	echo "weaker: not root, nobody's owner is taken on"
fi
echo "$n wrong ways to start it: each said, none started"
