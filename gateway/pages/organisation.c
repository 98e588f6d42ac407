/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reads organisation.json. Every refusal names the place and the rule, since
 * the one who reads it is a person with an editor.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "meldluik/json.h"
#include "organisation.h"

#define TYPE "meldluik-organisation"
#define OPTIONS_MIN 2u
#define CONTRAST_MIN 4.5 /* WCAG 2.2, 1.4.3 */

/* Grounds of the style sheet on which the colour stands, and its text */
#define LIGHT_PAGE 0xedf2f1u
#define LIGHT_ON 0xffffffu
#define DARK_PAPER 0x162327u
#define DARK_ON 0x08242au

static enum err
refuse(char why[PAGES_WHY], const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(why, PAGES_WHY, format, list);
	va_end(list);
	return ERR_FORMAT;
}

unsigned
language_find(const char *code, size_t len)
{
	unsigned l;

	for (l = 0; l < LANGUAGES; l++) {
		if (len == 2 && memcmp(page_languages[l].code, code, 2) == 0) {
			break;
		}
	}
	return l;
}

static double
channel(uint32_t c)
{
	double v = (double)(c & 0xff) / 255;

	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double
luminance(uint32_t c)
{
	return 0.2126 * channel(c >> 16) + 0.7152 * channel(c >> 8) +
	    0.0722 * channel(c);
}

double
colour_contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

/* --- texts --- */

static bool
printable(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f) {
			return false;
		}
	}
	return true;
}

/* A text, or an object of language to text */
static enum err
words_read(const json_t *v, const char *where, size_t max, struct words *out,
    char why[PAGES_WHY])
{
	const char *code, *s, *first = NULL, *of = NULL;
	json_t *t;
	unsigned l;

	if (json_is_string(v)) {
		first = json_string_value(v);
		for (l = 0; l < LANGUAGES; l++) {
			out->in[l] = first;
		}
	} else if (!json_is_object(v) || json_object_size(v) == 0) {
		return refuse(why, "%s: a text, or texts by language", where);
	}
	json_object_foreach((json_t *)(uintptr_t)v, code, t) {
		l = language_find(code, strlen(code));
		if (l == LANGUAGES) {
			return refuse(why, "%s: no language \"%.8s\" here",
			    where, code);
		}
		if (!json_is_string(t)) {
			return refuse(why, "%s.%s: a text", where, code);
		}
		out->in[l] = json_string_value(t);
		if (first == NULL) {
			first = out->in[l];
			of = page_languages[l].code;
		}
	}
	for (l = 0; l < LANGUAGES; l++) {
		if (out->in[l] == NULL) {
			out->in[l] = first;
			out->of[l] = of;
		}
		s = out->in[l];
		if (*s == '\0' || strlen(s) > max || !printable(s)) {
			return refuse(why, "%s: 1 to %zu bytes on one line",
			    where, max);
		}
	}
	return OK;
}

static enum err
words_field(const json_t *o, const char *key, struct words *out,
    char why[PAGES_WHY])
{
	const json_t *v = json_object_get(o, key);

	return v == NULL ? OK : words_read(v, key, WORDS_MAX, out, why);
}

/* --- colour --- */

static bool
colour_read(const json_t *o, const char *key, uint32_t *out)
{
	const char *s = json_string_value(json_object_get(o, key));
	uint8_t b[3];

	if (s == NULL || *s != '#' || hex_decode(s + 1, b, 3) != OK) {
		return false;
	}
	*out = (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2];
	return true;
}

static enum err
colours_read(const json_t *o, struct organisation *out, char why[PAGES_WHY])
{
	static const char *const allowed[] = { "light", "dark", NULL };
	const json_t *c = json_object_get(o, "colour");

	if (c == NULL) {
		return OK;
	}
	if (json_keys(c, allowed) != OK ||
	    !colour_read(c, "light", &out->light) ||
	    !colour_read(c, "dark", &out->dark)) {
		return refuse(why, "colour: {\"light\":\"#rrggbb\","
		    "\"dark\":\"#rrggbb\"}, small letters");
	}
	if (colour_contrast(out->light, LIGHT_PAGE) < CONTRAST_MIN ||
	    colour_contrast(out->light, LIGHT_ON) < CONTRAST_MIN) {
		return refuse(why, "colour.light: contrast %.1f with the "
		    "page; 4.5 is needed (take a darker one)",
		    colour_contrast(out->light, LIGHT_PAGE));
	}
	if (colour_contrast(out->dark, DARK_PAPER) < CONTRAST_MIN ||
	    colour_contrast(out->dark, DARK_ON) < CONTRAST_MIN) {
		return refuse(why, "colour.dark: contrast %.1f with the "
		    "page; 4.5 is needed (take a lighter one)",
		    colour_contrast(out->dark, DARK_PAPER));
	}
	out->coloured = true;
	return OK;
}

/* --- questions --- */

static bool
id_ok(const char *s)
{
	return s != NULL && strncmp(s, "q_", 2) == 0 && s[2] != '\0' &&
	    strlen(s) < QUESTION_ID && s[strspn(s,
	    "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static enum err
options_read(const json_t *o, struct question *q, const char *where,
    char why[PAGES_WHY])
{
	const json_t *list = json_object_get(o, "options");
	char here[PAGES_WHY];
	const json_t *v;
	size_t i, n = json_array_size(list);
	enum err e;

	if (q->kind != QUESTION_CHOICE) {
		return list == NULL ? OK : refuse(why, "%s.options: only for "
		    "a choice", where);
	}
	if (n < OPTIONS_MIN || n > OPTIONS_MAX) {
		return refuse(why, "%s.options: 2 to 12 are needed", where);
	}
	json_array_foreach(list, i, v) {
		snprintf(here, sizeof(here), "%s.options[%zu]", where, i + 1);
		e = words_read(v, here, QUESTION_ASK, &q->option[i], why);
		if (e != OK) {
			return e;
		}
	}
	q->options = (unsigned)n;
	return OK;
}

static enum err
forms_read(const json_t *o, struct question *q, const char *where,
    char why[PAGES_WHY])
{
	const json_t *list = json_object_get(o, "on");
	const json_t *v;
	size_t i;

	if (list == NULL) {
		q->report = true;
		return OK;
	}
	json_array_foreach(list, i, v) {
		const char *s = json_string_value(v);

		if (s != NULL && strcmp(s, "report") == 0 && !q->report) {
			q->report = true;
		} else if (s != NULL && strcmp(s, "advice") == 0 &&
		    !q->advice) {
			q->advice = true;
		} else {
			return refuse(why, "%s.on: \"report\", \"advice\"",
			    where);
		}
	}
	return q->report || q->advice ? OK : refuse(why,
	    "%s.on: a list of \"report\", \"advice\"", where);
}

/* {"question":"q_...","option":1}: an earlier choice that is always shown,
 * on the same forms */
static enum err
shown_read(const json_t *o, const struct organisation *all,
    struct question *q, const char *where, char why[PAGES_WHY])
{
	static const char *const allowed[] = { "question", "option", NULL };
	const json_t *s = json_object_get(o, "shown_if");
	const char *id;
	int64_t option;
	unsigned i;

	q->parent = -1;
	if (s == NULL) {
		return OK;
	}
	if (json_keys(s, allowed) != OK ||
	    json_string_field(s, "question", 1, QUESTION_ID - 1, &id) != OK ||
	    json_int_field(s, "option", 1, OPTIONS_MAX, &option) != OK) {
		return refuse(why, "%s.shown_if: {\"question\":\"q_...\","
		    "\"option\":1}", where);
	}
	for (i = 0; i < all->questions; i++) {
		if (strcmp(all->question[i].id, id) == 0) {
			break;
		}
	}
	if (i == all->questions || all->question[i].kind != QUESTION_CHOICE ||
	    all->question[i].parent >= 0) {
		return refuse(why, "%s.shown_if: names no earlier choice that "
		    "is always shown", where);
	}
	if (option > (int64_t)all->question[i].options) {
		return refuse(why, "%s.shown_if: %s has %u options", where,
		    id, all->question[i].options);
	}
	if ((q->report && !all->question[i].report) ||
	    (q->advice && !all->question[i].advice)) {
		return refuse(why, "%s.shown_if: %s is not on that form",
		    where, id);
	}
	q->parent = (int)i;
	q->parent_option = (unsigned)option - 1;
	return OK;
}

static enum err
question_read(const json_t *o, struct organisation *all, const char *where,
    char why[PAGES_WHY])
{
	static const char *const allowed[] = { "id", "kind", "ask", "hint",
		"options", "on", "shown_if", NULL };
	static const char *const kinds[] = { "text", "choice", "date" };
	struct question *q = &all->question[all->questions];
	const char *s = json_string_value(json_object_get(o, "id"));
	char here[PAGES_WHY];
	unsigned i;
	enum err e;

	if (json_object_get(o, "required") != NULL) {
		return refuse(why, "%s.required: a reporter may skip every "
		    "question", where);
	}
	if (json_keys(o, allowed) != OK) {
		return refuse(why, "%s: only id, kind, ask, hint, options, "
		    "on, shown_if", where);
	}
	if (!id_ok(s)) {
		return refuse(why, "%s.id: \"q_\" and 1 to 30 of a-z 0-9 _",
		    where);
	}
	for (i = 0; i < all->questions; i++) {
		if (strcmp(all->question[i].id, s) == 0) {
			return refuse(why, "%s.id: %s stands there twice",
			    where, s);
		}
	}
	strcpy(q->id, s);
	s = json_string_value(json_object_get(o, "kind"));
	for (i = 0; s != NULL && i < 3 && strcmp(kinds[i], s) != 0; i++) {
	}
	if (s == NULL || i == 3) {
		return refuse(why, "%s.kind: text, choice or date", where);
	}
	q->kind = (enum question_kind)i;
	snprintf(here, sizeof(here), "%s.ask", where);
	e = words_read(json_object_get(o, "ask"), here, QUESTION_ASK, &q->ask,
	    why);
	if (e == OK && json_object_get(o, "hint") != NULL) {
		snprintf(here, sizeof(here), "%s.hint", where);
		e = words_read(json_object_get(o, "hint"), here, QUESTION_ASK,
		    &q->hint, why);
	}
	if (e == OK && (e = options_read(o, q, where, why)) == OK &&
	    (e = forms_read(o, q, where, why)) == OK &&
	    (e = shown_read(o, all, q, where, why)) == OK) {
		all->questions++;
	}
	return e;
}

static enum err
questions_read(const json_t *o, struct organisation *out, char why[PAGES_WHY])
{
	const json_t *list = json_object_get(o, "questions");
	const json_t *v;
	char where[32];
	size_t i;
	enum err e = OK;

	if (list == NULL) {
		return OK;
	}
	if (!json_is_array(list) || json_array_size(list) > QUESTIONS_MAX) {
		return refuse(why, "questions: a list of at most 16");
	}
	json_array_foreach(list, i, v) {
		snprintf(where, sizeof(where), "questions[%zu]", i + 1);
		if (!json_is_object(v)) {
			return refuse(why, "%s: an object", where);
		}
		if ((e = question_read(v, out, where, why)) != OK) {
			break;
		}
	}
	return e;
}

/* Where 'Leave quickly' goes: another site, over TLS. An address of no host
 * leaves a reporter on the page who has to be gone. */
static enum err
exit_check(const struct words *w, char why[PAGES_WHY])
{
	unsigned l;

	for (l = 0; l < LANGUAGES && w->in[l] != NULL; l++) {
		if (strncmp(w->in[l], "https://", 8) != 0 ||
		    strchr("/?#.:@", w->in[l][8]) != NULL ||
		    strpbrk(w->in[l], " \"'<>\\") != NULL) {
			return refuse(why, "exit: an https:// address");
		}
	}
	return OK;
}

enum err
organisation_parse(const void *p, size_t len, struct organisation *out,
    char why[PAGES_WHY])
{
	static const char *const allowed[] = { "type", "version", "name",
		"contact", "phone", "post", "adviser", "dpo", "exit",
		"colour", "questions", NULL };
	json_t *o = NULL;
	enum err e;

	memset(out, 0, sizeof(*out));
	e = json_read_type(p, len, ORGANISATION_MAX, TYPE, &o);
	if (e != OK) {
		snprintf(why, PAGES_WHY, "%s", e == ERR_VERSION ?
		    "version: 1 is the only one" : e == ERR_LIMIT ?
		    "more than 64 KiB" : "no JSON object of type " TYPE
		    " (UTF-8, each key once, nothing after it)");
		return e;
	}
	if ((e = json_keys(o, allowed)) != OK) {
		e = refuse(why, "only type, version, name, contact, phone, "
		    "post, adviser, dpo, exit, colour, questions");
	}
	if (e == OK && (e = words_field(o, "name", &out->name, why)) == OK &&
	    (e = words_field(o, "contact", &out->contact, why)) == OK &&
	    (e = words_field(o, "phone", &out->phone, why)) == OK &&
	    (e = words_field(o, "post", &out->post, why)) == OK &&
	    (e = words_field(o, "adviser", &out->adviser, why)) == OK &&
	    (e = words_field(o, "dpo", &out->dpo, why)) == OK &&
	    (e = words_field(o, "exit", &out->exit, why)) == OK &&
	    (e = exit_check(&out->exit, why)) == OK &&
	    (e = colours_read(o, out, why)) == OK) {
		e = questions_read(o, out, why);
	}
	if (e != OK) {
		json_decref(o);
		memset(out, 0, sizeof(*out));
		return e;
	}
	out->owner = o;
	return OK;
}

void
organisation_free(struct organisation *o)
{
	json_decref(o->owner);
	memset(o, 0, sizeof(*o));
}
