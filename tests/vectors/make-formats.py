#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Makes the vectors json/, code/, report/ and tar/: one file, one failure,
named for it; expect.txt says what a reader must answer. Run it after a
change of keys/FORMAT.md and read the diff.

    tests/vectors/make-formats.py        writes the four folders
"""
import copy
import hashlib
import json
import os
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))


class Folder:
    def __init__(self, name):
        self.path = os.path.join(HERE, name)
        shutil.rmtree(self.path, ignore_errors=True)
        os.mkdir(self.path)
        self.lines = []

    def add(self, name, data, code, *more):
        if isinstance(data, str):
            data = data.encode()
        with open(os.path.join(self.path, name), "wb") as f:
            f.write(data)
        self.lines.append(" ".join([name, code] + [str(m) for m in more]))

    def close(self):
        with open(os.path.join(self.path, "expect.txt"), "w") as f:
            f.write("\n".join(sorted(self.lines)) + "\n")


# ---------------------------------------------------------------- json

def make_json():
    out = Folder("json")

    def doc(middle):
        if isinstance(middle, str):
            middle = middle.encode()
        return b'{"type":"test","version":1,"a":' + middle + b'}'

    ok = {
        "ok-minimal": b'{"type":"test","version":1}',
        "ok-one-lf": b'{"type":"test","version":1}\n',
        "ok-x-key": b'{"type":"test","version":1,"x_note":[1,"a"]}',
        "ok-utf8": doc('"\u00e9\u4e2d\U0001f4a9"'),
        "ok-escapes": doc(r'"\u00e9\n\t\"\\\/\ud83d\udca9\u0001"'),
        "ok-int-greatest": doc("9007199254740991"),
        "ok-int-zero": doc("0"),
        "ok-minus-in-text": doc('"-1 [[[[[[[[[[ \\"-"'),
        "ok-depth-8": doc("[" * 7 + "]" * 7),
        "ok-inner-space": b'{ "type" : "test",\t"version" :\r\n1 }',
        "ok-true-false-null": doc("[true,false,null]"),
    }
    for name, data in ok.items():
        out.add(name + ".json", data, "OK")
    bad = {
        "empty": b"",
        "only-lf": b"\n",
        "space-before": b' {"type":"test","version":1}',
        "space-after": b'{"type":"test","version":1} ',
        "two-lf": b'{"type":"test","version":1}\n\n',
        "crlf": b'{"type":"test","version":1}\r\n',
        "byte-order-mark": b'\xef\xbb\xbf{"type":"test","version":1}',
        "utf16": '{"type":"test","version":1}'.encode("utf-16-le"),
        "array": b'["type","test"]',
        "text": b'"type"',
        "number": b"1",
        "second-object": b'{"type":"test","version":1}{}',
        "trailing-bracket": b'{"type":"test","version":1}}',
        "trailing-nul": b'{"type":"test","version":1}\0',
        "duplicate-key": doc('1,"a":2'),
        "duplicate-key-same-value": doc('1,"a":1'),
        "duplicate-key-escaped": doc(r'1,"\u0061":2'),
        "duplicate-key-deep": doc('{"b":1,"b":1}'),
        "duplicate-type": b'{"type":"test","version":1,"type":"test"}',
        "nul-raw": doc(b'"a\0b"'),
        "nul-escaped": doc(r'"a\u0000b"'),
        "nul-in-key": doc(r'{"b\u0000":1}'),
        "control-raw": doc(b'"a\x01b"'),
        "lf-raw-in-text": doc(b'"a\nb"'),
        "utf8-overlong": doc(b'"\xc0\x80"'),
        "utf8-overlong-three": doc(b'"\xe0\x80\xaf"'),
        "utf8-surrogate": doc(b'"\xed\xa0\x80"'),
        "utf8-above-10ffff": doc(b'"\xf4\x90\x80\x80"'),
        "utf8-cut": doc(b'"\xe2\x82"'),
        "utf8-continuation": doc(b'"\x80"'),
        "latin1": doc(b'"\xe9"'),
        "escape-surrogate-high": doc(r'"\ud83d"'),
        "escape-surrogate-low": doc(r'"\udca9"'),
        "escape-unknown": doc(r'"\x41"'),
        "escape-short": doc(r'"\u41"'),
        "real": doc("1.5"),
        "real-whole": doc("1.0"),
        "real-exponent": doc("1e3"),
        "real-deep": doc('[[{"b":0.1}]]'),
        "negative": doc("-1"),
        "minus-zero": doc("-0"),
        "int-too-great": doc("9007199254740992"),
        "int-over-64-bits": doc("18446744073709551616"),
        "int-leading-zero": doc("01"),
        "int-plus": doc("+1"),
        "int-hex": doc("0x10"),
        "nan": doc("NaN"),
        "infinity": doc("Infinity"),
        "word-true": doc("True"),
        "comment": doc("1/* */"),
        "trailing-comma": doc("[1,]"),
        "single-quotes": doc("'a'"),
        "bare-key": doc("{b:1}"),
        "no-value": doc(""),
        "unclosed-object": b'{"type":"test","version":1',
        "unclosed-text": b'{"type":"test","version":1,"a":"}',
        "unknown-key": b'{"type":"test","version":1,"c":1}',
        "unknown-key-case": b'{"type":"test","version":1,"A":1}',
        "unknown-key-x": b'{"type":"test","version":1,"x":1}',
        "unknown-key-empty": b'{"type":"test","version":1,"":1}',
        "type-missing": b'{"version":1}',
        "type-number": b'{"type":1,"version":1}',
        "version-missing": b'{"type":"test"}',
        "version-text": b'{"type":"test","version":"1"}',
        "version-null": b'{"type":"test","version":null}',
    }
    for name, data in bad.items():
        out.add(name + ".json", data, "ERR_FORMAT")
    other = {
        "type-other": (b'{"type":"tests","version":1}', "ERR_VERSION"),
        "version-2": (b'{"type":"test","version":2}', "ERR_VERSION"),
        "version-0": (b'{"type":"test","version":0}', "ERR_VERSION"),
        "depth-9": (doc("[" * 8 + "]" * 8), "ERR_LIMIT"),
        "depth-9-objects": (doc('{"b":' * 8 + "1" + "}" * 8),
                            "ERR_LIMIT"),
        "depth-1500": (doc("[" * 1500 + "]" * 1500), "ERR_LIMIT"),
        "over-limit": (doc('"' + "a" * 4096 + '"'), "ERR_LIMIT"),
    }
    for name, (data, code) in other.items():
        out.add(name + ".json", data, code)
    out.close()


# ---------------------------------------------------------------- code

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def code_text(raw, check=None):
    h = hashlib.sha256(b"meldluik/v1/code-check" + raw).digest()
    n = int.from_bytes(raw, "big") << 20
    n |= int.from_bytes(h[:3], "big") >> 4
    text = "".join(LETTERS[n >> 5 * i & 31] for i in range(27, -1, -1))
    return "-".join(text[i:i + 4] for i in range(0, 28, 4))


def make_code():
    out = Folder("code")
    raw = bytes([5]) + bytes(range(0x10, 0xf0, 0x10))
    good = code_text(raw)
    plain = good.replace("-", "")
    out.add("ok.txt", good, "OK", raw.hex())
    out.add("ok-lower.txt", good.lower(), "OK", raw.hex())
    out.add("ok-no-hyphens.txt", plain, "OK", raw.hex())
    out.add("ok-spaces.txt", "  " + " ".join(plain) + " ", "OK", raw.hex())
    out.add("ok-lines.txt", plain[:9] + "\r\n" + plain[9:] + "\n", "OK",
            raw.hex())
    # 0 and 1 as people write them
    raw0 = bytes([1]) + bytes(7) + bytes.fromhex("08421084210842")
    text0 = code_text(raw0)
    out.add("ok-zero-one.txt", text0, "OK", raw0.hex())
    out.add("ok-letter-o.txt", text0.replace("0", "O"), "OK", raw0.hex())
    out.add("ok-small-o.txt", text0.replace("0", "o"), "OK", raw0.hex())
    out.add("ok-letter-i.txt", text0.replace("1", "I"), "OK", raw0.hex())
    out.add("ok-letter-l.txt", text0.replace("1", "l"), "OK", raw0.hex())
    out.add("ok-desk-63.txt", code_text(bytes([63]) + bytes(14)), "OK",
            (bytes([63]) + bytes(14)).hex())
    bad = {
        "empty": "",
        "only-hyphens": "----",
        "one-short": plain[:-1],
        "one-long": plain + "0",
        "letter-u": plain[:10] + "U" + plain[11:],
        "letter-u-small": plain[:10] + "u" + plain[11:],
        "dot": plain[:10] + "." + plain[11:],
        "tab": plain[:10] + "\t" + plain[10:],
        "nul": plain[:10] + "\0" + plain[11:],
        "nul-after": plain + "\0",
        "utf8": plain[:10] + "\u0410" + plain[11:],
        "no-break-space": plain[:10] + "\u00a0" + plain[10:],
        "over-256-bytes": " " * 230 + plain,
        "desk-0": code_text(bytes(1) + raw[1:]),
    }
    for name, data in bad.items():
        out.add(name + ".txt", data, "ERR_FORMAT")
    wrong = plain[:-1] + ("0" if plain[-1] != "0" else "1")
    out.add("check-wrong.txt", wrong, "ERR_CRYPT")
    out.add("typo.txt", plain[:7] + ("2" if plain[7] != "2" else "3") +
            plain[8:], "ERR_CRYPT")
    swapped = next(plain[:i] + plain[i + 1] + plain[i] + plain[i + 2:]
                   for i in range(5, 20) if plain[i] != plain[i + 1])
    out.add("swap.txt", swapped, "ERR_CRYPT")
    out.add("typo-in-version.txt", "Z" + plain[1:], "ERR_CRYPT")
    for v in (1, 2, 3):
        out.add(f"version-{v}.txt", code_text(bytes([v << 6 | 5]) +
                raw[1:]), "ERR_VERSION")
    out.close()


# ---------------------------------------------------------------- report

def bare_report():
    return {
        "type": "meldluik-report", "version": 1, "kind": "report",
        "org": "00112233445566778899aabbccddeeff",
        "keyset": "ab" * 32, "epoch": "2026-W48", "desk": 3,
        "message_id": "0f" * 16, "sealed_by": "cli", "language": "nl",
        "relation": "employee", "about": "",
        "answers": {"what": "Er klopt iets niet."}, "attachments": [],
    }


def attachment(data=b"hallo\n", name="brief.txt"):
    return {"name": name, "media_type": "text/plain", "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest()}


def text(o):
    return json.dumps(o, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass") + b"\n"


# A right recipient and signer (thread-keys.json: `envtool recipient` and
# `signtool pub` of the seed 00 01 .. 1f), which Python cannot make itself
with open(os.path.join(HERE, "thread-keys.json")) as f:
    KEYS = json.load(f)


def make_report():
    out = Folder("report")

    def case(name, code, change, *more):
        o = copy.deepcopy(bare_report())
        change(o)
        out.add(name + ".json", text(o), code, *more)

    def put(key, value):
        return lambda o: o.__setitem__(key, value)

    def answer(key, value):
        return lambda o: o["answers"].__setitem__(key, value)

    def att(**change):
        def f(o):
            a = attachment()
            a.update(change)
            o["attachments"].append(a)
        return f

    def without(key):
        return lambda o: o.pop(key)

    case("ok", "OK", lambda o: None)
    for kind in ("advice", "follow_up", "withdrawal"):
        case("ok-" + kind.replace("_", "-"), "OK", put("kind", kind))
    for s in ("browser", "server", "offline_page"):
        case("ok-sealed-by-" + s.replace("_", "-"), "OK",
             put("sealed_by", s))
    case("ok-attachment", "OK", att())
    case("ok-attachment-original", "OK", att(original="cd" * 32))
    case("ok-attachment-no-media-type", "OK", att(media_type=""))
    case("ok-attachment-hostile-name", "OK",
         att(name="../../\u202egnp.desktop\n"))
    case("ok-attachment-name-255", "OK", att(name="\u00e9" * 127 + "a"))
    case("ok-answers-empty", "OK", put("answers", {}))
    case("ok-answer-controls", "OK", answer("what", "\x01\t\r\n\x7f\u0085"))
    case("ok-question", "OK", answer("q_afdeling_2", "B"))
    case("ok-x-key", "OK", put("x_note", {"a": 1}))
    case("ok-about", "OK", put("about", "mayor"))
    case("ok-language-16", "OK", put("language", "nl-Latn-NL-x-abc"))
    case("ok-desk-63", "OK", put("desk", 63))
    case("ok-foreign-org", "OK", put("org", "f" * 32))
    case("ok-what-missing", "OK", put("answers", {"who": "x"}))

    for key in bare_report():
        if key not in ("type", "version"):
            case("missing-" + key.replace("_", "-"), "ERR_FORMAT",
                 without(key))
    case("type-other", "ERR_VERSION", put("type", "meldluik-reply"))
    case("version-2", "ERR_VERSION", put("version", 2))
    bad = {
        "kind-unknown": put("kind", "complaint"),
        "kind-case": put("kind", "Report"),
        "kind-number": put("kind", 0),
        "org-short": put("org", "00"),
        "org-capitals": put("org", "A" * 32),
        "keyset-short": put("keyset", "ab" * 31),
        "epoch-day": put("epoch", "2026-11-24"),
        "epoch-week-54": put("epoch", "2026-W54"),
        "epoch-small": put("epoch", "2026-w48"),
        "desk-0": put("desk", 0),
        "desk-64": put("desk", 64),
        "desk-text": put("desk", "3"),
        "message-id-long": put("message_id", "0f" * 17),
        "sealed-by-unknown": put("sealed_by", "tor"),
        "language-one": put("language", "n"),
        "language-17": put("language", "n" * 17),
        "language-letters": put("language", "nl_NL"),
        "relation-unknown": put("relation", "friend"),
        "relation-empty": put("relation", ""),
        "about-capital": put("about", "Mayor"),
        "about-33": put("about", "a" * 33),
        "about-space": put("about", "the mayor"),
        "answers-array": put("answers", []),
        "answer-unknown": answer("why", "x"),
        "answer-number": answer("what", 1),
        "answer-null": answer("what", None),
        "answer-question-no-name": answer("q_", "x"),
        "answer-question-33": answer("q_" + "a" * 33, "x"),
        "answer-question-capital": answer("q_A", "x"),
        "answer-nul": answer("what", "a\0b"),
        "answer-surrogate": answer("what", "a\ud800b"),
        "attachments-object": put("attachments", {}),
        "attachments-33": lambda o: [att()(o) for _ in range(33)],
        "attachment-text": put("attachments", ["a"]),
        "attachment-name-empty": att(name=""),
        "attachment-name-256": att(name="a" * 256),
        "attachment-name-nul": att(name="a\0.pdf"),
        "attachment-media-type-128": att(media_type="a" * 128),
        "attachment-size-text": att(size="6"),
        "attachment-size-over-32-bits": att(size=1 << 32),
        "attachment-sha256-short": att(sha256="ab"),
        "attachment-sha256-capitals": att(sha256="AB" * 32),
        "attachment-original-short": att(original="cd"),
        "attachment-original-zeros": att(original="00" * 32),
        "attachment-original-none": att(original=None),
        "attachment-unknown-key": att(path="/etc/passwd"),
        "attachment-size-missing":
            lambda o: (att()(o), o["attachments"][0].pop("size")),
        "unknown-key": put("ip", "192.0.2.1"),
    }
    for name, change in bad.items():
        case(name, "ERR_FORMAT", change)
    case("answers-65", "ERR_LIMIT", lambda o: [
        answer("q_%d" % i, "x")(o) for i in range(64)])
    case("over-48-kib", "ERR_LIMIT", answer("what", "a" * 49152))

    def exact(o):
        o["answers"]["what"] = ""
        o["answers"]["what"] = "a" * (49152 - len(text(o)))
    case("ok-48-kib", "OK", exact)

    def one_over(o):
        exact(o)
        o["answers"]["what"] += "a"
    case("one-over-48-kib", "ERR_LIMIT", one_over)
    # A malformed thread means no mailbox and nothing else
    first = dict(tag_key="ab" * 32, **KEYS)
    later = {"signer": KEYS["signer"], "last_reply": ""}
    r, k = KEYS["recipient"], KEYS["signer"]
    case("ok-thread-first", "OK", put("thread", first), "first")
    case("ok-thread-first-x-key", "OK",
         put("thread", dict(first, x_a=1)), "first")
    case("ok-thread-absent", "OK", lambda o: None, "none")
    threads = {
        "null": None, "number": 1, "array": [], "empty": {},
        "unknown-key": dict(first, y=1),
        "tag-key-missing": dict(KEYS),
        "tag-key-short": dict(first, tag_key="ab"),
        "tag-key-capitals": dict(first, tag_key="AB" * 32),
        "recipient-number": dict(first, recipient=1),
        "recipient-classical": dict(first, recipient="age1" + "q" * 58),
        "recipient-checksum": dict(first, recipient=r[:-1] +
                                   ("q" if r[-1] != "q" else "p")),
        "recipient-capitals": dict(first, recipient=r.upper()),
        "recipient-short": dict(first, recipient=r[:-1]),
        "recipient-long": dict(first, recipient=r + "q"),
        "signer-missing": {"tag_key": "ab" * 32, "recipient": r},
        "signer-short": dict(first, signer=k[:-1]),
        "signer-long": dict(first, signer=k + "A"),
        "signer-key-id": dict(first, signer=k[:4] +
                              ("A" if k[4] != "A" else "B") + k[5:]),
        "signer-algorithm": dict(first, signer="RUQ" + k[3:]),
        "later-in-first": later,
    }
    for name, t in threads.items():
        case("ok-thread-bad-" + name, "OK", put("thread", t), "bad")

    def follow(t, kind="follow_up"):
        return lambda o: o.update(kind=kind, thread=t)
    case("ok-thread-later", "OK", follow(later), "later")
    case("ok-thread-later-withdrawal", "OK", follow(later, "withdrawal"),
         "later")
    case("ok-thread-later-reply", "OK",
         follow(dict(later, last_reply="0e" * 16)), "later")
    for name, t in {
            "first-in-later": first,
            "last-reply-missing": {"signer": k},
            "last-reply-letters": dict(later, last_reply="zz" * 16),
            "last-reply-short": dict(later, last_reply="0e"),
            "last-reply-zeros": dict(later, last_reply="00" * 16),
            "signer": dict(later, signer=k[:-1])}.items():
        case("ok-later-thread-bad-" + name, "OK", follow(t), "bad")
    out.close()


# ---------------------------------------------------------------- tar

def header(name, size, type=b"0", mode=b"0000644", magic=b"ustar\x0000",
           prefix=b"", link=b"", uid=b"0000000", gid=b"0000000",
           mtime=b"00000000000", uname=b"", gname=b"", rawsize=None,
           dev=b"0000000\x000000000\x00", checksum=None, tail=b""):
    if isinstance(name, str):
        name = name.encode()
    size = rawsize if rawsize is not None else b"%011o\0" % size
    b = (name.ljust(100, b"\0") + mode + b"\0" + uid + b"\0" + gid + b"\0" +
         size + mtime + b"\0" + b" " * 8 + type + link.ljust(100, b"\0") +
         magic + uname.ljust(32, b"\0") + gname.ljust(32, b"\0") + dev +
         prefix.ljust(155, b"\0") + tail.ljust(12, b"\0"))
    assert len(b) == 512
    if checksum is None:
        checksum = b"%06o\0 " % sum(b)
    return b[:148] + checksum + b[156:]


def member(name, data, **kw):
    pad = kw.pop("pad", b"\0")
    return (header(name, kw.pop("size", len(data)), **kw) + data +
            pad * (-len(data) % 512))


END = bytes(1024)
MIB = 1 << 20


def report_member(files=(), **change):
    o = bare_report()
    o["attachments"] = [attachment(d, "bijlage") for d in files]
    o.update(change)
    return member("report.json", text(o))


def make_tar():
    out = Folder("tar")
    one = b"hallo\n"
    a1 = member("attachments/01", one)
    r0, r1 = report_member(), report_member([one])

    def case(name, data, code, word="-", size=0):
        out.add(name + ".tar", data, code, word, size)

    case("ok-text", r0 + END, "OK")
    case("ok-attachment", a1 + r1 + END, "OK")
    case("ok-attachment-empty", member("attachments/01", b"") +
         report_member([b""]) + END, "OK")
    case("ok-attachment-block", member("attachments/01", b"x" * 512) +
         report_member([b"x" * 512]) + END, "OK")
    case("ok-attachments-32", b"".join(
        member("attachments/%02d" % (i + 1), one) for i in range(32)) +
         report_member([one] * 32) + END, "OK")
    case("ok-part", member("attachments/01.0001", one) + r1 + END, "OK")
    case("ok-part-empty", member("attachments/01.0001", b"") +
         report_member([b""]) + END, "OK")
    big = b"y" * MIB + b"z"
    size = 1310720
    case("ok-parts", member("attachments/01.0001", big[:MIB]) +
         member("attachments/01.0002", big[MIB:]) + report_member([big]) +
         END, "OK", "-", size)
    case("ok-part-exact", member("attachments/01.0001", big[:MIB]) +
         report_member([big[:MIB]]) + END, "OK", "-", size)
    case("ok-larger-class", a1 + r1 + END, "OK", "-", 131072)

    # types
    for name, t, word in (
            ("hardlink", b"1", "tar-hardlink"),
            ("symlink", b"2", "tar-symlink"),
            ("device-character", b"3", "tar-device"),
            ("device-block", b"4", "tar-device"),
            ("directory", b"5", "tar-directory"),
            ("fifo", b"6", "tar-fifo"),
            ("contiguous", b"7", "tar-type"),
            ("old-regular", b"\0", "tar-type"),
            ("volume", b"V", "tar-type"),
            ("pax-global", b"g", "tar-pax")):
        link = b"report.json" if t in b"12" and t != b"\0" else b""
        case("type-" + name, member("attachments/01", b"", type=t,
             link=link) + r0 + END, "ERR_POLICY", word)
    pax = b"30 path=attachments/../../etc\n"
    case("type-pax", member("attachments/01", pax, type=b"x") + a1 + r1 +
         END, "ERR_POLICY", "tar-pax")
    case("type-gnu-long-name", member("././@LongLink", b"a" * 120 + b"\0",
         type=b"L", magic=b"ustar  \0") + a1 + r1 + END, "ERR_POLICY",
         "tar-gnu-long")
    case("type-gnu-long-link", member("././@LongLink", b"a" * 120 + b"\0",
         type=b"K", magic=b"ustar  \0") + a1 + r1 + END, "ERR_POLICY",
         "tar-gnu-long")
    case("type-gnu-sparse", member("attachments/01", one, type=b"S",
         magic=b"ustar  \0") + r1 + END, "ERR_POLICY", "tar-sparse")

    # names
    for name, n, code, word in (
            ("dot-dot", "../report.json", "ERR_FORMAT", "tar-name-dots"),
            ("dot-dot-inside", "attachments/../01", "ERR_FORMAT",
             "tar-name-dots"),
            ("dot", "./report.json", "ERR_FORMAT", "tar-name-dots"),
            ("empty-part", "attachments//01", "ERR_FORMAT",
             "tar-name-dots"),
            ("slash-at-end", "attachments/", "ERR_FORMAT",
             "tar-name-dots"),
            ("absolute", "/etc/passwd", "ERR_FORMAT", "tar-name-absolute"),
            ("nul-inside", b"report.json\0.desktop", "ERR_FORMAT",
             "tar-name-nul"),
            ("empty", "", "ERR_FORMAT", "tar-name-nul"),
            ("backslash", "attachments\\01", "ERR_FORMAT",
             "tar-name-letter"),
            ("bidi", "attachments/\u202e01", "ERR_FORMAT",
             "tar-name-letter"),
            ("newline", "attachments/01\n", "ERR_FORMAT",
             "tar-name-letter"),
            ("100-bytes", "attachments/" + "0" * 88, "ERR_LIMIT",
             "tar-name-long"),
            ("99-bytes", "attachments/" + "0" * 87, "ERR_FORMAT",
             "member-unknown"),
            ("other", "readme.txt", "ERR_FORMAT", "member-unknown"),
            ("case", "Report.json", "ERR_FORMAT", "member-unknown"),
            ("number-0", "attachments/00", "ERR_FORMAT",
             "member-unknown"),
            ("number-33", "attachments/33", "ERR_FORMAT",
             "member-unknown"),
            ("number-1-digit", "attachments/1", "ERR_FORMAT",
             "member-unknown"),
            ("part-0", "attachments/01.0000", "ERR_FORMAT",
             "member-unknown"),
            ("part-letters", "attachments/01.000a", "ERR_FORMAT",
             "member-unknown")):
        case("name-" + name, member(n, one) + r1 + END, code, word)
    case("name-prefix", member("01", one, prefix=b"attachments") + r1 + END,
         "ERR_LIMIT", "tar-name-long")

    # sizes
    for name, raw in (("base256", b"\x80" + bytes(10) + b"\x06"),
                      ("no-nul", b"000000000006"),
                      ("spaces", b"         6 \0"),
                      ("short", b"6".ljust(12, b"\0")),
                      ("digit-8", b"00000000008\0"),
                      ("minus", b"-0000000006\0")):
        case("size-" + name, header("attachments/01", 0, rawsize=raw) +
             one.ljust(512, b"\0") + r1 + END, "ERR_FORMAT", "tar-size")
    case("size-report-over", member("report.json", b"{" * 49153) + END,
         "ERR_LIMIT", "report-size")
    case("size-signature-over", r0 + member("report.json.minisig",
         b"a" * 512) + END, "ERR_LIMIT", "signature-size")
    case("size-claims-3-gib", header("attachments/01", 3 << 30) + one,
         "ERR_LIMIT", "attachment-size")
    case("size-claims-more-than-there", header("attachments/01", 1 << 30) +
         one, "ERR_FORMAT", "tar-cut")
    case("size-part-over", header("attachments/01.0001", MIB + 1) + one,
         "ERR_LIMIT", "part-size")

    # other fields
    for name, kw, word in (
            ("mode-setuid", {"mode": b"0004755"}, "tar-fields"),
            ("mode-600", {"mode": b"0000600"}, "tar-fields"),
            ("uid", {"uid": b"0001750"}, "tar-fields"),
            ("gid", {"gid": b"0001750"}, "tar-fields"),
            ("mtime", {"mtime": b"15105630000"}, "tar-fields"),
            ("uname", {"uname": b"jansen"}, "tar-fields"),
            ("gname", {"gname": b"staff"}, "tar-fields"),
            ("link-name", {"link": b"report.json"}, "tar-fields"),
            ("device-numbers", {"dev": b"0000001\x000000000\x00"},
             "tar-fields"),
            ("after-prefix", {"tail": b"note"}, "tar-fields"),
            ("magic-gnu", {"magic": b"ustar  \0"}, "tar-magic"),
            ("magic-none", {"magic": bytes(8)}, "tar-magic"),
            ("checksum", {"checksum": b"000000\0 "}, "tar-checksum"),
            ("checksum-form", {"checksum": b"0000000\0"},
             "tar-checksum")):
        case("field-" + name, member("attachments/01", one, **kw) + r1 +
             END, "ERR_FORMAT", word)

    # order and number
    a2 = member("attachments/02", one)
    r2 = report_member([one, one])
    case("duplicate-report", r0 + r0 + END, "ERR_CONFLICT",
         "member-duplicate")
    case("duplicate-attachment", a1 + a1 + r1 + END, "ERR_CONFLICT",
         "member-duplicate")
    case("duplicate-attachment-later", a1 + a2 + a1 + r2 + END,
         "ERR_CONFLICT", "member-duplicate")
    case("duplicate-part", member("attachments/01.0001", one) * 2 + r1 +
         END, "ERR_CONFLICT", "member-duplicate")
    case("duplicate-signature", r0 + member("report.json.minisig", b"x") *
         2 + END, "ERR_CONFLICT", "member-duplicate")
    case("order-attachment-2-first", a2 + a1 + r2 + END, "ERR_FORMAT",
         "member-order")
    case("order-attachment-missing", a1 + member("attachments/03", one) +
         r2 + END, "ERR_FORMAT", "member-order")
    case("order-report-before-attachment", r1 + a1 + END, "ERR_FORMAT",
         "member-after-report")
    case("order-signature-first", member("report.json.minisig", b"x") + r0 +
         END, "ERR_FORMAT", "member-order")
    case("order-part-2-first", member("attachments/01.0002", one) + r1 +
         END, "ERR_FORMAT", "member-order")
    case("order-whole-then-part", a1 + member("attachments/01.0001", one) +
         r1 + END, "ERR_FORMAT", "member-order")
    case("part-not-full", member("attachments/01.0001", one) +
         member("attachments/01.0002", one) + report_member([one * 2]) +
         END, "ERR_FORMAT", "part-not-full")
    case("part-empty-last", member("attachments/01.0001", big[:MIB]) +
         member("attachments/01.0002", b"") + report_member([big[:MIB]]) +
         END, "ERR_FORMAT", "part-not-full", size)
    case("report-missing", a1 + END, "ERR_FORMAT", "report-missing")
    case("empty", END, "ERR_FORMAT", "report-missing")
    case("all-zeros", b"", "ERR_FORMAT", "report-missing")

    # the end
    case("end-no-mark", member("attachments/01", b"x" * (65536 - 512 -
         len(r1))) + r1, "ERR_FORMAT", "tar-cut")
    fill = 65536 - 512 - 512 - len(r1)
    case("end-one-zero-block", member("attachments/01", b"x" * fill) +
         report_member([b"x" * fill]), "ERR_FORMAT", "tar-cut")
    case("end-member-after-one-zero-block", r0 + bytes(512) + a1 + END,
         "ERR_FORMAT", "tar-trailing")
    case("end-second-archive", r0 + END + r0 + END, "ERR_FORMAT",
         "tar-trailing")
    case("end-one-byte", r0 + END + b"x", "ERR_FORMAT", "tar-trailing")
    case("end-last-byte", (r0 + END).ljust(65535, b"\0") + b"x",
         "ERR_FORMAT", "tar-trailing")
    case("padding-not-zero", member("attachments/01", one, pad=b"x") + r1 +
         END, "ERR_FORMAT", "tar-padding")
    case("class-text-larger", r0 + END, "ERR_POLICY", "text-class", 81920)
    case("class-none", a1 + r1 + END, "ERR_LIMIT", "envelope-class", 66048)
    case("class-below-floor", a1 + r1 + END, "ERR_LIMIT", "envelope-class",
         57344)

    # against report.json
    case("count-none-described", a1 + r0 + END, "ERR_CONFLICT",
         "attachment-count")
    case("count-none-sent", r1 + END, "ERR_CONFLICT", "attachment-count")
    case("count-one-less", a1 + r2 + END, "ERR_CONFLICT",
         "attachment-count")
    case("length-differs", a1 + report_member([one + b"!"]) + END,
         "ERR_CONFLICT", "attachment-length")
    case("hash-differs", a1 + report_member([b"Hallo\n"]) + END,
         "ERR_CONFLICT", "attachment-hash")
    case("report-two-objects", member("report.json", text(bare_report()) *
         2) + END, "ERR_FORMAT", "report")
    case("report-version-2", report_member(version=2) + END, "ERR_VERSION",
         "report")
    case("signature-unwanted", r0 + member("report.json.minisig", b"x") +
         END, "ERR_FORMAT", "signature-unwanted")
    later = report_member(kind="follow_up")
    case("signature-missing", later + END, "ERR_SIGNATURE",
         "signature-missing")
    case("signer-missing", later + member("report.json.minisig", b"x") +
         END, "ERR_SIGNATURE", "signer-missing")
    out.close()


make_json()
make_code()
make_report()
make_tar()
