# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# Sourced by scripts that need packages or a Debian 12 root:
#   debs           $DEBS: a folder with the packages of the tree as it is
#   root_tar       $ROOT_TAR: a minimal root with systemd and what the
#                  packages depend on, made once a week
#   root_boot DIR  boots that root, without network; $LEADER; root_run CMD...
#   root_stop
# What is made stays under $CACHE for the next test; nothing else remains.
set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
BUILD=${BUILD:-$REPO/build}
CACHE=$BUILD/deploy
VERSION=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$REPO/packaging/debian/changelog")
export LC_ALL=C.UTF-8
skip() {
	echo "skip: $*"
	exit 77
}
fail() {
	echo "FAIL: $*"
	exit 1
}
need() {
	for program; do
		command -v "$program" >/dev/null || skip "$program is missing"
	done
	[ "$(id -u)" = 0 ] || skip "needs root"
}
mkdir -p "$CACHE"

# The vendored parts, from what the build fetched already where it can
vendor() {
	local key
	VENDOR=$CACHE/vendor
	key=$(cd "$REPO" && cat keys/mlkem/package-lock.json packaging/vendor \
		CMakeLists.txt gateway/web/package-lock.json \
		gateway/web/*.mjs gateway/web/style.css gateway/web/po/* \
		gateway/web/script/* gateway/web/offline/* \
		policy/data/nl.json | sha256sum)
	[ "$(cat "$VENDOR.key" 2>/dev/null)" = "$key" ] && return
	rm -rf "$VENDOR"
	"$REPO/packaging/vendor" "$VENDOR" || fail "packaging/vendor"
	echo "$key" >"$VENDOR.key"
}

# One builds, others wait and take what it made
debs() {
	DEBS=$CACHE/debs ROOT_TAR=$CACHE/root.tar
	(
		flock 8
		debs_make
	) 8>"$CACHE/lock" || exit 1
}
debs_make() {
	local key
	key=$(git -C "$REPO" rev-parse HEAD)
	[ "$(cat "$DEBS.key" 2>/dev/null)" = "$key" ] && return
	vendor
	rm -rf "$DEBS" "$DEBS.new"
	"$REPO/packaging/make-deb" --vendor "$VENDOR" --out "$DEBS.new" \
		>/dev/null || fail "packaging/make-deb"
	mv "$DEBS.new" "$DEBS"
	echo "$key" >"$DEBS.key"
}

# Another version of a package, the same files: what an upgrade comes from
# or goes to as long as there is one release
reversion() { # DEB VERSION OUT
	local d
	d=$(mktemp -d)
	dpkg-deb -R "$1" "$d/p" &&
		sed -i "s/^Version: .*/Version: $2/" "$d/p/DEBIAN/control" &&
		dpkg-deb -b --root-owner-group "$d/p" "$3" >/dev/null ||
		fail "repacking $1"
	rm -rf "$d"
}

# Where packages come from; nothing: where mmdebstrap takes them by itself
MIRROR=${MELDLUIK_MIRROR:-}
DEPENDS="libarchive13 libcurl4 libgfshare2 libinih1 libjansson4 liblmdb0 libmicrohttpd12
libqrencode4 libseccomp2 libsodium23 libssl3 zlib1g"
# in_memory SCRIPT [ARG...]: runs it in a mount namespace of its own with a
# fresh tmpfs as $MEMORY; nothing of either remains. dpkg syncs each file.
in_memory() {
	# shellcheck disable=SC2016
	unshare --mount --propagation private bash -c 'MEMORY=$(mktemp -d) &&
		mount -t tmpfs -o size=3G,mode=755 tmpfs "$MEMORY" || exit 2
		export MEMORY; "$@"; rc=$?
		cd /; umount -l "$MEMORY"; rmdir "$MEMORY"; exit $rc' \
		in_memory "$@"
}

root_tar() {
	ROOT_TAR=$CACHE/root.tar
	(
		flock 8
		root_tar_make
	) 8>"$CACHE/lock" || exit 1
}
root_tar_make() {
	[ -n "$(find "$ROOT_TAR" -mtime -7 2>/dev/null)" ] && return
	# shellcheck disable=SC2086,SC2016,SC2046
	in_memory bash -c 'TMPDIR=$MEMORY exec "$@"' mm mmdebstrap --quiet \
		--variant=minbase --dpkgopt=force-unsafe-io \
		--include="systemd systemd-sysv dbus curl $(echo $DEPENDS)" \
		bookworm "$ROOT_TAR.new.tar" $MIRROR ||
		fail "mmdebstrap makes no root"
	mv "$ROOT_TAR.new.tar" "$ROOT_TAR"
}

root_boot() { # FOLDER [nspawn option...]
	local root=$1
	shift
	systemd-nspawn --quiet --directory "$root" --boot --register=no \
		--keep-unit --private-network --console=pipe \
		--link-journal=no --system-call-filter="landlock_create_ruleset \
		landlock_add_rule landlock_restrict_self" \
		--capability=CAP_IPC_LOCK "$@" >"$root.console" 2>&1 </dev/null &
	NSPAWN=$!
	for _ in $(seq 300); do
		LEADER=$(pgrep -P "$NSPAWN" | head -n 1)
		[ -n "$LEADER" ] && case $(root_run \
			systemctl is-system-running 2>/dev/null) in
		running | degraded) return ;;
		esac
		kill -0 "$NSPAWN" 2>/dev/null || break
		sleep 0.3
	done
	tail -n 20 "$root.console"
	fail "the root does not boot"
}
root_run() {
	nsenter -t "$LEADER" -m -u -i -n -p -r -w -- env -i \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		"$@"
}
root_stop() {
	[ -n "${NSPAWN:-}" ] || return 0
	kill -TERM "$NSPAWN" 2>/dev/null
	for _ in $(seq 100); do
		kill -0 "$NSPAWN" 2>/dev/null || break
		sleep 0.2
	done
	kill -KILL "$NSPAWN" 2>/dev/null
	wait "$NSPAWN" 2>/dev/null
	NSPAWN=
}
