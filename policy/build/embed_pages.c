/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Build tool: templates and translations in, one C file out. Runs on the
 * build machine only; guards that no string is missing, empty, unused,
 * fuzzy or doubled in any language, that all languages use the same values
 * and tags, and that every section is closed.
 *
 *   embed OUT.c OUT.h nl.po en.po... -- FILE.html... -- NAME=PATH...
 *
 * In a template {{>file}} includes, {{_key}} translates; what else stands in
 * {{ }} is for view.c. A key "c.x-y" is a text for C code: TEXT_X_Y; a key
 * "js.x" is a text of the script, which build.mjs takes from the same files.
 *
 * The header of a PO file says X-Name (the language in itself), X-Direction
 * (ltr or rtl) and X-Checked (yes, once a speaker has read all of it).
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES_MAX 16
#define KEYS_MAX 1024
#define FILES_MAX 64
#define NAME_MAX_LEN 64
#define DEPTH_MAX 8

static struct {
	char code[3];
	char *name;
	int rtl, checked;
} language[LANGUAGES_MAX];
static unsigned languages;

struct text {
	char *p;
	size_t len, cap;
};
static struct {
	char *key;
	char *value[LANGUAGES_MAX];
	int used;
} key[KEYS_MAX];
static unsigned keys;
static struct {
	char name[NAME_MAX_LEN];
	struct text source;
} file[FILES_MAX];
static unsigned files;

static void
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

static void
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

static struct text
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

/* --- PO --- */

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

static unsigned
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

static void
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

/* --- templates --- */

static unsigned
file_find(const char *name)
{
	unsigned i;

	for (i = 0; i < files; i++) {
		if (strcmp(file[i].name, name) == 0) {
			return i;
		}
	}
	die("no such template: %s", name);
	return 0;
}

static void
expand(struct text *out, const char *s, const char *where, unsigned l,
    unsigned depth)
{
	char name[NAME_MAX_LEN];
	const char *open, *end;
	unsigned i;

	if (depth > DEPTH_MAX) {
		die("%s: includes too deep", where);
	}
	while ((open = strstr(s, "{{")) != NULL) {
		add(out, s, (size_t)(open - s));
		end = strstr(open, "}}");
		if (end == NULL || (size_t)(end - open) > sizeof(name)) {
			die("%s: a tag is not closed", where);
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - open - 3),
		    open + 3);
		if (open[2] == '>') {
			i = file_find(name);
			expand(out, file[i].source.p, name, l, depth + 1);
		} else if (open[2] == '_') {
			i = key_find(name, 0);
			key[i].used = 1;
			expand(out, key[i].value[l], name, l, depth + 1);
		} else {
			add(out, open, (size_t)(end + 2 - open));
		}
		s = end + 2;
	}
	add(out, s, strlen(s));
}

/* Drops indentation and empty lines outside <pre> and <textarea> */
static void
squeeze(struct text *t)
{
	struct text out = { 0 };
	char *line = t->p, *next;
	int start = 1;

	add(&out, "", 0);
	for (; *line != '\0'; line = next) {
		size_t n = strcspn(line, "\n");

		next = line + n + (line[n] == '\n');
		while (start && n > 0 && (*line == '\t' || *line == ' ')) {
			line++;
			n--;
		}
		if (n > 0) {
			add(&out, line, n);
			add(&out, "\n", 1);
		}
	}
	free(t->p);
	*t = out;
}

static void
sections_check(const char *s, const char *where)
{
	char stack[16][NAME_MAX_LEN], name[NAME_MAX_LEN];
	unsigned depth = 0;
	const char *p = s, *end;

	while ((p = strstr(p, "{{")) != NULL) {
		end = strstr(p, "}}");
		if (end == NULL || end - p >= NAME_MAX_LEN) {
			die("%s: a tag is not closed", where);
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - p - 3),
		    p + 3);
		if (p[2] == '#' || p[2] == '^') {
			if (depth == 16) {
				die("%s: sections too deep", where);
			}
			strcpy(stack[depth++], name);
		} else if (p[2] == '/') {
			if (depth == 0 || strcmp(stack[--depth], name) != 0) {
				die("%s: section %s closes nothing", where,
				    name);
			}
		}
		p = end + 2;
	}
	if (depth != 0) {
		die("%s: section %s is not closed", where, stack[depth - 1]);
	}
}

/* --- output --- */

static void
put_bytes(FILE *f, const char *name, const char *p, size_t len)
{
	size_t i;

	fprintf(f, "static const unsigned char %s[] = {", name);
	for (i = 0; i < len; i++) {
		fprintf(f, "%s%u,", i % 24 == 0 ? "\n" : "",
		    (unsigned char)p[i]);
	}
	fputs("0\n};\n", f); /* NUL: not part of the length */
}

static const char *
identifier(const char *s)
{
	static char out[NAME_MAX_LEN * 2];
	size_t i;

	for (i = 0; s[i] != '\0' && s[i] != '.' && i < sizeof(out) - 1; i++) {
		out[i] = isalnum((unsigned char)s[i]) ?
		    (char)toupper((unsigned char)s[i]) : '_';
	}
	out[i] = '\0';
	return out;
}

static void
put_pages(FILE *c, FILE *h)
{
	char name[NAME_MAX_LEN];
	unsigned i, l;

	fputs("enum page_id {\n", h);
	for (i = 0; i < files; i++) {
		if (file[i].name[0] == '_') {
			continue; /* only included */
		}
		fprintf(h, "\tPAGE_%s,\n", identifier(file[i].name));
		for (l = 0; l < languages; l++) {
			struct text t = { 0 };

			add(&t, "", 0);
			expand(&t, file[i].source.p, file[i].name, l, 0);
			squeeze(&t);
			sections_check(t.p, file[i].name);
			snprintf(name, sizeof(name), "page_%u_%u", i, l);
			put_bytes(c, name, t.p, t.len);
			free(t.p);
		}
	}
	fputs("\tPAGES\n};\n", h);
	fprintf(c, "const struct embedded page_templates[PAGES][%u] = {\n",
	    languages);
	for (i = 0; i < files; i++) {
		if (file[i].name[0] == '_') {
			continue;
		}
		fprintf(c, "\t{ ");
		for (l = 0; l < languages; l++) {
			fprintf(c, "{ \"%s\", page_%u_%u, sizeof(page_%u_%u)"
			    " - 1 }, ", file[i].name, i, l, i, l);
		}
		fprintf(c, "},\n");
	}
	fputs("};\n", c);
}

static void
put_texts(FILE *c, FILE *h)
{
	unsigned i, l, n = 0;

	fputs("enum text_id {\n", h);
	fprintf(c, "const char *const page_texts[TEXTS][%u] = {\n",
	    languages);
	for (i = 0; i < keys; i++) {
		if (strncmp(key[i].key, "c.", 2) != 0) {
			continue;
		}
		key[i].used = 1;
		fprintf(h, "\tTEXT_%s,\n", identifier(key[i].key + 2));
		fputs("\t{ ", c);
		for (l = 0; l < languages; l++) {
			const char *s = key[i].value[l];

			fputc('"', c);
			for (; *s != '\0'; s++) {
				if (*s == '"' || *s == '\\') {
					fputc('\\', c);
				}
				fputc(*s, c);
			}
			fputs("\", ", c);
		}
		fputs("},\n", c);
		n++;
	}
	fputs("};\n", c);
	fputs("\tTEXTS\n};\n", h);
	for (i = 0; i < keys; i++) {
		if (!key[i].used && strncmp(key[i].key, "js.", 3) != 0) {
			die("%s is not used by any page", key[i].key);
		}
	}
	if (n == 0) {
		die("no texts for C code");
	}
}

static void
put_languages(FILE *c)
{
	unsigned l;

	fputs("const struct page_language page_languages[] = {\n", c);
	for (l = 0; l < languages; l++) {
		fprintf(c, "\t{ \"%s\", \"%s\", %d, %d },\n",
		    language[l].code, language[l].name, language[l].rtl,
		    language[l].checked);
	}
	fputs("};\n", c);
}

static void
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

int
main(int argc, char **argv)
{
	FILE *c, *h;
	int i = 3, n = 0;

	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		language_add(argv[i]);
	}
	if (languages == 0 || i >= argc) {
		die("usage: embed OUT.c OUT.h PO... -- HTML... -- N=PATH...");
	}
	keys_check();
	while (++i < argc && strcmp(argv[i], "--") != 0) {
		const char *base = strrchr(argv[i], '/');

		if (files == FILES_MAX) {
			die("too many templates");
		}
		snprintf(file[files].name, NAME_MAX_LEN, "%s",
		    base == NULL ? argv[i] : base + 1);
		file[files++].source = slurp(argv[i]);
	}
	c = fopen(argv[1], "w");
	h = fopen(argv[2], "w");
	if (c == NULL || h == NULL) {
		die("cannot write");
	}
	fputs("/* Generated by policy/build/embed_pages.c */\n"
	    "#ifndef MELDLUIK_EMBEDDED_PAGES_H\n"
	    "#define MELDLUIK_EMBEDDED_PAGES_H\n#include <stddef.h>\n"
	    "struct page_language {\n\tconst char *code, *name;\n"
	    "\tint rtl, checked;\n};\n"
	    "struct embedded {\n\tconst char *name;\n"
	    "\tconst unsigned char *p;\n\tsize_t len;\n};\n", h);
	fprintf(h, "#define LANGUAGES %u\n", languages);
	fprintf(c, "/* Generated by policy/build/embed_pages.c */\n"
	    "#include \"embedded_pages.h\"\n");
	put_languages(c);
	put_pages(c, h);
	put_texts(c, h);
	for (n = i + 1; n < argc; n++) {
		char name[32], *eq = strchr(argv[n], '=');
		struct text t;

		if (eq == NULL) {
			die("NAME=PATH expected");
		}
		t = slurp(eq + 1);
		snprintf(name, sizeof(name), "static_%d", n);
		put_bytes(c, name, t.p, t.len);
		free(t.p);
	}
	fputs("const struct embedded page_statics[] = {\n", c);
	for (n = i + 1; n < argc; n++) {
		fprintf(c, "\t{ \"%.*s\", static_%d, sizeof(static_%d) - 1 },\n",
		    (int)(strchr(argv[n], '=') - argv[n]), argv[n], n, n);
	}
	fputs("\t{ NULL, NULL, 0 }\n};\n", c);
	fputs("extern const struct embedded page_templates[PAGES][LANGUAGES];\n"
	    "extern const char *const page_texts[TEXTS][LANGUAGES];\n"
	    "extern const struct page_language page_languages[LANGUAGES];\n"
	    "extern const struct embedded page_statics[];\n#endif\n", h);
	if (fclose(c) != 0 || fclose(h) != 0) {
		die("cannot write");
	}
	return 0;
}
