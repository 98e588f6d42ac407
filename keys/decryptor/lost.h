/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bodies that a manifest lists and that do not come. The gateway erases
 * nothing that was listed after a body that was not read, so what is lost
 * there for good (its record rotted) would fill it up. Two people may write
 * such a body off. It is read all the same if it ever comes.
 */
#ifndef DECRYPTOR_LOST_H
#define DECRYPTOR_LOST_H

#include "acts.h"

#define LOST_DAYS 7   /* of fetches, before it may be written off */
#define LOST_SHOWN 64u /* named at a time */
#define LOST_HEX 16u  /* of the hash, at least, to name one by */
#define BODY_NAME (2 * HASH_LEN + 5) /* HEX.age */

struct overdue {
	uint8_t sha256[HASH_LEN];
	uint64_t size, serial; /* bytes; the manifest that lists it */
	day_t day;             /* the gateway took it */
	day_t listed;
};

void body_name(const uint8_t sha256[HASH_LEN], char out[BODY_NAME]);
/* envelopes/ of ${bundle}, or -1 */
int bodies_folder(int bundle);
/* Is there something to read of ${m}: it was not read whole, or what was
 * written off of it lies in ${folder} */
bool lost_wanted(const struct desk *d, int folder, const struct manifest *m);
/* ${env} was written off, and came when this desk's key of its week was
 * destroyed: nobody can say here whose it was */
bool lost_too_late(const struct desk *d, const struct inbound_envelope *env);
/* What did not come for LOST_DAYS since it was listed, at most LOST_SHOWN.
 * What an earlier gateway listed is not waited for, and not in it. */
enum err lost_overdue(const struct desk *d, struct overdue out[LOST_SHOWN],
    size_t *n);
/* May the body that ${hex} begins with be written off, with ${bundle} at
 * hand? ERR_CONFLICT: that was done */
enum err lost_find(struct desk *d, int bundle, const char *hex,
    struct overdue *out, struct refusal *why);
/* What two people sign for (ACT_KEY_CEREMONY, of no case) */
#define LOST_SUMMARY 1280u
void lost_words(const struct overdue *b, char detail[DETAIL_TEXT],
    char summary[LOST_SUMMARY]);
/* Writes it off, and uses ${request} up */
enum err lost_put(struct desk *d, const struct overdue *b, size_t request);

#endif
