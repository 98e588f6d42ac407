/* SPDX-License-Identifier: EUPL-1.2 */
/* Drawing words. Only words of small ASCII letters, easy to read and type. */
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "words.h"

#define WORD_MIN 4u
#define WORD_MAX 7u
#define LIST_MAX 262144u
#define LIST_MIN 2048u /* fewer give too long passphrases */

struct words {
	char (*word)[WORD_MAX + 3]; /* the EFF's list goes to nine letters */
	size_t count;
};

static const struct {
	const char *language, *path;
	unsigned longest;
} lists[] = {
	{"nl", "/usr/share/dict/dutch", WORD_MAX},
	{"en", "/usr/lib/python3/dist-packages/diceware/wordlists/"
	    "wordlist_en_eff.txt", WORD_MAX + 2},
	{"en", "/usr/share/dict/american-english", WORD_MAX},
};

static bool
word_fits(const char *s, size_t len, unsigned longest)
{
	return len >= WORD_MIN - 1 && len <= longest &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz") == len;
}

static enum err
list_read(FILE *f, unsigned longest, struct words *w)
{
	char line[128];
	size_t room = 0;

	while (fgets(line, sizeof line, f) != NULL) {
		char *word = line + strspn(line, "123456\t ");
		size_t len = strcspn(word, "\r\n");
		word[len] = 0;
		if (!word_fits(word, len, longest)) {
			continue;
		}
		if (w->count == room) {
			void *more;
			room = room * 2 + 8192;
			more = w->count == LIST_MAX ? NULL :
			    reallocarray(w->word, room, sizeof *w->word);
			if (more == NULL) {
				return ERR_MEMORY;
			}
			w->word = more;
		}
		strcpy(w->word[w->count++], word);
	}
	return w->count >= LIST_MIN ? OK : ERR_UNKNOWN;
}

enum err
words_load(const char *language, struct words **out)
{
	struct words *w = calloc(1, sizeof *w);
	enum err e = w == NULL ? ERR_MEMORY : ERR_UNKNOWN;

	for (size_t i = 0; e == ERR_UNKNOWN && i < sizeof lists /
	    sizeof *lists; i++) {
		FILE *f = strcmp(lists[i].language, language) != 0 ? NULL :
		    fopen(lists[i].path, "re");
		if (f != NULL) {
			w->count = 0;
			e = list_read(f, lists[i].longest, w);
			fclose(f);
		}
	}
	if (e != OK) {
		words_free(w);
		return e;
	}
	*out = w;
	return OK;
}

void
words_free(struct words *w)
{
	if (w != NULL) {
		free(w->word);
		free(w);
	}
}

/* Uniform below ${n}, dice mixed in: rejection keeps it without bias */
static size_t
draw(struct desk *d, size_t n)
{
	uint32_t v, most = UINT32_MAX - UINT32_MAX % (uint32_t)n;

	do {
		randombytes_buf(&v, sizeof v);
		dice_mix(d, (uint8_t *)&v, sizeof v);
	} while (v >= most);
	return v % n;
}

enum err
words_draw(struct desk *d, const struct words *w, char out[WORDS_TEXT],
    double *bits, unsigned *count)
{
	double each = log2((double)w->count);
	unsigned n = (unsigned)ceil(WORDS_BITS / each);
	size_t at = 0;

	out[0] = 0;
	for (unsigned i = 0; i < n; i++) {
		const char *word = w->word[draw(d, w->count)];
		if (at + strlen(word) + 2 > WORDS_TEXT) {
			return ERR_LIMIT;
		}
		at += (size_t)snprintf(out + at, WORDS_TEXT - at, "%s%s",
		    i == 0 ? "" : " ", word);
	}
	*bits = n * each;
	*count = n;
	return OK;
}
