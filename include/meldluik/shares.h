/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Paper shares (keys/FORMAT.md section 13): a 32-byte key as n sheets of
 * which any k give it back. Unseal side, offline machine only. The
 * arithmetic is libgfshare's (GF(256), Shamir 1979); around it stand set,
 * threshold, number, checks for people who type, and commitments that name
 * a share that lies.
 *
 * Caveats: libgfshare looks bytes up in tables and works in ordinary memory
 * (it overwrites it when freed); who can measure this machine while a
 * ceremony runs is outside what it guards against. Fewer than k shares say
 * nothing about a random key; they do let somebody test a guess of it.
 */
#ifndef MELDLUIK_SHARES_H
#define MELDLUIK_SHARES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meldluik/err.h"

#define SHARE_SECRET 32u
#define SHARES_MIN 2u /* k and n */
#define SHARES_MAX 8u /* n: what a table of trustees holds */
#define SHARE_COMMIT 8u
#define SHARE_LINE 24u /* characters of a line: 20, then 4 to check them */
#define SHARE_LINES_MAX 8u
#define SHARE_TEXT (SHARE_LINES_MAX * 32u) /* lines with spaces and LF, NUL */
#define SHARE_QR (17u + SHARE_LINES_MAX * SHARE_LINE + 1u)
#define SHARE_SET 10u /* XXXX-XXXX and NUL */

enum share_kind { SHARE_IDENTITY = 1, SHARE_BACKUP = 2 };

struct share {
	enum share_kind kind;
	unsigned k, n, x; /* x: 1..n, the number on the sheet */
	uint8_t data[SHARE_SECRET]; /* secret */
	uint8_t commit[SHARES_MAX][SHARE_COMMIT]; /* of all n shares */
};

/* ${n} shares of ${secret}, into secret memory of the caller. ERR_USAGE
 * unless 2 <= k <= n <= SHARES_MAX. */
enum err shares_split(enum share_kind kind, unsigned k, unsigned n,
    const uint8_t secret[SHARE_SECRET], struct share *out);

/* What is wrong with shares laid together */
enum shares_trouble {
	SHARES_FINE,
	SHARES_FEW,   /* fewer than k different ones */
	SHARES_MIXED, /* share ${which} is of another set than most */
	SHARES_LYING, /* share ${which} was changed after the ceremony */
};
struct shares_fault {
	enum shares_trouble what;
	unsigned which; /* place in the array */
};
/*
 * The secret of ${count} shares (the same sheet twice counts once).
 * ERR_POLICY too few; ERR_CONFLICT mixed; ERR_SIGNATURE lying. ${f} says
 * which, and may be NULL.
 */
enum err shares_combine(const struct share *s, unsigned count,
    uint8_t secret[SHARE_SECRET], struct shares_fault *f);
/* Name of the set, for people: the same on every sheet of one ceremony */
void share_set(const struct share *s, char out[SHARE_SET]);

/* The lines as printed: groups of four, LF after each line */
void share_text(const struct share *s, char out[SHARE_TEXT]);
/* For a QR code (alphanumeric mode): "MELDLUIK-SHARE-1:" and the lines */
void share_qr(const struct share *s, char out[SHARE_QR]);

/* What is wrong with a typed line */
struct share_fault {
	unsigned line;  /* from 1 */
	unsigned place; /* character from 1, spaces not counted; 0: unknown */
	char meant;     /* what stands on the paper there; 0: unknown */
	unsigned want, got; /* characters, when they are too few or many */
};
/* Typing, line by line; secret, wiped by the caller */
struct share_entry {
	unsigned lines; /* taken */
	unsigned n;     /* known from the first line on */
	size_t len;
	char chars[SHARE_LINES_MAX * SHARE_LINE + 1]; /* without checks */
};
/*
 * share_entry_line(e, s, len, f): takes the next line, as crockford input.
 * ERR_FORMAT: number of characters, or a letter that never occurs;
 * ERR_CRYPT: it was mistyped (${f} names the place when one character or
 * two swapped ones explain it); ERR_VERSION.
 */
enum err share_entry_line(struct share_entry *e, const char *s, size_t len,
    struct share_fault *f);
bool share_entry_done(const struct share_entry *e);
/* The share, when done; ERR_SIGNATURE when it does not fit its commitment */
enum err share_entry_end(const struct share_entry *e, struct share *out);
/* A whole text: of a QR code, or lines. At most SHARE_TYPED_MAX bytes. */
#define SHARE_TYPED_MAX 1024u
enum err share_parse(const char *s, size_t len, struct share *out,
    struct share_fault *f);

#endif
