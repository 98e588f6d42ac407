/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Between outbound.c (staging, applying) and outbound_verify.c (judging): a
 * bundle all of whose signatures, hashes and links were found right.
 */
#ifndef STORE_OUTBOUND_PRIVATE_H
#define STORE_OUTBOUND_PRIVATE_H

#include "store_private.h"

struct verified {
	struct outbound *o;
	const struct keyset *k;  /* the keyset it is judged by */
	struct keyset *fresh;    /* a new one it brings, or NULL; owned */
	struct lane lane;
	bool lane_parsed;
	struct file file[OUTBOUND_FILES]; /* with their hashes */
	bool live[OUTBOUND_FILES];
	struct week week[OUTBOUND_FILES];
	size_t weeks;
	uint64_t confirmed;
};

/* Changes nothing in the store. ERR_UNKNOWN: a file is missing */
enum err outbound_verify(struct store *s, unsigned desk,
    const struct sign_pk *identity, day_t today, const struct buf *doc,
    const struct buf *sig, struct verified *v);
void verified_clear(struct verified *v);
/* Epoch file ${i} of the bundle, staged: other desks' blocks in it are put back
 * as they stand (outbound_epoch.c) */
enum err outbound_epoch(struct store *s, struct verified *v, unsigned i);

enum err stage_read(struct store *s, unsigned desk, const char *path,
    struct buf *out);
bool outbound_has(const struct outbound *o, const char *path);
/* Is ${path} an epoch file, and of which week? */
bool path_week(const char *path, day_t *week);
enum err week_publish(struct store *s, day_t week);

#endif
