#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Goal: codes and their keys as FORMAT.md section 4 says, worked out again
# by Python's hashlib and hmac for 50 codes; and the vectors are those of
# the generator.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$HERE/../../build}
command -v python3 >/dev/null || { echo "python3 is missing"; exit 77; }
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT

python3 - "$BUILD/bin/codetool" <<'END' || exit 1
import hashlib, hmac, subprocess, sys
letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
for i in range(50):
    raw = bytes([i % 63 + 1]) + hashlib.sha256(b"%d" % i).digest()[:14]
    org = hashlib.sha256(b"org %d" % i).digest()[:16]
    check = hashlib.sha256(b"meldluik/v1/code-check" + raw).digest()
    n = int.from_bytes(raw, "big") << 20 | int.from_bytes(check, "big") >> 236
    text = "".join(letters[n >> 5 * k & 31] for k in range(27, -1, -1))
    prk = hmac.new(org, raw, "sha256").digest()
    def key(info, size):
        return hmac.new(prk, info + b"\x01", "sha256").digest()[:size].hex()
    want = ["-".join(text[k:k + 4] for k in range(0, 28, 4)),
            key(b"meldluik/v1/mailbox", 32), key(b"meldluik/v1/thread", 32),
            key(b"meldluik/v1/tag", 32), key(b"meldluik/v1/message-id", 16)]
    got = subprocess.run([sys.argv[1], raw.hex(), org.hex()], check=True,
                         capture_output=True, text=True).stdout.split()
    if got != want:
        sys.exit("FAIL: code %d: want %s, got %s" % (i, want, got))
END
cp -r "$HERE/make-formats.py" "$HERE/formats" "$HERE/thread-keys.json" "$T" &&
	python3 "$T/make-formats.py" || exit 1
for f in json code report tar; do
	diff -r "$T/$f" "$HERE/$f" >/dev/null ||
		{ echo "FAIL: $f/ is not what the generator makes"; exit 1; }
done
echo "50 codes and their keys agree; vectors are the generator's"
