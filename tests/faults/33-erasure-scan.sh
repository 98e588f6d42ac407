#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: after an erasure, and after a crash before every step of one and the
# next start, neither the record key nor the root that sealed it stands
# anywhere on the raw disk (or the envelope is still there, whole).
set -u
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
tool=$BUILD/bin/store_crash
[ -x "$tool" ] || { echo "skipped: store_crash is not built"; exit 77; }
work=$(mktemp -d "${OUT:-${TMPDIR:-/tmp}}/erase.XXXXXX") || exit 1
trap 'umount "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/disk"
raw=no
fail() { echo "$1"; exit 1; }

# A fresh file system in a file, so that every block of it can be read
disk_new() {
	umount "$work/disk" 2>/dev/null
	rm -f "$work/image"
	truncate -s 64M "$work/image"
	if mkfs.ext4 -q "$work/image" 2>/dev/null &&
		mount -o loop "$work/image" "$work/disk" 2>/dev/null; then
		raw=yes
	else
		rm -rf "$work/disk"
		mkdir "$work/disk"
	fi
	mkdir -m 700 "$work/disk/store"
}

files() {
	sync -f "$work/disk"
	if [ $raw = yes ]; then
		echo "$work/image"
	else
		find "$work/disk/store" -type f
	fi
}

steps=0
erased=0
while :; do
	disk_new
	"$tool" prepare "$work/disk/store" "$work/secrets" || fail "prepare"
	if [ $steps = 0 ]; then
		# The scan can find: the root is there before the erasure
		"$tool" scan "$work/secrets" $(files) | grep -q "^root" ||
			fail "the scan does not see the root before erasure"
	fi
	"$tool" erase "$work/disk/store" $steps
	status=$?
	[ $status = 9 ] || [ $status = 0 ] || fail "erase: $status"
	state=$("$tool" open "$work/disk/store" "$work/secrets") ||
		fail "step $steps: open"
	if [ "$state" = erased ]; then
		erased=$((erased + 1))
		out=$("$tool" scan "$work/secrets" $(files)) ||
			fail "step $steps: erased, but $out"
	elif [ $status = 0 ]; then
		fail "a whole batch did not erase"
	fi
	[ $status = 0 ] && break
	steps=$((steps + 1))
done
[ $raw = yes ] || echo "weaker: no loop device, files are read and not the disk"
[ $steps -ge 8 ] || fail "only $steps steps: the crash points are gone"
echo "erasure: crash before each of $steps steps, erased $erased times," \
	"0 remains (raw disk: $raw)"
