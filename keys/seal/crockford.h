/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Crockford base32 as people type it: for codes and fingerprints. Writing is
 * crockford_encode (meldluik/code.h).
 */
#ifndef MELDLUIK_CROCKFORD_H
#define MELDLUIK_CROCKFORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meldluik/err.h"

#define CROCKFORD_TYPED_MAX 256u /* bytes of input looked at */

/*
 * crockford_decode(s, len, out, bits): exactly ${bits} / 5 characters (a
 * multiple of 5) into ${bits} bits; the last byte is filled up with zeros
 * at its low end. Letter case, spaces, hyphens and line breaks are ignored,
 * O is 0, I and L are 1. Anything else is ERR_FORMAT; ${out} may then hold
 * a part.
 */
enum err crockford_decode(const char *s, size_t len, uint8_t *out,
    size_t bits);

/* A space, hyphen or line break, which carries nothing (separator.c) */
bool crockford_separator(char c);

/* The first ${n} of ${text} in groups of four with hyphens; ${out} holds
 * n + (n - 1) / 4 + 1 */
void crockford_group(const char *text, size_t n, char *out);

#endif
