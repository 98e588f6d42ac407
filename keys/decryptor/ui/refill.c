/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A form that was refused comes back as it was filled in, so that no text
 * is lost. The page is one of ours, already rendered: what people wrote is
 * escaped in it and holds no tag and no quote, so tags are found by looking
 * for them. Passphrases are not filled in again.
 */
#include <string.h>

#include "meldluik/html.h"
#include "ui.h"

struct span {
	const char *p;
	size_t len;
};

static const char *
find(struct span s, const char *word)
{
	return s.p == NULL ? NULL : memmem(s.p, s.len, word, strlen(word));
}

/* What is before ${at}, and what follows it */
static struct span
until(struct span s, const char *at)
{
	return (struct span){s.p, at == NULL ? s.len : (size_t)(at - s.p)};
}

static struct span
from(struct span s, const char *at)
{
	return (struct span){at, s.len - (size_t)(at - s.p)};
}

/* The next tag of ${s} that begins with ${open}, its brackets with it; p NULL:
 * none */
static struct span
tag_next(struct span s, const char *open)
{
	const char *at = find(s, open), *end;

	if (at == NULL) {
		return (struct span){NULL, 0};
	}
	s = from(s, at);
	end = memchr(s.p, '>', s.len);
	return end == NULL ? (struct span){NULL, 0} : until(s, end + 1);
}

/* Value of an attribute as it is written; p NULL: it has none */
static struct span
attribute(struct span tag, const char *name)
{
	char open[40];
	const char *at, *end;

	snprintf(open, sizeof open, " %s=\"", name);
	at = find(tag, open);
	if (at == NULL) {
		return (struct span){NULL, 0};
	}
	tag = from(tag, at + strlen(open));
	end = memchr(tag.p, '"', tag.len);
	return until(tag, end);
}

static bool
is(struct span s, const char *word)
{
	return s.p != NULL && s.len == strlen(word) &&
	    memcmp(s.p, word, s.len) == 0;
}

/* Is ${written}, an attribute of the page, the ${value} of a form? */
static bool
same(struct span written, const char *value)
{
	struct buf b = buf_new_secret(written.len + 1);
	bool equal;

	html_text(&b, value, strlen(value));
	equal = !b.failed && b.len == written.len && (b.len == 0 ||
	    memcmp(b.p, written.p, b.len) == 0);
	buf_free(&b);
	return equal;
}

/* What was sent for the field of ${tag}; NULL: it was not sent */
static const char *
sent(struct span tag, const struct fields *f)
{
	struct span name = attribute(tag, "name");

	for (unsigned i = 0; name.p != NULL && fields_name(f, i) != NULL;
	    i++) {
		if (is(name, fields_name(f, i))) {
			return fields_get(f, fields_name(f, i));
		}
	}
	return NULL;
}

/* By its address, its hidden fields and the button that was pressed */
static bool
form_is(struct span form, const char *action, const struct fields *f)
{
	struct span rest = form, tag = tag_next(rest, "<form ");
	bool buttons = false, pressed = false;

	if (!is(attribute(tag, "action"), action) ||
	    !is(attribute(tag, "method"), "post")) {
		return false;
	}
	while ((tag = tag_next(rest, "<input ")).p != NULL) {
		const char *value = sent(tag, f);
		rest = from(rest, tag.p + tag.len);
		if (is(attribute(tag, "type"), "hidden") &&
		    !is(attribute(tag, "name"), "token") &&
		    !is(attribute(tag, "name"), "once") && (value == NULL ||
		    !same(attribute(tag, "value"), value))) {
			return false;
		}
	}
	rest = form;
	while ((tag = tag_next(rest, "<button ")).p != NULL) {
		const char *value = sent(tag, f);
		rest = from(rest, tag.p + tag.len);
		if (attribute(tag, "name").p != NULL) {
			buttons = true;
			pressed |= value != NULL &&
			    same(attribute(tag, "value"), value);
		}
	}
	return !buttons || pressed;
}

static void
put(struct buf *out, struct span s)
{
	buf_put(out, s.p, s.len);
}

/* ${tag} without the word ${flag}, and with it again if ${on} */
static void
flagged(struct span tag, const char *flag, bool on, struct buf *out)
{
	const char *at = find(tag, flag);

	put(out, until(tag, at == NULL ? tag.p + tag.len - 1 : at));
	if (on) {
		buf_text(out, flag);
	}
	put(out, from(tag, at == NULL ? tag.p + tag.len - 1 : at +
	    strlen(flag)));
}

static void
input_put(struct span tag, const struct fields *f, struct buf *out)
{
	struct span type = attribute(tag, "type"), value = attribute(tag,
	    "value");
	const char *text = sent(tag, f);

	if (is(type, "radio") || is(type, "checkbox")) {
		flagged(tag, " checked", text != NULL && same(value, text),
		    out);
	} else if (text == NULL || is(type, "hidden") ||
	    is(type, "password") || is(type, "submit")) {
		put(out, tag);
	} else if (value.p != NULL) {
		put(out, until(tag, value.p));
		html_text(out, text, strlen(text));
		put(out, from(tag, value.p + value.len));
	} else {
		put(out, until(tag, tag.p + tag.len - 1));
		buf_text(out, " value=\"");
		html_text(out, text, strlen(text));
		buf_text(out, "\">");
	}
}

/* Up to its end tag; what follows it */
static struct span
area_put(struct span tag, struct span form, const struct fields *f,
    struct buf *out)
{
	struct span rest = from(form, tag.p + tag.len);
	const char *text = sent(tag, f), *end = find(rest, "</textarea>");

	put(out, tag);
	if (end != NULL && text != NULL) {
		buf_text(out, "\n"); /* the parser drops the first one */
		html_text(out, text, strlen(text));
		rest = from(rest, end);
	}
	return rest;
}

static struct span
select_put(struct span tag, struct span form, const struct fields *f,
    struct buf *out)
{
	struct span rest = from(form, tag.p + tag.len), option;
	const char *text = sent(tag, f), *end = find(rest, "</select>");

	put(out, tag);
	while (end != NULL && text != NULL && (option = tag_next(until(rest,
	    end), "<option ")).p != NULL) {
		put(out, until(rest, option.p));
		flagged(option, " selected", same(attribute(option, "value"),
		    text), out);
		rest = from(rest, option.p + option.len);
	}
	return rest;
}

static void
form_put(struct span form, const struct fields *f, struct buf *out)
{
	const char *at;

	while ((at = memchr(form.p, '<', form.len)) != NULL) {
		struct span tag;
		put(out, until(form, at));
		form = from(form, at);
		tag = tag_next(form, "<");
		if (tag.p == NULL) {
			break;
		}
		if (form.len > 7 && memcmp(form.p, "<input ", 7) == 0) {
			input_put(tag, f, out);
			form = from(form, tag.p + tag.len);
		} else if (form.len > 10 &&
		    memcmp(form.p, "<textarea ", 10) == 0) {
			form = area_put(tag, form, f, out);
		} else if (form.len > 8 &&
		    memcmp(form.p, "<select ", 8) == 0) {
			form = select_put(tag, form, f, out);
		} else {
			put(out, tag);
			form = from(form, tag.p + tag.len);
		}
	}
	put(out, form);
}

/* A form that is folded away is shown: opens the last <details> of ${head}
 * that does not end in it */
static void
head_put(struct span head, struct buf *out)
{
	struct span rest = head, last = {NULL, 0}, tag;

	while ((tag = tag_next(rest, "<details")).p != NULL) {
		last = tag;
		rest = from(rest, tag.p + tag.len);
	}
	if (last.p == NULL || find(from(head, last.p), "</details>") != NULL) {
		put(out, head);
		return;
	}
	put(out, until(head, last.p));
	flagged(last, " open", true, out);
	put(out, from(head, last.p + last.len));
}

bool
refill(const struct buf *page, const char *action, const struct fields *f,
    struct buf *out)
{
	struct span rest = {(const char *)page->p, page->len}, form, all = rest;
	const char *end;

	while ((form = tag_next(rest, "<form ")).p != NULL) {
		rest = from(rest, form.p);
		end = find(rest, "</form>");
		form = until(rest, end);
		if (form_is(form, action, f)) {
			head_put(until(all, form.p), out);
			form_put(form, f, out);
			put(out, from(all, form.p + form.len));
			return !out->failed;
		}
		rest = from(rest, form.p + form.len);
	}
	return false;
}
