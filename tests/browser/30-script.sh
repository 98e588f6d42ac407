#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: Chromium without crypto.subtle (a mapped http name) sends a report
# with a 3 MB file that a holder opens, reads the reply, sends a follow-up;
# a right and a wrong code make the same requests.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "${BUILD:-$here/../../build}" && pwd) || exit 1
[ -x /usr/bin/chromium ] || { echo "no chromium"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/package*.json "$here/script_chromium.mjs" "$work/"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --silent) ||
	exit 1
"$BUILD/bin/orgtool" make "$work/org" "$(date +%F)" || exit 1
(cd "$work" && node script_chromium.mjs "$BUILD" "$work") || exit 1
echo "report, reply and follow-up in Chromium on an insecure origin"
