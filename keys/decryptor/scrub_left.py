# SPDX-License-Identifier: EUPL-1.2
"""Does a copy that mat2 made still say who made the file, or where?

Run in the sandbox of the tool (scrub.c): FILE ENDING [strip]. Exit 0 only
when nothing that mat2 0.13 is known to leave is there; what cannot be read is
not clean. With strip, what can be taken out of an office document without
harm to its text is taken out of FILE first. What it draws anew (JPEG, PNG,
TIFF, PDF) needs no more than the search for Exif and XMP; of the others it
copies what it does not know."""
import io
import mmap
import os
import re
import sys
import zipfile
import xml.etree.ElementTree as ET
from xml.parsers import expat

ANYWHERE = re.compile(
    rb"Exif\0\0(MM|II)|<x:xmpmeta|http://ns\.adobe\.com/xap|"
    rb"com\.apple\.quicktime\.")
# Tracks that are neither picture nor sound: places of a camera or drone
TRACK = re.compile(rb"hdlr\0{4}(?:\0{4}|mhlr)(?!vide|soun|pict|mdir)")
SOUND = re.compile(rb"APETAGEX|LYRICSBEGIN|LYRICS200")
COMMENT = re.compile(rb"\x03vorbis|OpusTags|\x81theora")
PATH = re.compile(r"\bfile:|\b[a-z]:[\\/]|^\\\\|/home/|/users/|\\users\\", re.I)
NAMING = {  # attributes that are not empty
    "author", "initials", "userName", "userId", "lastModifiedBy"}
TELLING = {  # elements that say something
    "creator", "absPath", "docVar", "dataSource", "initial-creator",
    "creator-initials", "sender-initials", "printed-by", "tracked-changes"}
TAKEN_OUT = {"del", "delText", "moveFrom"}  # text that nobody sees
PRINTER = {"PrinterName", "PrinterSetup"}
WRAP = {"AlternateContent", "Choice"}  # go with all that was in them
UNPACKED = 1 << 29  # bytes of all members; a text has far less


class Left(Exception):
    pass


def demand(true):
    if not true:
        raise Left


def blocks(d, at):
    """The end of the sub-blocks of a GIF"""
    while d[at] != 0:
        at += 1 + d[at]
    return at + 1


def table(flags):
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def gif(d):
    at = 13 + table(d[10])
    while d[at] != 0x3b:
        if d[at] == 0x2c:
            at = blocks(d, at + 11 + table(d[at + 9]))
            continue
        demand(d[at] == 0x21)
        if d[at + 1] == 0xff:  # how often it repeats
            demand(d[at + 2:at + 16] == b"\x0bNETSCAPE2.0\x03\x01")
            demand(d[at + 18] == 0)
        else:
            demand(d[at + 1:at + 3] == b"\xf9\x04" and d[at + 7] == 0)
        at = blocks(d, at + 2)
    demand(at == len(d) - 1)


def mp3(d):
    at = 0
    if d[:3] == b"ID3":  # mat2 leaves an empty one
        at = 10 + (d[6] << 21 | d[7] << 14 | d[8] << 7 | d[9])
        demand(not any(d[10:at]))
    demand(d[at] == 0xff and d[at + 1] & 0xe0 == 0xe0)
    demand(d[-128:-125] != b"TAG" and not SOUND.search(d))


def ogg(d):
    """One stream, of which mat2 took the comments, and nothing behind it"""
    at = streams = 0
    while at < len(d):
        demand(d[at:at + 4] == b"OggS")
        streams += d[at + 5] >> 1 & 1
        lengths = d[at + 27:at + 27 + d[at + 26]]
        at += 27 + len(lengths) + sum(lengths)
    demand(at == len(d) and streams == 1)
    demand(len(COMMENT.findall(d)) < 2)


def film(d):
    demand(not TRACK.search(d))


def local(name):
    return name.rpartition("}")[2]


def no_dtd(*_):
    raise Left  # entities: no office program writes any


def goes(name, attributes):
    """Where a workbook lay, on which printer a text went"""
    return name == "absPath" or (
        name == "config-item" and not PRINTER.isdisjoint(attributes.values()))


def cuts(d):
    """Where in ${d} the elements lie that go, (from, to)"""
    out, around, ended = [], [], []
    p = expat.ParserCreate(namespace_separator="}")

    def event(*_):  # what ended goes up to here
        while ended:
            out.append((ended.pop(), p.CurrentByteIndex))

    def start(name, attributes):
        event()
        around.append([p.CurrentByteIndex, goes(local(name), attributes),
                       0, 0])

    def end(name):
        event()
        at, go, gone, stays = around.pop()
        go = go or (local(name) in WRAP and gone and not stays)
        if around:
            around[-1][2 if go else 3] += 1
            if go:
                ended.append(at)

    p.StartElementHandler, p.EndElementHandler = start, end
    p.CharacterDataHandler = p.DefaultHandler = event
    p.CommentHandler = p.ProcessingInstructionHandler = event
    p.StartDoctypeDeclHandler = no_dtd
    p.Parse(bytes(d), True)
    return sorted(out)


def without(d):
    """${d} without what goes"""
    at, parts = 0, []
    for begin, end in cuts(d):
        if begin >= at:  # else within the one before
            parts.append(d[at:begin])
            at = end
    return b"".join(parts) + d[at:]


def members(z):
    """Each once, of the size it says, and not more than can be held"""
    parts = z.infolist()
    demand(z.comment == b"")
    demand(len({i.filename for i in parts}) == len(parts))
    demand(sum(i.file_size for i in parts) <= UNPACKED)
    for i in parts:
        d = z.read(i)
        demand(len(d) == i.file_size)
        yield i, d


def ending(name):
    return name.rpartition(".")[2].lower()


def strip(path):
    """Writes the document anew where anything of it goes"""
    to, changed = path + ".new", False
    with zipfile.ZipFile(path) as z, zipfile.ZipFile(to, "w") as out:
        for i, d in members(z):
            less = without(d) if ending(i.filename) in XML and d.strip() else d
            changed = changed or less != d
            out.writestr(zipfile.ZipInfo(i.filename), less, i.compress_type)
    if changed:
        os.replace(to, path)
    else:
        os.remove(to)


def xml(d):
    cuts(d)  # before entities could grow
    for e in ET.fromstring(d).iter():
        said = bool(len(e) or (e.text or "").strip() or e.attrib)
        name = local(e.tag)
        demand(name not in TAKEN_OUT)
        demand(name not in TELLING or not said)
        for key, value in e.attrib.items():
            demand(not value.strip() or local(key) not in NAMING)
            demand(not PATH.search(value))
            demand(value not in PRINTER or not (e.text or "").strip())


def office(d):
    with zipfile.ZipFile(io.BytesIO(d)) as z:
        for i, part in members(z):
            look(part, ending(i.filename))


XML = ("xml", "rels", "vml", "rdf")
LOOK = {"gif": gif, "mp3": mp3, "ogg": ogg, "mp4": film, "heic": film}
OFFICE = ("docx", "xlsx", "pptx", "odt", "ods", "odp")
LOOK.update(dict.fromkeys(OFFICE, office))
LOOK.update(dict.fromkeys(XML, xml))


def look(d, kind):
    if kind in XML and not d.strip():
        return
    demand(not ANYWHERE.search(d))
    if kind in LOOK:
        LOOK[kind](d)


def main():
    path, kind = sys.argv[1:3]
    try:
        if sys.argv[3:] == ["strip"] and kind in OFFICE:
            strip(path)
        with open(path, "rb") as f:
            look(mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ), kind)
    except Left:
        sys.exit("something is left that says who made it, or where")
    except Exception as e:  # whatever a hostile file makes of a library
        sys.exit("it cannot be read: " + type(e).__name__)


if __name__ == "__main__":
    main()
