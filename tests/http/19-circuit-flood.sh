#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a flood of valid junk, texts and attachments, from 50 circuits of the
# onion service. An honest text gets in as often as promise P11 says; a
# circuit's budget of tries bounds the flood whatever its speed; attachments
# and store stay in their limits while texts are taken. FULL=1: a minute
# each, the limits as shipped, and where it breaks: all connections held.
. "$(dirname "$0")/lib.sh"
SECONDS_EACH=8
[ -z "${FULL:-}" ] || SECONDS_EACH=60
# besieged LIMITS... -- JSON: a gateway with these limits, flooded
besieged() {
	local limits=()
	while [ "$1" != -- ]; do
		limits+=("$1")
		shift
	done
	rm -rf "${GW:-/nonexistent}"
	GW_BULK=24M gw_new "[limits]" "${limits[@]}"
	sed -i "s|^public = .*|& unix:$GW/onion.sock\ncircuits = unix:$GW/onion.sock|" \
		"$GW/gateway.ini"
	gw_start
	gw_install --weeks 1 --desks 1
	"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$GW/text.age" \
		2>/dev/null || fail "seal"
	python3 "$HERE/circuitflood.py" "$GW/onion.sock" "$GW/text.age" \
		"$WEEK" "$GW/store" "$2" || fail "under the flood"
	[ "$(gw_pid store)" ] && [ "$(gw_pid web)" ] || fail "one ended"
	gw_stop
}
# a circuit may try as often as it wants: f is what the flood sends
besieged "texts_minute = 600" "texts_burst = 20" "circuit_texts = 60000" \
	"circuit_requests = 100000" -- '{"r": 600, "burst": 20,
	"seconds": '$SECONDS_EACH', "circuits": 50, "pause": 0.2,
	"honest": 12, "patience": 0.02, "texts": 60000, "bulk": 25165824,
	"uploads": 4}'
# the same flood with a budget of tries a circuit: f is what that lets pass
besieged "texts_minute = 600" "texts_burst = 20" "circuit_texts = 2" -- \
	'{"r": 600, "burst": 20, "seconds": '$SECONDS_EACH', "circuits": 50,
	"pause": 0.05, "honest": 8, "patience": 0.2, "texts": 2,
	"bulk": 25165824, "uploads": 0}'
if [ -n "${FULL:-}" ]; then
	# as shipped, on a disk with room for 20 texts a minute (30 GB); who is
	# honest tries again after the five seconds that the answer names
	besieged "texts_minute = 20" "texts_burst = 64" -- '{"r": 20,
	"burst": 64, "seconds": 300, "circuits": 50, "pause": 0.2,
	"honest": 4, "patience": 5, "texts": 12, "bulk": 25165824,
	"uploads": 4}'
	# where it breaks: all connections of the listener held by who sends
	# fast enough not to be cut
	rm -rf "$GW"
	gw_new "[limits]" "connections = 400" "texts_minute = 600"
	sed -i "s|^public = .*|& unix:$GW/onion.sock\ncircuits = unix:$GW/onion.sock|" \
		"$GW/gateway.ini"
	gw_start
	gw_install --weeks 1 --desks 1
	for circuits in 6 12 13 26; do
		python3 "$HERE/holdall.py" "$GW/onion.sock" $circuits 16 40 ||
			fail "all held"
	done
fi
echo "50 circuits cannot close the channel: R/(f+R), f bounded by their number"
