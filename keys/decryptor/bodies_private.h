/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What bodies.c, which reads a bundle, and bodies_take.c, which keeps what was
 * read, share: one import.
 */
#ifndef DECRYPTOR_BODIES_PRIVATE_H
#define DECRYPTOR_BODIES_PRIVATE_H

#include "intake.h"
#include "opener.h"
#include "org.h"

struct bodies {
	struct desk *d;
	struct intake_result *r;
	int folder; /* envelopes/, or -1 */
	json_t *other, *foreign, *damaged; /* lists of one `read` event */
	unsigned noted;
	uint64_t pending; /* bytes of envelopes in the open transaction */
	bool open;   /* a transaction is */
	bool broken; /* what it holds is not whole */
	struct org_blocks blocks;
	struct week_opener {
		day_t week; /* DAY_NONE: of those without a key */
		struct opener *opener;
	} *opener;
	size_t openers;
};

/* What an envelope that is for this desk holds becomes a message, or is
 * dropped: a duplicate, of another organisation, sealed anew by a reader */
enum err take_ours(struct bodies *b, const struct inbound_envelope *env,
    const struct opened_envelope *o);
/* ${sha256} was read: on ${list}, one of ${b}, written as it fills */
enum err notes_add(struct bodies *b, json_t *list,
    const uint8_t sha256[HASH_LEN]);
enum err notes_flush(struct bodies *b);
/* Takes ${event} over, into the open transaction */
enum err batch_event(struct bodies *b, json_t *event);
/* Makes durable what was taken so far */
enum err batch_end(struct bodies *b);
/* After a failure: what was taken whole is kept. Else all since the last
 * commit is forgotten, and read again another time. */
void batch_stop(struct bodies *b);

#endif
