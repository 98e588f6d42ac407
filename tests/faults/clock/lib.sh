# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# Sourced by scripts that move the clocks of a gateway (shim.c).
#   clock_found           false: no clock can be moved, $clock_why says why
#   clock_new FILE        FILE is the clock; a skip where there can be none
#   clock_set WALL BEAT   seconds ahead of the wall clock; of the other one,
#                         which the store's minute and the time limits go by
#   clocked COMMAND...    what it starts has this clock
clock_found() {
	CLOCK_SHIM=$(find "$BUILD" -name libclock_shim.so 2>/dev/null | head -1)
	clock_why="the shim is not built"
	[ -n "$CLOCK_SHIM" ] || return 1
	clock_why="the shim and AddressSanitizer want the same calls"
	! grep -q '^MELDLUIK_SANITIZE:.*=.*address' "$BUILD/CMakeCache.txt"
}
clock_new() {
	clock_found || { echo "skip: $clock_why"; exit 77; }
	export CLOCK_FILE=$1
	head -c 16 /dev/zero >"$1"
}
# The file is mapped: it is written in place and keeps its length
clock_set() {
	python3 -c "import struct
open('$CLOCK_FILE', 'r+b').write(struct.pack('=qq', $1, $2))"
}
clocked() {
	LD_PRELOAD=$CLOCK_SHIM "$@"
}
