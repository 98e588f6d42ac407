# SPDX-License-Identifier: EUPL-1.2
"""Whether the AppArmor profile of each program lets it open what its sources
name by a whole path. apparmor.py TOP; prints how many were looked at.
A path that is only said to a program it starts (which has a fence of its own)
is left out, and so is what every profile has by <abstractions/base>."""
import pathlib
import re
import sys

top = pathlib.Path(sys.argv[1])
PARTS = {"gateway": ["gateway/main.c", "gateway/doctor", "gateway/process",
                     "gateway/http", "gateway/store", "gateway/pages"],
         "courier": ["gateway/courier"],
         "reporter": ["gateway/reporter", "gateway/transfer"],
         "decryptor": ["keys/decryptor"]}
SAID = {"/dev/null", "/usr/bin", "/usr/bin/mat2", "/etc/alternatives",
        "/etc/mime.types"}
LITERAL = re.compile(r'"(/(?:proc|dev|sys|run|etc|usr)/[^" ]*[^"/ ])[" ]')
PIECE = {"**": ".*", "*": "[^/]*", "{": "(", "}": ")", ",": "|"}


def allowed(name):
    for line in (top / "packaging/apparmor" / f"usr.bin.meldluik-{name}"
                 ).read_text().splitlines():
        rule = line.strip().removeprefix("owner ").split(" ")[0]
        if rule.startswith(("/", "@{")) and not rule.endswith(">,"):
            rule = re.sub(r"@\{(PROC|run|sys)\}",
                          lambda m: "/" + m[1].lower(), rule)
            rule = rule.replace("@{pid}", "self")
            yield re.compile("".join(
                PIECE.get(p, re.escape(p)) for p in
                re.findall(r"\*\*|[*{},]|[^*{},]+", rule)))


looked = 0
for name, parts in PARTS.items():
    rules = list(allowed(name))
    files = [f for p in parts for f in ([top / p] if p.endswith(".c") else
                                        sorted((top / p).rglob("*.c")))]
    for path in sorted({m for f in files
                        for m in LITERAL.findall(f.read_text())} - SAID):
        path = re.sub("%[a-z]", "1", path)
        if path.startswith("/proc/self/fd/"):
            continue
        looked += 1
        if not any(r.fullmatch(p) for r in rules
                   for p in (path, path + "/", path + "/x")):
            sys.exit(f"apparmor of {name}: no {path}")
print(looked)
