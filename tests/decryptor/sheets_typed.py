# SPDX-License-Identifier: EUPL-1.2
"""A keeper types sheets at the terminal: sheets_typed.py PROGRAM DIR PASSFILE.
DIR/home is there, and the lines of its sheets as DIR/new-identity-N. A line
with a slip is asked again and said where; a sheet of the other key, or of a
set that was replaced, ends it; two that are right renew the keyset."""
import sys

from screen import Tty

program, top, passfile = sys.argv[1:4]


def start():
    t = Tty(program, "--home", top + "/home", "--passphrase-file", passfile,
            "--today", "2026-12-02", "keyset", "--renew")
    t.see("Sheets of the identity key")
    return t


def sheet(name):
    return open(top + "/" + name, encoding="utf-8").read().splitlines()


def ends(t, want):
    code = t.end()
    if code != want:
        sys.exit("FAIL: exit %d, not %d:\n%s" % (code, want, t.screen))


def types(t, name, first=0):
    lines = sheet(name)
    for n, line in enumerate(lines[first:], first + 1):
        t.answer("line %d: " % n, line)
    return len(lines)


t = start()
t.see("Sheet 1 of 1:")
one = sheet("new-identity-1")[0]
slip = "3" if one[2].upper() != "3" else "4"
t.answer("line 1: ", one[:2] + slip + one[3:])
t.see("line 1 is mistyped at character 3|line 1 does not fit")
types(t, "new-identity-1")
t.see("Sheet 2 of 2:")
t.answer("line 1: ", top + "/nowhere")
t.see("that file of a share cannot be read")
t.answer("line 1: ", top + "/new-identity-3")
ends(t, 0)

t = start()
types(t, "old-identity-1")
t.see("which was replaced; the set that counts is")
ends(t, 1)

t = start()
types(t, "new-backup-1")
t.see("this sheet is of the backup key")
ends(t, 1)
print("ok: sheets were typed at a terminal")
