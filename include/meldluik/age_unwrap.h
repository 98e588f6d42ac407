/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * age v1, mailbox side: from an identity to the file key of one header, and
 * opening of a file that fits in one chunk (a reply slot). The gateway links
 * this for the no-script path, and nothing further.
 *
 * Caveat: ML-KEM never fails to decapsulate; a wrong key shows only as
 * ERR_NO_MATCH at the AEAD. All known stanzas are checked for structure
 * before any is tried, so that all recipients agree on validity.
 */
#ifndef MELDLUIK_AGE_UNWRAP_H
#define MELDLUIK_AGE_UNWRAP_H

#include "meldluik/age.h"

/* An expanded hybrid identity; lives in secret memory. */
struct age_identity;

enum err age_identity_new(const uint8_t seed[AGE_HYBRID_SEED],
    struct age_identity **out);
void age_identity_free(struct age_identity *id);

/*
 * age_unwrap(h, ids, n, key): tries every hybrid stanza of ${h} with every
 * identity; verifies the header MAC. ERR_NO_MATCH if none opens,
 * ERR_CRYPT if one opens and the MAC is wrong, ERR_FORMAT if a known stanza
 * is malformed. ${key} is secret: the caller wipes it.
 */
enum err age_unwrap(const struct age_header *h,
    struct age_identity *const *ids, size_t n,
    uint8_t key[AGE_FILE_KEY]);

/*
 * age_open_small(id, p, len, out): a whole age file with one hybrid stanza
 * and exactly one chunk. ${out} (secret, appended to) gets the plaintext.
 */
enum err age_open_small(const struct age_identity *id, const uint8_t *p,
    size_t len, struct buf *out);

#endif
