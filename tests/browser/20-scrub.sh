#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the page's clean copies of JPEG and PNG hold no place, camera, time,
# comment, thumbnail or second picture, show the same pixels, and what is not
# exactly understood is not passed on as clean.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
BUILD=$(cd "${BUILD:-$top/build}" && pwd) || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
	echo "FAIL: $*"
	exit 1
}
for one in exiftool convert node; do
	command -v $one >/dev/null || { echo "there is no $one"; exit 77; }
done
"$BUILD/web/node_modules/.bin/esbuild" "$BUILD/web/script/scrub.js" --bundle \
	--format=esm --log-level=error --outfile="$work/scrub.mjs" ||
	fail "bundle"
cat >"$work/run.mjs" <<'JS'
import fs from "node:fs";
import { scrub } from "./scrub.mjs";
const [from, to] = process.argv.slice(2);
const out = scrub(new Uint8Array(fs.readFileSync(from)));
if (out === null) {
	process.exit(3);
}
fs.writeFileSync(to, out);
JS
clean() {
	node "$work/run.mjs" "$1" "$2"
}

in=$work/in
mkdir "$in"
jpg=$top/tests/data/factuur.jpg
cp "$jpg" "$in/camera.jpg"
convert "$jpg" -resize 40x30 "$work/thumb.jpg"
convert "$jpg" -strip -interlace JPEG "$in/progressive.jpg"
convert "$jpg" -strip -colorspace Gray "$in/grey.jpg"
convert "$jpg" -strip -colorspace CMYK "$in/cmyk.jpg"
convert "$jpg" -strip -define jpeg:restart-interval=4 "$in/restart.jpg"
convert "$jpg" -strip "$in/plain.png"
convert "$jpg" -strip -colors 16 "PNG8:$in/palette.png"
convert -size 60x40 gradient:red-none "$in/alpha.png"
for f in "$in"/*; do
	exiftool -q -overwrite_original -Comment="J. Jansen maakte dit" \
		-Artist="J. Jansen" -XMP-dc:Creator="J. Jansen" \
		-EXIF:GPSLatitude=51.48 -EXIF:GPSLatitudeRef=N \
		-EXIF:DateTimeOriginal="2026:10:02 11:24:00" "$f" || fail "$f"
	case $f in
	*.jpg) exiftool -q -overwrite_original \
		"-ThumbnailImage<=$work/thumb.jpg" "$f" || fail "thumb" ;;
	esac
	exiftool -s "$f" | grep -q GPSLatitude || fail "$f has nothing to hide"
done
printf 'achter het einde: J. Jansen' >>"$in/camera.jpg"
cat "$work/thumb.jpg" >>"$in/progressive.jpg" # a second picture

n=0
for f in "$in"/*; do
	clean "$f" "$work/out" || fail "$f is not understood"
	grep -qa Jansen "$work/out" && fail "$f still names its maker"
	exiftool -G -s "$work/out" >"$work/tags"
	grep -E '^\[(EXIF|XMP|IPTC|MakerNotes|Photoshop|ICC_Profile|Trailer)' \
		"$work/tags" && fail "$f"
	grep -E 'Comment|Artist|Creator|GPS|Thumbnail|Trailer' "$work/tags" &&
		fail "$f"
	[ "$(convert "$f[0]" rgba:- | sha256sum)" = \
		"$(convert "$work/out" rgba:- | sha256sum)" ] ||
		fail "${f##*/} shows other pixels"
	clean "$work/out" "$work/again" && cmp -s "$work/out" "$work/again" ||
		fail "${f##*/}: clean is not clean"
	n=$((n + 1))
done

# Not understood: cut at any of these places, or no picture at all
refused=0
for f in camera.jpg plain.png; do
	size=$(stat -c %s "$work/in/$f")
	for part in 1 4 9 20 30 60 97; do
		head -c $((size * part / 100)) "$in/$f" >"$work/cut"
		clean "$work/cut" "$work/out"
		code=$?
		[ $code -eq 3 ] || {
			# bytes behind the end are not part of the picture
			[ "$f$part" = camera.jpg97 ] && continue
			fail "$f cut at $part % gave $code"
		}
		refused=$((refused + 1))
	done
done
for bytes in '' '\377\330' '\377\330\377\340' '\377\330\377\340\0\0' \
	'\377\330\377\332\0\2' '\377\330\377\341\377\377' 'GIF89a' \
	'\211PNG\r\n\032\n' '\211PNG\r\n\032\n\377\377\377\377IDAT1234' \
	'%%PDF-1.4'; do
	# shellcheck disable=SC2059
	printf "$bytes" >"$work/odd"
	clean "$work/odd" "$work/out"
	[ $? -eq 3 ] || fail "odd bytes were taken for a picture"
	refused=$((refused + 1))
done
echo "$n pictures clean with the same pixels, $refused others refused"
