#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: how the page is come to. Five wrong passphrases end the session; a
# new address is given at the terminal only, and ends what was opened by an
# older one. With a browser of its own the address is on no command line, the
# profile lies in memory, is the user's alone, and is gone when either ends; killed, the desk takes the browser along.
# What cannot be started is told, and leaves nothing behind; nor is a link
# followed to where the key ceremony prints. Without Landlock it says so.
SOFT=1
. "$(dirname "$0")/../decryptor/lib.sh"
found
here=$(cd "$(dirname "$0")" && pwd)
run() { PYTHONPATH=$HERE/tests/decryptor python3 "$here/start.py" "$@"; }
run terminal "$BIN" "$T/home" "$PASS" || exit 1

# One that says how it was called, looks at its folder, and then plays
cat >"$T/browser" <<W
#!/bin/sh
echo "\$@" >"$T/called"
echo \$\$ >"$T/pid"
for last; do :; done
folder=\$(dirname "\${last#file://}")
{ stat -c '%a %u' "\$folder"; stat -f -c %T "\$folder"
	stat -c %a "\$folder/start.html"; } >"$T/looks"
mkdir -p "\$folder/cache/deep"
echo page >"\$folder/cache/deep/entry"
ln -s 127.0.0.1:1 "\$folder/lock"
tr '\0' '\n' </proc/self/environ >"$T/environ"
cp "\$folder/start.html" "$T/start.new"
mv "$T/start.new" "$T/start"
until [ -e "$T/closed" ]; do sleep 0.1; done
W
cp "$T/browser" "$T/chromium-like"
chmod +x "$T/browser" "$T/chromium-like"
mkdir "$T/disk"
left() { find /dev/shm "$T/disk" -maxdepth 1 -name 'meldluik-??????'; }
before=$(left)
for one in browser chromium-like; do
	for end in closes ends; do
		rm -f "$T/start" "$T/closed"
		XDG_RUNTIME_DIR=$T/disk run $end "$BIN" "$T/home" "$PASS" \
			"$T/$one" "$T" || exit 1
		[ "$(left)" = "$before" ] ||
			fail "$one $end: $(left) is left behind"
	done
	case $one in
	browser) grep -q -- '--no-remote --profile /dev/shm/' "$T/called" ;;
	*) grep -q -- '--user-data-dir=/dev/shm/.* --incognito' "$T/called" ;;
	esac || fail "$one was called so: $(cat "$T/called")"
	printf '700 %s\ntmpfs\n600\n' "$(id -u)" | cmp -s - "$T/looks" ||
		fail "$one has a folder like this: $(cat "$T/looks")"
done
# Killed, it takes the browser along; the folder stays in memory
rm -f "$T/start" "$T/closed"
run killed "$BIN" "$T/home" "$PASS" "$T/browser" "$T" || exit 1
rm -r "$(sed 's/.*--profile \([^ ]*\) .*/\1/' "$T/called")"
[ "$(left)" = "$before" ] || fail "another folder: $(left)"
for none in none /none "$T/pass"; do
	refused '--browser-program' desk "$T/home" 2026-11-24 ui \
		--browser-program "$none"
done
[ "$(left)" = "$before" ] || fail "without a browser: $(left)"
if unshare --mount true 2>/dev/null; then
	refused 'no folder in memory' env XDG_RUNTIME_DIR="$T/disk" unshare \
		--mount --propagation private sh -c 'mount --bind "$1" /dev/shm
		shift; exec "$@"' sh "$T/disk" "$BIN" --home "$T/home" ui \
		--browser-program "$T/browser"
	# a link where the ceremony's paper would lie leads nowhere
	mkdir "$T/lured"
	unshare --mount --propagation private sh -c 'mount -t tmpfs none /dev/shm
		ln -s "$1" /dev/shm/meldluik-print; shift; exec "$@"' sh \
		"$T/lured" "$BIN" --home "$T/new" ui </dev/null \
		>"$T/page" 2>"$T/page.err" &
	for _ in $(seq 600); do
		grep -q http: "$T/page" && break
		sleep 0.1
	done
	kill $!
	wait $!
	grep -q '/dev/shm/meldluik-print is a link' "$T/page.err" ||
		fail "a link is followed: $(cat "$T/page" "$T/page.err")"
	[ "$(stat -c %a "$T/new/print")" = 700 ] || fail "no folder to print from"
else
	echo "weaker: no right to mount, /dev/shm is never a disk or lured"
fi
# A kernel without Landlock: said where it is started, and it goes on
[ -x "$BUILD/bin/without_landlock" ] ||
	{ echo "skip: without_landlock is not built"; exit 77; }
printf '#!/bin/sh\nexec "%s" "%s" "$@" 2>"%s"\n' \
	"$BUILD/bin/without_landlock" "$BIN" "$T/fence" >"$T/unfenced"
chmod +x "$T/unfenced"
PYTHONPATH=$here python3 - "$T/unfenced" "$T/home" "$PASS" 2026-11-24 <<'P' ||
import sys
from uihttp import Ui
ui = Ui(*sys.argv[1:])
ui.want("the desk without Landlock", ui.ask("GET", "/nl/")[0] == 200)
ui.end()
P
	fail "without Landlock: $(cat "$T/fence")"
grep -q 'this kernel has no Landlock: .* may read all your files' "$T/fence" ||
	fail "silent without Landlock: $(cat "$T/fence")"
[ -z "$(ls "$T/disk")" ] || fail "$(ls "$T/disk") is left on a disk"
echo "ok: four ways to come to the page, and what is wrong with others"
