/* SPDX-License-Identifier: EUPL-1.2 */
/* What casebook.c, casekeys.c and journal.c share. */
#ifndef DECRYPTOR_CASEBOOK_PRIVATE_H
#define DECRYPTOR_CASEBOOK_PRIVATE_H

#include <lmdb.h>

#include "casebook.h"

#define SEAL_NONCE 24u
#define SEAL_TAG 16u
#define SEAL_OVERHEAD (SEAL_NONCE + SEAL_TAG)
#define CASEKEYS_BLOCK 64u /* made ahead, so that few imports sync the file */

/* Labels of the keys derived from the casebook key */
#define LABEL_JOURNAL "meldluik/v1/casebook/journal"
#define LABEL_RECORDS "meldluik/v1/casebook/records"
#define LABEL_CASEKEYS "meldluik/v1/casebook/casekeys"

struct casekey {
	uint8_t id[KEY_ID];
	uint8_t key[CASE_KEY];
	bool used; /* named by an event; else a spare */
};
struct casebook_keys { /* one block of secret memory */
	uint8_t journal[32], records[32], casekeys[32];
};
struct casebook {
	int dir;
	MDB_env *env;
	MDB_dbi journal, records;
	MDB_txn *txn;
	struct casebook_keys *keys;
	struct casekey *casekey; /* secret; ${casekeys} of them */
	size_t casekeys, casekeys_room;
	bool ended; /* the journal has a head (casekeys.c) */
	uint64_t length, committed; /* of the journal; in and before txn */
	uint8_t head[HASH_LEN], committed_head[HASH_LEN];
};

enum err err_of_lmdb(int rc);
/* nonce || ciphertext appended to ${out} */
enum err value_seal(const uint8_t key[32], const void *ad, size_t adlen,
    const void *p, size_t len, struct buf *out);
enum err value_open(const uint8_t key[32], const void *ad, size_t adlen,
    const uint8_t *p, size_t len, struct buf *out);
/* Seals the journal's head into the open transaction */
enum err journal_head_put(struct casebook *b);
enum err casekeys_load(struct casebook *b);
enum err casekeys_save(struct casebook *b);

#endif
