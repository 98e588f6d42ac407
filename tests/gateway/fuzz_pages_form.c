/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The multipart form: the first line is the Content-Type, the rest the body.
 * However the body is cut into pieces it must mean the same, and no part may
 * begin before the one before it has ended.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "pages/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

struct seen {
	struct buf log;
	struct fields *fields;
	bool open, text;
};

static enum err
on_begin(void *arg, const struct form_part *p)
{
	struct seen *s = arg;

	if (s->open || p->name[0] == '\0' || strlen(p->name) >= FORM_NAME ||
	    strpbrk(p->file_name, "/\\") != NULL ||
	    (p->file_name[0] != '\0' && !utf8_valid(p->file_name,
	    strlen(p->file_name)))) {
		abort();
	}
	s->open = true;
	s->text = !p->is_file;
	buf_put(&s->log, p, sizeof(*p));
	return s->text ? fields_begin(s->fields, p->name) : OK;
}

static enum err
on_data(void *arg, const uint8_t *p, size_t len)
{
	struct seen *s = arg;

	if (!s->open || len == 0) {
		abort();
	}
	buf_put(&s->log, p, len);
	return s->text ? fields_grow(s->fields, p, len) : OK;
}

static enum err
on_end(void *arg)
{
	struct seen *s = arg;

	if (!s->open) {
		abort();
	}
	s->open = false;
	buf_text(&s->log, "/");
	return s->text ? fields_end(s->fields) : OK;
}

static enum err
run(const char *type, const uint8_t *p, size_t len, size_t step,
    struct seen *s)
{
	static const struct form_events events = { on_begin, on_data,
		on_end };
	struct form *f = NULL;
	enum err e;

	s->log = buf_new(1u << 22);
	s->fields = fields_new();
	s->open = false;
	if (s->fields == NULL) {
		exit(0);
	}
	e = form_new(type, &events, s, &f);
	for (size_t at = 0, n; e == OK && at < len; at += n) {
		n = len - at < step ? len - at : step;
		(void)form_feed(f, p + at, n);
	}
	if (e == OK) {
		e = form_end(f);
	}
	form_free(f);
	return e;
}

static void
fields_check(const struct fields *f)
{
	const char *name;

	for (unsigned i = 0; (name = fields_name(f, i)) != NULL; i++) {
		const char *v = fields_get(f, name);
		size_t n = fields_len(f, name);

		if (strlen(v) != n || memchr(v, '\r', n) != NULL ||
		    (n > 0 && !utf8_valid(v, n))) {
			abort();
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	const uint8_t *lf = memchr(p, '\n', len);
	size_t n = lf == NULL ? len : (size_t)(lf - p), step;
	struct seen whole, cut;
	enum err e, again;
	char *type;

	if (secret_setup() != OK || (type = malloc(n + 1)) == NULL) {
		return 0;
	}
	memcpy(type, p, n);
	type[n] = '\0';
	p += lf == NULL ? n : n + 1;
	len -= lf == NULL ? n : n + 1;
	step = len > 0 ? p[len - 1] % 13u + 1 : 1;
	e = run(type, p, len, len + 1, &whole);
	again = run(type, p, len, step, &cut);
	if (e != again || whole.log.len != cut.log.len ||
	    (whole.log.len > 0 && memcmp(whole.log.p, cut.log.p,
	    cut.log.len) != 0) || (e == OK && whole.open)) {
		abort();
	}
	if (e == OK) {
		fields_check(whole.fields);
	}
	buf_free(&whole.log);
	buf_free(&cut.log);
	fields_free(whole.fields);
	fields_free(cut.fields);
	free(type);
	return 0;
}
