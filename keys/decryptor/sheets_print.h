/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a ceremony prints: pages of HTML for A4 that need no other file and
 * run no script. Every value passes html_text.
 */
#ifndef DECRYPTOR_SHEETS_PRINT_H
#define DECRYPTOR_SHEETS_PRINT_H

#include "papers.h"

#define QR_TEXT_MAX 2900u /* bytes a QR code holds, level L */

struct print {
	const struct keyset *k;
	const char *language; /* nl or en */
	bool rehearsal, renewal;
	day_t today;
};

/* SHA-256 of the style in these pages, base64: for who serves them under a
 * Content-Security-Policy */
#define STYLE_HASH 45u
void sheets_style_hash(char out[STYLE_HASH]);
/* Inline SVG of ${mm} millimetres; ERR_LIMIT: too much for a QR code */
enum err qr_svg(const char *text, unsigned mm, struct buf *out);
/* Sheet of one share: secret. ${desk}: of a backup key */
enum err print_share(const struct print *p, const struct share *s,
    const char *keeper, unsigned desk, struct buf *out);
/* Poster with fingerprint and addresses */
enum err print_poster(const struct print *p, struct buf *out);
/* The pre-signed revocation, to keep in the safe */
enum err print_revocation(const struct print *p, const char *note,
    struct buf *out);
/* What was done, to sign. ${person} led it. */
enum err print_transcript(const struct print *p, struct papers *papers,
    const char *person, bool identity_gone, struct buf *out);

#endif
