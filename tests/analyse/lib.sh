# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# Sourced by the scripts that let analysers judge the sources or run programs
# under a sanitizer.
#   need PROGRAM...    skips where one is missing
#   product_files      C files of the product, as the tree names them
#   product_commands   compile_commands.json of them alone, and of no compiler
#                      cache
#   short_sources      the pattern of those that a short form looks at: keys,
#                      codes, shares, and what reads strangers' bytes
#   judged LIST TOOL   fails unless $OUT/found, lines of FILE CHECK LINE WHAT,
#                      is what LIST explains (lines of FILE CHECK REASON)
#   tree PRESET TARGET...  $TREE: a build by that preset; what is not built
#                      there yet is built; kept for the next run
#   units PROGRAM...   runs them in $TREE; what a sanitizer says is a failure
#   gateway_load WAYS  the gateway of $TREE under WAYS visitors of each kind, and
#                      under those of ../http/32-any-order.sh
#   planted FLAG SOURCE  a program of that source must be told of
set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
BUILD=${BUILD:-$REPO/build}
if [ -z "${OUT:-}" ]; then
	OUT=$(mktemp -d)
	trap 'rm -rf "$OUT"' EXIT
fi
cd "$REPO" || exit 2

skip() { echo "skip: $*"; exit 77; }
fail() { echo "FAIL: $*"; exit 1; }
need() {
	for program; do
		command -v "$program" >/dev/null || skip "$program is missing"
	done
	[ -f "$BUILD/compile_commands.json" ] || fail "nothing is built"
}
product_commands() {
	python3 - "$REPO" "$BUILD/compile_commands.json" <<'PY'
import json
import shlex
import sys
top, path = sys.argv[1:]
kept = []
for c in json.load(open(path)):
    rel = c["file"][len(top) + 1:]
    if c["file"].startswith(top) and rel.startswith(
            ("policy/", "keys/", "gateway/")):
        words = shlex.split(c["command"])
        if words[0].endswith("ccache"):
            del words[0]
        c["command"] = shlex.join(words)
        kept.append(c)
if not kept:
    sys.exit("the build has no file of this tree")
json.dump(kept, sys.stdout)
PY
}
product_files() {
	find policy keys gateway -name '*.c' | sort
}
# shellcheck disable=SC2034
short_sources='^(keys/(mailbox|unseal)/|keys/seal/(age_|hybrid|mlkem|minisign|code|crockford|slot|secret)|gateway/pages/form\.c|gateway/http/(guard|headers|proxyline|credential|circuit)\.c)'
judged() {
	local bad=0 file check line what
	while read -r file check line what; do
		grep -q "^$file $check " "$HERE/$1" && continue
		echo "$file:$line: $what [$check]"
		bad=1
	done <"$OUT/found"
	# of what is only looked at in the long form nothing is said here
	[ -z "${FULL:-}" ] || while read -r file check _; do
		grep -q "^$file $check " "$OUT/found" && continue
		echo "$1 explains $file $check, which nobody says"
		bad=1
	done < <(grep -v '^#' "$HERE/$1")
	[ $bad -eq 0 ] || fail "$2 has something to say"
	echo "$2: nothing in $(product_files | grep -cE "$short") files but" \
		"$(wc -l <"$OUT/found") places that $1 explains"
}
tree() {
	local preset=$1
	shift
	TREE=$BUILD/analyse/$preset
	# what came from npm, once
	[ -d "$TREE/mlkem" ] || { mkdir -p "$TREE" &&
		cp -r "$BUILD/mlkem" "$TREE/"; }
	cmake -C "packaging/presets/$preset.cmake" -S . -B "$TREE" \
		>"$OUT/cmake.log" 2>&1 ||
		{ tail -n 5 "$OUT/cmake.log"; fail "no $preset tree"; }
	cmake --build "$TREE" -j2 --target "$@" >"$OUT/build.log" 2>&1 ||
		{ tail -n 20 "$OUT/build.log"; fail "$preset does not build"; }
}

said() { # LOG: whether a sanitizer spoke in it
	grep -qE 'runtime error|WARNING: ThreadSanitizer|(Address|Leak)Sanitizer' \
		"$1"
}
planted() {
	printf '%s\n' "$2" >"$OUT/planted.c"
	gcc -g -fsanitize="$1" -o "$OUT/planted" "$OUT/planted.c" -lpthread ||
		fail "no compiler for $1"
	"$OUT/planted" >"$OUT/planted.log" 2>&1
	said "$OUT/planted.log" || fail "a planted fault is not seen"
}
all_units() { # of the long forms
	(cd "$BUILD/bin" && printf '%s\n' test_*) |
		grep -vxFf <(grep -v '^#' "$HERE/confined.txt")
}
units() {
	local one ok bad= words="log_path=$OUT/said"
	# to files: a child that has let go of its output is heard too
	export ASAN_OPTIONS=$words UBSAN_OPTIONS=$words TSAN_OPTIONS=$words
	for one; do
		ok=1
		(cd "$OUT" && "$TREE/bin/$one") >"$OUT/$one.log" 2>&1 || ok=
		find "$OUT" -maxdepth 1 -name 'said.*' -exec cat {} + \
			-exec rm {} + >>"$OUT/$one.log"
		if [ -z "$ok" ] || said "$OUT/$one.log"; then
			tail -n 60 "$OUT/$one.log"
			bad+=" $one"
		fi
	done
	unset ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS
	[ -z "$bad" ] || fail "of $# programs:$bad"
	echo "$# programs, nothing said"
}
gateway_load() {
	local p
	mkdir -p "$OUT/load/bin"
	for p in fixture fixture-seal codetool; do
		ln -sf "$TREE/bin/$p" "$OUT/load/bin/$p"
	done
	ln -sf "$TREE/bin/gateway_sanitized" "$OUT/load/bin/meldluik-gateway"
	BUILD=$OUT/load "$HERE/gateway_load.sh" "$1" "$OUT/gateway.log" || {
		grep -m1 -A 40 -E 'Sanitizer|runtime error' "$OUT/gateway.log"
		fail "the gateway under load"
	}
	BUILD=$OUT/load "$HERE/../http/32-any-order.sh" ||
		fail "the gateway under anything"
}
