#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the modules of the reporter's page and the C programs make and read
# the same bytes: codes, signatures, envelopes to 1..4 holders, follow-ups,
# receipts, lanes, the drawing of a code (zbar reads it); and each refuses what the other must not get away with.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$here/../../build}
BUILD=$(cd "$BUILD" && pwd) || exit 1
web=$BUILD/web
node=$(command -v node || command -v nodejs) || { echo "no node"; exit 77; }
[ -x "$web/node_modules/.bin/esbuild" ] ||
	{ echo "no $web: build first"; exit 1; }
command -v zbarimg >/dev/null || { echo "no zbarimg"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
NODE_PATH=$web/node_modules "$web/node_modules/.bin/esbuild" \
	"$here/script_interop.mjs" --bundle --platform=node --format=esm \
	--log-level=warning --outfile="$work/run.mjs" \
	--alias:typage="$web/node_modules/age-encryption/dist" \
	"--alias:@noble/curves/nist.js=$web/script/no_nist.js" || exit 1
"$node" "$work/run.mjs" "$BUILD/bin" "$work/org" || exit 1
rm -rf "$work/org"
"$node" "$work/run.mjs" "$BUILD/bin" "$work/org" plain || exit 1
gz=$(gzip -9nc "$BUILD/share/meldluik/script.nl.js" | wc -c)
[ "$gz" -le 49152 ] || { echo "script.nl.js has $gz bytes packed"; exit 1; }
echo "and script.nl.js is $gz bytes on the wire"
