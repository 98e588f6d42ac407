/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Opens one envelope in a child of its own. The child has the identities of
 * the envelope's week, the open file and a pipe; it can reach nothing else.
 * What comes back are bounded records, which the parent checks.
 */
#ifndef DECRYPTOR_OPENER_H
#define DECRYPTOR_OPENER_H

#include "attachment.h"
#include "meldluik/age_open.h"

enum opened {
	OPENED_OURS,
	OPENED_OTHER,   /* sealed to somebody else */
	OPENED_DAMAGED, /* ours by its header, but not as FORMAT.md says */
	OPENED_EDITED,  /* the file is not the one the manifest lists */
	OPENED_FAILED   /* this machine failed (disk full, no memory) */
};
struct opened_envelope {
	enum opened what;
	enum err why; /* DAMAGED, FAILED */
	struct content *content;      /* OURS; attachments are .tmp files */
	uint8_t payload[HASH_LEN];    /* OURS */
};

/*
 * opener_start(...): ${fd} is the envelope, ${sha256} and ${size} as listed;
 * it is the opening's when this returns OK. ${wipe} is called in the child
 * before the first hostile byte: it frees what the child must not hold.
 * Attachments are written to ${dir}, by opener_finish. Several may run at
 * once; each child has its own envelope and nothing of the others.
 */
struct opening;
enum err opener_start(int fd, const uint8_t sha256[HASH_LEN], uint64_t size,
    struct age_identity *const *ids, size_t n, int dir,
    void (*wipe)(void *arg), void *arg, struct opening **out);
/* What came of it; frees ${o} */
void opener_finish(struct opening *o, struct opened_envelope *out);
/* Ends the child, forgets what it sent; frees ${o}, which may be NULL */
void opener_cancel(struct opening *o);
void opened_clear(struct opened_envelope *o);

#endif
