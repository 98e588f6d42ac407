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
# shellcheck source=tests/bench/nginx.sh
. "$(dirname "$0")/nginx.sh"
command -v nginx >/dev/null || skip "nginx is missing"
gw_new "[limits]" "body_grace = 60"
trap rival_and_gw_clean EXIT
gw_start
gw_install --weeks 2 --desks 2
truncate -s "$SIZE" "$GW/plain"
"$BIN/fixture-seal" "$ORG" --week "$WEEK" --attach "$GW/plain" \
	>"$GW/big.age" 2>/dev/null || fail "seal"
rm "$GW/plain"
mkdir -p "$GW/dav/temp"
rival_start "$GW/dav" "location / { dav_methods PUT DELETE; }" \
	"client_body_temp_path $GW/dav/temp; client_max_body_size 0;"
PYTHONPATH=$PYTHONPATH:$(dirname "$0") python3 "$(dirname "$0")/upload.py" \
	"$PORT" "$GWPID" "$RIVAL" "$NGINX" "$GW" "$WEEK" "$ROUNDS" \
	"$BIN/bench_bare"
