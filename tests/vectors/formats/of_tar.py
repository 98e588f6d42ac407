# SPDX-License-Identifier: EUPL-1.2
"""Vectors of the strict tar"""
from .folder import Folder
from .of_report import attachment, bare_report, text


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
