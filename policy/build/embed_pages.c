/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Build tool: templates and translations in, one C file out. Runs on the
 * build machine only; guards that no string is missing, empty, unused,
 * fuzzy or doubled in any language, that all languages use the same values
 * and tags, and that every section is closed.
 *
 *   embed OUT.c OUT.h nl.po en.po... -- FILE.html... -- NAME=PATH...
 *
 * A FILE.html without = among the last: only pages named so are put out, though
 * all are looked at.
 *
 * In a template {{>file}} includes, {{_key}} translates; what else stands in
 * {{ }} is for view.c. A key "c.x-y" is a text for C code: TEXT_X_Y; a key
 * "js.x" is a text of the script, which build.mjs takes from the same files.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embed.h"

#define FILES_MAX 64
#define NAME_MAX_LEN 64
#define DEPTH_MAX 8

static struct {
	char name[NAME_MAX_LEN];
	struct text source;
	int wanted;
} file[FILES_MAX];
static unsigned files;

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
		if (file[i].wanted) {
			fprintf(h, "\tPAGE_%s,\n", identifier(file[i].name));
		}
		for (l = 0; l < languages; l++) {
			struct text t = { 0 };

			add(&t, "", 0);
			expand(&t, file[i].source.p, file[i].name, l, 0);
			squeeze(&t);
			sections_check(t.p, file[i].name);
			snprintf(name, sizeof(name), "page_%u_%u", i, l);
			if (file[i].wanted) {
				put_bytes(c, name, t.p, t.len);
			}
			free(t.p);
		}
	}
	fputs("\tPAGES\n};\n", h);
	fprintf(c, "const struct embedded page_templates[PAGES][%u] = {\n",
	    languages);
	for (i = 0; i < files; i++) {
		if (file[i].name[0] == '_' || !file[i].wanted) {
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

/* Marks the pages that are put out; where the files of NAME=PATH begin */
static int
wanted_mark(int argc, char **argv, int n)
{
	int all = n >= argc || strchr(argv[n], '=') != NULL;
	unsigned i;

	for (i = 0; i < files; i++) {
		file[i].wanted = all;
	}
	for (; n < argc && strchr(argv[n], '=') == NULL; n++) {
		file[file_find(argv[n])].wanted = 1;
	}
	return n;
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

int
main(int argc, char **argv)
{
	FILE *c, *h;
	int i = 3, n;

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
	i = wanted_mark(argc, argv, i + 1);
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
	for (n = i; n < argc; n++) {
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
	for (n = i; n < argc; n++) {
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
