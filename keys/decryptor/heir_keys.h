/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Since when can whoever takes over open what is sealed to the desk? Only the
 * journal that is taken over knows: its exports name the keys they carried of
 * each holder, its manifests say which of them the gateway applied. What was
 * sealed before looks like another desk's, as after a loss of keys
 * (keys/DESK.md).
 */
#ifndef DECRYPTOR_HEIR_KEYS_H
#define DECRYPTOR_HEIR_KEYS_H

#include "org.h"

/* `others` of event `export`: the keys of each other holder of this desk in
 * the epoch files of ${weeks} weeks from ${from} on */
json_t *heir_keys_others(const struct desk *d, const struct org_blocks *b,
    day_t from, unsigned weeks);

/* Folds a journal into ${state}, and sees what its bundles carried of the
 * owner of ${ring} */
struct heir_keys {
	struct state *state;
	const struct keyring *ring;
	struct heir_bundle {
		uint8_t sha256[HASH_LEN];
		day_t to; /* last week with a key of this ring */
	} *bundle; /* made since one carried another key, or none */
	size_t bundles, room;
	uint64_t generation;
	day_t since, to; /* such a bundle was applied; DAY_NONE: none yet */
};
void heir_keys_begin(struct heir_keys *h, struct state *s,
    const struct keyring *ring);
enum err heir_keys_fold(void *heir_keys, uint64_t n, const json_t *event);
void heir_keys_end(struct heir_keys *h);
/* What was seen, in ${event}, a `keys_lost` */
void heir_keys_tell(const struct heir_keys *h, json_t *event);

#endif
