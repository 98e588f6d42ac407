#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the child that parses an envelope holds the key of that week and the
# text of that envelope, and no other secret of the desk: no passphrase, no
# key of casebook, case or other week, no earlier report, no name. Its memory
# is searched before it reads and at its end, as root can. The search finds
# what it should find, so it can fail.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
KEYS=$BUILD/bin/desk_keys
SHIM=$(find "$BUILD" -name libstop_shim.so | head -1)
[ "$(id -u)" = 0 ] || { echo "skip: reads memory as root"; exit 77; }
[ -x "$KEYS" ] && [ -n "$SHIM" ] ||
	{ echo "skip: desk_keys or the shim is not built"; exit 77; }
found
H=$T/home
put() { # DAY TEXT
	ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day "$1" --text "$2" \
		--new-code "$T/code"
}
put 2026-11-24 "kanarie-eerder-gelezen"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok desk "$H" 2026-11-25 import "$T/gw"
ok desk "$H" 2026-11-25 --json list
REF=$(json "o['cases'][0]['ref']")
ok desk "$H" 2026-11-25 note "$REF" <<<"kanarie-aantekening"
TEXTS=(kanarie-een kanarie-twee kanarie-drie kanarie-vier)
put 2026-11-25 "${TEXTS[0]}"
put 2026-11-25 "${TEXTS[1]}"
put 2026-12-01 "${TEXTS[2]}"
put 2026-12-08 "${TEXTS[3]}"
ok "$FIX" cut "$T/gw" "$ORG" 2026-12-09

# Names for the keys: those of the ring in order, then the casebook's
ok "$KEYS" "$H" "$PASS" "$T/keys" "$T/plain"
python3 - "$T/keys" >"$T/named" <<'P' || fail "the keys cannot be named"
import sys
keys = open(sys.argv[1]).read().split()
# operational, casebook, weeks, heir, then journal, records, case keys, cases
for i, key in enumerate(keys):
    print("operational" if i == 0 else "casebook" if i == 1 else
          "week-%d" % i if i < 28 else "other-%d" % i, key)
P
{
	cat "$PASS"
	printf '%s\n' kanarie-eerder-gelezen kanarie-aantekening "$REF"
} >"$T/alien"
grep -qa kanarie-eerder "$T/plain" || fail "the earlier report is not there"
search() { # NAMED HOME
	LD_PRELOAD=$SHIM python3 "$(dirname "$0")/child_memory.py" \
		"$1" "$T/alien" "${TEXTS[@]}" -- "$BIN" --home "$2" \
		--passphrase-file "$PASS" --today 2026-12-09 import "$T/gw"
}
cp -r "$H" "$T/other"
search "$T/named" "$H" >"$T/said" || { cat "$T/said"; exit 1; }
# With its own week's key taken for another's, every child is found out
sed 's/^week-/other-/' "$T/named" >"$T/misnamed"
search "$T/misnamed" "$T/other" >"$T/caught" && fail "the search sees nothing"
[ "$(grep -c 'FAIL: .*other-' "$T/caught")" -ge ${#TEXTS[@]} ] ||
	{ cat "$T/caught"; fail "the search does not see a key"; }
echo "ok: $(tail -1 "$T/said"): its week's key and its own text, no other" \
	"of $(wc -l <"$T/named") keys, no passphrase, text or case"
