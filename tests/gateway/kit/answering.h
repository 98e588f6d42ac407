/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The answering side of a gateway that is the test's, in the place of
 * transfer.c: the program that includes it answers in transfer_once and says
 * in ANSWER_TRIES how often one is asked. For one program.
 */
#ifndef ANSWERING_H
#define ANSWERING_H

#include <string.h>

#include "transfer.h"

void answer_clear(struct answer *a) { buf_free(&a->body); }

unsigned transfer_tries(const struct transfer *t)
{
	(void)t;
	return ANSWER_TRIES;
}

const char *transfer_trouble(const struct transfer *t)
{
	(void)t;
	return "trouble";
}

void transfer_waits(struct transfer *t, enum err why, unsigned seconds)
{
	(void)t;
	(void)why;
	(void)seconds;
}

/* An empty answer to ${q} */
static inline void
answer_begin(struct answer *a, const struct request *q)
{
	memset(a, 0, sizeof(*a));
	a->body = buf_new(q->max);
}

static inline void
answered(struct answer *a, long status, const void *p, size_t len)
{
	a->status = status;
	buf_put(&a->body, p, len);
}

/* The value of header ${name}, or "" */
static inline const char *
header(const struct request *q, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; q->headers != NULL && q->headers[i] != NULL; i++) {
		if (strncmp(q->headers[i], name, n) == 0 &&
		    strncmp(q->headers[i] + n, ": ", 2) == 0) {
			return q->headers[i] + n + 2;
		}
	}
	return "";
}

#endif
