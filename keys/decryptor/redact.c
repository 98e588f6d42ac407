/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. */
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "redact.h"

/* Reads text one letter after the other, as mark_word compares them */
struct letters {
	const uint8_t *p;
	size_t len, at;
};

/* The code point at ${l}, which moves behind it; 0: the end. Bytes that are
 * no UTF-8 stand for themselves. */
static uint32_t
point(struct letters *l)
{
	uint8_t first;
	unsigned more;
	uint32_t c;

	if (l->at == l->len) {
		return 0;
	}
	first = l->p[l->at++];
	more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
	c = first & (more == 0 ? 0xffu : 0x3fu >> more);
	while (more-- > 0 && l->at < l->len &&
	    (l->p[l->at] & 0xc0) == 0x80) {
		c = c << 6 | (l->p[l->at++] & 0x3fu);
	}
	return c == 0 ? 1 : c;
}

/* Accents written as letters of their own, and what is not seen at all */
static bool
unseen(uint32_t c)
{
	return (c >= 0x300 && c <= 0x36f) || c == 0xad ||
	    (c >= 0x200b && c <= 0x200f) || c == 0x2060 || c == 0xfeff;
}

static bool
blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 ||
	    (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
	    c == 0x202f || c == 0x205f || c == 0x3000;
}

/* Small, and without accents: Latin as far as U+017F, Greek and Cyrillic */
static uint32_t
folded(uint32_t c)
{
	static const char base[] = /* of U+00C0 and on; '.': has none */
	    "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii"
	    ".nooooo..uuuuy.yaaaaaaccccccccdd..eeeeeeeeeegggg"
	    "gggghh..iiiiiiiiii..jjkk.llllll....nnnnnn...oooo"
	    "oo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz.";

	if (c >= 'A' && c <= 'Z') {
		return c + 0x20;
	}
	if (c >= 0xc0 && c < 0xc0 + sizeof base - 1) {
		return base[c - 0xc0] != '.' ? (uint32_t)base[c - 0xc0] :
		    c < 0xdf && c != 0xd7 ? c + 0x20 :
		    c >= 0x100 && c < 0x138 ? c | 1 :
		    c == 0x13f || c == 0x141 ? c + 1 :
		    c >= 0x14a && c < 0x178 ? c | 1 : c;
	}
	if ((c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f)) {
		return c + 0x20;
	}
	if (c >= 0x400 && c <= 0x40f) {
		return c + 0x50;
	}
	return c >= 0x460 && c < 0x530 ? c | 1 : c;
}

/* Blanks in a row are one */
static uint32_t
letter(struct letters *l)
{
	uint32_t c = point(l);
	size_t behind = l->at;

	while (c != 0 && unseen(c)) {
		c = point(l);
		behind = l->at;
	}
	if (!blank(c)) {
		return folded(c);
	}
	while (blank(c) || unseen(c)) {
		behind = l->at;
		c = point(l);
	}
	l->at = behind;
	return ' ';
}

/* Bytes of ${text} that are the word from where it stands; 0: none */
static size_t
matches(struct letters text, struct letters word)
{
	size_t from = text.at, end;
	uint32_t c;

	while ((c = letter(&word)) != 0) {
		if (letter(&text) != c) {
			return 0;
		}
	}
	do { /* accents of the last letter */
		end = text.at;
		c = point(&text);
	} while (c != 0 && unseen(c));
	return end - from;
}

/* Without the blanks around it, as it was pasted */
static struct letters
trimmed(const char *word)
{
	struct letters l = {(const uint8_t *)word, strlen(word), 0}, rest;
	size_t from = 0, to = 0;

	while (l.at < l.len) {
		size_t before = l.at;
		uint32_t c = point(&l);
		if (!blank(c) && !unseen(c)) {
			from = to == 0 ? before : from;
			to = l.at;
		}
	}
	rest = (struct letters){l.p + from, to - from, 0};
	return rest;
}

static enum err
mark_word(const char *text, size_t len, const char *word, bool *gone)
{
	struct letters l = {(const uint8_t *)text, len, 0},
	    want = trimmed(word);
	bool any = false;

	if (want.len == 0) {
		return ERR_FORMAT;
	}
	while (l.at < len) {
		size_t n = matches(l, want);
		memset(gone + l.at, true, n);
		any = any || n > 0;
		(void)point(&l);
	}
	return any ? OK : ERR_UNKNOWN;
}

/* Byte at which character ${n} starts; ${len} + 1 when there is none */
static size_t
byte_of(const char *text, size_t len, json_int_t n)
{
	json_int_t seen = 0;

	for (size_t i = 0; i < len; i++) {
		if (((uint8_t)text[i] & 0xc0) == 0x80) {
			continue;
		}
		if (seen++ == n) {
			return i;
		}
	}
	return seen == n ? len : len + 1;
}

static enum err
mark_range(const char *text, size_t len, const json_t *o, bool *gone)
{
	const json_t *from = json_object_get(o, "from"),
	    *to = json_object_get(o, "to");
	size_t a, b;

	if (!json_is_integer(from) || !json_is_integer(to) ||
	    json_integer_value(from) < 0) {
		return ERR_FORMAT;
	}
	a = byte_of(text, len, json_integer_value(from));
	b = byte_of(text, len, json_integer_value(to));
	if (b > len || a >= b) {
		return ERR_UNKNOWN;
	}
	memset(gone + a, true, b - a);
	return OK;
}

enum err
redact_text(const char *text, size_t len, const json_t *list,
    struct buf *out)
{
	bool *gone = calloc(len + 1, sizeof *gone);
	enum err e = gone == NULL ? ERR_MEMORY : json_is_array(list) ? OK :
	    ERR_FORMAT;
	size_t i;
	json_t *v;

	json_array_foreach ((json_t *)(uintptr_t)list, i, v) {
		if (e == OK) {
			e = json_is_string(v) ? mark_word(text, len,
			    json_string_value(v), gone) : json_is_object(v) ?
			    mark_range(text, len, v, gone) : ERR_FORMAT;
		}
	}
	for (i = 0; e == OK && i < len; i++) {
		if (!gone[i]) {
			buf_u8(out, (uint8_t)text[i]);
		} else if (i == 0 || !gone[i - 1]) {
			buf_text(out, REDACT_MARK);
		}
	}
	free(gone);
	return e == OK && out->failed ? ERR_LIMIT : e;
}
