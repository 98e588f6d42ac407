/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Escaping for HTML text, double-quoted attributes and Markdown: the one
 * place where foreign bytes become markup-safe. Direction controls and control
 * characters are shown, not obeyed: they can make a name read as another.
 */
#include "meldluik/html.h"

#include <stdio.h>
#include <string.h>

/* Length of the UTF-8 sequence at ${s}, or 0 if there is no valid one. */
static size_t sequence(const uint8_t *s, size_t left)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if (s[0] == 0) {
		return 1;
	}
	return n <= left && utf8_valid(s, n) ? n : 0;
}

static uint32_t code_point(const uint8_t *s, size_t n)
{
	uint32_t c = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));

	for (size_t i = 1; i < n; i++) {
		c = c << 6 | (s[i] & 0x3f);
	}
	return c;
}

static bool shown(uint32_t c)
{
	if (c == '\t' || c == '\n') {
		return false;
	}
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c ||
	    c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069);
}

static const char *entity(uint32_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* What stands for the sequence at ${p}: ${own} has the format's characters */
static size_t
put_shown(struct buf *b, const uint8_t *p, size_t left,
    const char *(*own)(uint32_t c))
{
	char name[16];
	size_t n = sequence(p, left);
	uint32_t c = n == 0 ? 0xfffd : code_point(p, n);
	const char *e = own(c);

	if (n == 0) {
		buf_text(b, "\xef\xbf\xbd"); /* U+FFFD */
		return 1;
	}
	if (e != NULL) {
		buf_text(b, e);
	} else if (shown(c)) {
		snprintf(name, sizeof name, "U+%04X", (unsigned)c);
		buf_text(b, name);
	} else {
		buf_put(b, p, n);
	}
	return n;
}

void html_text(struct buf *b, const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;

	for (size_t i = 0; i < len;) {
		i += put_shown(b, p + i, len - i, entity);
	}
}

/* A character that begins or ends markup, with its backslash */
static const char *escaped(uint32_t c)
{
	static const char pairs[][3] = {"\\\\", "\\`", "\\*", "\\_", "\\{",
		"\\}", "\\[", "\\]", "\\(", "\\)", "\\<", "\\>", "\\|", "\\#",
		"\\+", "\\-", "\\.", "\\!", "\\&", "\\=", "\\:", "\\@",
		"\\~"};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (c == (uint8_t)pairs[i][1]) {
			return pairs[i];
		}
	}
	return NULL;
}

static const char *escaped_cell(uint32_t c)
{
	return c == '\n' || c == '\t' ? " " : escaped(c);
}

void markdown_text(struct buf *b, const char *s, size_t len, bool cell)
{
	const uint8_t *p = (const uint8_t *)s;

	for (size_t i = 0; i < len;) {
		i += put_shown(b, p + i, len - i,
		    cell ? escaped_cell : escaped);
	}
}
