#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a backup counts as one on a second medium, which lets the gateway erase,
# only on another disk: not in memory, not on another partition of the home's
# disk, also when a mapper lies between; by the page as by the command line.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
second_medium
found
counts() { # HOME PLACE ANSWER: does a backup there count?
	ok desk "$1" 2026-11-25 --json backup "$2/$RANDOM$RANDOM.age"
	[ "$(json "o['second_medium']")" = "$3" ] ||
		fail "$1 to $2: not $3, $(cat "$T/out")"
}
counts "$T/home" "$T" False
counts "$T/home" "$STICK" True
memory=$(mktemp -d /dev/shm/meldluik.XXXXXX)
ends() {
	local at
	for at in "$T/p1" "$T/p2" "$T/mapped"; do
		mountpoint -q "$at" && umount "$at"
	done
	[ -z "${mapped:-}" ] || dmsetup remove "$mapped"
	[ -z "${disk:-}" ] || partx -d "$disk" 2>/dev/null
	[ -z "${disk:-}" ] || losetup -d "$disk"
	rm -rf "$memory"
	cleanup
}
trap ends EXIT
counts "$T/home" "$memory" False

# Two partitions of one disk, and a mapper on the second
mkdir "$T/p1" "$T/p2" "$T/mapped"
truncate -s 96M "$T/image"
python3 - "$T/image" <<'PY' # its table: two of Linux, 40 MiB each
import struct, sys
part = lambda start: struct.pack("<B3xB3xII", 0, 0x83, start, 40 << 11)
with open(sys.argv[1], "r+b") as f:
    f.seek(446)
    f.write(part(2048) + part(2048 + (40 << 11)) + bytes(32) + b"\x55\xaa")
PY
disk=$(losetup -f --show "$T/image" 2>/dev/null) &&
	partx -a "$disk" 2>/dev/null
said="no right to make a disk with partitions"
if [ -n "$disk" ] && [ -b "${disk}p2" ]; then
	mkfs.ext4 -q -F "${disk}p1" && mkfs.ext4 -q -F "${disk}p2" &&
		mount "${disk}p1" "$T/p1" && mount "${disk}p2" "$T/p2" ||
		fail "the partitions cannot be used"
	cp -a "$T/home" "$T/p1/home"
	counts "$T/p1/home" "$T/p2" False
	counts "$T/p1/home" "$STICK" True
	counts "$T/home" "$T/p2" True
	said="two partitions are one disk"
	mapped=meldluik-$$
	if umount "$T/p2" && echo "0 $(blockdev --getsz "${disk}p2") linear \
${disk}p2 0" | dmsetup create "$mapped" 2>/dev/null; then
		mount "/dev/mapper/$mapped" "$T/mapped" || fail "the mapper"
		counts "$T/p1/home" "$T/mapped" False
		counts "$T/home" "$T/mapped" True
		said="$said, under a mapper too"
	else
		mapped=
		echo "weaker: no mapper can be made here"
	fi
else
	echo "weaker: $said"
fi

# The page, which may open far less, sees the same
python3 - "$BIN" "$T/home" "$PASS" 2026-11-25 "$HERE/tests/desk" "$memory" \
	"$STICK" <<'PY' || fail "the page"
import sys
sys.path.insert(0, sys.argv[5])
from uihttp import Ui
ui = Ui(*sys.argv[1:5], *sys.argv[6:8])
for place, same in (sys.argv[6], True), (sys.argv[7], False):
    page = ui.post("/nl/keys", do="backup", place=place)
    ui.want("written to " + place, 'class="notice green"' in page)
    ui.want("what it is: " + place, ("geen tweede medium" in page) == same)
ui.end()
PY
ok desk "$T/home" 2026-11-25 --json verify
echo "ok: memory is no second medium; $said"
