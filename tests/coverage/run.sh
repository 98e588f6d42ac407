#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Which lines of policy/, keys/ and gateway/ the tests run, by folder:
#   tests/coverage/run.sh [A|B|C|PATTERN...]   default: A B C
# A to C are the groups of the table in README.md, in their short forms. A
# pattern is part of a test's name, as for tests/run. TREE (default
# build-coverage) is kept, with profile/ of all that ran since it was
# emptied: KEEP=1 adds to it. Text for every line: $TREE/lines/.
set -u
cd "$(dirname "$0")/../.." || exit 2
top=$PWD
tree=${TREE:-$top/build-coverage}
patterns=() # one that no test has: only the table again
[ $# -gt 0 ] || set -- A B C
for word; do
	case $word in
	A) patterns+=(test_ vectors/ http/) ;;
	B) patterns+=(faults/2 faults/4 e2e/2 e2e/3 e2e/4 e2e/6 e2e/7) ;;
	C) patterns+=(desk/ deploy/1 browser/) ;;
	*) patterns+=("$word") ;;
	esac
done
for tool in clang llvm-profdata llvm-cov; do
	command -v $tool >/dev/null || { echo "$tool is missing"; exit 77; }
done
cmake -C packaging/presets/coverage.cmake -S . -B "$tree" >/dev/null &&
	cmake --build "$tree" -j"$(nproc)" >"$tree/build.log" 2>&1 ||
	{ tail -20 "$tree/build.log"; exit 1; }
[ -n "${KEEP:-}" ] || rm -rf "$tree/profile" "$tree/out"
unset KEEP FULL # tests have their own meaning for them
mkdir -p "$tree/profile" "$tree/out"

export BUILD=$tree LC_ALL=C.UTF-8 TZ=UTC
failed=0 ran=0
for one in "$tree"/bin/test_* tests/*/[0-9][0-9]-*.sh; do
	name=${one#"$tree"/bin/}
	name=${name#tests/}
	for p in "${patterns[@]}"; do
		[[ $name == *$p* ]] || continue
		OUT=$(mktemp -d)
		export OUT
		timeout 1800 "$one" >"$tree/out/${name//\//_}.log" 2>&1 </dev/null
		case $? in
		0) ran=$((ran + 1)) ;;
		77) echo "skipped: $name" ;;
		*)
			# these judge the compiled code, which is another here
			case $name in
			vectors/24-* | http/26-* | test_envelope_open)
				ran=$((ran + 1))
				echo "not judged: $name"
				;;
			*) echo "failed: $name"; failed=$((failed + 1)) ;;
			esac
			;;
		esac
		rm -rf "$OUT"
		break
	done
done
llvm-profdata merge -o "$tree/all.profdata" "$tree"/profile/*.profraw ||
	exit 1
first=
objects=()
for program in "$tree"/bin/meldluik-* "$tree"/bin/desk_soft \
	"$tree"/bin/test_*; do
	if [ -z "$first" ]; then
		first=$program
	else
		objects+=(-object "$program")
	fi
done
llvm-cov export "$first" "${objects[@]}" -summary-only \
	-instr-profile="$tree/all.profdata" 2>/dev/null \
	>"$tree/summary.json" || exit 1
llvm-cov show "$first" "${objects[@]}" -format=text \
	-instr-profile="$tree/all.profdata" -output-dir="$tree/lines" \
	2>/dev/null || exit 1
commit=$(git describe --always --abbrev=12 --dirty=" with changes")
day=$(git log -1 --format=%cs)
python3 tests/coverage/table.py "$top" "$tree/summary.json" \
	"commit $commit of $day" "$(date -u +%F)"
echo "$ran tests ran, $failed failed: ${patterns[*]}"
[ $failed -eq 0 ]
