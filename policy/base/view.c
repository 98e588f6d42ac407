/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Renders templates. Everything that was not typed by us is escaped unless
 * the template says three braces; those are only for markup made here (the
 * QR drawing). Knows nothing of HTTP or of what the values mean.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/html.h"
#include "meldluik/view.h"

#define DEPTH_MAX 8u /* sections in sections */

void
view_init(struct view *v, const struct view *parent)
{
	v->parent = parent;
	v->values = 0;
}

void
view_bytes(struct view *v, const char *name, const char *p, size_t len)
{
	if (v->values == VIEW_VALUES) {
		abort(); /* own invariant */
	}
	v->value[v->values].name = name;
	v->value[v->values].text = p;
	v->value[v->values].len = len;
	v->value[v->values].rows = NULL;
	v->value[v->values++].list = false;
}

void
view_text(struct view *v, const char *name, const char *text)
{
	view_bytes(v, name, text, text == NULL ? 0 : strlen(text));
}

void
view_flag(struct view *v, const char *name, bool on)
{
	view_bytes(v, name, on ? "1" : NULL, on ? 1 : 0);
}

void
view_list(struct view *v, const char *name, const struct view *rows, size_t n)
{
	view_bytes(v, name, NULL, n);
	v->value[v->values - 1].rows = rows;
	v->value[v->values - 1].list = true;
}

/* Where a value stands: the innermost of that name; ${i} its index */
static const struct view *
find(const struct view *v, const char *name, size_t len, unsigned *i)
{
	for (; v != NULL; v = v->parent) {
		for (*i = v->values; (*i)-- > 0;) {
			if (strlen(v->value[*i].name) == len &&
			    memcmp(v->value[*i].name, name, len) == 0) {
				return v;
			}
		}
	}
	return NULL;
}

struct tag {
	char kind; /* 'v' value, '{' raw, '#', '^', '/' */
	const char *name;
	size_t len;
	const char *start, *end; /* of the whole tag */
};

/* The next tag in [p, end); false: none; ${bad} when it is not closed */
static bool
next_tag(const char *p, const char *end, struct tag *t, bool *bad)
{
	const char *open = p == end ? NULL :
	    memmem(p, (size_t)(end - p), "{{", 2);
	const char *close;

	*bad = false;
	if (open == NULL) {
		return false;
	}
	close = memmem(open, (size_t)(end - open), "}}", 2);
	if (close == NULL || close - open < 3) {
		*bad = true;
		return false;
	}
	t->start = open;
	t->kind = open[2];
	t->end = close + 2;
	t->name = open + 3;
	if (t->kind == '{') {
		if (t->end == end || *t->end != '}') {
			*bad = true;
			return false;
		}
		t->end++;
	} else if (t->kind != '#' && t->kind != '^' && t->kind != '/') {
		t->kind = 'v';
		t->name = open + 2;
	}
	t->len = (size_t)(close - t->name);
	return true;
}

/* The closing tag of section ${s}; false when there is none */
static bool
section_end(const struct tag *s, const char *end, struct tag *close)
{
	const char *p = s->end;
	unsigned depth = 1;
	bool bad;

	while (next_tag(p, end, close, &bad)) {
		if (close->kind == '#' || close->kind == '^') {
			depth++;
		} else if (close->kind == '/' && --depth == 0) {
			return close->len == s->len &&
			    memcmp(close->name, s->name, s->len) == 0;
		}
		p = close->end;
	}
	return false;
}

static enum err
render(const struct view *v, const char *p, const char *end, unsigned depth,
    struct buf *out)
{
	const struct view *at;
	struct tag t, close;
	enum err e = OK;
	unsigned i = 0;
	size_t row;
	bool bad, on;

	if (depth > DEPTH_MAX) {
		return ERR_FORMAT;
	}
	while (e == OK && next_tag(p, end, &t, &bad)) {
		buf_put(out, p, (size_t)(t.start - p));
		at = find(v, t.name, t.len, &i);
		p = t.end;
		if (t.kind == 'v' || t.kind == '{') {
			if (at == NULL || at->value[i].list) {
				return ERR_UNKNOWN;
			}
			if (at->value[i].text == NULL) {
				continue;
			}
			if (t.kind == 'v') {
				html_text(out, at->value[i].text,
				    at->value[i].len);
			} else {
				buf_put(out, at->value[i].text,
				    at->value[i].len);
			}
			continue;
		}
		if (t.kind == '/' || !section_end(&t, end, &close)) {
			return ERR_FORMAT;
		}
		p = close.end;
		on = at != NULL && (at->value[i].list ?
		    at->value[i].len > 0 : at->value[i].text != NULL);
		if (on != (t.kind == '#')) {
			continue;
		}
		if (!on || !at->value[i].list) {
			e = render(v, t.end, close.start, depth + 1, out);
			continue;
		}
		for (row = 0; e == OK && row < at->value[i].len; row++) {
			e = render(&at->value[i].rows[row], t.end,
			    close.start, depth + 1, out);
		}
	}
	if (e != OK) {
		return e;
	}
	if (bad) {
		return ERR_FORMAT;
	}
	buf_put(out, p, (size_t)(end - p));
	return out->failed ? ERR_LIMIT : OK;
}

enum err
view_render(const struct view *v, const char *tmpl, size_t len,
    struct buf *out)
{
	return render(v, tmpl, tmpl + len, 0, out);
}
