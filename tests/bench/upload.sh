#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: figure B3. An envelope of 1 GiB is uploaded in parts, durable at the
# receipt, as fast as nginx takes the same bytes by `dav PUT`, and all
# processes of the gateway stay in 32 MiB. SIZE, ROUNDS in the environment.
SIZE=${SIZE:-1073741824}
ROUNDS=${ROUNDS:-5}
BUILD=${BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
export BUILD
GW_BULK=$((SIZE * (ROUNDS + 1) * 3 / 2 + (256 << 20)))
# shellcheck source=tests/http/lib.sh
. "$(dirname "$0")/../http/lib.sh"
command -v nginx >/dev/null || skip "nginx is missing"
gw_new "[limits]" "body_grace = 60"
stop_both() {
	[ -n "${NGINX:-}" ] && kill "$NGINX" 2>/dev/null && wait "$NGINX"
	gw_clean
}
trap stop_both EXIT
gw_start
gw_install --weeks 2 --desks 2
truncate -s "$SIZE" "$GW/plain"
"$BIN/fixture-seal" "$ORG" --week "$WEEK" --attach "$GW/plain" \
	>"$GW/big.age" 2>/dev/null || fail "seal"
rm "$GW/plain"
RIVAL=$(free_port)
mkdir "$GW/dav" "$GW/dav/files" "$GW/dav/temp"
cat >"$GW/dav/nginx.conf" <<CONF
daemon off;
worker_processes auto;
pid $GW/dav/pid;
error_log $GW/dav/error.log;
events { worker_connections 1024; }
http {
	access_log off;
	client_body_temp_path $GW/dav/temp;
	client_max_body_size 0;
	server {
		listen 127.0.0.1:$RIVAL;
		root $GW/dav/files;
		location / { dav_methods PUT DELETE; }
	}
}
CONF
[ "$(id -u)" = 0 ] && sed -i "1i user root;" "$GW/dav/nginx.conf"
nginx -e "$GW/dav/error.log" -c "$GW/dav/nginx.conf" &
NGINX=$!
for _ in $(seq 50); do
	curl -s -m 2 -o /dev/null "http://127.0.0.1:$RIVAL/" && break
	sleep 0.1
done
PYTHONPATH=$PYTHONPATH:$(dirname "$0") python3 "$(dirname "$0")/upload.py" \
	"$PORT" "$GWPID" "$RIVAL" "$NGINX" "$GW" "$WEEK" "$ROUNDS"
