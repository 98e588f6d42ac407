/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Escaping for HTML text and double-quoted attributes: the one place where
 * foreign bytes become markup-safe. Direction controls and control
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

void html_text(struct buf *b, const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;
	char name[16];
	const char *e;
	size_t n;
	uint32_t c;

	for (size_t i = 0; i < len; i += n) {
		n = sequence(p + i, len - i);
		if (n == 0) {
			buf_text(b, "\xef\xbf\xbd"); /* U+FFFD */
			n = 1;
			continue;
		}
		c = code_point(p + i, n);
		e = entity(c);
		if (e != NULL) {
			buf_text(b, e);
		} else if (shown(c)) {
			snprintf(name, sizeof name, "U+%04X", (unsigned)c);
			buf_text(b, name);
		} else {
			buf_put(b, p + i, n);
		}
	}
}
