#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: on a booted minimal Debian 12 the packages install; the hardened unit
# serves; a report survives a restart, a kill and an upgrade; several
# organisations run side by side; purge leaves nothing. That takes minutes and
# needs FULL=1; the short form reads the units as systemd does.
. "$(dirname "$0")/lib.sh"
if [ -z "${FULL:-}" ]; then
	cd "$REPO/packaging/systemd" || exit 2
	n=0
	for unit in *.service *.socket *.timer; do
		said=$(systemd-analyze verify "./$unit" 2>&1 |
			grep -E "^(\./)?$unit:[0-9]+:|Unknown|Failed to parse|bad-setting")
		[ -z "$said" ] || fail "$unit: $said"
		n=$((n + 1))
	done
	# the longest names of organisations that packaging/OPERATING.md allows
	mkdir -p "${OUT:=$(mktemp -d)}/units"
	for unit in *@.service; do
		for name in gemeente-s-hertogenbosch veiligheidsregio-zuid-limb; do
			one=$OUT/units/${unit%@.service}@$name.service
			grep -q '^User=m[gc]-%i$' "$unit" || fail "$unit: whose user"
			cp "$unit" "$one"
			systemd-analyze verify "$one" 2>&1 |
				grep -i "user/group name" && fail "$unit: $name"
		done
	done
	for unit in meldluik-gateway.service meldluik-gateway@.service; do
		systemd-analyze security --offline=true --threshold=2 "$unit" \
			>"${OUT:-/tmp}/said" 2>&1 ||
			fail "$unit: $(tail -n 1 "${OUT:-/tmp}/said")"
	done
	echo "$n units read without complaint, $(grep -oE '[0-9.]+ [A-Z]+' "${OUT:-/tmp}/said" | tail -n 1)"
	exit 0
fi
if [ -z "${MEMORY:-}" ]; then
	need mmdebstrap systemd-nspawn dh nsenter
	debs
	root_tar
	in_memory "$0"
	exit
fi
DEBS=$CACHE/debs ROOT_TAR=$CACHE/root.tar W=$MEMORY
NSPAWN=
trap root_stop EXIT
mkdir -p "$W/root" "$W/kit/old" "$W/kit/new"
tar -xf "$ROOT_TAR" -C "$W/root" || fail "the root does not unpack"
for name in gateway courier decryptor reporter; do
	deb=$DEBS/meldluik-${name}_${VERSION}_$(dpkg --print-architecture).deb
	cp "$deb" "$W/kit/new/"
	reversion "$deb" "$VERSION~before" "$W/kit/old/$name.deb"
done
cp "$HERE/inside.sh" "$W/kit/"
root_boot "$W/root" --bind-ro="$W/kit:/kit"
root_run bash /kit/inside.sh 2>&1 | tee "$W/said"
[ "${PIPESTATUS[0]}" = 0 ] || fail "see above"
root_stop
echo "$(grep -c '^ok' "$W/said") steps in a booted Debian 12, purge leaves nothing"
