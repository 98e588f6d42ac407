/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * age v1, unseal side: streaming opening with hybrid identities or a
 * passphrase. Never linked into the gateway (a symbol test sees to it).
 *
 * Caveat: chunks are released once authentic; a truncated file fails only
 * at age_open_end(). Nothing taken from the stream may be believed or shown
 * before age_open_end() returned OK.
 */
#ifndef MELDLUIK_AGE_OPEN_H
#define MELDLUIK_AGE_OPEN_H

#include "meldluik/age_unwrap.h"

struct age_open;

/* Where opened bytes go; a failure ends the stream with that code. */
typedef enum err (*age_plain_sink)(void *arg, const uint8_t *p, size_t len);

/*
 * Push-style reader: give it the file's bytes in any pieces.
 * age_open_new: ${ids} stay the caller's and must outlive the stream.
 * ${threads} as for sealing.
 */
enum err age_open_new(struct age_identity *const *ids, size_t n,
    age_plain_sink sink, void *arg, unsigned threads,
    struct age_open **out);
/* Passphrase file; scrypt must be the only stanza, factor 16..20.
 * ERR_MEMORY is not "wrong passphrase" (that is ERR_NO_MATCH). */
enum err age_open_new_scrypt(const char *pass, size_t len,
    age_plain_sink sink, void *arg, struct age_open **out);
enum err age_open_write(struct age_open *o, const void *p, size_t len);
enum err age_open_end(struct age_open *o);
void age_open_free(struct age_open *o);

/* Whole files in memory; ${out} is appended to (use a secret buffer). */
enum err age_open_buf(struct age_identity *const *ids, size_t n,
    const uint8_t *p, size_t len, struct buf *out);
enum err age_open_buf_scrypt(const char *pass, size_t passlen,
    const uint8_t *p, size_t len, struct buf *out);

#endif
