#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: include lines follow the layers: policy <- seal <- mailbox <- unseal
# <- decryptor; gateway never includes the unseal side; the decryptor never
# includes gateway or libcurl. A planted forbidden line must be found.
set -u
REPO=$(cd "$(dirname "$0")/../.." && pwd)
python3 - "$REPO" <<'PY'
import os
import re
import sys
import tempfile
root = sys.argv[1]
UNSEAL = r"meldluik/(age_open|envelope_open|keyring|shares|ceremony)\.h"
MAILBOX = r"meldluik/(age_unwrap|mailbox)\.h"
NETWORK = r"(curl/|sys/socket\.h|netinet/|arpa/inet\.h)"
STORAGE = r"(microhttpd|lmdb|seccomp)\.h"
# folder, pattern no file in it may include
RULES = [
    ("policy", r"(sodium|openssl|curl|stdio_ext|time\.h|sys/|"
     r"unistd|fcntl)"),
    ("policy", r"meldluik/(age|age_.*|secret|envelope.*|minisign|keyset|"
     r"board|bundle|mailbox|keyring|store|code|report)\.h"),
    ("keys/seal", UNSEAL + "|" + MAILBOX + "|" + NETWORK + "|" + STORAGE),
    ("keys/seal", r"\.\./(unseal|mailbox|decryptor)/"),
    ("keys/mailbox", UNSEAL + "|" + NETWORK + "|" + STORAGE),
    ("keys/unseal", NETWORK + "|" + STORAGE),
    ("keys", r"gateway/|meldluik/store\.h"),
    ("keys", r"curl/"),
    ("gateway", UNSEAL),
    ("gateway", r"(keys|unseal|decryptor)/.*\.h"),
    ("gateway/store", MAILBOX + "|" + NETWORK + r"|microhttpd"),
    ("gateway/process", r"microhttpd|lmdb|curl/"),
    ("gateway/http", r"lmdb|curl/|meldluik/store\.h"),
    ("gateway/pages", r"lmdb|curl/|microhttpd|meldluik/store\.h"),
]
LINE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')


def check(top):
    found = []
    for folder, pattern in RULES:
        bad = re.compile(pattern)
        for where, _, names in os.walk(os.path.join(top, folder)):
            for n in names:
                if not n.endswith((".c", ".h")):
                    continue
                p = os.path.join(where, n)
                for i, line in enumerate(open(p, encoding="utf-8"), 1):
                    m = LINE.match(line)
                    if m and bad.match(m.group(1)):
                        found.append("%s:%d %s" % (
                            os.path.relpath(p, top), i, m.group(1)))
    return found


with tempfile.TemporaryDirectory() as t:
    os.makedirs(t + "/gateway/http")
    with open(t + "/gateway/http/x.c", "w") as f:
        f.write('#include "meldluik/keyring.h"\n')
    if len(check(t)) != 1:
        sys.exit("self-check: a planted line was not found")
found = check(root)
print("\n".join(found))
sys.exit(bool(found))
PY
[ $? = 0 ] || { echo "FAIL: forbidden include lines"; exit 1; }
echo "include lines follow the layers"
