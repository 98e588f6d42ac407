# SPDX-License-Identifier: EUPL-1.2
"""Opens everything in the bundle and compares it with GW/want.json (text and
SHA-256 of the attachments, in order) and GW/never.json (texts):
arrived.py COURIER TOKEN GW ENVTOOL KEY"""
import hashlib
import json
import shutil
import sys
import pages

courier, token, folder, tool, key = sys.argv[1:]
want = json.load(open(folder + "/want.json"))
never = json.load(open(folder + "/never.json"))
found = {}
for n, (c, e) in enumerate(pages.listed(courier, token)):
    into = f"{folder}/arrived-{n}"
    r, files = pages.opened_files(tool, key, into, pages.pieces(c, e))
    text = r["answers"].get("what", "")
    if text in found:
        sys.exit("a text arrived twice: " + text[:60])
    found[text] = r
    for a, name in zip(r["attachments"], files):
        h = hashlib.sha256()
        with open(f"{into}/{name}", "rb") as f:
            for piece in iter(lambda: f.read(1 << 20), b""):
                h.update(piece)
        if h.hexdigest() != a["sha256"]:
            sys.exit("an attachment is not what its entry says")
    shutil.rmtree(into)
for w in want:
    r = found.pop(w["text"], None)
    # where nobody chose, nothing is said
    if r is not None and r["about"] != w.get("about", ""):
        sys.exit(f"about {r['about']}, which nobody said: " + w["text"][:60])
    if r is None or [a["sha256"] for a in r["attachments"]] != w["files"]:
        sys.exit("not arrived, or not whole: " + w["text"][:60])
for text in never:
    if text in found:
        sys.exit("arrived, but should not have: " + text[:60])
if found:
    sys.exit(f"{len(found)} more than was sent")
print(f"{len(want)} messages arrived whole, {len(never)} were held back")
