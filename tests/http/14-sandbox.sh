#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: each role can do what its row of the table says and nothing else: the
# program's own sandbox.c, tried from inside; and the processes that run have
# its name, are filtered, without new privileges and without capabilities but
# one. On a kernel without Landlock they say so and go on with the rest.
. "$(dirname "$0")/lib.sh"
[ -x "$BIN/web_sandbox" ] || skip "web_sandbox is not built"
D=$(mktemp -d)
trap 'rm -rf "$D"' EXIT
mkdir "$D/store"
n=0 said=
# expect ROLE ACT WHAT: killed, refused, done
expect() {
	("$BIN/web_sandbox" "$1" "$D/store" "$2") 2>/dev/null
	rc=$?
	[ $rc = 4 ] && said=$2 && echo "weaker: no Landlock, $2 is free" && return
	case $3 in
	killed) want=159 ;;
	refused) want=13 ;;
	*) want=0 ;;
	esac
	[ $rc = $want ] || { echo "FAIL: $1 $2: $rc, not $3"; exit 1; }
	n=$((n + 1))
}
expect monitor nothing done
for role in monitor web store; do
	for act in trace listen mount; do
		expect $role $act killed
	done
done
for role in web store; do
	expect $role nothing done
	for act in socket unix fork exec kill tgkill owner code; do
		expect $role $act killed
	done
	expect $role flags done
	expect $role abort done
done
expect web passwd killed
expect web own killed
expect store own done
expect store passwd refused
expect store above refused
[ -e "$D/above" ] && { echo "FAIL: a file above the folder"; exit 1; }
# a kernel without Landlock: the filter of calls stands, files are not fenced
WITHOUT=$BIN/without_landlock
[ -x "$WITHOUT" ] || skip "without_landlock is not built"
for act in "web socket 159" "web passwd 159" "store exec 159" "store own 0" \
	"store passwd 4" "web tgkill 159" "store tgkill 159"; do
	read -r role what want <<<"$act"
	("$WITHOUT" "$BIN/web_sandbox" "$role" "$D/store" "$what") 2>/dev/null
	rc=$?
	[ $rc = "$want" ] ||
		{ echo "FAIL: without Landlock $act: $rc"; exit 1; }
	n=$((n + 1))
done
rm -rf "$D"
gw_new
# and such a gateway says so, for both, and serves
GW_UNDER=$WITHOUT gw_start
for role in web store; do
	grep -q "^$role: this kernel has no Landlock" "$GW/log" ||
		fail "$role is silent about a kernel without Landlock"
	grep -q '^Seccomp:	2' "/proc/$(gw_pid $role)/status" ||
		fail "$role is not filtered without Landlock"
done
gw_install --weeks 1
gw_stop
: >"$GW/log"
gw_start
[ -n "$said" ] || ! grep -q "no Landlock" "$GW/log" ||
	fail "this kernel has Landlock, and it says there is none"
for role in monitor web store; do
	s=/proc/$(gw_pid $role)/status
	grep -q '^Seccomp:	2' "$s" || fail "$role is not filtered"
	grep -q '^NoNewPrivs:	1' "$s" || fail "$role may gain privileges"
	[ $role = monitor ] && continue
	grep -q "^Name:	meldluik-$role\$" "$s" || fail "$role has no name"
	caps=$((16#$(awk '/^CapEff/ {print $2}' "$s")))
	[ $((caps & ~(1 << 14))) = 0 ] || fail "$role has capabilities"
done
[ -z "$(ls -l /proc/"$(gw_pid web)"/fd | grep -E ' /(home|tmp|etc|var)' |
	grep -v "$GW/log")" ] || fail "web has files open"
echo "$n acts tried: allowed, refused or ended as the table of rights says"
