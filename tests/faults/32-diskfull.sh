#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: on a disk that fills up attachments are refused first, text is taken
# from its reserve, then refused with a clear answer; nothing receipted is
# lost; erasure works on a disk with no byte left (ballast); intake recovers.
set -u
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
tool=$BUILD/bin/store_load
[ -x "$tool" ] || { echo "skipped: store_load is not built"; exit 77; }
work=$(mktemp -d "${OUT:-${TMPDIR:-/tmp}}/full.XXXXXX") || exit 1
trap 'umount "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/disk"
mount -t tmpfs -o size=40m none "$work/disk" 2>/dev/null ||
	{ echo "skipped: no right to mount a small disk"; exit 77; }
mkdir -m 700 "$work/disk/store"
export SMALL=1
fail() { echo "$1"; exit 1; }

out=$("$tool" full "$work/disk/store" "$work/acks" 2>&1) || fail "full: $out"
filled=$out
out=$("$tool" check "$work/disk/store" "$work/acks" 2>&1) ||
	fail "check on a full disk: $out"
lost=$out
out=$("$tool" try "$work/disk/store" 2>&1)
[ $? = 3 ] || fail "both must be refused: $out"
"$tool" confirm "$work/disk/store" || fail "confirm"
"$tool" daily "$work/disk/store" 1 >/dev/null || fail "daily"
# Somebody else takes the very last byte
dd if=/dev/zero of="$work/disk/filler" bs=4096 2>/dev/null
[ "$(df --output=avail "$work/disk" | tail -1)" -le 64 ] ||
	fail "the disk is not full"
out=$("$tool" try "$work/disk/store" 2>&1)
[ $? = 3 ] || fail "both must be refused on a full disk: $out"
out=$("$tool" check "$work/disk/store" "$work/acks" 2>&1) ||
	fail "check with no byte left: $out"
out=$("$tool" daily "$work/disk/store" 3 2>&1) ||
	fail "erasure with no byte left: $out"
rm "$work/disk/filler"
"$tool" daily "$work/disk/store" 4 >/dev/null || fail "the day after"
out=$("$tool" try "$work/disk/store" 2>&1) || fail "no recovery: $out"
[ -s "$work/disk/store/ballast.bin" ] || fail "the ballast is not back"
echo "disk full: $filled; $lost; erased with no byte left; recovered"
