/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. Letters outside ASCII are compared as they are. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "meldluik/secret.h"
#include "redact.h"

static enum err
mark_word(const char *text, size_t len, const char *word, bool *gone)
{
	size_t n = strlen(word);
	bool any = false;

	if (n == 0) {
		return ERR_FORMAT;
	}
	for (size_t i = 0; i + n <= len; i++) {
		if (strncasecmp(text + i, word, n) == 0) {
			memset(gone + i, true, n);
			any = true;
		}
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
	enum err e = gone == NULL ? ERR_MEMORY : OK;
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
