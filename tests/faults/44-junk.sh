#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: somebody sends thousands of envelopes that are nobody's. The import
# ends, takes out the reports among them, and what the coordinator works with
# is as quick as before and does not mention them. 300; 10,000 with FULL=1.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
JUNK=300
[ "${FULL:-}" = 1 ] && JUNK=10000
found
H=$T/home
# timed COMMAND...: TOOK in milliseconds of the CPU, PEAK in MiB
timed() {
	python3 - "$T" "$@" <<'P' || { cat "$T/out" "$T/err"; fail "$2"; }
import resource
import subprocess
import sys
t, command = sys.argv[1], sys.argv[2:]
with open(t + "/out", "wb") as out, open(t + "/err", "wb") as err:
    rc = subprocess.run(command, stdout=out, stderr=err).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(t + "/timed", "w") as f:
    print(round((used.ru_utime + used.ru_stime) * 1000),
          used.ru_maxrss // 1024, file=f)
sys.exit(rc)
P
	read -r TOOK PEAK <"$T/timed"
}
D="$BIN --home $H --passphrase-file $PASS --today 2026-11-25 --json"
report() {
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 --text "$1" \
		--new-code "$T/code$2"
}
junk() {
	"$FIX" junk "$T/gw" "$1" 2026-11-24 >"$T/made" || fail "junk"
}
# as it is without them
report "nummer 1" 1
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-24
# shellcheck disable=SC2086 # $D is words
timed $D import "$T/gw"
PEAK_BEFORE=$PEAK
# shellcheck disable=SC2086
timed $D list
BEFORE=$TOOK

junk $((JUNK / 2))
report "nummer 2, tussen rommel" 2
junk $((JUNK / 2))
report "nummer 3, achteraan" 3
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
# shellcheck disable=SC2086
timed $D import "$T/gw"
IMPORT=$TOOK IMPORT_PEAK=$PEAK
[ "$(json "o['reports'],o['missing'],o['damaged']")" = "(2, 0, 0)" ] ||
	{ cat "$T/out"; fail "not the two reports"; }
# the children of some envelopes and their parent, and 1 KiB of each in the
# casebook that says it was seen
[ "$IMPORT_PEAK" -le $((PEAK_BEFORE + 8 + JUNK / 1024)) ] ||
	fail "$IMPORT_PEAK MiB, $PEAK_BEFORE without them"
for n in 1 2 3; do
	# shellcheck disable=SC2086
	timed $D list
	LIST=$((${LIST:-$TOOK} < TOOK ? LIST : TOOK))
done
[ "$(json "len(o['cases'])")" = 3 ] || fail "not three cases"
# the work of a list, not of the machine: no more per envelope than a hash
[ "$LIST" -le $((3 * BEFORE + 500)) ] ||
	fail "a list takes $LIST ms, $BEFORE ms before"
ok desk "$H" 2026-11-25 show "$(json "o['cases'][-1]['ref']")"
grep -q nummer "$T/out" || fail "a report cannot be shown"
# nobody reads from it how many there were
ok desk "$H" 2026-11-25 list
grep -qiE "not ours|rommel|junk|$JUNK env" "$T/out" && fail "they are told"
# shellcheck disable=SC2086
timed $D import "$T/gw"
[ "$(json "o['reports'],o['missing']")" = "(0, 0)" ] || fail "read again"
AGAIN=$TOOK
ok desk "$H" 2026-11-25 --json verify
echo "ok: $JUNK junk envelopes, 2 reports: import $IMPORT ms of CPU," \
	"peak $IMPORT_PEAK MiB ($PEAK_BEFORE for one report); list $LIST ms" \
	"(before $BEFORE); the same bundle again $AGAIN ms"
