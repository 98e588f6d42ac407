/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * multipart/form-data, strict and streaming. The library's own parser keeps
 * copies of what reporters write in memory it frees unwiped; this one keeps
 * only a part's headers, in secret memory.
 *
 * No preamble, no epilogue but one line end, no nested multipart, no
 * transfer encoding (RFC 7578 4.7), one name per part. In names %22 %0D %0A
 * are the quote and line ends, as browsers write them.
 */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "meldluik/secret.h"

enum stage { STAGE_FIRST, STAGE_HEADERS, STAGE_DATA, STAGE_TAIL, STAGE_OVER };

struct form {
	const struct form_events *event;
	void *arg;
	enum stage stage;
	enum err failed;
	unsigned parts;
	char mark[FORM_BOUNDARY_MAX + 4]; /* CR LF - - boundary */
	size_t mark_len;
	size_t matched; /* bytes of mark seen */
	char tail[4];   /* STAGE_TAIL, STAGE_OVER */
	size_t tail_len;
	char header[FORM_HEADER_MAX];
	size_t header_len;
	struct form_part part;
};

static bool
boundary_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || (c != '\0' &&
	    strchr("'()+_,-./:=?", c) != NULL);
}

/* The boundary in a Content-Type; false when there is not exactly one */
static bool
boundary_find(const char *type, char *out, size_t *len)
{
	static const char want[] = "multipart/form-data";
	static const char key[] = "boundary=";
	const char *p = type + sizeof(want) - 1;
	bool quoted;
	size_t n = 0;

	if (strncasecmp(type, want, sizeof(want) - 1) != 0) {
		return false;
	}
	p += strspn(p, " ");
	if (*p++ != ';') {
		return false;
	}
	p += strspn(p, " ");
	if (strncasecmp(p, key, sizeof(key) - 1) != 0) {
		return false;
	}
	p += sizeof(key) - 1;
	quoted = *p == '"';
	p += quoted;
	while (boundary_char(*p) && n < FORM_BOUNDARY_MAX) {
		out[n++] = *p++;
	}
	if (quoted && *p++ != '"') {
		return false;
	}
	*len = n;
	return n > 0 && *p == '\0';
}

enum err
form_new(const char *type, const struct form_events *e, void *arg,
    struct form **out)
{
	struct form *f = secret_new(sizeof(*f));
	size_t n;

	if (f == NULL) {
		return ERR_MEMORY;
	}
	memcpy(f->mark, "\r\n--", 4);
	if (type == NULL || !boundary_find(type, f->mark + 4, &n)) {
		secret_free(f);
		return ERR_FORMAT;
	}
	f->mark_len = n + 4;
	f->matched = 2; /* the first boundary has no line end before it */
	f->event = e;
	f->arg = arg;
	*out = f;
	return OK;
}

void
form_free(struct form *f)
{
	secret_free(f);
}

/* --- headers of a part --- */

/* name="value" or filename="value" at ${*p}; moves on */
static enum err
parameter(const char **p, const char *end, const char *key, char *out,
    size_t size)
{
	size_t n = strlen(key), used = 0;
	const char *s = *p;

	if ((size_t)(end - s) < n + 2 || memcmp(s, key, n) != 0 ||
	    s[n] != '=' || s[n + 1] != '"') {
		return ERR_FORMAT;
	}
	for (s += n + 2; s < end && *s != '"'; s++) {
		char c = *s;

		if (c == '%' && end - s > 2) {
			if (memcmp(s, "%22", 3) == 0) {
				c = '"';
			} else if (memcmp(s, "%0D", 3) == 0) {
				c = '\r';
			} else if (memcmp(s, "%0A", 3) == 0) {
				c = '\n';
			}
			s += c == '%' ? 0 : 2;
		}
		if (c == '\0') {
			return ERR_FORMAT;
		}
		if (used + 1 >= size) {
			return ERR_LIMIT;
		}
		out[used++] = c;
	}
	if (s == end) {
		return ERR_FORMAT;
	}
	out[used] = '\0';
	*p = s + 1;
	return OK;
}

/*
 * Some browsers send a path: only its last component is a name. A system may
 * let a name have 255 letters, of two or three bytes each: what is beyond our
 * room is cut, as the script does it, and no reason to refuse a report.
 */
static enum err
file_name_set(struct form_part *part, char *s)
{
	char *base = s, *p;
	size_t len;

	for (p = s; *p != '\0'; p++) {
		if (*p == '/' || *p == '\\') {
			base = p + 1;
		}
	}
	if (*base != '\0' && !utf8_valid(base, strlen(base))) {
		return ERR_POLICY;
	}
	len = strlen(base);
	if (len >= FORM_FILE_NAME) {
		len = FORM_FILE_NAME - 1;
		while (((uint8_t)base[len] & 0xc0) == 0x80) {
			len--;
		}
	}
	memcpy(part->file_name, base, len);
	part->file_name[len] = '\0';
	return OK;
}

static enum err
disposition(struct form_part *part, const char *p, const char *end)
{
	static const char want[] = "form-data; ";
	char path[1024];
	enum err e;

	if ((size_t)(end - p) < sizeof(want) - 1 ||
	    strncasecmp(p, want, sizeof(want) - 1) != 0) {
		return ERR_FORMAT;
	}
	p += sizeof(want) - 1;
	e = parameter(&p, end, "name", part->name, sizeof(part->name));
	if (e != OK || part->name[0] == '\0' || part->name[strspn(part->name,
	    "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0') {
		return e == OK ? ERR_FORMAT : e;
	}
	if (p == end) {
		return OK;
	}
	if (end - p < 2 || memcmp(p, "; ", 2) != 0) {
		return ERR_FORMAT;
	}
	p += 2;
	e = parameter(&p, end, "filename", path, sizeof(path));
	if (e == OK) {
		part->is_file = true;
		e = p == end ? file_name_set(part, path) : ERR_FORMAT;
	}
	secret_wipe(path, sizeof(path));
	return e;
}

/* The type of a file is what the sender's machine calls it, and no reason to
 * refuse it: a page saved by Chromium comes as multipart/related. */
static enum err
type_unknown(struct form_part *part)
{
	if (!part->is_file) {
		return ERR_FORMAT;
	}
	strcpy(part->type, "application/octet-stream");
	return OK;
}

static enum err
media_type(struct form_part *part, const char *p, const char *end)
{
	size_t n = (size_t)(end - p), i;

	if (n >= sizeof(part->type)) {
		return part->is_file ? type_unknown(part) : ERR_LIMIT;
	}
	for (i = 0; i < n; i++) {
		if (p[i] < 0x20 || p[i] > 0x7e) {
			return type_unknown(part);
		}
	}
	memcpy(part->type, p, n);
	part->type[n] = '\0';
	return OK;
}

/* Reads the collected lines into f->part */
static enum err
headers_read(struct form *f)
{
	const char *p = f->header, *end = p + f->header_len, *line_end, *v;
	bool named = false, typed = false;
	enum err e;

	secret_wipe(&f->part, sizeof(f->part));
	while (p < end) {
		line_end = memmem(p, (size_t)(end - p), "\r\n", 2);
		v = memchr(p, ':', (size_t)(line_end - p));
		if (v == NULL || memchr(p, '\n', (size_t)(line_end - p))) {
			return ERR_FORMAT;
		}
		v++;
		while (v < line_end && *v == ' ') {
			v++;
		}
		if (strncasecmp(p, "Content-Disposition:", 20) == 0 &&
		    !named) {
			named = true;
			e = disposition(&f->part, v, line_end);
		} else if (strncasecmp(p, "Content-Type:", 13) == 0 &&
		    !typed) {
			typed = true;
			e = media_type(&f->part, v, line_end);
		} else {
			e = ERR_FORMAT; /* twice, or another header */
		}
		if (e != OK) {
			return e;
		}
		p = line_end + 2;
	}
	if (!named) {
		return ERR_FORMAT;
	}
	return strncasecmp(f->part.type, "multipart/", 10) == 0 ?
	    type_unknown(&f->part) : OK;
}

static enum err
headers_feed(struct form *f, char c)
{
	enum err e;

	if (f->header_len == sizeof(f->header)) {
		return ERR_LIMIT;
	}
	f->header[f->header_len++] = c;
	if (f->header_len < 4 || memcmp(f->header + f->header_len - 4,
	    "\r\n\r\n", 4) != 0) {
		return f->header_len == 2 && memcmp(f->header, "\r\n", 2) == 0
		    ? ERR_FORMAT : OK;
	}
	f->header_len -= 2; /* the empty line */
	if (f->parts++ == FORM_PARTS_MAX) {
		return ERR_LIMIT;
	}
	e = headers_read(f);
	secret_wipe(f->header, sizeof(f->header));
	f->header_len = 0;
	f->matched = 0;
	f->stage = STAGE_DATA;
	return e == OK ? f->event->begin(f->arg, &f->part) : e;
}

/* --- body of a part --- */

/*
 * The mark begins with CR and has no other, so after a mismatch what was
 * matched is data, and only the present byte can begin a new match.
 */
static enum err
data_feed(struct form *f, const uint8_t *p, size_t len, size_t *used)
{
	const uint8_t *cr;
	size_t n;
	enum err e = OK;

	if (f->matched == 0) {
		cr = memchr(p, '\r', len);
		n = cr == NULL ? len : (size_t)(cr - p);
		*used = n;
		if (n > 0 && (e = f->event->data(f->arg, p, n)) != OK) {
			return e;
		}
		if (cr != NULL) {
			f->matched = 1;
			*used = n + 1;
		}
		return OK;
	}
	if (*p == (uint8_t)f->mark[f->matched]) {
		*used = 1;
		if (++f->matched == f->mark_len) {
			f->stage = STAGE_TAIL;
			f->tail_len = 0;
			return f->event->end(f->arg);
		}
		return OK;
	}
	*used = 0; /* this byte is looked at again */
	n = f->matched;
	f->matched = 0;
	return f->event->data(f->arg, (const uint8_t *)f->mark, n);
}

static enum err
feed_one(struct form *f, const uint8_t *p, size_t len, size_t *used)
{
	*used = 1;
	switch (f->stage) {
	case STAGE_FIRST:
		if (*p != (uint8_t)f->mark[f->matched]) {
			return ERR_FORMAT;
		}
		if (++f->matched == f->mark_len) {
			f->stage = STAGE_TAIL;
		}
		return OK;
	case STAGE_TAIL:
		f->tail[f->tail_len++] = (char)*p;
		if (f->tail_len < 2) {
			return OK;
		}
		if (memcmp(f->tail, "\r\n", 2) == 0) {
			f->stage = STAGE_HEADERS;
			f->header_len = 0;
		} else if (memcmp(f->tail, "--", 2) == 0 && f->parts > 0) {
			f->stage = STAGE_OVER;
		} else {
			return ERR_FORMAT;
		}
		f->tail_len = 0;
		return OK;
	case STAGE_HEADERS:
		return headers_feed(f, (char)*p);
	case STAGE_DATA:
		return data_feed(f, p, len, used);
	case STAGE_OVER:
		/* one line end may follow, nothing else */
		if (f->tail_len == 2 || *p != (f->tail_len == 0 ? '\r' :
		    '\n')) {
			return ERR_FORMAT;
		}
		f->tail_len++;
		return OK;
	}
	return ERR_FORMAT;
}

enum err
form_feed(struct form *f, const uint8_t *p, size_t len)
{
	size_t used;

	while (f->failed == OK && len > 0) {
		f->failed = feed_one(f, p, len, &used);
		p += used;
		len -= used;
	}
	return f->failed;
}

enum err
form_end(struct form *f)
{
	if (f->failed == OK && (f->stage != STAGE_OVER || f->tail_len == 1)) {
		f->failed = ERR_FORMAT;
	}
	return f->failed;
}
