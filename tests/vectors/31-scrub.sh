#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the page's copies of JPEG, PNG and WebP pictures hold nothing that
# exiftool put in, and show the same picture; what is cut, or is not what it
# says, is refused and never passed on as clean.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "${BUILD:-$here/../../build}" && pwd) || exit 1
for p in exiftool convert; do
	command -v $p >/dev/null || { echo "skip: no $p"; exit 77; }
done
node=$(command -v node || command -v nodejs) || { echo "no node"; exit 77; }
[ -x "$BUILD/web/node_modules/.bin/esbuild" ] ||
	{ echo "no $BUILD/web: build first"; exit 1; }
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
fail() { echo "FAIL: $*"; exit 1; }
cat >"$T/run.mjs" <<'JS'
import { readFileSync, writeFileSync } from "node:fs";
import { scrub } from "SCRUB";
const [, , from, to] = process.argv;
const b = new Uint8Array(readFileSync(from));
const out = scrub(b);
if (!out) {
	process.exit(3);
}
writeFileSync(to, out);
JS
sed -i "s|SCRUB|$here/../../gateway/web/script/scrub.js|" "$T/run.mjs"
NODE_PATH=$BUILD/web/node_modules "$BUILD/web/node_modules/.bin/esbuild" \
	"$T/run.mjs" --bundle --platform=node --format=esm \
	--log-level=warning --outfile="$T/scrub.mjs" || fail "bundle"
scrub() { "$node" "$T/scrub.mjs" "$@"; }
n=0
for kind in jpg png webp; do
	for form in plain alpha; do
		[ "$kind$form" != jpgalpha ] || continue
		f=$T/$form.$kind
		case $form in
		plain) convert -size 97x61 plasma:red-blue "$f" ;;
		alpha) convert -size 33x44 plasma: -alpha set \
			-channel A -evaluate set 40% "$f" ;;
		esac || fail "convert $kind"
		exiftool -q -q -overwrite_original -Artist="Jan Geheim" \
			-GPSLatitude=51.4 -GPSLatitudeRef=N \
			-GPSLongitude=5.6 -GPSLongitudeRef=E \
			-XMP:Creator="Jan Geheim" -Comment="Jan Geheim" \
			-XMP:Description="Jan Geheim" "$f" 2>/dev/null
		grep -q 'Jan Geheim' "$f" || fail "nothing was put in $f"
		scrub "$f" "$T/clean.$kind" || fail "$form $kind is refused"
		grep -q 'Geheim' "$T/clean.$kind" && fail "$form $kind leaks"
		exiftool -G -s "$T/clean.$kind" >"$T/tags"
		grep -E '^\[(EXIF|XMP|IPTC|ICC_Profile|Photoshop)\]|GPS|Comment' \
			"$T/tags" && fail "$form $kind keeps a tag"
		a=$(convert "$f" -strip rgba:- 2>/dev/null | sha256sum)
		b=$(convert "$T/clean.$kind" -strip rgba:- 2>/dev/null | sha256sum)
		[ "$a" = "$b" ] || fail "$form $kind shows another picture"
		head -c $(($(stat -c %s "$f") / 2)) "$f" >"$T/cut.$kind"
		scrub "$T/cut.$kind" "$T/x" && [ "$kind" != jpg ] &&
			fail "half a $kind is taken"
		n=$((n + 1))
	done
done
printf 'GIF89a' >"$T/no.jpg"
scrub "$T/no.jpg" "$T/x" && fail "a GIF is taken"
printf '%%PDF-1.4\n' >"$T/no.png"
scrub "$T/no.png" "$T/x" && fail "a PDF is taken"
echo "$n pictures of three kinds: exiftool finds nothing, same pixels"
