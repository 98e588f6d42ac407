# SPDX-License-Identifier: EUPL-1.2
"""Makes a copy of the tree in which every check can be taken out by its
number: mutate.py TREE COPY writes COPY and COPY/guards.json. A file is
written only if it changed, so that a second build is short."""
import json
import os
import re
import shutil
import sys

import csource

FOLDERS = ("policy", "keys", "gateway")
# Tools of the build itself
NOT = ("policy/build/",)
ALLOCATES = (r"(\w*alloc|reallocarray|strn?dup|secret_new|\w+_new\w*|"
             r"json_(object|array|string|integer|true|false)\w*)")


def is_allocation(check, body):
    """Compares an allocation with NULL, or refuses for want of memory"""
    if "ERR_MEMORY" in check.branch and \
            not re.search(r"\b(e|err)\b.*!= OK", check.text):
        return True
    m = re.fullmatch(r"(?:! )?([\w>.\[\] -]+?)(?: == NULL)?", check.text)
    if m and ("NULL" in check.text or check.text.startswith("!")):
        name = re.escape(m.group(1)).replace(r"\ ", r"\s*")
        return bool(re.search(name + r"\s*=\s*(\([^()]*\)\s*)?" + ALLOCATES +
                              r"\s*\(", body))
    return bool(re.search(r"\b" + ALLOCATES + r" \(.*\) == NULL$",
                          check.text))


def rewrite(path, source, first, guards):
    """The source with its checks numbered from ${first}"""
    out, at, count = [], 0, {}
    for c in csource.checks_of(source):
        if c.start < at:
            continue  # inside a check that is taken whole
        key = (c.function, c.text)
        count[key] = count.get(key, 0) + 1
        text = c.text if count[key] == 1 else "%s #%d" % (c.text, count[key])
        number = first + len(out) // 2
        body = source[source.rfind("\n{", 0, c.start):c.end]
        guards.append({"number": number, "file": path, "text": text,
                       "function": c.function,
                       "alloc": is_allocation(c, body)})
        out += [source[at:c.start], "GUARD(%d, %d, %s)" % (
            number, c.forced, source[c.start:c.end])]
        at = c.end
    return "".join(out) + source[at:]


def put(path, data):
    if os.path.exists(path):
        with open(path, "rb") as f:
            if f.read() == data:
                return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def files(top):
    for where, folders, names in os.walk(top):
        inside = os.path.relpath(where, top)
        folders[:] = sorted(d for d in folders if d not in (
            ".git", "node_modules", "__pycache__") and not (
            inside == "." and d.startswith("build")) and not (
            inside == "tests" and d == "out"))
        for name in sorted(names):
            yield os.path.normpath(os.path.join(inside, name))


def make(top, copy):
    """Writes the copy; returns its checks"""
    guards, kept = [], set()
    for path in files(top):
        source = os.path.join(top, path)
        if os.path.islink(source):
            continue
        with open(source, "rb") as f:
            data = f.read()
        if (path.endswith(".c") and path.split("/")[0] in FOLDERS and
                not path.startswith(NOT)):
            data = rewrite(path, data.decode(), 1 + len(guards),
                           guards).encode()
        target = os.path.join(copy, path)
        put(target, data)
        shutil.copymode(source, target)
        kept.add(path)
    for path in list(files(copy)):
        if path not in kept and path != "guards.json":
            os.unlink(os.path.join(copy, path))
    put(os.path.join(copy, "guards.json"),
        json.dumps(guards, indent=0).encode())
    return guards


if __name__ == "__main__":
    found = make(sys.argv[1], sys.argv[2])
    print("%d checks in %d files" % (
        len(found), len({g["file"] for g in found})))
