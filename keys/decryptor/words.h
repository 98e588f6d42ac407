/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Passphrases of drawn words: Dutch from Debian's `wdutch`, English from
 * `diceware` (the list of the EFF), or /usr/share/dict of `wamerican`.
 */
#ifndef DECRYPTOR_WORDS_H
#define DECRYPTOR_WORDS_H

#include "desk.h"

#define WORDS_BITS 75.0 /* five Dutch words, six of the EFF list */
#define WORDS_TEXT 128u

struct words;
/* ERR_UNKNOWN: no list of that language is installed */
enum err words_load(const char *language, struct words **out);
void words_free(struct words *w);
/* As many words as WORDS_BITS asks, with spaces, into secret memory; the
 * strength in bits */
enum err words_draw(struct desk *d, const struct words *w,
    char out[WORDS_TEXT], double *bits, unsigned *count);

#endif
