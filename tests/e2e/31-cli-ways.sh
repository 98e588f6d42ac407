#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the reporter's program on a bad road. SOCKS: names are resolved by the
# proxy, nothing else is connected to, each operation has a user name of its
# own. TLS: only a certificate that is right. A busy, full, cut or lying
# gateway: waits, goes on where it stopped, also in a later run, or says what
# happened; never a false "received". The code is typed without echo and
# stands in no argument and no environment. Sealing needs no network.
. "$(dirname "$0")/../decryptor/lib.sh"
. "$(dirname "$0")/../http/lib.sh"
E2E=$REPO/tests/e2e
R=$BIN/meldluik-reporter
[ -x "$R" ] && [ -x "$BIN/fixture" ] || skip "reporter is not built"
PIDS=
done_all() {
	for p in $PIDS; do kill "$p" 2>/dev/null; done
	gw_clean
	cleanup
}
gw_new
trap done_all EXIT
gw_start
gw_install --weeks 2 --desks 2
up() { # waits for PORT
	for _ in $(seq 600); do
		python3 -c "import socket
socket.create_connection(('127.0.0.1', $1)).close()" 2>/dev/null && return
		sleep 0.1
	done
	fail "nothing listens on $1"
}
faulty() { # PORT ARGS...: rules in $T/rules, log in $T/asked
	python3 "$E2E/faulty.py" "$1" "$T/rules" "$T/asked" "${@:2}" &
	PIDS="$PIDS $!"
	up "$1"
}
echo '[]' >"$T/rules"
rules() { printf '%s' "$1" >"$T/rules"; : >"$T/asked"; }
echo "Er is iets." >"$T/text"
head -c 5000000 /dev/urandom >"$T/file"
FP=$("$R" --gateway "$URL" verify keyset 2>/dev/null |
	sed -n 's/^Fingerprint *//p')
SEND="--fingerprint $FP --text $T/text --desk 1"

# --- no network: not one socket
ok unshare -n strace -f -o "$T/trace" -e trace=network "$R" --keyset "$ORG" \
	$SEND --attach "$T/file" --no-mailbox --out "$T/big" seal
ok unshare -n "$R" --keyset "$ORG" $SEND --code-fd 3 --out "$T/small" seal \
	3>"$T/code"
grep -q 'exited with 0' "$T/trace" || fail "no trace of the sealing"
grep -E 'socket\(|connect\(' "$T/trace" && fail "sealing opens a socket"
refused "never replaced" "$R" --keyset "$ORG" $SEND --no-mailbox \
	--out "$T/small" seal

# --- SOCKS
ONION=$(printf 'a%.0s' $(seq 56)).onion
SOCKS=$(free_port)
python3 "$E2E/socks.py" "$SOCKS" "$T/socks" "$ONION=$PORT" &
PIDS="$PIDS $!"
up "$SOCKS"
TOR="--gateway http://$ONION --proxy socks5h://127.0.0.1:$SOCKS"
: >"$T/socks"
ok env http_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 \
	NO_PROXY='*' no_proxy='*' strace -f -o "$T/trace" \
	-e trace=connect,sendto,sendmsg,sendmmsg "$R" $TOR $SEND \
	--no-mailbox send
ok "$R" $TOR --code-file "$T/code" --fingerprint "$FP" check
ok "$R" $TOR --fingerprint "$FP" verify keyset
grep -oE 'sin_port=htons\([0-9]+\)|AF_UNIX|AF_INET6|AF_NETLINK' "$T/trace" |
	sort -u >"$T/reached"
[ "$(cat "$T/reached")" = "sin_port=htons($SOCKS)" ] ||
	{ cat "$T/reached"; fail "something but the proxy was reached"; }
python3 - "$T/socks" "$ONION" 3 <<'PY' || fail "users of the proxy"
import re
import sys
lines = [s.split() for s in open(sys.argv[1])]
users = list(dict.fromkeys(w[0] for w in lines))
print(len(lines), "connections,", len(users), "user names")
sys.exit(not (len(users) >= int(sys.argv[3]) and
              all(re.fullmatch("[0-9a-f]{32}", u) for u in users) and
              all(w[2:] == [sys.argv[2], "80"] for w in lines) and
              # of one operation stand together: none comes back later
              users == [u for i, u in enumerate(w[0] for w in lines)
                        if i == 0 or lines[i - 1][0] != u]))
PY
for bad in socks5://127.0.0.1:$SOCKS http://127.0.0.1:$SOCKS \
	socks5h://me@127.0.0.1:$SOCKS socks4a://127.0.0.1:$SOCKS; do
	"$R" --gateway "http://$ONION" --proxy "$bad" verify keyset \
		>"$T/out" 2>"$T/err"
	[ $? -eq 2 ] || fail "proxy $bad is not refused"
done
refused "keyset" "$R" --gateway http://b.onion --tries 1 \
	--proxy "socks5h://127.0.0.1:$SOCKS" verify keyset
refused "keyset" "$R" --gateway "http://$ONION" --tries 1 \
	--proxy "socks5h://127.0.0.1:1" verify keyset

# --- TLS, by name through the same proxy
cert() { # NAME CN DAYS [CA]
	openssl req -newkey rsa:2048 -nodes -keyout "$T/$1.key" -subj "/CN=$2" \
		-out "$T/$1.csr" 2>/dev/null
	printf 'subjectAltName=DNS:%s\n' "$2" >"$T/ext"
	openssl x509 -req -in "$T/$1.csr" -CA "$T/${4:-ca}.pem" \
		-CAkey "$T/${4:-ca}.key" -CAcreateserial -extfile "$T/ext" \
		-not_after 2>/dev/null "$3" -out "$T/$1.pem" ||
	openssl x509 -req -in "$T/$1.csr" -CA "$T/${4:-ca}.pem" \
		-CAkey "$T/${4:-ca}.key" -CAcreateserial -extfile "$T/ext" \
		-days "$3" -out "$T/$1.pem" 2>/dev/null || fail "openssl"
}
for ca in ca other; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/$ca.key" \
		-subj "/CN=$ca of a test" -days 3 -out "$T/$ca.pem" 2>/dev/null
done
cert right melding.example 2
cert wrong else.example 2
cert old melding.example 0
cert foreign melding.example 2 other
names=
for c in right wrong old foreign; do
	p=$(free_port)
	faulty "$p" --to "$PORT" --tls "$T/$c.pem" "$T/$c.key"
	s=$(free_port)
	python3 "$E2E/socks.py" "$s" "$T/socks2" "melding.example=$p" &
	PIDS="$PIDS $!"
	up "$s"
	eval "S_$c=$s"
done
tls() { # CERTIFICATE ARGS...
	local s=S_$1
	shift
	"$R" --gateway https://melding.example --tries 1 \
		--proxy "socks5h://127.0.0.1:${!s}" "$@"
}
ok tls right --ca "$T/ca.pem" $SEND --no-mailbox send
refused "keyset: .*certificate" tls right verify keyset
refused "keyset: .*certificate\|keyset: .*SSL" tls wrong --ca "$T/ca.pem" \
	verify keyset
refused "keyset: .*certificate" tls foreign --ca "$T/ca.pem" verify keyset
sleep 1 # a certificate of no days ends now
refused "keyset: .*certificate" tls old --ca "$T/ca.pem" verify keyset

# --- a gateway that is busy, full, cut, or lies
F=$(free_port)
faulty "$F" --to "$PORT"
FAULTY="--gateway http://127.0.0.1:$F"
busy='"status":503,"headers":{"Retry-After":"2"},"body":"{\"error\":\"busy\"}"'
rules '[{"method":"PUT","path":"/v1/envelopes","times":2,'"$busy"'}]'
began=$(date +%s%N)
ok "$R" $FAULTY $SEND --no-mailbox --receipt "$T/receipt" send
[ $((($(date +%s%N) - began) / 1000000)) -ge 4000 ] ||
	fail "it did not wait twice the two seconds it was asked to"
grep -q "busy; trying again in 2 s" "$T/err" || fail "nothing said of waiting"
[ "$(grep -c '^PUT' "$T/asked")" = 3 ] || fail "not three tries"
[ "$(grep '^PUT' "$T/asked" | sort -u | wc -l)" = 1 ] ||
	fail "the tries are not the same request"
rules '[{"method":"PUT","path":"/v1/envelopes",'"$busy"'}]'
refused "very busy; nothing was received" "$R" $FAULTY $SEND --no-mailbox \
	--tries 1 --receipt "$T/none" send
[ -e "$T/none" ] && fail "a receipt of nothing"
rules '[{"method":"POST","path":"/v1/uploads","status":507,
	"body":"{\"error\":\"full\"}"}]'
refused "only messages without attachments" "$R" $FAULTY $SEND --no-mailbox \
	--attach "$T/file" send
ok "$R" $FAULTY $SEND --no-mailbox send
for answer in '"status":500,"body":"{\"error\":\"io\"}"' \
	'"status":413,"body":""' '"status":409,"body":"x"' \
	'"status":302,"headers":{"Location":"http://127.0.0.1:'"$PORT"'/"}' \
	'"status":200,"body":"ok"' '"status":201,"body":"thank you"' \
	'"status":201,"body":""' \
	'"status":503,"headers":{"Retry-After":"-1"},"body":"<html>"' '"cut":1'; do
	rules '[{"method":"PUT","path":"/v1/envelopes",'"$answer"'}]'
	"$R" $FAULTY $SEND --no-mailbox --tries 1 --receipt "$T/none" send \
		>"$T/out" 2>"$T/err"
	[ $? -eq 1 ] && [ -s "$T/err" ] || fail "answered $answer"
	grep -q "Received on" "$T/out" && fail "believed: $answer"
	[ -e "$T/none" ] && fail "a receipt of nothing: $answer"
done
grep -q "cannot be told whether" "$T/err" || fail "a lost answer is a refusal"
# a right receipt, of another message
NOTE=$(python3 -c "import json, sys
print(json.dumps(open('$T/receipt').read()))")
rules '[{"method":"PUT","path":"/v1/envelopes","status":201,"body":'"$NOTE"'}]'
refused "not with a receipt of" "$R" $FAULTY $SEND --no-mailbox send
# too long an answer
LONG=$(printf 'x%.0s' $(seq 3000))
rules '[{"method":"PUT","path":"/v1/envelopes","status":201,
	"body":"'"$LONG"'"}]'
refused "" "$R" $FAULTY $SEND --no-mailbox --tries 1 send

# --- resume: within a run, and in a later one
rules '[{"method":"PUT","path":"/v1/uploads","after":2,"times":1,"cut":1}]'
ok "$R" $FAULTY $SEND --no-mailbox --attach "$T/file" --tries 3 send
[ "$(grep -c '^POST' "$T/asked")" = 1 ] || fail "a cut began it anew"
[ "$(grep -c "send: [0-9]* % of" "$T/err")" -ge 4 ] &&
	grep -q "send: 100 %" "$T/err" || fail "no progress of the sending"
grep -q "seal: 100 %" "$T/err" || fail "no progress of the sealing"
rules '[{"method":"PUT","path":"/v1/uploads","after":3,"cut":1}]'
refused "" "$R" $FAULTY --fingerprint "$FP" --state "$T/state" --tries 1 \
	send "$T/big"
rules '[]'
ok "$R" $FAULTY --fingerprint "$FP" --state "$T/state" send "$T/big"
grep -q "going on at part 4 of" "$T/err" || fail "the later run began anew"
grep -q '^POST' "$T/asked" && fail "a new upload"
[ "$(grep -c 'Upload-Part=[1-3]$' "$T/asked")" = 0 ] ||
	fail "parts were sent again"
[ -z "$(find "$T/state" -name 'upload-*')" ] || fail "the upload is remembered"
# the finish was cut: the parts are all there, only the receipt is missing
rules '[{"method":"PUT","path":"/v1/envelopes","cut":1}]'
refused "" "$R" $FAULTY --fingerprint "$FP" --state "$T/state" --tries 1 \
	send "$T/big"
rules '[]'
ok "$R" $FAULTY --fingerprint "$FP" --state "$T/state" \
	--receipt "$T/r-big" send "$T/big"
[ "$(grep -c '^PUT /v1/uploads' "$T/asked")" = 1 ] || fail "parts sent again"
ok "$R" --gateway "$URL" --fingerprint "$FP" --sealed "$T/big" \
	verify receipt "$T/r-big"
# a store that ended lost the last part, which it had answered
rules '[]'
ok "$R" $FAULTY $SEND --no-mailbox --attach "$T/file" send
parts=$(grep -c '^PUT /v1/uploads' "$T/asked")
rules '[{"method":"PUT","path":"/v1/uploads","after":'$((parts - 1))',
	"times":1,"status":204}]'
ok "$R" $FAULTY $SEND --no-mailbox --attach "$T/file" send
grep -q "going on at part $parts of $parts" "$T/err" || fail "not gone on"
# an upload that the gateway forgot, and a spoiled memory
U=$T/state/upload-$(tar -xOf "$T/big" envelope.age | sha256sum | cut -c1-32)
for id in "$(printf '0%.0s' $(seq 32))" "../../x" ""; do
	printf '%s\n' "$id" >"$U"
	ok "$R" $FAULTY --fingerprint "$FP" --state "$T/state" send "$T/big"
done
# 410: a sealed file says so; a text is sealed again, with other weeks, and
# when none is taken that is said
rules '[{"method":"PUT","path":"/v1/envelopes","status":410,
	"body":"{\"error\":\"epoch\"}"}]'
refused "seal the message again" "$R" $FAULTY --fingerprint "$FP" send \
	"$T/small"
refused "date of this computer" "$R" $FAULTY $SEND --no-mailbox send
[ "$(grep -o 'Epoch=[^ ]*' "$T/asked" | sort -u | wc -l)" = 2 ] ||
	fail "not both weeks were tried"
rules '[]'

# --- a board that is held back
CHECK="$R $FAULTY --fingerprint $FP --code-file $T/code"
ok $CHECK --state "$T/state2" check
grep -q "board of desk" "$T/err" && fail "a board that is there: $(cat "$T/err")"
rules '[{"method":"GET","path":"/v1/board/1.json","whole":1,"status":404,
	"body":"{\"error\":\"unknown\"}"}]'
ok $CHECK --json check
grep -q '"missing": *1' "$T/out" || fail "not counted: $(cat "$T/out")"
grep -q "board of desk 1: is not there" "$T/err" || fail "not said"
refused "was there before and is not now" $CHECK --state "$T/state2" check
refused "nothing was sent" $CHECK --state "$T/state2" --text "$T/text" \
	follow-up
rules '[]'

# --- the terminal
ok python3 "$E2E/terminal.py" "$T/code" "$R" $FAULTY --fingerprint "$FP" check
grep -q "no answer for this code" "$T/out" || fail "check on a terminal"
ok python3 "$E2E/terminal.py" "$T/code" "$R" $FAULTY --fingerprint "$FP" \
	--text "$T/text" follow-up
ok python3 "$E2E/terminal.py" "$T/code" "$R" $FAULTY --fingerprint "$FP" \
	withdraw
python3 "$E2E/terminal.py" "$T/code" --interrupt "$R" $FAULTY \
	--fingerprint "$FP" check >"$T/out" 2>"$T/err"
[ $? -eq 1 ] || fail "Ctrl-C at the question"
# new code: on the terminal itself, whatever becomes of the outputs
python3 - "$R" $FAULTY $SEND send >"$T/out" 2>"$T/err" <<'PY' ||
import os
import pty
import re
import subprocess
import sys
pid, fd = pty.fork()
if pid == 0:
    r = subprocess.run(sys.argv[1:], capture_output=True)
    code = re.compile(rb"([0-9A-Z]{4}-){6}[0-9A-Z]{4}")
    os._exit(3 if code.search(r.stdout + r.stderr) else r.returncode)
seen = b""
while True:
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    seen += piece
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
once = len(re.findall(rb"([0-9A-Z]{4}-){6}[0-9A-Z]{4}", seen))
sys.exit(status or once != 1)
PY
	{ cat "$T/err"; fail "the code on the terminal"; }
# no terminal: nothing is sent
: >"$T/asked"
setsid "$R" $FAULTY $SEND send >"$T/out" 2>"$T/err"
[ $? -eq 2 ] && grep -q "Nothing was sent" "$T/err" || fail "no terminal"
grep -q '^PUT' "$T/asked" && fail "sent without its writer having the code"
script -qec "$R $FAULTY $SEND --no-mailbox --attach $T/file send" /dev/null \
	>"$T/out" 2>&1 || { cat "$T/out"; fail "send on a terminal"; }
grep -q 'send \[########################################\] 100 %' "$T/out" ||
	fail "no bar on a terminal"
echo "pass: SOCKS, TLS, 410, 503, 507, cut and lying answers, resume in a" \
	"later run, code on the terminal, sealing without network"
