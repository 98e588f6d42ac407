/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The board: lanes of reply slots (keys/FORMAT.md section 5). Making a lane
 * needs public keys of mailboxes and a holder's operational key; reading a
 * manifest needs the keyset; finding one's own slot needs the tag key.
 */
#ifndef MELDLUIK_BOARD_H
#define MELDLUIK_BOARD_H

#include "meldluik/code.h"
#include "meldluik/keyset.h"

#define SLOT_LEN 8192u
#define SLOT_TAG 16u
#define SLOT_PLAIN 6517u     /* plaintext of a slot's age file */
#define SLOT_LIVE_MAX 8u     /* live slots of one thread */
#define LANE_NONCE 32u
#define LANE_SLOTS_MIN 16u
#define LANE_SHARD_SLOTS 256u
#define LANE_SHARDS_MAX 1024u
#define LANE_MANIFEST_MAX 262144u
#define REPLY_RECEIPTS_MAX 16u
#define REPLY_TEXT_PART 5000u /* bytes of text in one slot at most, encoded */

struct lane {
	uint8_t org[ORG_LEN];
	unsigned desk;
	uint64_t tenure, serial;
	day_t day;
	uint8_t nonce[LANE_NONCE];
	uint32_t slots;
	uint32_t shards;
	uint8_t (*shard)[HASH_LEN]; /* ${shards} hashes */
	uint64_t intake_serial;
	uint8_t intake[HASH_LEN];
};

/* Tag of the ${n}-th live slot (0..7). Secret in, public out. */
void slot_tag(const uint8_t tag_key[32], const uint8_t nonce[LANE_NONCE],
    unsigned n, uint8_t tag[SLOT_TAG]);
/* Shard of a thread among ${shards} (a power of two) */
uint32_t slot_shard(const uint8_t tag_key[32], uint32_t shards);

/* One live thread: its keys and its notes (signed notes of reply.json),
 * oldest first; at most SLOT_LIVE_MAX. */
struct lane_thread {
	uint8_t tag_key[32];
	struct age_recipient recipient;
	struct bytes note[SLOT_LIVE_MAX];
	unsigned notes;
};
/*
 * May ${t} stand in a lane beside the ${n} of ${others}? None of them has its
 * tag key, which the reader of one could not tell apart, and there is room in
 * the finest shard that it can be in: one too many would stop the whole lane.
 * ${load} counts the slots of each, of those that may.
 */
bool lane_fits(const struct lane_thread *others, size_t n,
    const struct lane_thread *t, uint32_t load[LANE_SHARDS_MAX]);
/*
 * lane_make(l, threads, n, floor, sink, arg): seals every live reply afresh
 * with fresh dummies; at least ${floor} slots. Fills nonce, slots, shards
 * of ${l}; the other fields are the caller's. lane_clear frees the hashes.
 */
enum err lane_make(struct lane *l, const struct lane_thread *threads,
    size_t n, uint32_t floor, age_sink sink, void *arg);
void lane_clear(struct lane *l);
enum err lane_write(const struct lane *l, struct buf *out);
/* Parses and verifies against holders of its desk */
enum err lane_parse(const void *p, size_t len, const void *sig,
    size_t siglen, const struct keyset *k, unsigned desk, struct lane *out);
/* Bytes of one shard, and of the lane */
uint64_t lane_shard_bytes(const struct lane *l);
uint64_t lane_bytes(const struct lane *l);
enum err lane_shard_check(const struct lane *l, uint32_t shard,
    const void *p, size_t len);

/* reply.json */
enum reply_kind {
	REPLY_ACKNOWLEDGEMENT,
	REPLY_QUESTION,
	REPLY_MESSAGE,
	REPLY_FEEDBACK,
	REPLY_CLOSING
};
struct reply {
	uint8_t org[ORG_LEN];
	unsigned desk;
	uint8_t reply_id[16];
	unsigned part, parts;
	day_t day;
	enum reply_kind kind;
	char language[17];
	char *text; /* secret memory, NUL-ended */
	uint8_t receipt[REPLY_RECEIPTS_MAX][MESSAGE_ID_LEN];
	unsigned receipts;
};
const char *reply_kind_word(enum reply_kind k);
enum err reply_kind_parse(const char *word, enum reply_kind *out);
enum err reply_parse(const void *p, size_t len, struct reply *out);
void reply_clear(struct reply *r);
/*
 * reply_notes(r, text, len, seed, out, n): cuts ${text} into parts at
 * characters and signs a note for each. ERR_LIMIT if over SLOT_LIVE_MAX.
 * ${out} are secret buffers the caller frees.
 */
enum err reply_notes(const struct reply *r, const char *text, size_t len,
    const uint8_t seed[SIGN_SEED], struct buf out[SLOT_LIVE_MAX],
    unsigned *n);

#endif
