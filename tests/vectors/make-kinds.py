#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Makes vectors/filekind: the first bytes of files, each named for what the
desk must call it (letters of the kind's word) and for what is in it.
make-kinds.py FOLDER"""
import os
import sys

TOP = sys.argv[1]
HEAD = 4096  # FILEKIND_HEAD


def write(kind, what, body):
    if isinstance(body, str):
        body = body.encode()
    assert len(body) <= HEAD
    with open(os.path.join(TOP, f"{kind}-{what}"), "wb") as f:
        f.write(body)


def archive(name, *more):
    """The head of a ZIP archive whose first name is this"""
    first = b"PK\x03\x04" + bytes(22) + bytes([len(name), 0, 0, 0])
    return first + name.encode() + b"".join(m.encode() for m in more)


os.makedirs(TOP, exist_ok=True)
OPEN = "mimetypeapplication/vnd.oasis.opendocument."
TYPES = "[Content_Types].xml"
for kind, what, body in (
        ("jpegimage", "jfif", b"\xff\xd8\xff\xe0\0\x10JFIF"),
        ("jpegimage", "with-pdf", b"\xff\xd8\xff\xfe\0\x10%PDF-1.7"),
        ("pngimage", "head", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("gifimage", "87", "GIF87a"), ("gifimage", "89", "GIF89a;"),
        ("webpimage", "head", b"RIFF\x10\0\0\0WEBPVP8 "),
        ("wavsound", "head", b"RIFF\x10\0\0\0WAVEfmt "),
        ("notknown", "riff", b"RIFF\x10\0\0\0AVI LIST"),
        ("notknown", "riff-cut", b"RIFF\x10\0\0\0WEB"),
        ("tiffimage", "little", b"II*\0\x08\0"),
        ("tiffimage", "big", b"MM\0*\0\0"),
        ("heicimage", "heic", b"\0\0\0\x18ftypheic"),
        ("heicimage", "heix", b"\0\0\0\x18ftypheix"),
        ("heicimage", "mif1", b"\0\0\0\x18ftypmif1"),
        ("mpfilm", "isom", b"\0\0\0\x18ftypisom"),
        ("mpfilm", "cut", b"\0\0\0\x18ftyp"),
        ("mpsound", "id3", b"ID3\x03\0"), ("mpsound", "frame", b"\xff\xfb\x90"),
        ("oggsound", "head", b"OggS\0\x02"),
        ("pdfdocument", "head", "%PDF-1.7\n"),
        ("pdfdocument", "behind", "x" * 1019 + "%PDF-1.7"),
        ("plaintext", "pdf-far", "x" * 1020 + "%PDF-1.7"),
        ("worddocument", "head", archive(TYPES, "word/document.xml")),
        ("excelsheet", "head", archive(TYPES, "xl/workbook.xml")),
        ("powerpointslides", "head", archive("_rels/.rels", "ppt/a.xml")),
        ("officedocumentwithmacros", "head",
         archive(TYPES, "word/vbaProject.bin")),
        ("opendocumenttext", "head", archive(OPEN + "text")),
        ("opendocumentsheet", "head", archive(OPEN + "spreadsheet")),
        ("opendocumentslides", "head", archive(OPEN + "presentation")),
        ("ziparchive", "head", archive("a.txt")),
        ("ziparchive", "types-only", archive(TYPES)),
        ("ziparchive", "ftyp", b"PK\x03\x04ftypisom"),
        ("oldofficedocument", "head", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("programwindows", "head", b"MZ\x90\0\x03"),
        ("programwindows", "ftyp", b"MZ\x90\0ftypisom"),
        ("programwindows", "pdf", b"MZ\x90\0 %PDF-1.7"),
        ("programlinux", "head", b"\x7fELF\x02\x01\x01"),
        ("programlinux", "ftyp", b"\x7fELFftypmp42"),
        ("programscript", "sh", "#!/bin/sh\nrm -r x\n"),
        ("programscript", "ftyp", "#! #ftyp\nrm -r x\n"),
        ("programscript", "desktop", "[Desktop Entry]\nExec=x\n"),
        ("webpage", "html", "\n<html>"), ("webpage", "svg", "<svg x='1'>"),
        ("webpage", "script", "words <script>"),
        ("webpage", "doctype", "<!DOCTYPE html>"),
        ("rtfdocument", "head", "{\\rtf1 x}"),
        ("mailmessage", "head", "Received: from x\n"),
        ("mailmessage", "later", "From: x\nReceived: from x\n"),
        ("plaintext", "dutch", "Ik zag 'm; één keer.\r\n\tNiet vaker.\n"),
        ("plaintext", "cut-at-the-head", b"x" * 4095 + b"\xe2"),
        ("notknown", "cut-before-it", b"x" * 4094 + b"\xe2"),
        ("plaintext", "cut-three", b"x" * 4093 + b"\xf0\x9f\x91"),
        ("notknown", "wrong-four", b"x" * 4092 + b"\xe9" * 4),
        ("notknown", "nothing", b""), ("notknown", "nul", b"words\0words"),
        ("notknown", "escape", b"words \x1b[2J"),
        ("notknown", "latin", b"\xe9\xe9n")):
    write(kind, what, body)
