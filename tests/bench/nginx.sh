# shellcheck shell=bash
# SPDX-License-Identifier: EUPL-1.2
# Sourced after ../http/lib.sh by the benches whose rival is nginx.
#   rival_start FOLDER [SERVER [HTTP [LISTEN]]]  nginx on a free port, $RIVAL,
#                 pid $NGINX, with FOLDER/files as its root; more lines of its
#                 configuration, more words of its listener
#   rival_and_gw_clean                  both, for a trap
NGINX=
rival_start() {
	RIVAL=$(free_port)
	mkdir -p "$1/files"
	{
		# files of root's, in a folder that is root's alone
		[ "$(id -u)" = 0 ] && echo "user root;"
		cat <<CONF
daemon off;
worker_processes auto;
pid $1/pid;
error_log $1/error.log;
worker_rlimit_nofile 30000;
events { worker_connections 12000; }
http {
	access_log off;
	sendfile on;
	open_file_cache max=64;
	keepalive_requests 1000000;
	default_type text/html;
	${3:-}
	server {
		listen 127.0.0.1:$RIVAL ${4:-};
		root $1/files;
		${2:-}
	}
}
CONF
	} >"$1/nginx.conf"
	nginx -e "$1/error.log" -c "$1/nginx.conf" &
	NGINX=$!
	for _ in $(seq 100); do
		curl -s -m 2 -o /dev/null "http://127.0.0.1:$RIVAL/" && return 0
		sleep 0.1
	done
	fail "nginx does not answer"
}

rival_and_gw_clean() {
	[ -n "$NGINX" ] && kill "$NGINX" 2>/dev/null && wait "$NGINX"
	NGINX=
	gw_clean
}
