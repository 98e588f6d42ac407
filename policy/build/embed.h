/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Shared by the parts of the build tool embed_pages: texts that grow, and
 * the strings of all languages. Whatever is wrong ends the build.
 */
#ifndef MELDLUIK_BUILD_EMBED_H
#define MELDLUIK_BUILD_EMBED_H

#include <stddef.h>

#define LANGUAGES_MAX 16
#define KEYS_MAX 2048

struct text {
	char *p;
	size_t len, cap;
};

struct language {
	char code[3];
	char *name;
	int rtl, checked;
};

struct key {
	char *key;
	char *value[LANGUAGES_MAX];
	int used;
};

extern struct language language[LANGUAGES_MAX];
extern unsigned languages;
extern struct key key[KEYS_MAX];
extern unsigned keys;

void die(const char *format, ...) __attribute__((noreturn,
    format(printf, 1, 2)));
void add(struct text *t, const char *p, size_t len);
/* The whole file, a NUL behind it */
struct text slurp(const char *path);

/* Reads NL.po of ${path} as one more language */
void language_add(const char *path);
/* Number of the string of this name; ${make}: a new one if need be */
unsigned key_find(const char *name, int make);
/* Every string is there in every language, with the same values and tags */
void keys_check(void);

#endif
