/* SPDX-License-Identifier: EUPL-1.2 */
/* Replies: drafting, and the live notes of a thread for the lane. */
#ifndef DECRYPTOR_REPLIES_H
#define DECRYPTOR_REPLIES_H

#include "acts.h"

/* A fresh id, and the slots that the text of ${a} would take. ERR_LIMIT: over
 * eight */
enum err reply_parts(const struct desk *d, size_t k,
    const struct act_answer *a, uint8_t id[16], unsigned *parts);
/* Slots that replies of the case not yet known to be posted take */
unsigned reply_waiting(const struct state *s, size_t k);

/*
 * RT1: the day from which an export leaves the answers of case ${k} out;
 * DAY_NEVER while it is open. Closing, a message and an answer are activity.
 */
enum err mailbox_end(struct desk *d, size_t k, day_t *out);

/* The day from which case ${k} may be destroyed: the end of its retention,
 * but not while answers of ours are promised to the reporter (mailbox_end);
 * DAY_NEVER or DAY_NONE as the journal has it */
day_t destroy_day(struct desk *d, size_t k);

struct live_threads {
	struct lane_thread *thread;
	struct buf (*note)[SLOT_LIVE_MAX]; /* secret */
	size_t count;
	unsigned replies;
	/* What cannot go: answers of the state, and how many cases have them,
	 * each named on stderr */
	bool *left;
	unsigned left_cases;
	size_t left_case; /* one of them */
};
/* All live replies, signed afresh, of mailboxes that have not ended. What
 * cannot be read stops no other. Free with threads_free. */
enum err threads_make(struct desk *d, struct live_threads *out);
void threads_free(struct live_threads *t);

#endif
