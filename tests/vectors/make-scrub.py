#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Makes vectors/scrub: files as mat2 leaves them or gets them, each named
left- when it still says who made it or where, else clean-.
make-scrub.py FOLDER"""
import os
import sys
import warnings
import zipfile

TOP = sys.argv[1]
WHO = b"Jan Jansen"
NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "x15ac": "http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "config": "urn:oasis:names:tc:opendocument:xmlns:config:1.0",
    "dc": "http://purl.org/dc/elements/1.1/"}
HEAD = '<?xml version="1.0"?>'
TYPES = HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/' \
    '2006/content-types"><Override PartName="/%s" ContentType="application/' \
    'vnd.openxmlformats-officedocument.%s.main+xml"/></Types>'
RELS = HEAD + '<Relationships xmlns="http://schemas.openxmlformats.org/' \
    'package/2006/relationships">%s</Relationships>'


def root(tag, body):
    spaces = "".join(' xmlns:%s="%s"' % n for n in NAMES.items())
    return "%s<%s%s>%s</%s>" % (HEAD, tag, spaces, body, tag)


def pack(name, *members, comment=b""):
    with zipfile.ZipFile(os.path.join(TOP, name), "w") as z:
        z.comment = comment
        for member, body in members:
            z.writestr(zipfile.ZipInfo(member), body)


def word(name, body, *more):
    pack(name, ("[Content_Types].xml", TYPES % (
        "word/document.xml", "wordprocessingml.document")), *more,
         ("word/document.xml", root("w:document", "<w:body><w:p>%s</w:p>"
                                    "</w:body>" % body)))


def excel(name, body):
    pack(name, ("[Content_Types].xml", TYPES % (
        "xl/workbook.xml", "spreadsheetml.sheet")),
         ("xl/workbook.xml", root("workbook", body)))


def writer(name, body, *more):
    pack(name, ("mimetype", "application/vnd.oasis.opendocument.text"),
         ("content.xml", root("office:document-content", body)), *more)


def write(name, *parts):
    with open(os.path.join(TOP, name), "wb") as f:
        f.write(b"".join(parts))


os.makedirs(TOP, exist_ok=True)
RUN = "<w:r>%s<w:t>tekst</w:t></w:r>"
BY = 'w:id="1" w:author="Jan Jansen"'
word("clean-word.docx", RUN % "")
word("left-form-changed.docx", RUN % "<w:rPr><w:rPrChange %s/></w:rPr>" % BY)
word("left-moved.docx", "<w:moveFrom %s>%s</w:moveFrom>" % (BY, RUN % ""))
word("left-moved-by-nobody.docx", "<w:moveFrom>%s</w:moveFrom>" % RUN % "")
word("left-link-to-home.docx", RUN % "", (
    "word/_rels/document.xml.rels",
    RELS % '<Relationship Id="rId1" Target="file:///C:/Users/jan/a.docx"/>'))
word("left-variable.docx", '<w:docVar w:name="x" w:val="Jan Jansen"/>')
word("left-picture.docx", RUN % "", ("word/media/a.jpg", b"\xff\xd8\xff\xe1"
                                     b"\0\x20Exif\0\0MM\0*" + WHO))
word("left-picture-path.docx", '<w:docPr descr="C:\\Users\\jan\\a.png"/>')
excel("clean-sheet.xlsx", "<sheets/>")
excel("left-where-it-lay.xlsx", '<x15ac:absPath url="D:\\Jan Jansen\\"/>')
CHOICE = '<m:AlternateContent xmlns:m="http://schemas.openxmlformats.org/' \
    'markup-compatibility/2006"><m:Choice Requires="x15">%s</m:Choice>' \
    '</m:AlternateContent>'
LAY = '<x15ac:absPath url="D:\\Jan Jansen\\"/>'
excel("left-in-a-choice.xlsx", CHOICE % LAY + "<sheets> <!-- een --></sheets>")
excel("left-in-a-full-choice.xlsx", CHOICE % (LAY + "<b/>") + "<sheets/>")
excel("left-lay-and-locked.xlsx", LAY + '<fileSharing userName="Jan Jansen"/>')
excel("left-locked-by.xlsx", '<fileSharing userName="Jan Jansen"/>')
writer("clean-writer.odt", "<office:body/>")
writer("clean-empty-words.odt", '<office:annotation office:author=" ">'
       "<dc:creator/></office:annotation><config:config-item config:name="
       '"PrinterName"> </config:config-item><text:p text:style-name="P">tekst'
       "</text:p>")
writer("left-note.odt", "<office:annotation><dc:creator>Jan Jansen"
       "</dc:creator></office:annotation>")
writer("left-printer.odt", "<office:body/>", ("settings.xml", root(
    "office:document-settings", '<config:config-item config:name='
    '"PrinterName">HP van Jan</config:config-item>')))
PRINTED = '<config:config-item config:name="%s" config:type="string">%s' \
    '</config:config-item>'
writer("left-printer-set.odt", "<office:body/>", ("settings.xml", root(
    "office:document-settings", PRINTED % ("PrinterName", "HP van Jan") +
    PRINTED % ("ZoomFactor", "100") + PRINTED % (
        "PrinterSetup", "aGFuIEph"))))
writer("left-printer-and-note.odt", "<office:annotation><dc:creator>Jan Jansen"
       "</dc:creator></office:annotation>", ("settings.xml", root(
           "office:document-settings", PRINTED % ("PrinterName", "HP"))))
pack("left-entities.docx", ("[Content_Types].xml", TYPES % (
    "word/document.xml", "wordprocessingml.document")), (
        "word/document.xml", '<!DOCTYPE d [<!ENTITY a "Jan Jansen">]>'
        "<d>&a;</d>"))
pack("left-behind.odt", ("content.xml", root(
    "office:document-content", "<office:body/>")), comment=WHO)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a name that is there twice
    writer("left-twice.odt", "<office:body/>", ("x.xml", "<a author='Jan'/>"),
           ("x.xml", "<a/>"))
SOUND = (b"\xff\xfb\x90\x64" + bytes(413)) * 20
APE = b"\x0a\0\0\0" + bytes(4) + b"Artist\0" + WHO
write("clean-sound.mp3", SOUND)
write("clean-empty-tag.mp3", b"ID3\x04\0\0\0\0\0\x10", bytes(16), SOUND)
write("left-tag.mp3", b"ID3\x04\0\0\0\0\0\x15TPE1\0\0\0\x0b\0\0\0", WHO,
      SOUND)
write("left-before.mp3", WHO, SOUND)
write("left-before-its-half.mp3", b"\xff" + WHO, SOUND)
write("left-old-tag.mp3", SOUND, b"TAG", WHO.ljust(125, b"\0"))
write("left-ape.mp3", SOUND, APE, b"APETAGEX\xd0\7\0\0",
      bytes([len(APE) + 32, 0, 0, 0, 1]), bytes(15))
GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
DOT = b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0"
SAYS = b"\x0a" + WHO + b"\0"
write("clean-dot.gif", GIF, b"!\xf9\x04\0\0\0\0\0", DOT, b";")
write("clean-film.gif", GIF, b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", DOT, b";")
write("left-behind-the-end.gif", GIF, DOT, b";", WHO)
write("left-comment.gif", GIF, b"!\xfe", SAYS, DOT, b";")
write("left-plain-text.gif", GIF, b"!\x01\x0c", bytes(12), SAYS, DOT, b";")
write("left-of-a-program.gif", GIF, b"!\xff\x0bJANJANSEN01", SAYS, DOT, b";")
write("left-name-of-a-program.gif", GIF, b"!\xff\x0bJan Jansen.\x03\x01\0\0\0",
      DOT, b";")
write("left-behind-repeats.gif", GIF, b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0",
      SAYS, DOT, b";")
write("left-behind-pause.gif", GIF, b"!\xf9\x04\0\0\0\0", SAYS, DOT, b";")


def page(flags, body):
    return b"OggS\0" + bytes([flags]) + bytes(20) + bytes(
        [1, len(body)]) + body


FIRST, SECOND = page(2, b"\x01vorbis"), page(0, b"\x03vorbis")
write("clean-sound.ogg", FIRST, SECOND)
write("left-second-stream.ogg", FIRST, SECOND, FIRST, page(0, WHO))
write("left-second-comment.ogg", FIRST, SECOND, page(0, b"\x03vorbis" + WHO))
write("left-behind.ogg", FIRST, SECOND, WHO)
HDLR = b"\0\0\0\x21hdlr" + bytes(8)
write("clean-film.mp4", HDLR, b"vide", HDLR, b"soun", HDLR, b"mdir")
write("left-places.mp4", HDLR, b"vide", HDLR, b"meta", WHO)
write("left-words.mp4", HDLR, b"vide", HDLR, b"text", WHO)
write("left-xmp.heic", b"\0\0\0\x18ftypheic<x:xmpmeta", WHO)
write("left-exif.png", b"\x89PNG\r\n\x1a\nExif\0\0II", WHO)
