# SPDX-License-Identifier: EUPL-1.2
"""Does a copy that mat2 made still say who made the file, or where?

Run in the sandbox of the tool (scrub.c): FILE ENDING. Exit 0 only when
nothing that mat2 0.13 is known to leave is there; what cannot be read is
not clean. What it draws anew (JPEG, PNG, TIFF, PDF) needs no more than the
search for Exif and XMP; of the others it copies what it does not know."""
import io
import mmap
import re
import sys
import zipfile
import xml.etree.ElementTree as ET

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


def xml(d):
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
        demand(z.comment == b"")
        for name in z.namelist():
            look(z.read(name), name.rpartition(".")[2].lower())


XML = ("xml", "rels", "vml", "rdf")
LOOK = {"gif": gif, "mp3": mp3, "ogg": ogg, "mp4": film, "heic": film}
LOOK.update(dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp"),
                          office))
LOOK.update(dict.fromkeys(XML, xml))


def look(d, ending):
    if ending in XML and not d.strip():
        return
    demand(not ANYWHERE.search(d))
    if ending in LOOK:
        LOOK[ending](d)


def main():
    with open(sys.argv[1], "rb") as f:
        look(mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ),
             sys.argv[2])


if __name__ == "__main__":
    main()
