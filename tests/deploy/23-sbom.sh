#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the parts list of a release is valid SPDX 2.3 and complete: what the
# programs link and what that needs, what they were built with (Node.js and
# esbuild's program by their hash), what came from npm, each with version and licence. Short form: of packages without
# content that depend on what the programs here link. FULL=1: of a release.
# Lists with one fault each are refused.
. "$(dirname "$0")/lib.sh"
W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
[ -e /usr/share/nodejs/spdx-license-ids/index.json ] ||
	skip "node-spdx-license-ids is missing"
must="meldluik meldluik-gateway meldluik-courier meldluik-decryptor
meldluik-reporter libsodium23 libc6 libcurl4 libarchive13 liblmdb0 libssl3
libmicrohttpd12 systemd libjansson4 libseccomp2 libqrencode4 libgfshare2 libinih1
libsodium-dev cmake debhelper pqclean age-encryption @noble/post-quantum
zlib1g +esbuild +terser +nodejs"
case $(dpkg --print-architecture) in
amd64) must="$must +@esbuild/linux-x64" ;;
arm64) must="$must +@esbuild/linux-arm64" ;;
esac

# Packages of this build without content, and the record of a build of them
stand_ins() {
	local p
	for p in gateway courier decryptor reporter; do
		mkdir -p "$W/$p/DEBIAN"
		printf '%s\n' "Package: meldluik-$p" "Version: $VERSION" \
			"Architecture: $(dpkg --print-architecture)" \
			"Maintainer: test <test@meldluik.example>" \
			"Depends: $(linked "$p"), systemd | systemd-sysusers" \
			"Description: stand-in" \
			>"$W/$p/DEBIAN/control"
		dpkg-deb -b --root-owner-group "$W/$p" \
			"$W/release/meldluik-$p.deb" >/dev/null || fail "no $p"
	done
	{
		echo "Build-Date: Tue, 24 Nov 2026 10:00:00 +0000"
		echo "Installed-Build-Depends:"
		dpkg-query -W -f ' ${Package} (= ${Version}),\n' |
			grep -v '^ systemd ' # needed to run, not to build
	} | sort -u -k1,1 >"$W/release/meldluik.buildinfo"
}
# linked PROGRAM: the packages of its libraries, as dpkg-shlibdeps names them
linked() {
	ldd "$BUILD/bin/meldluik-$1" | awk '$3 ~ /^\// { print $3 }' |
		while read -r so; do
			dpkg-query -S "$so" 2>/dev/null ||
				dpkg-query -S "/usr$so" 2>/dev/null
		done | sed 's/:.*//' | sort -u | paste -s -d, | sed 's/,/, /g'
}

mkdir "$W/release"
if [ -n "${FULL:-}" ]; then
	need dh minisign
	debs
	minisign -G -W -f -p "$W/pub" -s "$W/key" >/dev/null || fail "no key"
	"$REPO/packaging/release" --key "$W/key" --debs "$DEBS" "$W/release" \
		>/dev/null || fail "no release"
	list=$W/release/sbom.spdx.json
	grep -q ' sbom.spdx.json$' "$W/release/SHA256SUMS" ||
		fail "the parts list is not in the signed list"
else
	[ -e /usr/share/doc/libsodium23/copyright ] ||
		skip "this machine keeps no copyright files"
	stand_ins
	list=$W/list
	"$REPO/packaging/vendor" --node >"$W/node.txt" || fail "no node"
	"$REPO/packaging/sbom" "$VERSION" "$W/release/meldluik.buildinfo" \
		"$REPO/keys/mlkem/package-lock.json" \
		"$REPO/gateway/web/package-lock.json" "$W/node.txt" \
		"$W"/release/*.deb \
		>"$list" || fail "no parts list"
fi
# shellcheck disable=SC2086
said=$(python3 "$HERE/spdx.py" "$list" $must 2>&1) || fail "$said"
echo "$said"

# One fault each, and the checker must see it
PYTHONPATH=$HERE python3 - "$list" <<'PY' || fail "the checker is blind"
import copy
import json
import sys
import spdx
tools = "+nodejs", "+esbuild"
whole = json.load(open(sys.argv[1]))
spdx.judge(whole, tools)


def first(d, name):
    return next(p for p in d["packages"] if p["name"] == name)


faults = {
    "version": lambda d: d.update(spdxVersion="SPDX-2.2"),
    "a member too many": lambda d: d.update(more=1),
    "no namespace": lambda d: d.pop("documentNamespace"),
    "date": lambda d: d["creationInfo"].update(created="2026-11-24"),
    "no licence": lambda d: first(d, "libsodium23").update(
        licenseDeclared="NOASSERTION"),
    "a licence that is none": lambda d: first(d, "libsodium23").update(
        licenseDeclared="Expat"),
    "half an expression": lambda d: first(d, "pqclean").update(
        licenseDeclared="MIT AND"),
    "no version": lambda d: first(d, "libc6").pop("versionInfo"),
    "identifier": lambda d: first(d, "pqclean").update(SPDXID="pqclean"),
    "twice": lambda d: d["packages"].append(copy.deepcopy(
        d["packages"][0])),
    "hash": lambda d: first(d, "pqclean")["checksums"][0].update(
        checksumValue="00"),
    "nobody's": lambda d: d["relationships"].clear(),
    "to nobody": lambda d: d["relationships"][0].update(
        relatedSpdxElement="SPDXRef-none"),
    "relation": lambda d: d["relationships"][-1].update(
        relationshipType="USES"),
    "a tool without a hash": lambda d: first(d, "nodejs").pop("checksums"),
    "a tool as a part": lambda d: [r.update(
        relationshipType="BUILD_DEPENDENCY_OF") for r in d["relationships"]
        if r["spdxElementId"] == first(d, "esbuild")["SPDXID"]],
    "unexplained": lambda d: d["hasExtractedLicensingInfos"].pop(),
}
for what, harm in faults.items():
    d = copy.deepcopy(whole)
    harm(d)
    try:
        spdx.judge(d, tools)
    except spdx.Wrong as w:
        continue
    sys.exit(f"not seen: {what}")
print(f"{len(faults)} faults, each seen")
PY
echo "valid and complete: $said"
