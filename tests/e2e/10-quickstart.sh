#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the main job from start to end by the command of the README: reports
# in by the command line, the form and real browsers with scripts off and on;
# stick, two desks, answers back, read in the same way, follow-up, withdrawal.
# The minute until the lanes go live passes by the gateway's clock, which is
# moved; with FULL=1 it is waited for, as by who runs the command.
top=$(cd "$(dirname "$0")/../.." && pwd)
export BUILD=${BUILD:-$top/build}
. "$top/tests/faults/clock/lib.sh"
scratch=$(mktemp -d)
said=$scratch/said
trap 'rm -rf "$scratch"' EXIT
if [ -z "${FULL:-}" ] && clock_found; then
	clock_new "$scratch/clock"
	export gateway_env="LD_PRELOAD=$CLOCK_SHIM CLOCK_FILE=$CLOCK_FILE"
fi
"$top/packaging/quickstart" --once | while IFS= read -r line; do
	printf '%s\n' "$line"
	case $line in
	*"a minute later the lanes go live") [ -z "${gateway_env:-}" ] ||
		clock_set 0 61 ;;
	esac
done | tee "$said"
[ "${PIPESTATUS[0]}" -eq 0 ] || exit 1
for path in "command line" "form without scripts" \
	"Firefox with scripts off" "Firefox with scripts on" \
	"Chromium with scripts off" "Chromium with scripts on"; do
	tail -n 1 "$said" | grep -qF "$path" || {
		echo "not driven: $path"
		exit 1
	}
done
