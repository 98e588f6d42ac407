/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What leaves the organisation: one HTML page that needs nothing else, the
 * chosen files, a manifest with their hashes and its signature, in one tar.
 * A plan says what it carries; it holds no content, so it can lie on the
 * table while two people look at it.
 */
#ifndef DECRYPTOR_DOSSIER_H
#define DECRYPTOR_DOSSIER_H

#include "acts.h"

#define PLAN_TYPE "meldluik-forward-plan"
#define PLAN_MAX 262144u

struct plan {
	json_t *o; /* strings below belong to it */
	uint8_t sha256[HASH_LEN];
	enum destination to;
	const char *receiver, *name;
	day_t until;
	bool agreement, reviewed, with_identity, modified;
	const char *endangers; /* why the reporter is not told; "" told */
};

/* ${why} says which part is wrong */
enum err plan_parse(struct desk *d, size_t k, const void *p, size_t len,
    struct plan *out, struct refusal *why);
void plan_free(struct plan *p);
/* To whom, in words; ${name} where the profile does not know them */
const char *plan_receiver(const struct desk *d, enum destination to,
    const char *receiver, const char *name, bool english);
/* A plan as lines for who signs for it: to whom, what goes, what is left out;
 * no answer and no word of one. What goes and what stays is each cut after
 * some ${most} bytes, and the rest counted. ${most} 0, for who may read the
 * case: whole, with the words that are left out and the reason not to tell
 * the reporter. The profile is open. */
void plan_words(const struct desk *d, const json_t *plan, bool english,
    size_t most, struct buf *out);

/* Where the tar goes */
typedef enum err (*dossier_sink)(void *arg, const uint8_t *p, size_t len);
/* Builds it. ${page}: only the HTML page, appended there (for print) */
enum err dossier_write(struct desk *d, size_t k, const struct plan *p,
    dossier_sink sink, void *arg, struct refusal *why);
enum err dossier_page(struct desk *d, size_t k, const struct plan *p,
    struct buf *page, struct refusal *why);

#endif
