/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The organisation's public files in home/public: keyset, epoch blocks of
 * all holders, page files. Nothing secret is read or written here, but the
 * identity key signs keysets and operational keys sign blocks.
 */
#ifndef DECRYPTOR_ORG_H
#define DECRYPTOR_ORG_H

#include "desk.h"

#define BLOCKS_MAX 8192u
#define BLOCKS_FILE_MAX (24u << 20)
#define BLOCKS_WEEKS 52 /* so long others' stay: 64 holders have room */

struct org_block {
	day_t week;
	struct epoch_block block;
};
struct org_blocks {
	struct org_block *block;
	size_t count, room;
};

enum err org_load(struct desk *d); /* ERR_UNKNOWN: no keyset yet */
/* Signs ${k} with the identity (in the ring, or asked from paper) and makes it the current one:
 * serial, previous and day are set here */
enum err org_keyset_save(struct desk *d, struct keyset *k);
/* The current keyset.json and .minisig, byte for byte */
enum err org_keyset_files(const struct desk *d, struct buf *doc,
    struct buf *sig);
/* Stores and loads a keyset the caller has verified */
enum err org_keyset_store(struct desk *d, const struct buf *doc,
    const struct buf *sig);

enum err blocks_load(const struct desk *d, struct org_blocks *b);
enum err blocks_parse(const void *p, size_t len, const uint8_t org[ORG_LEN],
    struct org_blocks *b);
enum err blocks_save(const struct desk *d, const struct org_blocks *b);
enum err blocks_write(const uint8_t org[ORG_LEN], const struct org_blocks *b,
    struct buf *out);
void blocks_free(struct org_blocks *b);
/* Replaces the block of the same week, desk and person */
enum err blocks_put(struct org_blocks *b, day_t week,
    const struct epoch_block *block);
/* NULL: none */
const struct epoch_block *blocks_find(const struct org_blocks *b, day_t week,
    unsigned desk, const char *person);
bool blocks_has(const struct org_blocks *b, day_t week, unsigned desk,
    const char *person);
/* ERR_SIGNATURE unless ${key} signed the block */
enum err block_check(const uint8_t org[ORG_LEN], day_t week,
    const struct sign_pk *key, const struct epoch_block *block);
/* Not kept any more */
bool block_outdated(const struct desk *d, day_t week,
    const struct epoch_block *block);
/* Blocks signed by the ring's owner for ${n} weeks from ${from}; keys that
 * the ring lacks are made */
enum err blocks_own(struct desk *d, day_t from, unsigned n,
    struct org_blocks *b);
/* The epoch file of one week. ERR_UNKNOWN: the block of the holder *lacks is
 * missing, or is not of their key */
enum err blocks_epoch(const struct org_blocks *b, const struct keyset *k,
    day_t week, struct buf *out, const struct keyset_person **lacks);
json_t *block_json(day_t week, const struct epoch_block *block);
enum err block_of_json(const json_t *o, day_t *week,
    struct epoch_block *block);

#endif
