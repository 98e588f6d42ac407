#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the shipped nginx example serves the gateway over TLS, takes a whole
# report and gives a whole answer although its workers can write no file, and
# no log, file or answer holds a trace of who came. Each of its lines matters:
# without it the same visit leaves a trace or fails. The shipped tor snippet
# is one that tor takes; the Caddy example has the same lines.
. "$(dirname "$0")/../http/lib.sh"
NGINX=$(command -v nginx || echo /usr/sbin/nginx)
[ -x "$NGINX" ] || skip "nginx is missing"
[ "$(id -u)" = 0 ] || skip "needs root, for nginx workers without rights"
NG=
tidy() {
	[ -n "$NG" ] && kill "$NG" 2>/dev/null && wait "$NG" 2>/dev/null
	gw_clean
	rm -rf "$D"
}
D=$(mktemp -d)
gw_new
trap tidy EXIT
gw_start
gw_install
chmod 755 "$D"
mkdir -m 755 "$D/logs" "$D/temp"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
	-subj /CN=melden.example.nl -addext \
	subjectAltName=DNS:melden.example.nl -keyout "$D/key" -out "$D/pem" \
	2>/dev/null || fail "no certificate"
TLS=$(free_port)
serve() { # SED: the example, changed
	[ -n "$NG" ] && kill "$NG" && wait "$NG"
	rm -f "$D"/logs/*
	sed "s|listen 443 ssl|listen 127.0.0.1:$TLS ssl|; /\[::\]:443/d
		s|/etc/ssl/certs/[^;]*|$D/pem|; s|/etc/ssl/private/[^;]*|$D/key|
		s|127.0.0.1:8080|127.0.0.1:$PORT|" \
		"$REPO/packaging/terminator/nginx.conf" | sed "$1" >"$D/site"
	cat >"$D/nginx.conf" <<-END
	daemon off;
	pid $D/nginx.pid;
	user nobody nogroup;
	worker_processes 1;
	error_log $D/logs/main crit;
	events { worker_connections 64; }
	http {
		access_log $D/logs/access;
		client_body_temp_path $D/temp/body;
		proxy_temp_path $D/temp/proxy;
		fastcgi_temp_path $D/temp/fastcgi;
		uwsgi_temp_path $D/temp/uwsgi;
		scgi_temp_path $D/temp/scgi;
		include $D/site;
	}
	END
	"$NGINX" -p "$D" -c "$D/nginx.conf" >"$D/out" 2>&1 &
	NG=$!
	for _ in $(seq 100); do
		visit -o /dev/null /healthz 2>/dev/null && break
		kill -0 "$NG" 2>/dev/null || fail "nginx: $(cat "$D/out")"
		sleep 0.1
	done
	# from here on its workers can write nothing
	chown -R root:root "$D/temp"
	chmod -R 555 "$D/temp"
}
# as a visitor whose address and browser would be known again
visit() { # CURL_OPTION... PATH
	local path=${!#}
	set -- "${@:1:$#-1}"
	curl -sf -m 20 --cacert "$D/pem" --interface 127.0.0.77 \
		--resolve "melden.example.nl:$TLS:127.0.0.1" \
		-A "Kanarie-Browser/7.7" -e "http://kanarie.example/" \
		-b "kanarie=7" "$@" "https://melden.example.nl:$TLS$path"
}
report() {
	visit -X PUT --data-binary "@$D/envelope" -H "Epoch: $WEEK" \
		-H "Content-Type: application/octet-stream" -H \
		"Content-Digest: sha-256=:$(openssl dgst -sha256 -binary \
		"$D/envelope" | base64):" -o "$D/receipt" /v1/envelopes
}
traces() {
	grep -raliE "127\.0\.0\.77|kanarie" "$D/logs" "$D/temp" "$GW/store" \
		"$GW/log" 2>/dev/null
}
fresh() {
	"$BIN/fixture-seal" "$ORG" --week "$WEEK" >"$D/envelope" 2>/dev/null ||
		fail "no envelope"
}
serve ''
fresh
report || fail "no report goes in through nginx"
grep -q "meldluik receipt" "$D/receipt" || fail "no receipt comes back"
# a photo from the pages without scripts: more than nginx takes by itself
head -c 3145728 /dev/urandom >"$D/photo"
photo() { # CURL_OPTION... URL
	curl -s -m 60 -F what=Kanarie -F "files=@$D/photo" -o "$D/page" \
		-w '%{http_code}' "$@"
}
straight=$(photo "$URL/nl/report")
over=$(photo --cacert "$D/pem" --resolve "melden.example.nl:$TLS:127.0.0.1" \
	"https://melden.example.nl:$TLS/nl/report")
[ "$over" = "$straight" ] && [ "$over" != 413 ] &&
	grep -q "<main" "$D/page" || fail "a photo: $over, straight $straight"
visit -o "$D/board" /v1/board/1 || fail "the board does not come through"
curl -sf "$URL/v1/board/1" | cmp - "$D/board" || fail "the board is cut"
visit -o /dev/null /nowhere 2>/dev/null
visit -X PUT --data-binary "@$D/pem" -o /dev/null /v1/envelopes 2>/dev/null
[ -z "$(traces)" ] || fail "a trace of a visitor in $(traces)"
[ -s "$D/logs/access" ] && fail "a visit was logged"

# each line matters
serve '/access_log off/d'
visit -o /dev/null /healthz
[ -n "$(traces)" ] || fail "without access_log off nothing is logged?"
serve '/proxy_request_buffering/d'
fresh
report 2>/dev/null && fail "without proxy_request_buffering off: no file?"
serve 's|error_log /dev/null crit|error_log logs/errors info|'
fresh
report || fail "no report with an error log"
gw_stop
visit -o /dev/null /healthz 2>/dev/null
[ -n "$(traces)" ] || fail "an error log without an address?"

for line in -X-Forwarded-For -User-Agent -Cookie -Referer "output discard"; do
	grep -q -- "$line" "$REPO/packaging/terminator/Caddyfile" ||
		fail "the Caddy example lacks $line"
done
# tor takes the snippet as it stands, and knows each of its words
mkdir -m 700 "$D/tor"
sed "s|/var/lib/tor/meldluik|$D/tor/service|
	s|/run/meldluik/onion.sock|$D/onion.sock|" \
	"$REPO/packaging/tor/torrc.snippet" >"$D/torrc"
tor --verify-config -f "$D/torrc" --defaults-torrc /dev/null \
	--DataDirectory "$D/tor" >"$D/tor.log" 2>&1 ||
	fail "tor refuses the snippet: $(grep -E 'warn|err' "$D/tor.log")"
grep -qi "pow.*not\|unknown option\|unrecogni" "$D/tor.log" &&
	fail "tor does not know: $(cat "$D/tor.log")"
echo "a report and a board through nginx without a trace; 3 lines proven needed; tor takes its snippet"
