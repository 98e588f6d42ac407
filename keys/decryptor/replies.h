/* SPDX-License-Identifier: EUPL-1.2 */
/* Replies: drafting, and the live notes of a thread for the lane. */
#ifndef DECRYPTOR_REPLIES_H
#define DECRYPTOR_REPLIES_H

#include "desk.h"

/*
 * reply_draft(d, k, kind, text, len): journals a reply on case ${k}. ERR_LIMIT:
 * over eight slots; ERR_BUSY: it would push out a reply not yet posted;
 * ERR_POLICY: the case has no mailbox.
 */
enum err reply_draft(struct desk *d, size_t k, enum reply_kind kind,
    const char *text, size_t len);

struct live_threads {
	struct lane_thread *thread;
	struct buf (*note)[SLOT_LIVE_MAX]; /* secret */
	size_t count;
	unsigned replies;
};
/* All live replies, signed afresh. Free with threads_free. */
enum err threads_make(struct desk *d, struct live_threads *out);
void threads_free(struct live_threads *t);

/* Acknowledgement in the language of the report; ${out} is appended to */
enum err letter_acknowledge(struct desk *d, const struct kase *k,
    struct buf *out);

#endif
