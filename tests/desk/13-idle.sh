#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a desk that nobody touches locks itself after the set minutes, and
# then its memory holds no passphrase, no key and no text of a report. What
# somebody wrote meanwhile is not lost: it stands in its form again behind the
# passphrase, and it too is wiped when nobody comes. The clock is moved.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
KEYS=$BUILD/bin/desk_keys
SHIM=$(find "$BUILD" -name libclock_shim.so | head -1)
[ "$(id -u)" = 0 ] || { echo "skip: reads memory as root"; exit 77; }
[ -x "$KEYS" ] && [ -n "$SHIM" ] ||
	{ echo "skip: desk_keys or the shim is not built"; exit 77; }
found
ok "$FIX" seal "$T/gw" "$ORG" --desk 1 --day 2026-11-24 \
	--text "kanarie-verhaal" --new-code "$T/code"
ok "$FIX" cut "$T/gw" "$ORG" 2026-11-25
ok desk "$T/home" 2026-11-25 import "$T/gw"
ok desk "$T/home" 2026-11-25 --json list
REF=$(json "o['cases'][0]['ref']")
ok "$KEYS" "$T/home" "$PASS" "$T/keys" "$T/plain"
head -c 16 /dev/zero >"$T/clock"
cat >"$T/ui" <<W
#!/bin/sh
CLOCK_FILE=$T/clock LD_PRELOAD=$SHIM exec "$BIN" "\$@" --lock-after 7
W
chmod +x "$T/ui"
python3 "$(dirname "$0")/idle.py" "$T/ui" "$T/home" "$PASS" "$T/clock" \
	"$T/keys" "$REF" || exit 1
