/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Inside of an exchange: shared by engine.c (libmicrohttpd), exchange.c (what
 * handlers see), link.c (the store) and nobody else.
 *
 * Invariants:
 * 1. an exchange is touched by its engine thread, or, while suspended, by
 *    whoever holds the link's lock; never by both.
 * 2. slot is SLOT_NONE or this exchange's alone.
 * 3. while job.state is WAITING or SENT the connection is suspended, and
 *    libmicrohttpd does not end it. So it is while it is held (hold.h).
 */
#ifndef MELDLUIK_GATEWAY_EXCHANGE_PRIVATE_H
#define MELDLUIK_GATEWAY_EXCHANGE_PRIVATE_H

#include <microhttpd.h>
#include <sys/queue.h>

#include "circuit.h"
#include "engine.h"
#include "exchange.h"
#include "watchdog.h"

enum job_state { JOB_NONE, JOB_WAITING, JOB_SENT, JOB_ARRIVED };

struct job {
	enum job_state state;
	bool body_wait; /* waits for a slot to read a body into */
	bool refused;   /* waited too long for one */
	bool coming;    /* more of the body is here than was read */
	struct ask_request q;
	ask_done done;
	void *arg;
	uint32_t tag;
	int64_t since; /* seconds, when the waiting began */
	struct ask_answer a;
	uint8_t *copy; /* of an inline payload */
};

/* Most answers have none, and ten thousand exchanges wait for theirs */
struct answer_header {
	char name[32], value[96];
};

struct exchange {
	struct MHD_Connection *c;
	struct watched *watched;
	struct circuit *circuit; /* of tor, or NULL */
	const struct handler *h;
	enum method method;
	const char *path;
	const char *host;
	uint64_t length, got;
	void *state;
	bool bad_uri, seen, in_header, suspended, turned, finished, answered;
	bool queued;
	struct MHD_Response *response; /* ours, or one of kept */
	struct answer *kept;
	unsigned status, flags;
	size_t answer_len;
	int narrow; /* size of the send buffer after it; 0: not widened */
	struct answer_header *header; /* NULL: none was added */
	unsigned headers;
	unsigned slot;
	size_t slot_used; /* bytes of it that link.c wrote */
	struct job job;
	TAILQ_ENTRY(exchange) waits; /* in a queue of link.c */
	bool hold;             /* its answer leaves on time (hold.h) */
	int64_t came, until;   /* ns of the monotonic clock; 0: not yet */
	bool queued_to_wake;   /* stands in the queue of hold.c */
	TAILQ_ENTRY(exchange) held;
};

/* What the answers say of the site; before the first exchange */
void exchange_setup(const struct engine_site *s);
/* The answer was handed over, or nobody waits for it */
void exchange_drop_answer(struct exchange *x);
/* At the end of an exchange: its place, if it has one */
void places_forget(const struct exchange *x);
/* Suspends; the connection is not touched again before a resume */
void exchange_suspend(struct exchange *x);
/*
 * Is it suspended, or not awake yet? Of a body in chunks the library brings the
 * next one of the same read all the same. It stays where it is: who suspends
 * a second time undoes a resume that came between, and else breaks the
 * library's lists. On its engine thread.
 */
bool exchange_asleep(const struct exchange *x);
/* From any thread */
void exchange_resume(struct exchange *x);

#endif
