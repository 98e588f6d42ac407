#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a release folder is signed and complete, and from a stick made of it
# one command installs and updates the desk on a machine without any network;
# a changed file, a file too many, another key and a list signed by somebody
# else install nothing; a casebook survives the update.
. "$(dirname "$0")/lib.sh"
[ -n "${FULL:-}" ] || skip "needs FULL=1: builds all packages first"
if [ -z "${MEMORY:-}" ]; then
	need mmdebstrap dh minisign dpkg-scanpackages
	debs
	root_tar
	in_memory "$0"
	exit
fi
DEBS=$CACHE/debs R=$MEMORY/root
cd "$MEMORY" || exit 2
mkdir "$R" old
minisign -G -W -f -p pub -s key >/dev/null || fail "no key"
minisign -G -W -f -p other.pub -s other.key >/dev/null || fail "no key"
KEY=$(sed -n 2p pub)
"$REPO/packaging/release" --key key --debs "$DEBS" release >/dev/null ||
	fail "no release"
(cd release && minisign -V -q -P "$KEY" -m SHA256SUMS &&
	sha256sum --quiet -c SHA256SUMS) || fail "the release is not whole"
python3 -c 'import json
d = json.load(open("release/sbom.spdx.json"))
names = {p["name"] for p in d["packages"]}
assert d["spdxVersion"] == "SPDX-2.3" and {"pqclean", "libsodium23",
    "age-encryption", "meldluik-gateway"} <= names, names' ||
	fail "the parts list is not complete"
"$REPO/packaging/offline-kit" --release release --key key "$MEMORY/kit" \
	>kit.log 2>&1 || fail "no kit: $(tail -n 3 kit.log)"

tar -xf "$CACHE/root.tar" -C "$R" || fail "no root"
chroot "$R" dpkg --purge --force-depends libarchive13 libjansson4 liblmdb0 \
	libsodium23 libgfshare2 >/dev/null 2>&1
mount --bind /dev "$R/dev" && mount -t proc proc "$R/proc" || fail "no root"
inside() { # without any network
	unshare --net chroot "$R" env -i HOME=/root LC_ALL=C.UTF-8 \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
install() {
	inside sh /stick/install "$@" >"$MEMORY/log" 2>&1
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
cp -r kit "$R/stick"
reversion "$deb" "$VERSION~before" "$R/stick/debs/$(basename "$deb")"
seal() { # KEY: the index and the list of the stick anew
	(cd "$R/stick" && dpkg-scanpackages debs >Packages 2>/dev/null &&
		find . -type f ! -name 'SHA256SUMS*' -printf '%P\0' | sort -z |
		xargs -0 sha256sum >SHA256SUMS &&
		minisign -S -s "$MEMORY/$1" -m SHA256SUMS -t kit >/dev/null)
}
refused "a changed package" --key "$KEY"
seal key
refused "no key"
refused "another key" --key "$(sed -n 2p other.pub)"
touch "$R/stick/more"
refused "a file too many" --key "$KEY"
rm "$R/stick/more"
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
rm -rf "$R/stick"
cp -r kit "$R/stick"
install || fail "no update: $(tail -n 5 log)"
inside dpkg-query -W -f '${Version}\n' meldluik-decryptor >version
grep -qx "$VERSION" version || fail "updated to: $(cat version)"
desk verify >log 2>&1 || fail "the casebook: $(tail -n 3 log)"
desk list --json >after.json && cmp before.json after.json ||
	fail "the cases changed"
umount "$R/dev" "$R/proc"
echo "release signed and whole; kit installs and updates without network, casebook kept; $n ways refused"
