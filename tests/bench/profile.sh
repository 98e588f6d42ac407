#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: where the processor time of B3's upload goes, in the gateway, in nginx
# and in a server without our protections: seconds for a GiB by program and by
# what works for it. Its clock is the kernel's, which every machine has.
HERZ=1999
export SIZE=${SIZE:-1073741824} ROUNDS=${ROUNDS:-3}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
perf record -o "$work/perf" -a -e cpu-clock true >/dev/null 2>&1 ||
	{ echo "perf is missing, or may not look at all processes"; exit 77; }
perf record -o "$work/perf" -a -e cpu-clock -F $HERZ "$here/upload.sh" \
	>"$work/said" 2>"$work/err" || { tail -5 "$work/said" "$work/err"; exit 1; }
bytes=$(tail -1 "$work/said" | python3 -c \
	'import json, sys; print(json.load(sys.stdin)["bytes"])') || exit 1
python3 "$here/profile.py" "$work/perf" $HERZ "$ROUNDS" "$bytes"
