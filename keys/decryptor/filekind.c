/* SPDX-License-Identifier: EUPL-1.2 */
/* Magic bytes of the kinds that reporters send; see the header. */
#include <string.h>

#include "filekind.h"
#include "meldluik/bytes.h"

enum kind {
	KIND_UNKNOWN, KIND_TEXT, KIND_JPEG, KIND_PNG, KIND_GIF, KIND_WEBP,
	KIND_TIFF, KIND_HEIC, KIND_PDF, KIND_DOCX, KIND_XLSX, KIND_PPTX,
	KIND_ODT, KIND_ODS, KIND_ODP, KIND_ZIP, KIND_OLE, KIND_MP3, KIND_WAV,
	KIND_OGG, KIND_MP4, KIND_EXE, KIND_ELF, KIND_SCRIPT, KIND_HTML,
	KIND_RTF, KIND_EML, KIND_MACRO, KINDS
};

static const struct filekind kinds[KINDS] = {
	[KIND_UNKNOWN] = {"not known", "onbekend", "data", false, true},
	[KIND_TEXT] = {"plain text", "platte tekst", "txt", false, false},
	[KIND_JPEG] = {"JPEG image", "JPEG-beeld", "jpg", true, false},
	[KIND_PNG] = {"PNG image", "PNG-beeld", "png", true, false},
	[KIND_GIF] = {"GIF image", "GIF-beeld", "gif", true, false},
	[KIND_WEBP] = {"WebP image", "WebP-beeld", "webp", true, false},
	[KIND_TIFF] = {"TIFF image", "TIFF-beeld", "tiff", true, false},
	[KIND_HEIC] = {"HEIC image", "HEIC-beeld", "heic", true, false},
	[KIND_PDF] = {"PDF document", "PDF-document", "pdf", true, true},
	[KIND_DOCX] = {"Word document", "Word-document", "docx", true, true},
	[KIND_XLSX] = {"Excel sheet", "Excel-blad", "xlsx", true, true},
	[KIND_PPTX] = {"PowerPoint slides", "PowerPoint-dia's",
	    "pptx", true, true},
	[KIND_ODT] = {"OpenDocument text", "OpenDocument-tekst",
	    "odt", true, true},
	[KIND_ODS] = {"OpenDocument sheet", "OpenDocument-blad",
	    "ods", true, true},
	[KIND_ODP] = {"OpenDocument slides", "OpenDocument-dia's",
	    "odp", true, true},
	[KIND_ZIP] = {"ZIP archive", "ZIP-archief", "data", false, true},
	[KIND_OLE] = {"old Office document", "oud Office-document",
	    "data", false, true},
	[KIND_MP3] = {"MP3 sound", "MP3-geluid", "mp3", true, false},
	[KIND_WAV] = {"WAV sound", "WAV-geluid", "wav", true, false},
	[KIND_OGG] = {"Ogg sound", "Ogg-geluid", "ogg", true, false},
	[KIND_MP4] = {"MP4 film", "MP4-film", "mp4", true, false},
	[KIND_EXE] = {"PROGRAM (Windows)", "PROGRAMMA (Windows)",
	    "data", false, true},
	[KIND_ELF] = {"PROGRAM (Linux)", "PROGRAMMA (Linux)",
	    "data", false, true},
	[KIND_SCRIPT] = {"PROGRAM (script)", "PROGRAMMA (script)",
	    "data", false, true},
	[KIND_HTML] = {"web page", "webpagina", "data", false, true},
	[KIND_RTF] = {"RTF document", "RTF-document", "data", false, true},
	[KIND_EML] = {"mail message", "mailbericht", "data", false, true},
	[KIND_MACRO] = {"Office document WITH MACROS", "Office-document MET MACRO'S",
	    "data", false, true},
};

static bool
starts(const uint8_t *p, size_t len, size_t at, const char *magic, size_t n)
{
	return len >= at + n && memcmp(p + at, magic, n) == 0;
}
#define AT(at, s) starts(p, len, at, s, sizeof(s) - 1)

static bool
holds(const uint8_t *p, size_t len, const char *s)
{
	return memmem(p, len, s, strlen(s)) != NULL;
}

/* Office files are ZIP archives whose first names tell which */
static enum kind
zip_kind(const uint8_t *p, size_t len)
{
	if (holds(p, len, "vbaProject")) {
		return KIND_MACRO;
	}
	if (AT(30, "mimetypeapplication/vnd.oasis.opendocument.text")) {
		return KIND_ODT;
	}
	if (AT(30, "mimetypeapplication/vnd.oasis.opendocument.spread")) {
		return KIND_ODS;
	}
	if (AT(30, "mimetypeapplication/vnd.oasis.opendocument.present")) {
		return KIND_ODP;
	}
	if (holds(p, len, "[Content_Types].xml") || holds(p, len, "_rels/")) {
		return holds(p, len, "word/") ? KIND_DOCX :
		    holds(p, len, "xl/") ? KIND_XLSX :
		    holds(p, len, "ppt/") ? KIND_PPTX : KIND_ZIP;
	}
	return KIND_ZIP;
}

static enum kind
box_kind(const uint8_t *p, size_t len)
{
	return AT(8, "heic") || AT(8, "heix") || AT(8, "mif1") ? KIND_HEIC :
	    KIND_MP4;
}

/* The head may cut a character: its last three bytes are not judged */
static bool
plain_text(const uint8_t *p, size_t len)
{
	size_t n = len;

	while (n > 0 && len - n < 3 && !utf8_valid(p, n)) {
		n--;
	}
	if (n == 0 || !utf8_valid(p, n) || (len < FILEKIND_HEAD && n != len)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (p[i] < 0x20 && p[i] != '\n' && p[i] != '\r' &&
		    p[i] != '\t') {
			return false;
		}
	}
	return true;
}

static enum kind
kind_of(const uint8_t *p, size_t len)
{
	if (AT(0, "\xff\xd8\xff")) {
		return KIND_JPEG;
	}
	if (AT(0, "\x89PNG\r\n\x1a\n")) {
		return KIND_PNG;
	}
	if (AT(0, "GIF87a") || AT(0, "GIF89a")) {
		return KIND_GIF;
	}
	if (AT(0, "RIFF")) {
		return AT(8, "WEBP") ? KIND_WEBP : AT(8, "WAVE") ? KIND_WAV :
		    KIND_UNKNOWN;
	}
	if (AT(0, "II*\0") || AT(0, "MM\0*")) {
		return KIND_TIFF;
	}
	if (AT(0, "PK\x03\x04")) {
		return zip_kind(p, len);
	}
	if (AT(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
		return KIND_OLE;
	}
	if (AT(0, "ID3") || AT(0, "\xff\xfb")) {
		return KIND_MP3;
	}
	if (AT(0, "OggS")) {
		return KIND_OGG;
	}
	if (AT(0, "MZ")) {
		return KIND_EXE;
	}
	if (AT(0, "\x7f" "ELF")) {
		return KIND_ELF;
	}
	if (AT(0, "#!") || AT(0, "[Desktop Entry]")) {
		return KIND_SCRIPT;
	}
	if (AT(0, "{\\rtf")) {
		return KIND_RTF;
	}
	/* Behind what the first bytes say: a program can have these later */
	if (AT(4, "ftyp")) {
		return box_kind(p, len);
	}
	/* Readers take a PDF mark within the first KiB */
	if (holds(p, len < 1024 ? len : 1024, "%PDF-")) {
		return KIND_PDF;
	}
	if (holds(p, len < 1024 ? len : 1024, "<html") ||
	    holds(p, len < 1024 ? len : 1024, "<!DOCTYPE html") ||
	    holds(p, len < 1024 ? len : 1024, "<script") ||
	    holds(p, len < 1024 ? len : 1024, "<svg")) {
		return KIND_HTML;
	}
	if (holds(p, len, "\nReceived: ") || AT(0, "Received: ")) {
		return KIND_EML;
	}
	return plain_text(p, len) ? KIND_TEXT : KIND_UNKNOWN;
}

const struct filekind *
filekind_of(const uint8_t *p, size_t len)
{
	return &kinds[len == 0 ? KIND_UNKNOWN : kind_of(p, len)];
}

const char *
filekind_label(const char *word, const char *language)
{
	for (unsigned i = 0; strcmp(language, "nl") == 0 && i < KINDS; i++) {
		if (strcmp(kinds[i].word, word) == 0) {
			return kinds[i].nl;
		}
	}
	return word;
}
