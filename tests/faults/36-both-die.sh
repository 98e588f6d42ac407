#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: web and store end at the same moment, again and again; the monitor
# starts both again and the service answers. (It once gave up: the one that it
# started first was to get a channel to the other, which was dead.)
. "$(dirname "$0")/../http/lib.sh"
gw_new
trap gw_clean EXIT
gw_start
rounds=12
[ -n "${FULL:-}" ] && rounds=300
for round in $(seq $rounds); do
	web=$(gw_pid web)
	store=$(gw_pid store)
	kill -STOP "$web" "$store"
	kill -KILL "$web" "$store"
	back=no
	for _ in $(seq 300); do
		if [ "$(gw_pid web)" != "$web" ] &&
			[ "$(gw_pid store)" != "$store" ] &&
			curl -sf -m 2 -o /dev/null "$URL/healthz"; then
			back=yes
			break
		fi
		sleep 0.1
	done
	[ $back = yes ] || fail "round $round: the service is not back"
done
echo "$rounds times both ended together, $rounds times back"
