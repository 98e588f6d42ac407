#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what was receipted survives a power cut: folders rebuilt from what
# was synced before a receipt, with any part of the unsynced rest, hold every
# receipted envelope. And the same campaign finds losses when LMDB is opened
# with NOSYNC, so it can see them. 60 images; 1000 with FULL=1.
set -u
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
tool=$BUILD/bin/store_load
rebuild=$BUILD/bin/powercut_rebuild
shim=$(find "$BUILD" -name libpowercut_shim.so 2>/dev/null | head -1)
[ -x "$tool" ] && [ -x "$rebuild" ] && [ -n "$shim" ] ||
	{ echo "skipped: the tools are not built"; exit 77; }
if grep -q '^MELDLUIK_SANITIZE:.*=.*address' "$BUILD/CMakeCache.txt"; then
	echo "skipped: the shim and AddressSanitizer want the same calls"
	exit 77
fi
work=$(mktemp -d "${OUT:-${TMPDIR:-/tmp}}/power.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
images=60
[ "${FULL:-0}" = 1 ] && images=1000
runs=$((images / 20))

# campaign MODE: sets bad (images that lost something) and receipts
campaign() {
	bad=0
	receipts=0
	for run in $(seq 1 $runs); do
		rm -rf "$work/store" "$work/acks"
		mkdir -m 700 "$work/store"
		POWERCUT_ROOT=$work/store POWERCUT_LOG=$work/log \
			POWERCUT_ACK=$work/acks LD_PRELOAD=$shim \
			"$tool" load "$work/store" "$work/acks" 40 "$1" \
			2>"$work/err" ||
			{ echo "load: $(cat "$work/err")"; exit 1; }
		for i in $(seq 1 20); do
			rm -rf "$work/image"
			seed=$((RANDOM * 32768 + RANDOM))
			"$rebuild" "$work/log" "$work/store" $seed \
				"$work/image" "$work/kept" || exit 1
			if out=$("$tool" check "$work/image" "$work/kept" \
				2>&1); then
				receipts=$((receipts + ${out%% *}))
			else
				bad=$((bad + 1))
				last="seed $seed: $out"
			fi
		done
	done
}

# The very first start, cut after each of its steps
first() {
	rm -rf "$work/store" "$work/acks"
	mkdir -m 700 "$work/store"
	POWERCUT_ROOT=$work/store POWERCUT_LOG=$work/log \
		POWERCUT_ACK=$work/acks LD_PRELOAD=$shim \
		"$tool" load "$work/store" "$work/acks" 1 2>"$work/err" ||
		{ echo "load: $(cat "$work/err")"; exit 1; }
	for event in $(seq 1 60); do
		for seed in 1 2 3 4; do
			rm -rf "$work/image"
			"$rebuild" "$work/log" "$work/store" $seed \
				"$work/image" "$work/kept" $event || exit 1
			out=$("$tool" check "$work/image" "$work/kept" 2>&1) &&
				continue
			echo "first start, cut after $event events: $out"
			exit 1
		done
	done
}
first

last=
campaign sync
if [ $bad != 0 ]; then
	echo "$bad of $images images lost something; $last"
	exit 1
fi
sound=$receipts
[ $sound -ge $((images * 5)) ] ||
	{ echo "only $sound receipts looked at: this shows nothing"; exit 1; }
runs=1
campaign nosync
if [ $bad = 0 ]; then
	echo "nothing was lost with NOSYNC: the campaign sees nothing"
	exit 1
fi
echo "power cut: 240 images of a first start and $images, $sound receipts looked at, 0 lost;" \
	"with NOSYNC $bad of 20 images are bad"
