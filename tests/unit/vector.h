/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Named vectors: a folder with expect.txt, one line per file: name, result
 * code, and where it says so a word for the broken rule and a number. Every
 * file must be listed and every listed file must be there.
 */
#ifndef MELDLUIK_TEST_VECTOR_H
#define MELDLUIK_TEST_VECTOR_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/err.h"

#define VECTOR_MAX (1u << 22)

struct vector {
	char name[96], code[32], word[48];
	unsigned long number;
	enum err want;
	unsigned char *p;
	size_t len;
};

static const char *const vector_codes[ERR_COUNT] = { "OK", "ERR_FORMAT",
	"ERR_LIMIT", "ERR_VERSION", "ERR_POLICY", "ERR_CRYPT",
	"ERR_NO_MATCH", "ERR_SIGNATURE", "ERR_FOREIGN", "ERR_STALE",
	"ERR_CHAIN", "ERR_CONFLICT", "ERR_UNKNOWN", "ERR_FULL", "ERR_IO",
	"ERR_MEMORY", "ERR_BUSY", "ERR_USAGE" };

static inline void
vector_fail(const char *dir, const char *name, const char *what)
{
	fprintf(stderr, "%s/%s: %s\n", dir, name, what);
	exit(1);
}

static inline unsigned char *
vector_file(const char *dir, const char *name, size_t *len)
{
	char path[1024];
	unsigned char *p = malloc(VECTOR_MAX);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (f == NULL || p == NULL) {
		vector_fail(dir, name, "cannot be read");
	}
	*len = fread(p, 1, VECTOR_MAX, f);
	fclose(f);
	/* exact size, so that a sanitizer sees a read past the end */
	unsigned char *q = malloc(*len + (*len == 0));
	memcpy(q, p, *len);
	free(p);
	return q;
}

/* Calls ${each} for every vector; returns how many */
static inline unsigned
vector_each(const char *dir, void (*each)(const struct vector *v))
{
	char path[1024], line[256];
	unsigned n = 0, files = 0;
	struct dirent *d;
	FILE *f;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/expect.txt", dir);
	f = fopen(path, "r");
	if (f == NULL) {
		vector_fail(dir, "expect.txt", "missing");
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		struct vector v = { .want = ERR_COUNT };

		if (sscanf(line, "%95s %31s %47s %lu", v.name, v.code,
		    v.word, &v.number) < 2) {
			vector_fail(dir, line, "bad line in expect.txt");
		}
		for (unsigned i = 0; i < ERR_COUNT; i++) {
			if (strcmp(v.code, vector_codes[i]) == 0) {
				v.want = (enum err)i;
			}
		}
		if (v.want == ERR_COUNT) {
			vector_fail(dir, v.name, "unknown code");
		}
		v.p = vector_file(dir, v.name, &v.len);
		each(&v);
		free(v.p);
		n++;
	}
	fclose(f);
	folder = opendir(dir);
	while ((d = readdir(folder)) != NULL) {
		files += d->d_name[0] != '.' &&
		    strcmp(d->d_name, "expect.txt") != 0;
	}
	closedir(folder);
	if (files != n || n == 0) {
		vector_fail(dir, "expect.txt", "does not list the files");
	}
	return n;
}

/* For ${each}: fails with the vector's name */
static inline void
vector_check(const struct vector *v, enum err got, const char *word)
{
	if (got != v->want || (v->word[0] != '\0' && v->word[0] != '-' &&
	    strcmp(v->word, word) != 0)) {
		fprintf(stderr, "%s: want %s %s, got %s %s\n", v->name,
		    v->code, v->word, vector_codes[got], word);
		exit(1);
	}
}

#endif
