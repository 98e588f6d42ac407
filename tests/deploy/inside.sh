#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Runs in the booted root of 20-nspawn.sh, with the packages in /kit: what IT
# and a coordinator do on the first day, a restart, an upgrade, a purge.
set -u
umask 077
cd /root || exit 1
die() {
	echo "FAIL: $*"
	systemctl status --no-pager -l meldluik-gateway.service 2>&1 | tail -n 15
	journalctl --no-pager -u meldluik-gateway.service 2>/dev/null | tail -n 15
	exit 1
}
ok() { echo "ok    $*"; }
tell() { # files of the root that are not its own housekeeping
	find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /dev \
		-o -path /tmp -o -path /root -o -path /kit -o -path /var/log \
		-o -path /var/lib/dpkg -o -path /var/cache -o \
		-path /var/lib/systemd -o -path /var/lib/apt -o -path /var/tmp \
		\) -prune -o -print | sort
}
answers() {
	for _ in $(seq 100); do
		curl -fsS -m 3 -o /dev/null "$@" 2>/dev/null && return 0
		sleep 0.2
	done
	return 1
}
url=http://127.0.0.1:8080
lane() { meldluik-courier --config /root/courier.ini "$@" 2>&1; }
desk() {
	meldluik-decryptor --home /root/org/desk-1 --passphrase-file \
		/root/passphrase "$@"
}
listed() { # the stick's newest manifests name so many envelopes
	rm -rf /root/stick-"$1" && mkdir /root/stick-"$1" &&
		lane fetch /root/stick-"$1" >/root/fetch.log || {
		cat /root/fetch.log
		return 1
	}
	find /root/stick-"$1" -name '*.age' | wc -l
}

tell >/root/before
DEBIAN_FRONTEND=noninteractive dpkg -i /kit/old/*.deb >/root/dpkg.log 2>&1 ||
	{ cat /root/dpkg.log; die "the packages do not install"; }
ok "packages installed on a minimal Debian 12"
systemctl is-active --quiet meldluik-gateway.socket ||
	die "the socket unit is not active"
systemctl is-enabled --quiet meldluik-gateway.service || die "not enabled"
answers $url/healthz || die "no answer on the loopback port"
as_tor() { # a request with tor's line before it
	perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Peer =>
		"/run/meldluik/onion.sock") or die; print $s
		"PROXY TCP6 fc00:dead:beef:4dad::0:7 ::1 7 80\r\n",
		"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
		$s->flush; exit(<$s> =~ / 200 / ? 0 : 1)'
}
as_tor || die "no answer on the UNIX socket"
[ "$(systemctl show -p ActiveState --value meldluik-gateway)" = active ] ||
	die "the unit is not active"
ok "the hardened unit serves on both listeners"
pid=$(systemctl show -p MainPID --value meldluik-gateway)
[ "$(readlink /proc/"$pid"/ns/net)" != "$(readlink /proc/1/ns/net)" ] ||
	die "it has the machine's network"
grep -q '^CapBnd:	0000000000000000' /proc/"$pid"/status ||
	die "it has capabilities"
[ "$(stat -c %U /proc/"$pid")" = meldluik-gateway ] || die "wrong user"
[ "$(stat -c %a:%U /var/lib/meldluik)" = 700:meldluik-gateway ] ||
	die "the store's folder is open"
[ "$(stat -c %a:%U /etc/meldluik/gateway.ini)" = 640:root ] ||
	die "everybody reads the configuration"
systemctl show -p WatchdogTimestampMonotonic meldluik-gateway |
	grep -qv '=0$' || die "no watchdog"
journalctl -b -u meldluik-gateway --no-pager -o cat >/root/journal
grep -E "forbidden|no Landlock" /root/journal && die "rights are missing"
# a root in a machine that may not raise limits cannot either
if grep -q "cannot be locked" /root/journal &&
	grep -q '^Max locked memory *unlimited' /proc/"$pid"/limits; then
	die "the unit does not let memory be locked"
fi
ok "its own user, no capability, no network, watchdog answered"
systemd-analyze security --threshold=5 meldluik-gateway.service \
	>/root/security 2>&1 || die "$(tail -n 1 /root/security)"
ok "$(tail -n 1 /root/security | sed 's/[^ -~]//g; s/  */ /g')"

# First day: the courier's door, the card, the keys
token=$(head -c 24 /dev/urandom | base64 | tr -d '/+=\n')
printf '%s\n' "$token" >/root/token
sed -i "s|^;metrics = |metrics = |
	s|^;courier = |courier = |; s|^;\[courier\]|[courier]|
	s|^;credential_hash = .*|credential_hash = $(printf %s "$token" |
	sha256sum | cut -c1-64)|; s|^reserve = .*|reserve = 50M|
	s|^bulk = .*|bulk = 200M|; s|^floor = .*|floor = 1M|" \
	/etc/meldluik/gateway.ini
systemctl stop meldluik-gateway.service
meldluik-gateway card >/root/card.json 2>/root/card.err ||
	die "no card: $(cat /root/card.err)"
systemctl restart meldluik-gateway.socket meldluik-gateway-courier.socket \
	meldluik-gateway-metrics.socket
systemctl start meldluik-gateway.service || die "it does not start again"
echo "juist paard batterij nietje" >/root/passphrase
meldluik-decryptor --home /root/org --passphrase-file /root/passphrase init \
	--batch --desks 1 --person coordinator --organisation "Voorbeeld" \
	--card /root/card.json >/root/init.log 2>&1 ||
	die "no keys: $(tail -n 3 /root/init.log)"
cat >/root/courier.ini <<END
[gateway]
url = $url
door = http://127.0.0.1:8081
credential_file = /root/token
desk = 1
END
home=/root/org/desk-1
[ -d $home ] || ln -s /root/org $home
mkdir /root/stick
desk export /root/stick >/root/export.log 2>&1 || die "$(cat /root/export.log)"
lane deliver /root/stick >/root/deliver.log || die "$(cat /root/deliver.log)"
answers $url/v1/keyset.json || die "the keyset is not served"
curl -sf --unix-socket /run/meldluik/metrics.sock http://x/metrics \
	>/root/metrics && grep -qx "meldluik_open 1" /root/metrics ||
	die "no counters: $(cat /root/metrics)"
[ "$(stat -c %a:%U /run/meldluik/metrics.sock)" = 600:root ] ||
	die "the counters are open to others"
ok "card, keys, first bundle: open for reports"

printf 'Iemand keurt facturen van een familielid goed.\n' >/root/text
meldluik-reporter --gateway $url send --text /root/text --desk 1 --receipt \
	/root/receipt --code-fd 9 9>/root/code >/root/send.log 2>&1 ||
	die "no report goes in: $(cat /root/send.log)"
n=$(listed 1) && [ "$n" -ge 1 ] || die "the report is not listed: $n"
ok "a report went in and is listed"
systemctl restart meldluik-gateway.service || die "no restart"
answers $url/healthz || die "no answer after the restart"
m=$(listed 2) && [ "$m" -ge "$n" ] || die "after the restart: $m of $n"
ok "it is there after a restart"
mapfile -t family </sys/fs/cgroup/systemd"$(systemctl show -p ControlGroup \
	--value meldluik-gateway)"/cgroup.procs 2>/dev/null ||
	mapfile -t family </sys/fs/cgroup"$(systemctl show -p ControlGroup \
	--value meldluik-gateway)"/cgroup.procs
[ ${#family[@]} = 3 ] || die "${#family[@]} processes, not three"
kill -STOP "${family[@]:1}"
kill -KILL "$(systemctl show -p MainPID --value meldluik-gateway)"
answers $url/healthz || die "no answer after the monitor was killed"
ok "a killed monitor is started again, with all its children"

DEBIAN_FRONTEND=noninteractive dpkg -i /kit/new/*.deb >/root/dpkg.log 2>&1 ||
	{ cat /root/dpkg.log; die "no upgrade"; }
answers $url/healthz || die "no answer after the upgrade"
grep -q "^credential_hash = [0-9a-f]" /etc/meldluik/gateway.ini ||
	die "the upgrade changed the configuration"
m=$(listed 3) && [ "$m" -ge "$n" ] || die "after the upgrade: $m of $n"
desk import /root/stick-3 >/root/import.log 2>&1 ||
	die "$(tail -n 3 /root/import.log)"
desk list --json >/root/list.json && grep -q '"ref"' /root/list.json ||
	die "the desk has no case"
ok "and after an upgrade; the desk of the new version opens it"

# A second organisation on the same machine
sed 's|^path = .*|path = /var/lib/private/meldluik-gateway/twee|
	s|^public = .*|public = unix:/run/meldluik/twee.sock|
	s|^circuits = |;circuits = |
	s|^metrics = .*|metrics = unix:/run/meldluik/twee-metrics.sock|
	s|^courier = |;courier = |; s|^credential_hash|;credential_hash|' \
	/etc/meldluik/gateway.ini >/etc/meldluik/twee.ini
systemctl start meldluik-gateway@twee.service || {
	journalctl --no-pager -u meldluik-gateway@twee | tail -n 5
	die "no second organisation"
}
answers --unix-socket /run/meldluik/twee.sock http://x/healthz ||
	die "the second organisation does not answer"
curl -sf --unix-socket /run/meldluik/twee-metrics.sock http://x/metrics |
	grep -qx "meldluik_open 0" || die "it has no counters of its own"
[ "$(stat -c %U "/proc/$(systemctl show -p MainPID --value \
	meldluik-gateway@twee)")" != meldluik-gateway ] || die "the same user"
systemctl enable -q meldluik-gateway@twee.service meldluik-gateway@twee.socket
ok "a second organisation runs beside it, as another user"

journalctl -b --no-pager -o cat >/root/journal 2>/dev/null
grep -qF "$token" /root/journal && die "the token is in the journal"
grep -qF "familielid" /root/journal && die "text is in the journal"
grep -raqF "familielid" /var && die "text is on the disk"
ok "journal and disk hold neither token nor text"
DEBIAN_FRONTEND=noninteractive dpkg --purge meldluik-gateway \
	meldluik-courier meldluik-decryptor meldluik-reporter \
	>/root/dpkg.log 2>&1 || { cat /root/dpkg.log; die "no purge"; }
rm /etc/meldluik/twee.ini # IT's own
rmdir /etc/meldluik || die "purge leaves: $(ls /etc/meldluik)"
tell >/root/after
left=$(comm -13 /root/before /root/after)
[ -z "$left" ] || die "purge leaves: $left"
getent passwd meldluik-gateway >/dev/null && die "purge leaves the user"
grep -lx 'meldluik-gateway\|meldluik-gatewa' /proc/[0-9]*/comm 2>/dev/null &&
	die "purge leaves processes"
ok "purge leaves nothing"
