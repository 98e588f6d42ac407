/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Record keys: one random key a record, all in one small file (keys.bin)
 * that is encrypted under a root key; the root lies in one of two slots of
 * root.bin, overwritten in place. Destroying a key means: write the file
 * without it under a fresh root, then overwrite the old root.
 *
 * Caveats: on flash an overwritten root may survive in spare blocks; full
 * disk encryption is the answer, and the operating guide says so.
 */
#ifndef STORE_RECORDKEYS_H
#define STORE_RECORDKEYS_H

#include "meldluik/bytes.h"

#define RECORD_KEY 32u
#define RECORD_KEYS_BLOCK 2048u /* made ahead at once: 80 KiB of file */
#define RECORD_KEYS_LOW 1024u   /* the beat makes more below this */
#define RECORD_KEYS_MAX 4194304u

struct record_keys;

/* ${dir}: the folder. Makes the files when ${make}; otherwise their absence
 * is ERR_CRYPT: the records are unreadable for good. Finishes or forgets a
 * rotation that a crash cut. */
enum err record_keys_open(int dir, bool make, struct record_keys **out);
void record_keys_free(struct record_keys *k);
/* Long-lived keys: of state records, and of hidden database keys */
const uint8_t *record_keys_state(const struct record_keys *k);
const uint8_t *record_keys_index(const struct record_keys *k);
/* NULL: destroyed or never made */
const uint8_t *record_keys_get(const struct record_keys *k, uint64_t number);
/* The first number that is not made yet */
uint64_t record_keys_end(const struct record_keys *k);
/* How many there are */
size_t record_keys_count(const struct record_keys *k);
/* Makes RECORD_KEYS_BLOCK more, durable on return */
enum err record_keys_extend(struct record_keys *k);
/*
 * Keeps only the ${n} numbers in ascending ${live} and everything from
 * ${from} on, under a fresh root. On failure the old keys stand, or, once
 * the new file is in place, the new ones.
 */
enum err record_keys_rotate(struct record_keys *k, const uint64_t *live,
    size_t n, uint64_t from);

#endif
