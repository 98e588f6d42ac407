/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Deputies: who may go on with the casebook when its holder is away. Each
 * has one hybrid identity derived from the operational key, so nothing more
 * is kept secret; its public half travels as a signed note and is stored in
 * public/heir-PERSON.note. Backups are also sealed to these.
 */
#ifndef DECRYPTOR_HEIR_H
#define DECRYPTOR_HEIR_H

#include "desk.h"

#define HEIR_TYPE "meldluik-heir"
#define HEIR_MAX 8192u

/*
 * Signed notes between the holders of a desk. _make adds type, version,
 * organisation and desk to ${o}, signs it, and takes the reference. _open: by
 * a holder of this ring's desk, in the keyset of today, of this type,
 * organisation and desk; the caller json_decref()s ${out}.
 */
enum err holder_note_make(const struct desk *d, const char *purpose,
    const char *type, json_t *o, struct buf *out);
enum err holder_note_open(const struct desk *d, const char *purpose,
    const char *type, const void *p, size_t len,
    const struct keyset_person **who, json_t **out);

/* The seed; the caller wipes it */
void heir_seed(const struct keyring *k, uint8_t seed[AGE_HYBRID_SEED]);
/* The note of this ring's owner, appended to ${out} */
enum err heir_note(struct desk *d, struct buf *out);
/* Verifies a note against the keyset: another holder of this desk, signed
 * by that person. ${person}: who */
enum err heir_parse(const struct desk *d, const void *p, size_t len,
    char person[KEYSET_ID], struct age_recipient *out);
enum err heir_store(struct desk *d, const void *p, size_t len,
    char person[KEYSET_ID]);
/*
 * What a deputy's backup holds, said by who wrote it: a note beside it, because
 * whoever saw a deputy's note can seal to her. heir_backup_check: ${hash} of
 * the note. ERR_SIGNATURE: of nobody who holds this desk now.
 */
#define HEIR_BACKUP_TYPE "meldluik-deputy-backup"
#define HEIR_BACKUP_NOTE ".note" /* behind the backup's name */
enum err heir_backup_note(const struct desk *d, const uint8_t hash[HASH_LEN],
    struct buf *out);
enum err heir_backup_check(const struct desk *d, const void *p, size_t len,
    uint8_t hash[HASH_LEN]);
/*
 * The other holders of this desk: those whose note still verifies under the
 * keyset of today, and those of whom there is none that does, as nobody took
 * it in or their key is another since. Ids are those of the keyset.
 */
#define HEIRS_TEXT (KEYSET_HOLDERS_MAX * (KEYSET_ID + 2u))
struct heirs {
	struct age_recipient to[KEYSET_HOLDERS_MAX];
	const char *who[KEYSET_HOLDERS_MAX], *lacks[KEYSET_HOLDERS_MAX];
	unsigned n, without;
};
void heirs_load(const struct desk *d, struct heirs *h);
/* ${n} of either list, "a, b" */
const char *heirs_text(const char *const id[], unsigned n,
    char out[HEIRS_TEXT]);

#endif
