#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: stock curl and packaging/courier-curl carry bundles: a desk's first
# one is taken, three messages (one of 3 MB) are fetched, resumed after a cut
# in the middle, and the real desk reads them. courier.js runs under node and
# under a stand-in of Windows Script Host. A hostile gateway's answers become
# no option of curl.
. "$(dirname "$0")/../decryptor/lib.sh"
. "$(dirname "$0")/../http/lib.sh"
R=$BIN/meldluik-reporter
D=$BIN/meldluik-decryptor
NODE=$(command -v node || command -v nodejs) || skip "no node"
[ -x "$R" ] && [ -x "$D" ] || skip "not built"
TODAY=$(TZ=Europe/Amsterdam date +%F)
desk() {
	"$D" --home "$T/home" --passphrase-file "$PASS" --today "$TODAY" "$@"
}
PIDS=
done_all() {
	for p in $PIDS; do kill "$p" 2>/dev/null; done
	gw_clean
	cleanup
}
gw_new
trap done_all EXIT
DOOR=$(free_port)
sed -i "s,^courier = unix:.*,courier = 127.0.0.1:$DOOR," "$GW/gateway.ini"
gw_start
python3 "$REPO/tests/faults/proxy.py" "$T/proxy.port" "$DOOR" \
	"$T/door.log" "$T/cut" &
PIDS=$!
said_port "$T/proxy.port"
PROXY=$SAID
cp -r "$REPO/packaging/courier-curl" "$T/usb"
cd "$T/usb" || exit 1
sed -i "s,^door =.*,door = http://127.0.0.1:$PROXY," settings.txt
sed -i 's,^retry = 8,retry = 1,' common.curl
echo "Authorization: Bearer $TOKEN" >credential.txt
# what fetch.cmd and deliver.cmd do, line for line
js() { "$NODE" "$REPO/tests/faults/wsh.js" courier.js "$1"; }
for f in fetch deliver; do
	grep -c "courier.js" $f.cmd $f.sh >/dev/null || fail "$f"
	[ "$(grep -o 'begin.*envelopes\|courier.js [a-z]*' $f.cmd | tr -d ')\r')" = \
	"$(grep -o 'begin.*envelopes\|courier.js [a-z]*' $f.sh | tr -d ')\r')" ] ||
		fail "$f.cmd and $f.sh do other steps"
done

ok desk init --batch --organisation Proef --card "$GW/card.json"
ok desk export "$T/usb"
echo "Authorization: Bearer wrong" >credential.txt
./deliver.sh >"$T/out" 2>"$T/err"
[ $? -eq 22 ] || fail "a wrong credential is not refused"
echo "Authorization: Bearer $TOKEN" >credential.txt
ok ./deliver.sh
grep -q '"applied":true' applied.json || fail "not applied"
for _ in $(seq 600); do
	curl -fs -o "$T/k" "$URL/v1/keyset.json" && break
	sleep 0.1
done

echo "Per curl." >"$T/text"
head -c 3000000 /dev/urandom >"$T/file"
for n in 1 2 3; do
	ok "$R" --gateway "$URL" --text "$T/text" --desk 1 --no-mailbox \
		$([ $n = 2 ] && echo --attach "$T/file") send
done
# cut in the third megabyte; the next run goes on
echo 1400000 >"$T/cut"
./fetch.sh >"$T/out" 2>"$T/err" && fail "a cut was not noticed"
rm "$T/cut"
[ ! -s "$T/out" ] || grep -q "are whole, [1-9][0-9]* are not" "$T/out" ||
	fail "a cut was not counted"
[ "$(find inbound-1/envelopes -size 71866c | wc -l)" = 2 ] ||
	fail "texts do not come first"
PART=$(find inbound-1/envelopes -name '*.part' -size +1M | head -1)
[ -n "$PART" ] || fail "no part to resume"
HAD=$(stat -c %s "$PART")
: >"$T/door.log"
js begin >"$T/out" && curl -q -K todo.curl && js manifests >"$T/out" &&
	curl -q -K todo.curl && js envelopes >"$T/out" &&
	curl -q -K todo.curl && js end >"$T/out" || fail "Windows' way"
grep -q "3 envelopes are whole, 0 are not" "$T/out" || fail "not all whole"
grep -aq "^Range: bytes=$HAD-" "$T/door.log" || fail "it was not resumed"
grep -aqi "^user-agent" "$T/door.log" && fail "curl says its name"
for f in inbound-1/envelopes/*.age; do
	[ "$(sha256sum <"$f" | cut -c1-64).age" = "$(basename "$f")" ] ||
		fail "a file is not its name"
done
find inbound-1 -type f -printf '%i %T@ %p\n' | sort >"$T/before"
ok ./fetch.sh
find inbound-1 -type f -printf '%i %T@ %p\n' | sort >"$T/after"
cmp -s "$T/before" "$T/after" || fail "good files were written again"
ok desk --json import "$T/usb/inbound-1"
[ "$(json "o['reports'],o['missing']")" = "(3, 0)" ] ||
	{ cat "$T/out"; fail "the desk did not read three reports"; }
# what the gateway erased (a desk that came later: all that was confirmed
# before) stands first and keeps nothing behind it away
cp -r inbound-1 "$T/kept"
rm inbound-1/envelopes/*
hash=$(printf '%064d' 7)
sed -i "s/\"envelopes\":\[/&{\"sha256\":\"$hash\",\"size\":71866},/" \
	inbound-1/manifest-1.json
grep -q "$hash" inbound-1/manifest-1.json || fail "nothing was put first"
ok ./fetch.sh
grep -q "3 envelopes are whole, 0 are not, 1 were erased" "$T/out" ||
	{ cat "$T/out"; fail "not the three behind one that was erased"; }
for f in inbound-1/envelopes/*.age; do
	cmp "$f" "$T/kept/envelopes/$(basename "$f")" || fail "$f is another"
done
rm -r inbound-1
mv "$T/kept" inbound-1
# the answer's way: a lane larger than one request can hold
ok desk export "$T/usb"
js deliver >"$T/out" && curl -q -K todo.curl || fail "second delivery"
grep -q '"applied":true' applied.json || fail "not applied again"
cp outbound-1/lane.bin "$T/lane"
head -c 2500000 /dev/urandom >outbound-1/lane.bin
rm -rf pieces
ok js deliver
cat pieces/1 pieces/2 pieces/3 | cmp - outbound-1/lane.bin ||
	fail "pieces are not the file"
rm -rf pieces
ok "$NODE" courier.js deliver
cat pieces/1 pieces/2 pieces/3 | cmp - outbound-1/lane.bin ||
	fail "node's pieces are not the file"
cp "$T/lane" outbound-1/lane.bin

# what an enemy's gateway may say
for cut in '{"serial":1,"first":"1\noutput = \"x\""}' '{}' '' \
	'{"serial":1,"first":1} output = /etc/passwd' \
	'{"serial":9999999999999999999,"first":1}'; do
	printf "$cut" >cut.json
	js manifests >"$T/out" 2>&1 && fail "taken: $cut"
done
echo '{"serial":1,"first":1}' >cut.json
printf '{"envelopes":[{"sha256":"../../%s","size":9},{"sha256":"%s","size":
 9},{"sha256":"%064d","size":12,"x":"\\noutput = \\"/tmp/x\\""}]}' "$(printf \
	'a%.0s' $(seq 58))" "$(printf 'A%.0s' $(seq 64))" 7 \
	>inbound-1/manifest-1.json
ok js envelopes
[ "$(grep -c '^output = "inbound-1/' todo.curl)" = 1 ] &&
	[ "$(grep '^output' todo.curl | grep -vc \
	'"inbound-1/envelopes/[0-9a-f]\{64\}\.part"\|"again.json"')" = 0 ] ||
	{ grep output todo.curl; fail "an enemy named a file"; }
touch "outbound-1/a b"
js deliver >"$T/out" 2>&1 && fail "a strange file was sent"
echo "pass: delivered, fetched, resumed at $HAD, read by the desk, with stock" \
	"curl $(curl --version | head -1 | cut -d' ' -f2)"
