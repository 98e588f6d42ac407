#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: somebody else's slow clients (slowhttptest: slow headers, slow body,
# slow read) do not keep its probe, or a report sent beside them, from an
# answer within five seconds; memory stays bounded. Short form: 1,000 connections
# for eight seconds of each kind; FULL=1: 10,000 for a minute.
. "$(dirname "$0")/lib.sh"
command -v slowhttptest >/dev/null || skip "slowhttptest is missing"
COUNT=1000 RATE=500 TIME=8
[ -z "${FULL:-}" ] || COUNT=10000 RATE=2000 TIME=60
gw_new
gw_start
gw_install --weeks 1 --desks 1
gw_seal
# besieged KIND ARGUMENTS...: sends a report in the middle of it
besieged() {
	local kind=$1 tester yes no
	shift
	slowhttptest -c "$COUNT" -r "$RATE" -l "$TIME" -p 5 "$@" \
		-u "$URL/nl/report" >"$GW/said" 2>&1 &
	tester=$!
	sleep $((TIME / 2))
	python3 - "$PORT" "$GW/text.age" "$WEEK" <<'PY' || fail "$kind: no report"
import os
import sys
import gw
text = open(sys.argv[2], "rb").read()
a = gw.put_envelope(gw.Client(int(sys.argv[1])),
                    text[:-4096] + os.urandom(4096), sys.argv[3])
sys.exit(a is None or a.status != 201)
PY
	wait "$tester"
	yes=$(grep -c 'service available:.*YES' "$GW/said")
	no=$(grep -c 'service available:.*NO' "$GW/said")
	most=$(sed 's/\x1b\[[0-9;]*m//g' "$GW/said" |
		sed -n 's/^connected: *//p' | sort -n | tail -n 1)
	[ "$yes" -gt 0 ] && [ "$no" = 0 ] ||
		fail "$kind: available $yes times, not $no times"
	[ "${most:-0}" -ge $((COUNT / 10)) ] ||
		fail "$kind: only ${most:-0} connections: nothing is tried"
	said="${said:+$said, }$kind $most"
}
said=
besieged headers -H -i 5 -x 24
besieged body -B -i 5 -x 10 -s 60000 -t POST
besieged read -X -w 256 -y 512 -n 2 -z 5 -k 8
mib=$(awk '/^Pss:/ { n += $2 } END { print int(n / 1024) }' \
	$(for p in monitor web store; do echo "/proc/$(gw_pid $p)/smaps_rollup"; done))
[ "$mib" -gt 0 ] && [ "$mib" -lt 120 ] || fail "$mib MiB"
echo "available throughout, a report taken beside each; held at a time: $said; $mib MiB"
