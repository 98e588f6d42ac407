# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# Sourced by the scripts that do cases by hand in a browser: a founded desk
# of the coordinator ($B/home), a second holder at desk 2 ($B/sec), gateway
# and bundles ($B/gw, $B/o), and the drivers.
# shellcheck disable=SC2034 # for lib.sh
SOFT=1
. "$(dirname "${BASH_SOURCE[0]}")/../decryptor/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../browser/lib.sh"
browsers_or_skip
trap 'browsers_end; cleanup' EXIT
mkdir "$T/base"
B=$T/base
found
mv "$T/home" "$T/gw" "$T/o" "$B"
ok desk "$B/home" 2026-11-24 keyset --publish "$T/share"
ok desk "$B/sec" 2026-11-24 holder request --desk 2 --person secretaris \
	--keyset "$T/share/keyset.json" --out "$T/r1.json"
ok desk "$B/home" 2026-11-24 keyset --add-holder "$T/r1.json"
ok desk "$B/home" 2026-11-24 keyset --publish "$T/share2"
ok desk "$B/sec" 2026-11-24 keyset --accept "$T/share2"
ok desk "$B/home" 2026-11-24 export "$B/o"
mkdir -p "$browser_work/run"
cp "$(dirname "${BASH_SOURCE[0]}")"/{start,desk,case,ways}.mjs "$browser_work/run/"
export BIN FIX PASS
