/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Mailbox side: with a code, find and open reply slots of one shard. Used by
 * the reporter program and by the gateway's no-script path, which must do
 * the same amount of work whether the code is right or not.
 */
#ifndef MELDLUIK_MAILBOX_H
#define MELDLUIK_MAILBOX_H

#include "meldluik/age_unwrap.h"
#include "meldluik/board.h"

struct mailbox; /* keys of one code, in secret memory */

enum err mailbox_new(const struct code *c, const uint8_t org[ORG_LEN],
    struct mailbox **out);
void mailbox_free(struct mailbox *m);
const struct code_keys *mailbox_keys(const struct mailbox *m);

/* What a check-back found, whole replies in order; secret memory. */
struct mailbox_replies {
	struct reply *reply; /* parts joined: part == 1, parts == 1 */
	unsigned replies;
	unsigned damaged;    /* slots with our tag that did not open or verify */
};
void mailbox_replies_clear(struct mailbox_replies *r);

/*
 * The desk to which what is written later goes: that of the newest of
 * ${lanes} lanes' replies, ${own} (of the code) when there is none. A desk
 * that stepped aside must not get what its successor asked for; of one day,
 * another than ${own}, the highest.
 */
unsigned mailbox_answering(const struct mailbox_replies *lane,
    unsigned lanes, unsigned own);
/*
 * The replies of all lanes, newest first: that which comes next, NULL after
 * the last. ${left}: of each lane how many were not given yet, at first all.
 * A lane is in its desk's order; of one day, the later lane is the newer.
 */
const struct reply *mailbox_newest(const struct mailbox_replies *lane,
    unsigned lanes, unsigned *left);

/*
 * mailbox_read(m, k, l, p, len, out): ${p} is the mailbox's shard of lane
 * ${l} (already checked by lane_shard_check). Verifies each reply with a
 * holder's key of the lane's desk, joins parts.
 * mailbox_read_constant: the same result with exactly SLOT_LIVE_MAX slot
 * openings (decoys for what is not there), tags compared in constant time.
 */
enum err mailbox_read(const struct mailbox *m, const struct keyset *k,
    const struct lane *l, const uint8_t *p, size_t len,
    struct mailbox_replies *out);
enum err mailbox_read_constant(const struct mailbox *m,
    const struct keyset *k, const struct lane *l, const uint8_t *p,
    size_t len, struct mailbox_replies *out);

#endif
