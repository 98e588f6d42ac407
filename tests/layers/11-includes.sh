#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: include lines follow the layers: policy <- seal <- mailbox <- unseal
# <- decryptor; gateway never includes the unseal side; the decryptor never
# includes gateway or libcurl. Lines that each rule must catch are planted,
# and each must be found.
set -u
REPO=$(cd "$(dirname "$0")/../.." && pwd)
python3 - "$REPO" <<'PY'
import os
import re
import sys
import tempfile
root = sys.argv[1]


def contracts(folder):
    """The headers in include/meldluik of what ${folder} has the code of"""
    names = sorted(
        n[:-2] for n in os.listdir(os.path.join(root, folder))
        if n.endswith(".c") and os.path.exists(
            os.path.join(root, "include/meldluik", n[:-2] + ".h")))
    if not names:
        sys.exit("no contract has its code in " + folder)
    return r"(.*/)?meldluik/(" + "|".join(names) + r")\.h"


def inside(*folders):
    """Private headers, named by the folder that they stand in"""
    return r"(.*/)?(" + "|".join(folders) + r")/.*\.h"


# Private headers are named here too: a folder of the build would find them
UNSEAL = contracts("keys/unseal") + "|" + inside("unseal") + \
    r"|(shares_private|age_open_private|tarread)\.h"
MAILBOX = contracts("keys/mailbox") + "|" + inside("mailbox") + \
    r"|age_identity\.h"
NETWORK = r"(curl/|sys/socket\.h|netinet/|arpa/inet\.h)"
STORAGE = r"(microhttpd|lmdb|seccomp)\.h"
STORE = r"(.*/)?meldluik/store\.h"
# folder, pattern no file in it may include, lines that it must catch
RULES = [
    ("policy", r"(sodium|openssl|curl|stdio_ext|time\.h|sys/|"
     r"unistd|fcntl)", "<sodium.h>", "<time.h>", "<sys/stat.h>"),
    ("policy", r"meldluik/(age|age_.*|secret|envelope.*|minisign|keyset|"
     r"board|bundle|mailbox|keyring|store|code|report)\.h",
     '"meldluik/age_open.h"', '"meldluik/secret.h"'),
    ("policy", inside("keys", "gateway"), '"../keys/seal/hkdf.h"'),
    ("keys/seal", UNSEAL, '"meldluik/keyring.h"', '"../unseal/tarread.h"'),
    ("keys/seal", MAILBOX, '"meldluik/mailbox.h"', '"age_identity.h"'),
    ("keys/seal", inside("decryptor"), '"../decryptor/fold.h"'),
    ("keys/mailbox", UNSEAL, '"meldluik/age_open.h"', '"tarread.h"'),
    ("keys/unseal", inside("decryptor"), '"../decryptor/fold.h"'),
    ("keys/seal", NETWORK + "|" + STORAGE, "<sys/socket.h>", "<lmdb.h>"),
    ("keys/mailbox", NETWORK + "|" + STORAGE, "<netinet/in.h>",
     "<seccomp.h>"),
    ("keys/unseal", NETWORK + "|" + STORAGE, "<arpa/inet.h>",
     "<microhttpd.h>"),
    ("keys", inside("gateway") + "|" + STORE, '"../../gateway/http/hold.h"',
     '"meldluik/store.h"'),
    ("keys", r"curl/", "<curl/curl.h>"),
    ("gateway", UNSEAL, '"meldluik/keyring.h"', '"meldluik/age_open.h"',
     '"meldluik/envelope_open.h"', '"meldluik/shares.h"',
     '"shares_private.h"'),
    ("gateway", inside("keys", "unseal", "decryptor"),
     '"../../keys/unseal/shares_private.h"', '"../keys/seal/hkdf.h"',
     '"decryptor/fold.h"'),
    ("gateway/store", NETWORK + r"|microhttpd", "<sys/socket.h>",
     "<microhttpd.h>"),
    ("gateway/process", r"microhttpd|lmdb|curl/", "<microhttpd.h>",
     "<lmdb.h>", "<curl/curl.h>"),
    ("gateway/http", r"lmdb|curl/|" + STORE, "<lmdb.h>", "<curl/curl.h>",
     '"meldluik/store.h"'),
    ("gateway/pages", r"lmdb|curl/|microhttpd|" + STORE, "<microhttpd.h>",
     '"../meldluik/store.h"'),
]
# A code opens a reply in the pages without scripts and in the reporter, and
# nowhere else (gateway/DESIGN.md): a new folder has no right to it either.
RULES += [("gateway/" + f, MAILBOX, '"meldluik/mailbox.h"',
           '"meldluik/age_unwrap.h"', '"../../keys/mailbox/age_identity.h"')
          for f in sorted(os.listdir(os.path.join(root, "gateway")))
          if f not in ("pages", "reporter")
          and os.path.isdir(os.path.join(root, "gateway", f))]
LINE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')


def check(top, rules):
    found = []
    for folder, pattern, *_ in rules:
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


planted = 0
for rule in RULES:
    for line in rule[2:]:
        with tempfile.TemporaryDirectory() as t:
            os.makedirs(os.path.join(t, rule[0]))
            with open(os.path.join(t, rule[0], "x.c"), "w") as f:
                f.write("#include " + line + "\n")
            if len(check(t, [rule])) != 1:
                sys.exit(f"self-check: {line} in {rule[0]} was not found")
        planted += 1
for folder in sorted({r[0] for r in RULES}):
    if not os.path.isdir(os.path.join(root, folder)):
        sys.exit("a rule for " + folder + ", which is not there")
found = check(root, RULES)
print(*found, sep="\n", end="\n" if found else "")
if not found:
    print(len(RULES), "rules,", planted, "planted lines found; ", end="")
sys.exit(bool(found))
PY
[ $? = 0 ] || { echo "FAIL: forbidden include lines"; exit 1; }
echo "include lines follow the layers"
