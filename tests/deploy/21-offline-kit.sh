#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a release folder is signed and complete, and from a stick made of it
# one command installs and updates the desk on a machine without any network;
# a changed file, a file too many, another key and a list signed by somebody
# else install nothing; a casebook survives the update.
# Short form: a small stick with the real install script and a real signature;
# every refusal, and that the good stick alone comes as far as apt; and that
# what a kit takes along includes what a package needs before it is unpacked
# (python3-minimal was left out, and a kit installed nothing).
. "$(dirname "$0")/lib.sh"
stick_seal() { # STICK KEY: its list anew, signed
	(cd "$1" && find . -type f ! -name 'SHA256SUMS*' |
		LC_ALL=C sort | xargs sha256sum >SHA256SUMS) &&
		minisign -S -W -s "$2" -m "$1/SHA256SUMS" >/dev/null ||
		fail "cannot sign the stick"
}
# comes NAME WANTED KEY: what install says of a copy of the stick in $T/NAME,
# and whether it called apt
comes() {
	rm -f "$T/apt"
	yes | PATH=$T/bin:$PATH sh "$T/$1/install" --key "$3" \
		>"$T/log" 2>&1 && fail "$1: installed"
	case $1 in
	good | "USB STICK") grep -A3 "may\|no list" "$T/log" && fail "$1: apt" ;;
	esac
	grep -q -- "$2" "$T/log" && grep -q "nothing was installed" "$T/log" ||
		{ cat "$T/log"; fail "$1: no '$2'"; }
	case $1 in
	good | "USB STICK") [ -e "$T/apt" ] || fail "the $1: no apt" ;;
	*) [ ! -e "$T/apt" ] || fail "$1: apt was called" ;;
	esac
	n=$((n + 1))
}
short_form() {
	T=$(mktemp -d) n=0
	trap 'rm -rf "$T"' EXIT
	minisign -G -W -f -p "$T/pub" -s "$T/key" >/dev/null &&
		minisign -G -W -f -p "$T/other.pub" -s "$T/other" >/dev/null ||
		fail "no key"
	local key other
	key=$(sed -n 2p "$T/pub") other=$(sed -n 2p "$T/other.pub")
	mkdir -p "$T/good/debs" "$T/bin"
	# stands where apt is called, and ends the installation there
	cat >"$T/bin/apt-get" <<END
#!/bin/sh
: >"$T/apt"
# nothing is asked, and the stick has a name that apt can read
if read -r _; then echo "it may wait for an answer"; fi
case "\$*" in *--force-confdef*--force-confold*) ;; *) echo "dpkg may ask" ;; esac
sources=\$(echo "\$*" | sed 's/.*SourceList=\([^ ]*\).*/\1/')
set -- \$(cat "\$sources")
[ \$# = 4 ] && [ -s "\${3#file:}/Packages" ] || echo "no list that apt can read"
echo "apt was called"
exit 1
END
	chmod +x "$T/bin/apt-get"
	cp "$REPO/packaging/offline-kit-install" "$T/good/install"
	echo "Package: meldluik-decryptor" >"$T/good/Packages"
	head -c 20000 /dev/urandom >"$T/good/debs/meldluik-decryptor_1.deb"
	stick_seal "$T/good" "$T/key"
	comes good "apt refuses" "$key"
	cp -r "$T/good" "$T/USB STICK"
	comes "USB STICK" "apt refuses" "$key"
	local what
	for what in changed short away more empty foreign resealed; do
		cp -r "$T/good" "$T/$what"
	done
	printf x | dd of="$T/changed/debs/meldluik-decryptor_1.deb" bs=1 \
		seek=9000 conv=notrunc status=none
	comes changed "missing or changed" "$key"
	truncate -s 19999 "$T/short/debs/meldluik-decryptor_1.deb"
	comes short "missing or changed" "$key"
	rm "$T/away/Packages"
	comes away "missing or changed" "$key"
	echo x >"$T/more/debs/more.deb"
	comes more "not listed" "$key"
	: >"$T/empty/SHA256SUMS"
	comes empty "missing or changed" "$key"
	comes foreign "not signed by the key" "$other"
	echo x >"$T/resealed/debs/more.deb"
	stick_seal "$T/resealed" "$T/other"
	comes resealed "not signed by the key" "$key"
	"$REPO/packaging/debian-needs" mat2 libsodium23 >"$T/needs" ||
		fail "no list of what mat2 needs"
	for what in mat2 python3 python3-minimal libpython3.11-minimal \
		libsodium23; do
		grep -qx "$what" "$T/needs" || fail "no $what in a kit"
	done
	grep -x "libc6\|dpkg\|perl-base\|apt" "$T/needs" &&
		fail "in a kit, and every Debian has it"
	echo "$n sticks: the good one alone comes as far as apt (short form)"
	exit 0
}
need minisign
if [ -z "${FULL:-}" ]; then
	[ "$(id -u)" -eq 0 ] || skip "install runs as root"
	[ ! -e /etc/meldluik/release.pub ] || skip "a desk is installed here"
	short_form
fi
if [ -z "${MEMORY:-}" ]; then
	need mmdebstrap dh minisign dpkg-scanpackages
	debs
	root_tar
	in_memory "$0"
	exit
fi
DEBS=$CACHE/debs R=$MEMORY/root STICK="USB STICK"
cd "$MEMORY" || exit 2
mkdir "$R" old
minisign -G -W -f -p pub -s key >/dev/null || fail "no key"
minisign -G -W -f -p other.pub -s other.key >/dev/null || fail "no key"
KEY=$(sed -n 2p pub)
"$REPO/packaging/release" --key key --debs "$DEBS" release >/dev/null ||
	fail "no release"
(cd release && minisign -V -q -P "$KEY" -m SHA256SUMS &&
	sha256sum --quiet -c SHA256SUMS) || fail "the release is not whole"
[ -s release/sbom.spdx.json ] || fail "the release has no parts list"
"$REPO/packaging/offline-kit" --release release --key key "$MEMORY/kit" \
	>kit.log 2>&1 || fail "no kit: $(tail -n 3 kit.log)"

minisign -V -q -p kit/release.pub -m kit/page.json && [ "$(sed -n 2p \
	kit/release.pub)" = "$KEY" ] || fail "no page to sign on the kit"
tar -xf "$CACHE/root.tar" -C "$R" || fail "no root"
chroot "$R" dpkg --purge --force-depends libarchive13 libjansson4 liblmdb0 \
	libsodium23 libgfshare2 >/dev/null 2>&1
mount --bind /dev "$R/dev" && mount -t proc proc "$R/proc" || fail "no root"
inside() { # without any network
	unshare --net chroot "$R" env -i HOME=/root LC_ALL=C.UTF-8 \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
install() {
	inside sh "/$STICK/install" "$@" >"$MEMORY/log" 2>&1
}
refused() { # WHAT [ARG...]
	local what=$1
	shift
	install "$@" && fail "$what: installed"
	inside dpkg-query -W meldluik-decryptor >/dev/null 2>&1 &&
		fail "$what: something was installed"
	n=$((n + 1))
}
n=0
# the kit of an older version, for the update
deb=$(ls kit/debs/meldluik-decryptor_*.deb)
cp -r kit "$R/$STICK"
dpkg-deb -R "$deb" old/p && conf=$(head -n 1 old/p/DEBIAN/conffiles) &&
	echo "# as it was" >>"old/p$conf" &&
	dpkg-deb -b --root-owner-group old/p old.deb >/dev/null ||
	fail "no older conffile"
reversion old.deb "$VERSION~before" "$R/$STICK/debs/$(basename "$deb")"
seal() { # KEY: the index and the list of the stick anew
	(cd "$R/$STICK" && dpkg-scanpackages debs >Packages 2>/dev/null &&
		find . -type f ! -name 'SHA256SUMS*' -printf '%P\0' | sort -z |
		xargs -0 sha256sum >SHA256SUMS &&
		minisign -S -s "$MEMORY/$1" -m SHA256SUMS -t kit >/dev/null)
}
refused "a changed package" --key "$KEY"
seal key
refused "no key"
refused "another key" --key "$(sed -n 2p other.pub)"
touch "$R/$STICK/more"
refused "a file too many" --key "$KEY"
rm "$R/$STICK/more"
seal other.key
refused "a list of somebody else" --key "$KEY"
seal key
install --key "$KEY" || fail "no installation: $(tail -n 5 log)"
inside dpkg-query -W -f '${Version}\n' meldluik-decryptor >version
grep -qx "$VERSION~before" version || fail "installed: $(cat version)"
printf 'juist paard batterij nietje\n' >"$R/root/pass"
chmod 600 "$R/root/pass"
desk() {
	inside meldluik-decryptor --home /root/org/desk-1 --passphrase-file \
		/root/pass "$@"
}
inside meldluik-decryptor --home /root/org --passphrase-file /root/pass init \
	--batch --desks 2 --organisation Voorbeeld >log 2>&1 ||
	fail "no organisation: $(tail -n 3 log)"
echo "tekst die blijft" >"$R/root/text"
desk enter report --file /root/text --route letter >log 2>&1 ||
	desk enter report --file /root/text >log 2>&1 ||
	fail "no case: $(tail -n 3 log)"
desk list --json >before.json || fail "no list"
# changed here, as aa-enforce does it, and in the next version: dpkg would ask,
# and nobody sees it
echo "# changed here" >>"$R$conf"
rm -rf "$R/$STICK"
cp -r kit "$R/$STICK"
install || fail "no update: $(tail -n 5 log)"
inside dpkg-query -W -f '${Version}\n' meldluik-decryptor >version
grep -qx "$VERSION" version || fail "updated to: $(cat version)"
tail -n 1 "$R$conf" | grep -q "changed here" || fail "$conf was replaced"
desk verify >log 2>&1 || fail "the casebook: $(tail -n 3 log)"
desk list --json >after.json && cmp before.json after.json ||
	fail "the cases changed"
umount "$R/dev" "$R/proc"
echo "release signed and whole; kit installs and updates without network, casebook kept; $n ways refused"
