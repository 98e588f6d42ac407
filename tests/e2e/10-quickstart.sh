#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the main job from start to end by the command of the README: reports
# in by the command line, the form and real browsers with scripts off and on;
# stick, two desks, answers back, read in the same way, follow-up, withdrawal.
said=$(mktemp)
trap 'rm -f "$said"' EXIT
"$(dirname "$0")/../../packaging/quickstart" --once | tee "$said"
[ "${PIPESTATUS[0]}" -eq 0 ] || exit 1
for path in "command line" "form without scripts" \
	"Firefox with scripts off" "Firefox with scripts on" \
	"Chromium with scripts off" "Chromium with scripts on"; do
	tail -n 1 "$said" | grep -qF "$path" || {
		echo "not driven: $path"
		exit 1
	}
done
