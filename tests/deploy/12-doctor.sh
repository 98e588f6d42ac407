#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: doctor says "all well" and exits 0 on a machine that is well, and for
# each thing that is broken exactly one line more asks to mend it, says how,
# and the exit status is 1.
. "$(dirname "$0")/../http/lib.sh"
gw_new "[site]" "onion = http://example.onion" "https = https://example.nl"
sed -i "s|^public = |circuits = unix:$GW/onion.sock\n&unix:$GW/onion.sock |" \
	"$GW/gateway.ini"
sed -i "s|^public = |metrics = unix:$GW/metrics.sock\n&|" "$GW/gateway.ini"
SIX=
if grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null; then
	SIX=[::1]:$PORT
	sed -i "s|^public = .*|& $SIX|" "$GW/gateway.ini"
fi
gw_start
gw_install
R=$GW/root
mkdir -p "$R/proc/sys/kernel" "$R/etc/nginx/sites-enabled" "$R/etc/tor" \
	"$R/etc/systemd/system" "$R/lib/systemd/system" \
	"$R/run/systemd/timesync"
: >"$R/run/systemd/timesync/synchronized"
cp "$REPO"/packaging/systemd/meldluik-gateway* "$R/lib/systemd/system/"
printf 'Filename Type Size Used Priority\n' >"$R/proc/swaps"
echo core >"$R/proc/sys/kernel/core_pattern"
sed "s|/run/meldluik/onion.sock|$GW/onion.sock|" \
	"$REPO/packaging/tor/torrc.snippet" >"$R/etc/tor/torrc"
sed "s|127.0.0.1:8080|127.0.0.1:$PORT|" \
	"$REPO/packaging/terminator/nginx.conf" \
	>"$R/etc/nginx/sites-enabled/meldluik"
chmod 640 "$GW/gateway.ini"
identity=$(python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["identity"])' "$GW/keyset.json")
printf '[identity]\nkey = %s\n' "$identity" >>"$GW/gateway.ini"
doctor() {
	"$BIN/meldluik-gateway" doctor --config "${INI:-$GW/gateway.ini}" \
		--root "$R" >"$GW/said" 2>&1
}
doctor || fail "a machine that is well: $(grep MEND "$GW/said")"
grep -q '^all well$' "$GW/said" || fail "it does not say so"
lines=$(grep -c '^ok ' "$GW/said")
shown=$(sed -n 's/^ok    fingerprint: \([0-9A-Z-]*\);.*/\1/p' "$GW/said")
[ -n "$shown" ] || fail "no fingerprint"
n=0
# broken SUBJECT: exactly this is to mend
broken() {
	doctor
	[ $? = 1 ] || fail "$1: exit $?"
	[ "$(grep -c '^MEND' "$GW/said")" = 1 ] ||
		fail "$1: $(grep '^MEND' "$GW/said")"
	grep -q "^MEND  $1: .*do: " "$GW/said" ||
		fail "$1 is not named: $(grep '^MEND' "$GW/said")"
	grep -q '^1 to mend$' "$GW/said" || fail "$1: not counted"
	n=$((n + 1))
}
# edit FILE SED SUBJECT: breaks a file, looks, puts it back
edit() {
	cp "$1" "$GW/kept"
	sed -i "$2" "$1"
	cmp -s "$1" "$GW/kept" && fail "$3: nothing was broken by $2"
	broken "$3"
	cp "$GW/kept" "$1"
}
echo "/dev/vda2 partition 1 0 -2" >>"$R/proc/swaps"
broken swap
sed -i '$d' "$R/proc/swaps"
edit "$R/proc/sys/kernel/core_pattern" 's/^/|x /' "core dumps"
rm "$R/run/systemd/timesync/synchronized"
broken clock
: >"$R/run/systemd/timesync/synchronized"
: >"$GW/store/damaged" # faults/40-courier.sh: who makes it and takes it away
broken records
rm "$GW/store/damaged"
chmod 750 "$GW/store"
broken permissions
chmod 700 "$GW/store"
chmod 644 "$GW/gateway.ini"
broken configuration
chmod 640 "$GW/gateway.ini"
# what only the configuration says: a copy of it
INI=$GW/other.ini
other() { # SED SUBJECT
	sed "$1" "$GW/gateway.ini" >"$INI"
	chmod 640 "$INI"
	broken "$2"
}
other 's/^bulk = .*/bulk = 8000G/' disk
room=$(df --output=avail -B1M "$GW/store" | tail -1)
size=$(df --output=size -B1M "$GW/store" | tail -1)
[ $((size - room)) -gt 2048 ] &&
	other "s/^reserve = .*/reserve = $((room + 500))M/; s/^bulk.*/bulk = 1M/" \
		"text reserve"
other '/^\[identity\]/,$d' identity
other "s|^path = .*|path = $GW/nowhere|" store
other 's|^onion = .*||' tor
other "s|^metrics = .*|metrics = unix:$GW/nowhere.sock|" counters
# any listener for reporters is one to ask
for one in unix:$GW/onion.sock 127.0.0.1:$PORT $SIX; do
	sed "s|^public = .*|public = $one|" "$GW/gateway.ini" >"$INI"
	case $one in unix:*) ;; *) sed -i '/^circuits/d' "$INI" ;; esac
	doctor
	grep -q '^ok    gateway: ' "$GW/said" ||
		fail "$one: $(grep gateway "$GW/said")"
	n=$((n + 1))
done
INI=
mv "$R/lib/systemd/system/meldluik-gateway.service" "$GW/unit"
broken units
mv "$GW/unit" "$R/lib/systemd/system/meldluik-gateway.service"
mkdir "$R/etc/systemd/system/meldluik-gateway.service.d"
broken units
rmdir "$R/etc/systemd/system/meldluik-gateway.service.d"
site=$R/etc/nginx/sites-enabled/meldluik
edit "$site" 's/access_log off/access_log on/' terminator
edit "$site" 's|error_log /dev/null|error_log /var/log/e|' terminator
edit "$site" '/proxy_request_buffering/d' terminator
edit "$site" '/proxy_max_temp_file_size/d' terminator
edit "$site" 's|proxy_http_version.*|proxy_set_header X $remote_addr;|' \
	terminator
# another server of this nginx that logs; a line that is only a comment, or of
# another server; what stands around a server counts for it
edit "$site" 's/access_log off;/access_log \/x; # access_log off;/' terminator
edit "$site" '$aserver { listen 80; return 301 https:\/\/$host$request_uri; }' \
	terminator
edit "$site" '/access_log off/d; $aserver { access_log off; error_log /dev/null; }' \
	terminator
edit "$site" 's|location / {|location /nl { access_log /x; }\n&|' terminator
cp "$site" "$GW/kept"
printf 'server { listen 80; root /var/www/html; }\n' >"$site-default"
broken terminator
grep -q 'sites-enabled/default' "$GW/said" || fail "it does not say which"
sed -i '1iaccess_log off; error_log /dev/null crit;' "$site"
doctor || fail "said for all servers: $(grep MEND "$GW/said")"
rm "$site-default"
mv "$GW/kept" "$site"
printf 'upstream here { server %s; }\n' "127.0.0.1:$PORT" >>"$site"
sed -i "s|http://127.0.0.1:$PORT|http://here|" "$site"
doctor || fail "through a name: $(grep MEND "$GW/said")"
edit "$site" '/proxy_request_buffering/d' terminator
mkdir "$R/etc/nginx/conf.d"
mv "$site" "$R/etc/nginx/conf.d/site.conf"
doctor || fail "a site in conf.d: $(grep MEND "$GW/said")"
edit "$R/etc/nginx/conf.d/site.conf" 's/access_log off/access_log on/' \
	terminator
rm -r "$R/etc/nginx/conf.d"
broken terminator
mkdir -p "$R/etc/caddy"
sed "s|127.0.0.1:8080|127.0.0.1:$PORT|" \
	"$REPO/packaging/terminator/Caddyfile" >"$R/etc/caddy/Caddyfile"
doctor || fail "a caddy that is well: $(grep MEND "$GW/said")"
edit "$R/etc/caddy/Caddyfile" '/X-Forwarded-For/d' terminator
edit "$R/etc/caddy/Caddyfile" 's/discard/stderr/' terminator
edit "$R/etc/tor/torrc" 's/PoWDefensesEnabled 1/PoWDefensesEnabled 0/' tor
edit "$R/etc/tor/torrc" '$aHiddenServiceSingleHopMode 1' tor
edit "$R/etc/tor/torrc" '$aSafeLogging 0' tor
edit "$R/etc/tor/torrc" '$ahiddenservicesinglehopmode 1' tor
edit "$R/etc/tor/torrc" '$aSAFELOGGING 0' tor
edit "$R/etc/tor/torrc" 's/^HiddenServiceExportCircuitID/#&/' tor
edit "$R/etc/tor/torrc" '/HiddenServicePort/d' tor

# a socket that is cut off from its file, while the others answer
for sock in onion courier; do
	mv "$GW/$sock.sock" "$GW/away"
	broken listener
	grep -q "unix:$GW/$sock.sock" "$GW/said" || fail "not named: $sock"
	mv "$GW/away" "$GW/$sock.sock"
done

chmod 666 "$GW/metrics.sock"
broken counters
chmod 600 "$GW/metrics.sock"

# what the gateway serves, seen on another day
on() { # DAYS SUBJECT...
	days=$1
	shift
	faketime -f "$(printf %+d "$days")d" "$BIN/meldluik-gateway" doctor --config \
		"$GW/gateway.ini" --root "$R" >"$GW/said" 2>&1 &&
		fail "in $days days all is well"
	for subject; do
		grep -q "^MEND  $subject: .*do: " "$GW/said" ||
			fail "in $days days: no word of $subject"
		n=$((n + 1))
	done
}
if command -v faketime >/dev/null; then
	on 30 board
	on 380 keyset weeks board
	grep -q "^MEND  keyset: .*keyset --renew" "$GW/said" ||
		fail "no word of how a keyset lives on"
	on -400 clock
else
	echo "weaker: no faketime, the doctor sees no other day"
fi
# alive and silent: the one that hangs is named, and how it goes on
hangs() { # web|store WORDS
	pid=$(gw_pid "$1")
	kill -STOP "$pid"
	broken gateway
	kill -CONT "$pid"
	grep -q "^MEND  gateway: .*$2.*role-$1.*kill -CONT" "$GW/said" ||
		fail "$1 hangs: $(grep '^MEND' "$GW/said")"
	for _ in $(seq 600); do
		doctor && return
		sleep 0.1
	done
	fail "$1 went on, and is still blamed: $(grep '^MEND' "$GW/said")"
}
hangs store "web answers, its store hangs"
hangs web "its web hangs"
store=$(gw_pid store) # and nobody to start another
kill -STOP "$GWPID"
kill -KILL "$store"
broken gateway
grep -q 'its store does not' "$GW/said" || fail "web is blamed for the store"
kill -CONT "$GWPID"
gw_stop
broken gateway
grep -q "does not run: nothing listens" "$GW/said" || fail "not said: no gateway"
rm -rf "$GW/store"
gw_new
chmod 640 "$GW/gateway.ini"
gw_start
"$BIN/meldluik-gateway" doctor --config "$GW/gateway.ini" --root "$R" \
	>"$GW/said" 2>&1
grep -q '^MEND  keyset: .*do: ' "$GW/said" || fail "a gateway that is not open"
n=$((n + 1))
"$BIN/meldluik-gateway" doctor --nonsense >/dev/null 2>&1
[ $? = 2 ] || fail "nonsense is taken"
echo "$lines lines well; $n ways broken, each one line that says what to do"
