#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Gives scrub_left.py what a stranger could send: vectors/scrub changed in
thousands of ways, and files built to be large, deep or wrong. Each must end
soon with yes or a word, and never by what a library threw.

    scrub_hostile.py SCRUB_LEFT FOLDER VECTORS [SEED [ROUNDS]]"""
import contextlib
import importlib.util
import io
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import time
import warnings
import zipfile

SCRIPT, ROOM, VECTORS = sys.argv[1:4]
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 1
ROUNDS = int(sys.argv[5]) if len(sys.argv) > 5 else 3000
SECONDS = 10
WORDS = ("something is left that says who made it, or where",
         "it cannot be read: ")
MEMORY = 1 << 30
warnings.simplefilter("ignore")


def fail(why, data):
    with open(os.path.join(ROOM, "failed"), "wb") as f:
        f.write(data)
    sys.exit("FAIL: %s, of %s/failed" % (why, ROOM))


def late(*_):
    raise KeyboardInterrupt  # which no handler for errors takes


def load():
    spec = importlib.util.spec_from_file_location("scrub_left", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge(module, data, kind, strip):
    """True: clean; False: refused with one of WORDS"""
    path = os.path.join(ROOM, "file." + kind)
    with open(path, "wb") as f:
        f.write(data)
    sys.argv = ["-c", path, kind] + ["strip"] * strip
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            module.main()
    except SystemExit as e:
        if not str(e.code).startswith(WORDS):
            fail("it ended with %r" % e.code, data)
        return False
    except BaseException as e:
        fail("%s was thrown" % type(e).__name__, data)
    finally:
        signal.alarm(0)
    return True


def numbers(r, d):
    """One field of two or four bytes is another number"""
    at = r.randrange(len(d))
    form = r.choice(("<H", "<I", ">I"))
    new = struct.pack(form, r.choice((0, 1, 0xff, 0x7fff, 0xffff)) if
                      form == "<H" else r.choice(
                          (0, 1, 0x7fffffff, 0xffffffff, len(d), 1 << 20)))
    return d[:at] + new + d[at + len(new):]


def changed(r, files):
    d = r.choice(files)
    for _ in range(r.choice((1, 1, 2, 5))):
        if not d:
            break
        at = r.randrange(len(d))
        how = r.randrange(6)
        if how == 0:
            d = d[:at] + bytes([r.randrange(256)]) + d[at + 1:]
        elif how == 1:
            d = d[:at]
        elif how == 2:
            d = d[:at] + d[at + r.randrange(1, 64):]
        elif how == 3:
            other = r.choice(files)
            d = d[:at] + other[r.randrange(len(other) or 1):]
        elif how == 4:
            d = d[:at] + d[at:at + 40] * r.randrange(1, 20) + d[at:]
        else:
            d = numbers(r, d)
    return d


def pack(*members):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED,
                         compresslevel=1) as z:
        for name, body in members:
            with z.open(name, "w") as f:
                for piece in body:
                    f.write(piece)
    return b.getvalue()


def inside(r, module, data):
    """An office document with one member that was changed"""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        parts = [(i.filename, z.read(i)) for i in z.infolist()]
    n = r.randrange(len(parts))
    parts[n] = (parts[n][0], changed(r, [p[1] for p in parts]))
    return pack(*((name, [body]) for name, body in parts))


def built():
    """(what it is, kind, file)"""
    deep = 100000
    lol = "".join('<!ENTITY l%d "%s">' % (i, ("&l%d;" % (i - 1)) * 10)
                  for i in range(1, 12))
    mega = bytes(1 << 20)
    yield "half a GiB", "docx", pack(("a.xml", [mega] * 513))
    yield "many of 30 MiB", "odt", pack(*(
        ("%d.bin" % i, [mega] * 30) for i in range(18)))
    yield "entities", "docx", pack(("a.xml", [(
        '<!DOCTYPE d [<!ENTITY l0 "lol">%s]><d>&l11;</d>' % lol).encode()]))
    yield "deep", "docx", pack(("a.xml", [b"<a>" * deep, b"</a>" * deep]))
    yield "deep, open", "xlsx", pack(("a.xml", [b"<a>" * deep]))
    yield "attributes", "odt", pack(("a.xml", [b"<a ", b" ".join(
        b'a%d="/home/jan"' % i for i in range(100000)), b"/>"]))
    yield "many that go", "xlsx", pack(("a.xml", [
        b"<a>", b"<absPath/>" * 100000, b"</a>"]))
    yield "twice", "odt", pack(("a.xml", [b"<a author='Jan'/>"]),
                               ("a.xml", [b"<a/>"]))
    yield "within itself", "docx", pack(("a.docx", [pack(
        ("b.docx", [pack(("c.xml", [b"<a author='Jan'/>"]))]))]))
    one = pack(("a.xml", [b"<a/>"]))
    at = one.rindex(b"PK\1\2")
    yield "locked", "docx", one[:at + 8] + b"\1" + one[at + 9:]
    yield "packed otherwise", "docx", one[:at + 10] + b"\x63" + one[at + 11:]
    yield "a size that lies", "docx", (one[:at + 24] + b"\xff" * 3 +
                                       one[at + 27:])
    yield "no members", "odt", pack()
    yield "a GIF without end", "gif", (b"GIF89a\1\0\1\0\0\0\0" +
                                       b"!\xf9\4\0\0\0\0\0" * 200000)
    yield "blocks", "gif", (b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2" +
                            b"\1\0" * 500000)
    yield "a tag of 256 MiB", "mp3", (b"ID3\4\0\0\x7f\x7f\x7f\x7f" +
                                      bytes(1 << 24))
    yield "one of frames", "mp3", b"\xff\xfb\x90\x64" * 1000000
    yield "pages", "ogg", (b"OggS\0\2" + bytes(20) + b"\0") * 200000
    yield "nothing", "mp3", b""
    yield "nothing", "gif", b""


# That are long, and say nothing of anybody
CLEAN = ("deep", "many that go", "one of frames", "no members")


def alone(what, kind, data):
    """As the desk runs it, with less memory"""
    path = os.path.join(ROOM, "file." + kind)
    with open(path, "wb") as f:
        f.write(data)
    began = time.monotonic()
    try:
        p = subprocess.run([
            sys.executable, "-I", SCRIPT, path, kind, "strip"],
            capture_output=True, timeout=2 * SECONDS,
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY)))
    except subprocess.TimeoutExpired:
        fail("%s takes too long" % what, data)
    said = p.stderr.decode()
    if (p.returncode, said) != (0, "") if what in CLEAN else (
            p.returncode != 1 or not said.startswith(WORDS) or
            said.count("\n") != 1):
        fail("%s: %d %r" % (what, p.returncode, said[-300:]), data)
    return time.monotonic() - began


def main():
    module, r = load(), random.Random(SEED)
    signal.signal(signal.SIGALRM, late)
    slowest = max((alone(*b), b[0]) for b in built())
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY))
    kinds = {}
    for name in sorted(os.listdir(VECTORS)):
        with open(os.path.join(VECTORS, name), "rb") as f:
            kinds.setdefault(name.rpartition(".")[2], []).append(f.read())
    clean = 0
    for n in range(ROUNDS):
        kind = r.choice(sorted(kinds))
        files = kinds[kind]
        if kind in module.OFFICE and r.randrange(3):
            data = inside(r, module, r.choice(files))
        else:
            data = changed(r, files)
        if judge(module, data, kind, r.randrange(2)):
            clean += 1
    if not 0 < clean < ROUNDS:
        sys.exit("FAIL: %d of %d are clean" % (clean, ROUNDS))
    print("%d changed files, %d of them clean; of those built the slowest "
          "took %.1f s (%s)" % (ROUNDS, clean, *slowest))


main()
