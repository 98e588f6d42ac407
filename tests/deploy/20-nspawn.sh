#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: on a booted minimal Debian 12 the packages install; the hardened unit
# serves; a report survives a restart, a kill and an upgrade; several
# organisations run side by side; purge leaves nothing.
. "$(dirname "$0")/lib.sh"
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
