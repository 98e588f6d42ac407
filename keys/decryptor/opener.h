/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Opens envelopes, each in a child of its own. A child has the identities of
 * the envelope's week, the open file and a pipe; it can reach nothing else.
 * What comes back are bounded records, which the parent checks.
 *
 * Children are forked by a nursery, one for each week, that is made before
 * the first envelope of the import is read and never reads one. So a child is
 * a copy of a process that saw none of them: what the parent holds of an
 * earlier envelope, also in memory that it gave back, is not in it. A hostile
 * envelope that takes its child over can lie about itself and reaches neither
 * nursery nor parent nor the next child: it has one open file to read and one
 * pipe to write, and the child ends with it. The nursery takes one kind of
 * request, from the parent, on a socket that children close.
 */
#ifndef DECRYPTOR_OPENER_H
#define DECRYPTOR_OPENER_H

#include "attachment.h"
#include "meldluik/keyring.h"

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
 * opener_new(week, wipe, arg, out): a nursery with the identities of ${week}
 * (NULL: none; envelopes are then only hashed). ${wipe} is called in it: it
 * frees what children must not hold. Make all before the first opener_start.
 */
struct opener;
enum err opener_new(const struct keyring_week *week,
    void (*wipe)(void *arg), void *arg, struct opener **out);
/* Ends the nursery; no opening of it may be left */
void opener_free(struct opener *o);
/*
 * opener_start(by, fd, sha256, size, dir, out): ${fd} is the envelope,
 * ${sha256} and ${size} as listed; it is the opening's when this returns OK.
 * Attachments are written to ${dir}, by opener_finish. Several may run at
 * once; each child has its own envelope and nothing of the others.
 */
struct opening;
enum err opener_start(struct opener *by, int fd,
    const uint8_t sha256[HASH_LEN], uint64_t size, int dir,
    struct opening **out);
/* What came of it; frees ${o} */
void opener_finish(struct opening *o, struct opened_envelope *out);
/* Ends the child, forgets what it sent; frees ${o}, which may be NULL */
void opener_cancel(struct opening *o);
void opened_clear(struct opened_envelope *o);

#endif
