#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what a release ships is hardened, clean and the same bits for whoever
# builds it. Short form: every program is position independent, with
# read-only relocations bound at the start, stack canaries, checked string
# functions and no search path; the control files of the packages name what
# is there, and the AppArmor profiles what the programs open. FULL=1, with packages: lintian finds nothing to warn of; built
# again in another path, a year later, in another locale, time zone and umask,
# each package is the same to the bit; piuparts installs, removes and purges
# each on a minimal Debian 12 and finds nothing left.
. "$(dirname "$0")/lib.sh"
W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT

# softness FILE: what it lacks, a word each
softness() {
	local all
	all=$(LC_ALL=C readelf -W -h -l -d --dyn-syms "$1" 2>/dev/null) || {
		echo unreadable
		return
	}
	grep -q 'Type: *DYN' <<<"$all" || echo no-pie
	grep -q 'GNU_RELRO' <<<"$all" || echo no-relro
	grep -qE 'BIND_NOW|FLAGS.* NOW' <<<"$all" || echo lazy
	grep -qE 'GNU_STACK.* RW ' <<<"$all" || echo stack-runs
	grep -q '__stack_chk_fail' <<<"$all" || echo no-canary
	grep -qE ' __[a-z]+_chk(@|$)' <<<"$all" || echo not-fortified
	grep -qE '\((RPATH|RUNPATH)\)' <<<"$all" && echo search-path
	return 0
}
hard() { # FILE...
	local f said
	for f; do
		said=$(softness "$f" | tr '\n' ' ')
		[ -z "$said" ] || fail "$(basename "$f"): $said"
	done
}
# a soft one is seen for each of it
printf '%s\n' '#include <stdio.h>' '#include <string.h>' \
	'int main(int n, char **v)' '{ char b[9]; strcpy(b, v[n - 1]);' \
	'return puts(b); }' >"$W/soft.c"
gcc -O1 -no-pie -fno-stack-protector -U_FORTIFY_SOURCE -z execstack \
	-Wl,-z,norelro,-z,lazy,-rpath,/tmp -o "$W/soft" "$W/soft.c" \
	2>/dev/null || fail "no compiler"
[ "$(softness "$W/soft" | wc -l)" = 7 ] ||
	fail "the check is blind: $(softness "$W/soft" | tr '\n' ' ')"
programs="gateway courier decryptor reporter"

if [ -z "${FULL:-}" ]; then
	if grep -q '^MELDLUIK_SANITIZE:[A-Z]*=.' "$BUILD/CMakeCache.txt"; then
		skip "a build for sanitizers is none to ship"
	fi
	n=0
	for p in $programs; do
		hard "$BUILD/bin/meldluik-$p"
		for line in install manpages docs; do
			while read -r from _; do
				case $from in
				'#'* | '' | usr/*) continue ;;
				esac
				compgen -G "$REPO/$from" >/dev/null ||
					fail "meldluik-$p.$line: no $from"
				n=$((n + 1))
			done < <(cat "$REPO/packaging/debian/meldluik-$p.$line" \
				2>/dev/null)
		done
	done
	paths=$(python3 "$HERE/apparmor.py" "$REPO") || fail "see above"
	# a release folder holds all packages; what a document has somebody
	# install from it is one of them
	for glob in $(grep -hoE 'apt(-get)? install \./[^ `]*' "$REPO/README.md" \
		"$REPO"/packaging/*.md | sed 's/.* \.\///'); do
		k=0
		for p in $programs; do
			# shellcheck disable=SC2053 # a pattern
			[[ meldluik-${p}_${VERSION}_amd64.deb == $glob ]] && k=$((k + 1))
		done
		[ $k = 1 ] || fail "apt install ./$glob: $k packages"
		n=$((n + 1))
	done
	# purge overwrites the keys: another name of the file shows it
	mkdir -p "$W/var/lib/meldluik" "$W/stub" \
		"$W/var/lib/private/meldluik-gateway/two"
	printf '#!/bin/sh\nexit 1\n' >"$W/stub/getent"
	chmod +x "$W/stub/getent"
	head -c 100000 /dev/urandom >"$W/key"
	for one in meldluik/keys.bin meldluik/root.bin \
		private/meldluik-gateway/two/keys.bin; do
		cp "$W/key" "$W/var/lib/$one"
		ln "$W/var/lib/$one" "$W/kept-${one//\//-}"
	done
	sed -E "s, /(var|run|etc)/, $W/\\1/,g" \
		"$REPO/packaging/debian/meldluik-gateway.postrm" >"$W/postrm"
	grep -qE ' /(var|run|etc)/' "$W/postrm" && fail "purge: of this machine"
	PATH=$W/stub:$PATH sh "$W/postrm" purge || fail "purge"
	[ -z "$(find "$W/var" -type f)" ] || fail "purge leaves the store"
	for one in "$W"/kept-*; do
		cmp -s "$one" "$W/key" && fail "purge leaves the keys: $one"
	done
	project=$(sed -n 's/^project(meldluik VERSION \([0-9.]*\).*/\1/p' \
		"$REPO/CMakeLists.txt")
	[ "$project" = "${VERSION%%-*}" ] ||
		fail "the changelog says $VERSION, CMakeLists.txt $project"
	echo "4 programs hardened in seven ways; $n named files are there, $paths paths in the profiles"
	exit 0
fi

need dh lintian faketime localedef piuparts mmdebstrap readelf
debs
arch=$(dpkg --print-architecture)
for p in $programs; do
	dpkg-deb -x "$DEBS/meldluik-${p}_${VERSION}_$arch.deb" "$W/x-$p" ||
		fail "$p does not unpack"
	hard "$W/x-$p/usr/bin/meldluik-$p"
done
echo "hardened in seven ways: $programs"
lintian --tag-display-limit 0 --fail-on error,warning --display-info \
	"$DEBS"/meldluik-*"_${VERSION}_$arch.deb" >"$W/lintian" 2>&1 ||
	{ cat "$W/lintian"; fail "lintian"; }
echo "lintian: 0 errors, 0 warnings, $(grep -c '^I:' "$W/lintian") notes"
sed 's/^/  /' "$W/lintian"

mkdir -p "$W/locale" "$W/another_place"
localedef -i tr_TR -f UTF-8 "$W/locale/tr_TR.UTF-8" || fail "no locale"
vendor
(
	umask 077
	exec env LOCPATH="$W/locale" LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 \
		TZ=Pacific/Kiritimati HOME="$W" USER=somebody \
		faketime -f '+400d' "$REPO/packaging/make-deb" --vendor \
		"$VENDOR" --out "$W/again" --work "$W/another_place" \
		>"$W/log" 2>&1
) || { tail -n 20 "$W/log"; fail "it does not build again"; }
for p in $programs; do
	deb=meldluik-${p}_${VERSION}_$arch.deb
	cmp "$DEBS/$deb" "$W/again/$deb" ||
		fail "$deb is not the same ($W)"
	sha256sum "$W/again/$deb" | sed "s|$W/again/||"
done
echo "the same bits: other path, 400 days later, tr_TR, UTC+14, umask 077"

root_tar
gzip -1 -c "$ROOT_TAR" >"$W/root.tgz" || fail "no root for piuparts"
for p in $programs; do
	piuparts -b "$W/root.tgz" -d bookworm --no-eatmydata \
		--warn-on-debsums-errors -l "$W/piuparts.log" \
		"$DEBS/meldluik-${p}_${VERSION}_$arch.deb" \
		>"$W/piuparts.out" 2>&1 || {
		grep -E 'ERROR|FAIL|PASS' "$W/piuparts.log" | tail -n 20
		fail "piuparts of meldluik-$p"
	}
	grep -o 'PASS:.*' "$W/piuparts.log" | sort -u | sed "s/^/$p: /"
done
echo "hardened, lintian clean, the same bits twice, nothing left after purge"
