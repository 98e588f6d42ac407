#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Every fuzz target for SECONDS (default 60) under AddressSanitizer and
# UndefinedBehaviorSanitizer: run.sh [SECONDS [TARGET...]]. Starts from
# corpus/<target> and what given.sh names, with the words of the dictionary that
# names it (dict/*.dict); what is found new goes to $OUT and is
# not kept here (keep.sh does that). JOBS (default 2) run at a time.
# FUZZ_BUILD names a tree to build in and keep; FUZZ_LEVEL a level of the
# compiler other than the -O1 of the preset.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/given.sh"
seconds=${1:-60}
[ $# -gt 0 ] && shift
if [ -z "${OUT:-}" ]; then
	OUT=$(mktemp -d)
	trap 'rm -rf "$OUT"' EXIT
fi
mkdir -p "$OUT"
tree=${FUZZ_BUILD:-$OUT/build-fuzz}
if ! command -v clang >/dev/null; then
	echo "clang is missing"
	exit 77
fi
cmake -C "$here/../../packaging/presets/fuzz.cmake" -S "$here/../.." \
	${FUZZ_LEVEL:+"-DCMAKE_C_FLAGS_DEBUG=$FUZZ_LEVEL -g1 -fno-sanitize-recover=undefined"} \
	-B "$tree" >"$OUT/fuzz-cmake.log" 2>&1 ||
	{ tail -5 "$OUT/fuzz-cmake.log"; exit 1; }
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
	mapfile -t targets < <(cmake --build "$tree" --target help |
		grep -o 'fuzz_[a-z0-9_]*$' | sort -u)
fi
[ ${#targets[@]} -gt 0 ] || { echo "no fuzz targets"; exit 1; }
for t in "${targets[@]}"; do
	grep -q "^| $t |" "$here/README.md" || {
		echo "$t does not stand in tests/fuzz/README.md"
		exit 1
	}
	[ -n "$(ls "$here/corpus/${t#fuzz_}" 2>/dev/null)$(given "$t")" ] || {
		echo "$t starts from nothing"
		exit 1
	}
done
cmake --build "$tree" -j2 --target "${targets[@]}" \
	>"$OUT/fuzz-build.log" 2>&1 || { tail -9 "$OUT/fuzz-build.log"; exit 1; }

one() {
	local name=$1 corpus=$here/corpus/${1#fuzz_} new=$OUT/$1.new
	local log=$OUT/$1.log dirs dict tmp=/dev/shm status=0
	mkdir -p "$new"
	# a store that waits for its disk takes a sixth of the inputs
	[ -w $tmp ] || tmp=$OUT
	tmp=$(mktemp -d -p $tmp)
	dirs=("$new")
	[ -d "$corpus" ] && dirs+=("$corpus")
	mapfile -t -O ${#dirs[@]} dirs < <(given "$1")
	dict=$(grep -lw "^# for:.* $1" "$here"/dict/*.dict | head -1)
	TIMEFORMAT="%U %S"
	if { time (cd "$OUT" && TMPDIR=$tmp timeout $((seconds * 4 + 120)) \
		"$tree/bin/$name" -max_total_time="$seconds" -max_len=32768 \
		-timeout=60 ${dict:+-dict="$dict"} -print_final_stats=1 \
		-artifact_prefix="$OUT/$name." "${dirs[@]}" >"$log" 2>&1); } \
		2>"$OUT/$name.cpu"; then
		printf '%-22s %s, %s\n' "$name" "$(grep '^Done' "$log")" \
			"$(grep -o 'cov: [0-9]*' "$log" | tail -1)"
	else
		printf '%-22s FAILED\n' "$name"
		grep -m5 -E 'ERROR|runtime error|SUMMARY|Base64' "$log"
		status=1
	fi
	rm -rf "$tmp"
	return $status
}
export -f one given
export here seconds OUT tree
printf '%s\n' "${targets[@]}" | xargs -P "${JOBS:-2}" -I {} bash -c 'one {}'
status=$?
echo "${#targets[@]} fuzz targets, $seconds s each"
[ $status -eq 0 ]
