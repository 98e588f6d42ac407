/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A watchdog for tests of who gives way: one connection hoards, as the test
 * says, one other reads nothing; whoever is cut is noted.
 */
#ifndef MELDLUIK_TEST_WEB_HOARDER_H
#define MELDLUIK_TEST_WEB_HOARDER_H

#include <stdlib.h>

#include "http/exchange_private.h"
#include "process/ipc.h"

static unsigned cuts, looks; /* looks: at whom */
static struct exchange *hoarder, *reader;
static struct watched *cut_last;
static unsigned hoarder_age;
static bool hoarder_slow, hoarder_reads, hoarder_unread;

unsigned
watchdog_body_age(struct watched *w, bool *slow)
{
	looks++;
	*slow = hoarder_slow && hoarder != NULL && w == hoarder->watched;
	return hoarder != NULL && w == hoarder->watched && !hoarder_reads ?
	    hoarder_age : 0;
}

bool watchdog_unread(struct watched *w);

bool
watchdog_unread(struct watched *w)
{
	return hoarder_unread && hoarder != NULL && w == hoarder->watched;
}

unsigned
watchdog_answer_age(struct watched *w)
{
	return hoarder != NULL && w == hoarder->watched && hoarder_reads ?
	    hoarder_age : reader != NULL && w == reader->watched ? 7 : 0;
}

void
watchdog_cut(struct watched *w)
{
	assert_true(w == hoarder->watched ||
	    (reader != NULL && w == reader->watched));
	cut_last = w;
	cuts++;
}

static inline struct exchange *
exchange_new(void)
{
	struct exchange *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	x->slot = SLOT_NONE;
	x->watched = (struct watched *)x; /* a name of its own */
	return x;
}

#endif
