#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what 30-case.sh leaves out, by hand in Chromium: search, bulk work,
# extracting with scrubbed copies (hidden data named, gone from the copy, the
# original as it was), an investigator by paper, the police by legal duty to
# a key, recusal with a parcel that another desk reads. Hostile text in every
# field of the page stays text on the screen and on paper, which is A4.
# shellcheck source=tests/desk/base.sh
. "$(dirname "$0")/base.sh"
for p in exiftool pdfinfo pdftotext mat2 bwrap; do
	command -v $p >/dev/null || { echo "skip: no $p"; exit 77; }
done
cp "$HERE/tests/data/factuur.jpg" "$T/photo.jpg"
exiftool -q -q -overwrite_original -Artist="Jan Geheim" \
	-GPSLatitude=51.4 -GPSLatitudeRef=N "$T/photo.jpg" || fail "exiftool"
"$BUILD/bin/agec" keygen >"$T/police" 2>"$T/police.pub" || fail "keygen"
browsers_run ways.mjs "$B" "$T/photo.jpg" "$(cat "$T/police.pub")" \
	>"$T/log" 2>&1
rc=$?
tail -n 40 "$T/log" | cut -c1-400
[ $rc -eq 0 ] || exit 1
"$BUILD/bin/agec" open "$T/police" <"$B/stick/politie.age" >"$T/politie.tar" ||
	fail "the police's key opens nothing"
ok tar -tf "$T/politie.tar"
grep -q html "$T/out" || fail "no page for the police"
grep -aq 'Jan Geheim' "$T/politie.tar" && fail "hidden data went to the police"
exit 0
