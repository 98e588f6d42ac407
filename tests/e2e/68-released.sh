#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the store and the casebook of every release kept in tests/data are
# opened by the programs of today, at work again on the day they were made:
# same gateway, the case is there, the report that waited is fetched and
# opened with its attachment, the answer that waited goes live and is read
# with the code. A store of a later format is refused by name and left as it
# is. MAKE=FILE: makes such a file from this tree instead (tests/data/README.md).
. "$(dirname "$0")/../decryptor/lib.sh"
TOP=$HERE
DESK=$BIN
. "$(dirname "$0")/../http/lib.sh"
R=$BIN/meldluik-reporter
C=$BIN/meldluik-courier
SHIM=$(find "$BUILD" -name libclock_shim.so | head -1)
[ -x "$R" ] && [ -x "$C" ] && [ -n "$SHIM" ] || skip "not built"
grep -q '^MELDLUIK_SANITIZE:.*=.*address' "$BUILD/CMakeCache.txt" &&
	skip "the shim and AddressSanitizer want the same calls"
done_all() {
	gw_clean
	cleanup
}
desk() { # DAY VERB...
	local day=$1
	shift
	"$DESK" --home "$T/home" --passphrase-file "$PASS" --today "$day" "$@"
}
lane() { ok "$C" --config "$T/courier.ini" "$1" "$T/stick"; }
settle() { # the courier's settings and door, and the public address
	DOOR=$(free_port)
	sed -i "s,^courier = unix:.*,courier = 127.0.0.1:$DOOR," \
		"$GW/gateway.ini"
	mkdir -p "$T/stick"
	echo "$TOKEN" >"$T/token"
	printf '[gateway]\nurl = %s\ndoor = http://127.0.0.1:%s\n' "$URL" \
		"$DOOR" >"$T/courier.ini"
	printf 'credential_file = %s\ndesk = 1\n' "$T/token" >>"$T/courier.ini"
}
fingerprint() { sed -n 's/^fingerprint //p' "$1"; }

if [ -n "${MAKE:-}" ]; then
	gw_new
	trap done_all EXIT
	settle
	gw_start
	DAY=$(date +%F)
	ok desk "$DAY" init --batch --organisation Voorbeeld \
		--card "$GW/card.json"
	ok desk "$DAY" export "$T/stick"
	lane deliver
	echo "Het eerste verhaal." >"$T/text"
	ok "$R" --gateway "$URL" --text "$T/text" --desk 1 --code-fd 9 send \
		9>"$T/code1"
	lane fetch
	ok desk "$DAY" import "$T/stick"
	ok desk "$DAY" --json list
	REF=$(json "o['cases'][0]['ref']")
	ok desk "$DAY" acknowledge "$REF"
	ok desk "$DAY" export "$T/stick"
	lane deliver
	echo "Het tweede verhaal." >"$T/text"
	head -c 20000 /dev/zero >"$T/photo"
	ok "$R" --gateway "$URL" --text "$T/text" --attach "$T/photo" \
		--desk 1 --code-fd 9 send 9>"$T/code2"
	gw_stop
	mkdir "$T/pack"
	cp -r "$GW/store" "$T/home" "$T/pack/"
	printf 'day %s\nfingerprint %s\npassphrase %s\ncode1 %s\ncode2 %s\n' \
		"$DAY" "$(fingerprint "$GW/card.err")" "$(cat "$PASS")" \
		"$(cat "$T/code1")" "$(cat "$T/code2")" >"$T/pack/expect"
	tar -C "$T/pack" --owner=0 --group=0 --mtime="$DAY" -cJf "$MAKE" .
	ls -l "$MAKE"
	exit
fi

n=0
for file in "$TOP"/tests/data/released-*.tar.xz; do
	rm -rf "$T/home" "$T/pack" "$T/stick"
	mkdir "$T/pack"
	tar -C "$T/pack" -xJf "$file" || fail "$file does not unpack"
	want() { sed -n "s/^$1 //p" "$T/pack/expect"; }
	DAY=$(want day)
	NEXT=$(date -d "$DAY + 1 day" +%F)
	want passphrase >"$PASS"
	cp -r "$T/pack/home" "$T/home"
	gw_new
	trap done_all EXIT
	settle
	rm -rf "$GW/store"
	cp -r "$T/pack/store" "$GW/store"
	chmod 700 "$GW/store"
	ok "$BIN/meldluik-gateway" card --config "$GW/gateway.ini"
	[ "$(fingerprint "$T/err")" = "$(want fingerprint)" ] ||
		fail "another gateway: $(cat "$T/err")"

	# a later format: refused by name, nothing touched
	cp -r "$GW/store" "$T/later"
	python3 - "$T/later" <<'PY' || fail "no format record"
import sys
for path, old, new in (("/index/data.mdb", b"format\0\0\0\1",
                        b"format\0\0\0\x63"),):
    data = open(sys.argv[1] + path, "rb").read()
    assert old in data
    open(sys.argv[1] + path, "wb").write(data.replace(old, new))
PY
	sed "s|^path = .*|path = $T/later|" "$GW/gateway.ini" >"$T/later.ini"
	before=$(cd "$T/later" && find . -type f ! -name lock -exec sha256sum {} + | sort)
	refused "version this program does not know" "$BIN/meldluik-gateway" \
		card --config "$T/later.ini"
	[ "$before" = "$(cd "$T/later" && find . -type f ! -name lock \
		-exec sha256sum {} + | sort)" ] || fail "a later store was changed"
	rm -rf "$T/later"

	# at work again, on the day after
	export CLOCK_FILE=$GW/clock
	python3 - "$NEXT" "$CLOCK_FILE" <<'PY' || fail "the clock"
import calendar
import struct
import sys
import time
noon = calendar.timegm(time.strptime(sys.argv[1], "%Y-%m-%d")) + 43200
open(sys.argv[2], "wb").write(struct.pack("=qq", noon - int(time.time()), 0))
PY
	LD_PRELOAD=$SHIM gw_start
	python3 - "$CLOCK_FILE" <<'PY' || fail "the beat"
import struct
import sys
with open(sys.argv[1], "r+b") as f:
    wall = struct.unpack("=qq", f.read(16))[0]
    f.seek(0)
    f.write(struct.pack("=qq", wall, 61))
PY
	ok desk "$NEXT" --json list
	[ "$(json "len(o['cases'])")" = 1 ] || fail "the casebook has not one case"
	REF=$(json "o['cases'][0]['ref']")
	ok desk "$NEXT" show "$REF"
	grep -q "Het eerste verhaal" "$T/out" || fail "the case is not readable"
	lane fetch
	ok desk "$NEXT" --json import "$T/stick"
	[ "$(json "o['reports']")" = 1 ] || fail "the report that waited: $(cat "$T/out")"
	ok desk "$NEXT" --json list
	[ "$(json "len(o['cases'])")" = 2 ] || fail "no second case"
	NEW=$(json "[c['ref'] for c in o['cases'] if c['ref'] != '$REF'][0]")
	ok desk "$NEXT" extract "$NEW" --to "$T/x$n"
	head -c 20000 /dev/zero | cmp - "$T/x$n/m01-attachment-01.data" ||
		fail "the attachment that waited"
	for _ in $(seq 100); do
		want code1 >"$T/code1"
		LD_PRELOAD=$SHIM "$R" --gateway "$URL" --code-file "$T/code1" check \
			>"$T/read" 2>&1 && grep -qi "ontvangen\|received" \
			"$T/read" && break
		sleep 0.2
	done
	grep -qi "ontvangen\|received" "$T/read" ||
		fail "the answer that waited: $(cat "$T/read")"
	gw_stop
	rm -rf "$GW"
	n=$((n + 1))
done
[ $n -ge 1 ] || fail "no data of a release"
echo "$n releases: store and casebook open, what waited arrives; a later store is refused"
