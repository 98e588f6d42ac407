/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Work that needs no order, done by helper threads while the store's one
 * thread goes on: hashing, sealing, signing, and one commit at a time. A
 * helper touches nothing of the store but what its work names.
 *
 * Caveats: threads start at the first work given, so that a sandbox entered
 * before holds for them; a process that forks must not have given work. With
 * no helper (none wanted, none to be had) the giver does it at once.
 */
#ifndef STORE_WORK_H
#define STORE_WORK_H

#include <stdbool.h>

#include "meldluik/err.h"

#define WORK_THREADS 3u /* most helpers of one crew */

enum work_state { WORK_NONE, WORK_QUEUED, WORK_RUNNING, WORK_DONE };

struct work {
	void (*run)(struct work *w);
	struct work *next;
	struct work *after; /* begins only when that one is done; or NULL */
	enum work_state state;
};

struct crew;

/* ${share}: who waits helps with what is queued */
enum err crew_new(unsigned threads, bool share, struct crew **out);
/* All that was given is done first */
void crew_free(struct crew *c);
/* ${w} stays the giver's, untouched until work_wait or work_done */
void work_give(struct crew *c, struct work *w);
void work_wait(struct crew *c, struct work *w);
/* Never waits. True as well for what was never given */
bool work_done(struct crew *c, const struct work *w);

#endif
