#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what an envelope holds is an ordinary tar for GNU tar and bsdtar, in
# a file and in a pipe; a tar they make with the right options is accepted;
# members they can make and we do not allow are refused, each by its word.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$HERE/../../build}
ENVTOOL=$BUILD/bin/envtool
command -v bsdtar >/dev/null || { echo "bsdtar is missing"; exit 77; }
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
fail() { echo "FAIL: $*"; exit 1; }
cd "$T" || exit 1
export LC_ALL=C TZ=UTC

head -c 1 /dev/urandom >a
head -c 70000 /dev/urandom >b
head -c 2500000 /dev/urandom >c
: >d
FILES="a b c d"

# 1. our envelopes, opened by other tars
for mode in "" -p; do
	"$ENVTOOL" seal $mode $FILES >e.age || fail "seal $mode"
	"$ENVTOOL" payload <e.age >p.tar || fail "payload $mode"
	for tar in "tar" "bsdtar"; do
		rm -rf x && mkdir x
		$tar -xf p.tar -C x || fail "$tar -xf $mode"
		[ -f x/report.json ] || fail "$tar: no report.json"
		i=1
		for f in $FILES; do
			cat x/attachments/0$i* | cmp -s - $f ||
				fail "$tar: attachment $i $mode"
			i=$((i + 1))
		done
		[ "$(find x -mindepth 1 ! -type f ! -name attachments)" = "" ] ||
			fail "$tar: something that is no file"
	done
	tar -tvf p.tar >list || fail "tar -tvf"
	[ "$(cut -c1-10 list | sort -u)" = "-rw-r--r--" ] || fail "modes"
	grep -vq ' 0/0 .* 1970-01-01 00:00 ' list && fail "owner or time"
	# in a pipe: -i reads to the end, so the last chunk is verified
	rm -rf x && mkdir x
	set -o pipefail
	"$ENVTOOL" payload <e.age | tar -ixf - -C x || fail "pipe $mode"
	head -c -1 e.age | "$ENVTOOL" payload 2>/dev/null |
	    tar -ixf - -C x && fail "a cut envelope passed the pipe"
	"$ENVTOOL" payload <e.age | bsdtar -xf - -C x || fail "bsdtar pipe"
	set +o pipefail
	cat x/attachments/03* | cmp -s - c || fail "pipe: attachment 3"
	rm -rf y && mkdir y
	"$ENVTOOL" open y <e.age || fail "open $mode"
	cmp -s y/03 c && cmp -s y/report.json x/report.json ||
		fail "open differs"
done

# 2. good vectors: the same members for everybody
n=0
for v in "$HERE"/tar/ok-*.tar; do
	[ "$("$ENVTOOL" judge <"$v")" = ok ] ||
		[ "${v##*/}" = ok-larger-class.tar ] || fail "${v##*/}"
	tar -tf "$v" >l1 2>/dev/null && bsdtar -tf "$v" >l2 || fail "list $v"
	cmp -s l1 l2 || fail "${v##*/}: lists differ"
	n=$((n + 1))
done

# 3. a tar made by GNU tar with the right options is one of ours
mkdir g g/attachments
printf 'hallo\n' >g/attachments/01
cat >g/report.json <<END
{"type":"meldluik-report","version":1,"kind":"report","org":"$(printf 'a%.0s' $(seq 32))","keyset":"$(printf 'b%.0s' $(seq 64))","epoch":"2026-W48","desk":3,"message_id":"$(printf 'c%.0s' $(seq 32))","sealed_by":"cli","language":"nl","relation":"citizen","about":"","answers":{"what":"x"},"attachments":[{"name":"a","media_type":"","size":6,"sha256":"$(sha256sum <g/attachments/01 | cut -d' ' -f1)"}]}
END
GNU="tar -cf - --owner=:0 --group=:0 --numeric-owner --mode=0644 --mtime=@0"
judge() { # file, word
	got=$("$ENVTOOL" judge <"$1")
	[ "$got" = "$2" ] || fail "$3: want $2, got $got"
	n=$((n + 1))
}
(cd g && $GNU --format=ustar attachments/01 report.json) >t.tar
judge t.tar ok "GNU tar ustar"
bad() { # what, word, command in g
	(cd g && eval "$3") >t.tar || fail "making $1"
	judge t.tar "$2" "$1"
}
# 4. what they can make and we refuse
bad "GNU format" tar-magic "$GNU --format=gnu attachments/01 report.json"
bad "v7 format" tar-type "$GNU --format=v7 attachments/01 report.json 2>/dev/null"
bad "pax format" tar-pax "$GNU --format=pax --pax-option=comment=x attachments/01 report.json"
bad "owner" tar-fields "tar -cf - --format=ustar --mode=0644 --mtime=@0 --owner=jan:1000 --group=:0 attachments/01 report.json"
bad "time" tar-fields "tar -cf - --format=ustar --owner=:0 --group=:0 --numeric-owner --mode=0644 --mtime=@1700000000 attachments/01 report.json"
bad "folder" tar-directory "$GNU --format=ustar --no-recursion attachments attachments/01 report.json"
bad "order" member-after-report "$GNU --format=ustar report.json attachments/01"
bad "twice" member-duplicate "$GNU --format=ustar --hard-dereference attachments/01 attachments/01 report.json"
bad "dot" tar-name-dots "$GNU --format=ustar ./attachments/01 report.json"
bad "absolute" tar-name-absolute "$GNU -P --format=ustar \$PWD/attachments/01 report.json"
bad "parent" tar-name-dots "$GNU -P --format=ustar ../g/attachments/01 report.json"
bad "symbolic link" tar-symlink "ln -sf 01 attachments/02; $GNU --format=ustar attachments/01 attachments/02 report.json; rm attachments/02"
bad "hard link" tar-hardlink "ln -f attachments/01 attachments/02; $GNU --format=ustar attachments/01 attachments/02 report.json; rm attachments/02"
bad "fifo" tar-fifo "mkfifo attachments/02; $GNU --format=ustar attachments/01 attachments/02 report.json; rm attachments/02"
bad "long name, GNU" tar-gnu-long "L=attachments/\$(printf 'n%.0s' \$(seq 120)); cp attachments/01 \$L; $GNU --format=gnu \$L report.json; rm \$L"
bad "long name, ustar" tar-name-long "L=\$(printf 'n%.0s' \$(seq 80)); mkdir \$L; cp attachments/01 \$L/\$L; $GNU --format=ustar \$L/\$L report.json; rm -r \$L"
bad "long name, pax" tar-pax "L=attachments/\$(printf 'n%.0s' \$(seq 120)); cp attachments/01 \$L; $GNU --format=pax \$L report.json; rm \$L"
bad "sparse" tar-sparse "truncate -s 1M attachments/02; $GNU --sparse --format=gnu attachments/02 report.json; rm attachments/02" 
bad "sparse, pax" tar-pax "truncate -s 1M attachments/02; $GNU --sparse --format=pax attachments/02 report.json; rm attachments/02"
bad "bsdtar ustar" tar-size "bsdtar -cf - --format=ustar attachments/01 report.json"
bad "bsdtar pax" tar-pax "bsdtar -cf - --format=pax attachments/01 report.json"
bad "cpio" tar-checksum "bsdtar -cf - --format=newc attachments/01 report.json"
bad "zip" tar-checksum "bsdtar -cf - --format=zip attachments/01 report.json"
if [ "$(id -u)" = 0 ] && (cd g && mknod attachments/02 c 1 3) 2>/dev/null; then
	bad "device" tar-device "$GNU --format=ustar attachments/01 attachments/02 report.json; rm attachments/02"
else
	echo "weaker: no right to make a device, none in an archive"
fi
echo "GNU tar, bsdtar and we agree; $n archives judged"
