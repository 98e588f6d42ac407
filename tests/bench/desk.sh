#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: figure B7 and what the coordinator feels. 1,000 text envelopes of four
# live weeks are imported in no more than three times the bare opening of the
# same files, in the same memory as 100; the page's lists with 1,000 cases,
# also behind a journal of 100,000 events, come in 200 ms; how fold time and
# memory grow with the journal. ENVELOPES, EVENTS, ROUNDS in the environment.
# The passphrase's scrypt is made cheap (soft_scrypt.c), for both sides alike.
SOFT=1
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
export BUILD
# shellcheck source=tests/decryptor/lib.sh
. "$(dirname "$0")/../decryptor/lib.sh"
[ -x "$BUILD/bin/bench_desk" ] || { echo "build with MELDLUIK_TESTS"; exit 1; }
export ENVELOPES=${ENVELOPES:-1000} EVENTS=${EVENTS:-100000} \
	ROUNDS=${ROUNDS:-5}
found
ok "$FIX" outbound "$ORG"
# Text of a usual length, weeks in turns as they would come in
text=$(head -c 1500 /dev/urandom | base64 -w 76)
fill() { # GATEWAY COUNT
	for i in $(seq "$2"); do
		ok "$FIX" seal "$1" "$ORG" --desk 1 --day \
			"2026-$(printf '11-24 12-01 12-08 12-15' |
				cut -d' ' -f$((1 + 4 * (i - 1) / $2)))" \
			--text "Melding $i. $text" --new-code "$T/code"
	done
	ok "$FIX" cut "$1" "$ORG" 2026-12-16
}
for n in 10 100 "$ENVELOPES"; do
	cp -a "$T/gw" "$T/gw$n"
	fill "$T/gw$n" "$n"
done
python3 "$(dirname "$0")/desk.py" "$BIN" "$BUILD/bin/bench_desk" "$T" "$PASS"
