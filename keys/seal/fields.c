/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The text fields of one form, in one block of secret memory, so that all of
 * it is wiped at once. Also the small urlencoded forms, which are read
 * whole.
 */
#include <string.h>

#include "meldluik/fields.h"
#include "meldluik/secret.h"

struct fields {
	struct {
		char name[FORM_NAME];
		size_t at, len;
	} field[FIELDS_MAX];
	unsigned count;
	bool open;
	size_t room, used;
	char text[];
};

struct fields *
fields_new(void)
{
	return fields_new_of(FIELDS_BYTES);
}

struct fields *
fields_new_of(size_t bytes)
{
	struct fields *f = secret_new(sizeof *f + bytes);

	if (f != NULL) {
		f->room = bytes;
	}
	return f;
}

void
fields_free(struct fields *f)
{
	secret_free(f);
}

enum err
fields_begin(struct fields *f, const char *name)
{
	unsigned i;

	if (f->open) {
		return ERR_USAGE;
	}
	if (f->count == FIELDS_MAX || f->used == f->room ||
	    strlen(name) >= FORM_NAME) {
		return ERR_LIMIT;
	}
	for (i = 0; i < f->count; i++) {
		if (strcmp(f->field[i].name, name) == 0) {
			return ERR_CONFLICT;
		}
	}
	strcpy(f->field[f->count].name, name);
	f->field[f->count].at = f->used;
	f->field[f->count].len = 0;
	f->open = true;
	return OK;
}

enum err
fields_grow(struct fields *f, const uint8_t *p, size_t len)
{
	if (!f->open) {
		return ERR_USAGE;
	}
	/* one byte stays for the NUL */
	if (len >= f->room - f->used) {
		return ERR_LIMIT;
	}
	memcpy(f->text + f->used, p, len);
	f->used += len;
	f->field[f->count].len += len;
	return OK;
}

void
fields_trim(struct fields *f)
{
	const uint8_t *s;
	size_t len, n = 0, whole = 1;

	s = (const uint8_t *)f->text + f->field[f->count].at;
	len = f->field[f->count].len;
	while (n < len && n < 3 && (s[len - 1 - n] & 0xc0) == 0x80) {
		n++;
	}
	if (n < len && s[len - 1 - n] >= 0xc0) {
		whole = s[len - 1 - n] >= 0xf0 ? 4 :
		    s[len - 1 - n] >= 0xe0 ? 3 : 2;
		n++;
	}
	if (n > 0 && n < whole) {
		secret_wipe(f->text + f->used - n, n);
		f->used -= n;
		f->field[f->count].len -= n;
	}
}

enum err
fields_end(struct fields *f)
{
	char *s;
	size_t len, i, n = 0;

	if (!f->open) {
		return ERR_USAGE;
	}
	f->open = false;
	s = f->text + f->field[f->count].at;
	len = f->field[f->count].len;
	if (len > 0 && !utf8_valid(s, len)) {
		secret_wipe(s, len);
		f->used -= len;
		return ERR_POLICY;
	}
	for (i = 0; i < len; i++) { /* CR LF and CR are LF */
		if (s[i] == '\r') {
			s[n++] = '\n';
			i += i + 1 < len && s[i + 1] == '\n';
		} else {
			s[n++] = s[i];
		}
	}
	secret_wipe(s + n, len - n);
	f->field[f->count].len = n;
	f->used = f->field[f->count].at + n + 1;
	f->count++;
	return OK;
}

static int
find(const struct fields *f, const char *name)
{
	unsigned i;

	for (i = 0; i < f->count; i++) {
		if (strcmp(f->field[i].name, name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

const char *
fields_get(const struct fields *f, const char *name)
{
	int i = find(f, name);

	return i < 0 ? "" : f->text + f->field[i].at;
}

size_t
fields_len(const struct fields *f, const char *name)
{
	int i = find(f, name);

	return i < 0 ? 0 : f->field[i].len;
}

const char *
fields_name(const struct fields *f, unsigned i)
{
	return i < f->count ? f->field[i].name : NULL;
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'A' && c <= 'F') {
		return c - 'A' + 10;
	}
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes one byte at ${p}; ${used} is how many it took. ERR_FORMAT */
static enum err
decode(const uint8_t *p, size_t left, uint8_t *out, size_t *used)
{
	int high, low;

	*used = 1;
	if (*p == '+') {
		*out = ' ';
		return OK;
	}
	if (*p != '%') {
		*out = *p;
		return *p > 0x20 && *p < 0x7f ? OK : ERR_FORMAT;
	}
	if (left < 3 || (high = hex_value(p[1])) < 0 ||
	    (low = hex_value(p[2])) < 0) {
		return ERR_FORMAT;
	}
	*out = (uint8_t)(high << 4 | low);
	*used = 3;
	return OK;
}

enum err
form_urlencoded(const uint8_t *p, size_t len, struct fields *f)
{
	char name[FORM_NAME];
	const uint8_t *end;
	size_t n, used;
	uint8_t c;
	enum err e;

	if (len > f->room) {
		return ERR_LIMIT;
	}
	if (len == 0) {
		return OK; /* p may be NULL */
	}
	end = p + len;
	while (p < end) {
		for (n = 0; p < end && *p != '='; p++) {
			if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_",
			    *p) == NULL || *p == '\0') {
				return ERR_FORMAT;
			}
			if (n + 1 == sizeof(name)) {
				return ERR_LIMIT;
			}
			name[n++] = (char)*p;
		}
		if (p++ == end || n == 0) {
			return ERR_FORMAT;
		}
		name[n] = '\0';
		if ((e = fields_begin(f, name)) != OK) {
			return e;
		}
		for (; p < end && *p != '&'; p += used) {
			e = decode(p, (size_t)(end - p), &c, &used);
			if (e == OK) {
				e = fields_grow(f, &c, 1);
			}
			secret_wipe(&c, 1);
			if (e != OK) {
				return e;
			}
		}
		if ((e = fields_end(f)) != OK) {
			return e;
		}
		if (p < end && ++p == end) {
			return ERR_FORMAT; /* ends in & */
		}
	}
	return OK;
}
