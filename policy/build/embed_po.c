/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reads the translations for embed_pages (its file says what is guarded).
 *
 * The header of a PO file says X-Name (the language in itself), X-Direction
 * (ltr or rtl) and X-Checked (yes, once a speaker has read all of it).
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embed.h"

struct language language[LANGUAGES_MAX];
unsigned languages;
struct key key[KEYS_MAX];
unsigned keys;

void
die(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	fputs("embed: ", stderr);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
	va_end(list);
	exit(1);
}

void
add(struct text *t, const char *p, size_t len)
{
	if (t->len + len + 1 > t->cap) {
		t->cap = (t->len + len + 1) * 2;
		t->p = realloc(t->p, t->cap);
		if (t->p == NULL) {
			die("no memory");
		}
	}
	memcpy(t->p + t->len, p, len);
	t->len += len;
	t->p[t->len] = '\0';
}

struct text
slurp(const char *path)
{
	struct text t = { NULL, 0, 0 };
	char piece[65536];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		die("cannot read %s", path);
	}
	add(&t, "", 0);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0) {
		add(&t, piece, n);
	}
	fclose(f);
	return t;
}

/* Appends the content of a quoted PO string to ${t} */
static void
unquote(struct text *t, const char *s, const char *where, unsigned line)
{
	const char *p = s;

	if (*p++ != '"') {
		die("%s:%u: a quote is missing", where, line);
	}
	while (*p != '"' && *p != '\0') {
		if (*p != '\\') {
			add(t, p++, 1);
			continue;
		}
		p++;
		if (*p == 'n') {
			add(t, "\n", 1);
		} else if (*p == '"' || *p == '\\') {
			add(t, p, 1);
		} else {
			die("%s:%u: unknown escape", where, line);
		}
		p++;
	}
	if (*p != '"' || p[1] != '\0') {
		die("%s:%u: text after the string", where, line);
	}
}

unsigned
key_find(const char *name, int make)
{
	unsigned i;

	for (i = 0; i < keys; i++) {
		if (strcmp(key[i].key, name) == 0) {
			return i;
		}
	}
	if (!make) {
		die("no such string: %s", name);
	}
	if (keys == KEYS_MAX) {
		die("too many strings");
	}
	key[keys].key = strdup(name);
	return keys++;
}

/* "X-Name: value" in a header; ${otherwise} when it is not there */
static char *
header_value(const char *header, const char *name, const char *otherwise)
{
	const char *p = strstr(header, name);

	if (p == NULL) {
		return strdup(otherwise);
	}
	p += strlen(name);
	return strndup(p, strcspn(p, "\n"));
}

static void
header_read(unsigned l, const char *header)
{
	char *v = header_value(header, "Language: ", "none");

	if (strcmp(v, language[l].code) != 0) {
		die("%s.po: the header says language %s", language[l].code,
		    v);
	}
	free(v);
	language[l].name = header_value(header, "X-Name: ",
	    language[l].code);
	v = header_value(header, "X-Direction: ", "ltr");
	language[l].rtl = strcmp(v, "rtl") == 0;
	free(v);
	v = header_value(header, "X-Checked: ", "no");
	language[l].checked = strcmp(v, "yes") == 0;
	free(v);
}

static void
po_keep(unsigned l, struct text *id, struct text *str, const char *where)
{
	unsigned i;

	if (str->p == NULL) {
		return; /* before the first */
	}
	if (id->len == 0) {
		header_read(l, str->p);
		return;
	}
	if (str->p == NULL || str->len == 0) {
		die("%s: %s is not translated", where, id->p);
	}
	i = key_find(id->p, 1);
	if (key[i].value[l] != NULL) {
		die("%s: %s stands there twice", where, id->p);
	}
	key[i].value[l] = strdup(str->p);
}

static void
po_read(const char *path, unsigned l)
{
	struct text source = slurp(path), id = { 0 }, str = { 0 };
	struct text *now = NULL;
	char *line = source.p, *next;
	unsigned n = 0;

	for (; line != NULL && *line != '\0'; line = next) {
		n++;
		next = strchr(line, '\n');
		if (next != NULL) {
			*next++ = '\0';
		}
		if (*line == '#') {
			if (strncmp(line, "#,", 2) == 0 &&
			    strstr(line, "fuzzy") != NULL) {
				die("%s:%u: fuzzy", path, n);
			}
		} else if (strncmp(line, "msgid ", 6) == 0) {
			po_keep(l, &id, &str, path);
			id.len = str.len = 0;
			now = &id;
			unquote(now, line + 6, path, n);
		} else if (strncmp(line, "msgstr ", 7) == 0 && now == &id) {
			now = &str;
			unquote(now, line + 7, path, n);
		} else if (*line == '"' && now != NULL) {
			unquote(now, line, path, n);
		} else if (*line != '\0') {
			die("%s:%u: not understood", path, n);
		}
	}
	po_keep(l, &id, &str, path);
	if (language[l].name == NULL) {
		die("%s: no header", path);
	}
	free(source.p);
	free(id.p);
	free(str.p);
}

/* The values {{x}} and tags <x of a string, sorted into ${out} */
static int
mark_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *
marks(const char *s)
{
	char *list[128];
	unsigned n = 0, i;
	struct text t = { 0 };

	for (; *s != '\0' && n < 128; s++) {
		size_t len = 0;

		if (strncmp(s, "{{", 2) == 0) {
			len = strcspn(s, "}");
		} else if (*s == '{' && s[1] >= '0' && s[1] <= '9') {
			len = 2;
		} else if (*s == '<') {
			len = 1 + strspn(s + 1,
			    "/abcdefghijklmnopqrstuvwxyz0123456789");
		}
		if (len > 0) {
			list[n++] = strndup(s, len);
		}
	}
	qsort(list, n, sizeof(*list), mark_cmp);
	add(&t, "", 0);
	for (i = 0; i < n; i++) {
		add(&t, list[i], strlen(list[i]));
		add(&t, " ", 1);
		free(list[i]);
	}
	return t.p;
}

void
keys_check(void)
{
	unsigned i, l;
	char *first, *now;

	for (i = 0; i < keys; i++) {
		first = NULL;
		for (l = 0; l < languages; l++) {
			if (key[i].value[l] == NULL) {
				die("%s is missing in %s.po", key[i].key,
				    language[l].code);
			}
			now = marks(key[i].value[l]);
			if (first == NULL) {
				first = now;
			} else if (strcmp(first, now) != 0) {
				die("%s: values or tags differ in %s.po",
				    key[i].key, language[l].code);
			} else {
				free(now);
			}
		}
		free(first);
	}
}

void
language_add(const char *path)
{
	const char *base = strrchr(path, '/');

	base = base == NULL ? path : base + 1;
	if (languages == LANGUAGES_MAX || strlen(base) != 5 ||
	    strcmp(base + 2, ".po") != 0) {
		die("%s: two letters and .po are expected", path);
	}
	memcpy(language[languages].code, base, 2);
	po_read(path, languages++);
}
