/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A table of fixed size with chains, under one lock: a look-up a connection,
 * a few additions a request. Invariants:
 * 1. a circuit with connections is never forgotten; those without stand in
 *    a line, who left last at its end.
 * 2. there are more places than connections, so a new circuit finds one: the
 *    longest without a connection makes room.
 * 3. 0 <= requests, texts, bytes <= their limit.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "circuit.h"

#define SPARE 1024u
#define BUCKETS 4096u

struct circuit {
	struct circuit *next; /* of its bucket, or of the free ones */
	TAILQ_ENTRY(circuit) left;
	uint32_t id;
	unsigned connections;
	int64_t seen;     /* when the last connection ended */
	int64_t earned;   /* until when the budgets are counted */
	double requests;  /* left */
	double texts;
	double bytes;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct circuit_limits limits;
static struct circuit *bucket[BUCKETS], *places, *unused;
static TAILQ_HEAD(line, circuit) line = TAILQ_HEAD_INITIALIZER(line);
static unsigned many, known;

bool
circuit_setup(const struct circuit_limits *l, unsigned room)
{
	unsigned i;

	limits = *l;
	many = room + SPARE;
	places = calloc(many, sizeof(*places));
	if (places == NULL) {
		return false;
	}
	for (i = 0; i < many; i++) {
		places[i].next = unused;
		unused = &places[i];
	}
	return true;
}

static struct circuit **
find(uint32_t id)
{
	struct circuit **c = &bucket[id % BUCKETS];

	while (*c != NULL && (*c)->id != id) {
		c = &(*c)->next;
	}
	return c;
}

/* The longest without a connection */
static void
drop_first(void)
{
	struct circuit *c = TAILQ_FIRST(&line);

	if (c == NULL) {
		abort(); /* own invariant */
	}
	TAILQ_REMOVE(&line, c, left);
	*find(c->id) = c->next;
	memset(c, 0, sizeof(*c));
	c->next = unused;
	unused = c;
	known--;
}

struct circuit *
circuit_join(uint32_t id, int64_t now)
{
	struct circuit **at, *c;

	pthread_mutex_lock(&lock);
	c = *find(id);
	if (c == NULL) {
		if (unused == NULL) {
			drop_first();
		}
		c = unused;
		unused = c->next;
		at = &bucket[id % BUCKETS];
		c->next = *at;
		*at = c;
		c->id = id;
		c->earned = now;
		c->requests = limits.requests;
		c->texts = limits.texts;
		c->bytes = (double)limits.bytes;
		c->seen = now;
		TAILQ_INSERT_TAIL(&line, c, left);
		known++;
	}
	if (c->connections >= limits.connections) {
		c = NULL;
	} else if (c->connections++ == 0) {
		TAILQ_REMOVE(&line, c, left);
	}
	pthread_mutex_unlock(&lock);
	return c;
}

void
circuit_leave(struct circuit *c, int64_t now)
{
	if (c == NULL) {
		return;
	}
	pthread_mutex_lock(&lock);
	c->seen = now;
	if (--c->connections == 0) {
		TAILQ_INSERT_TAIL(&line, c, left);
	}
	pthread_mutex_unlock(&lock);
}

static void
fill(double *left, double more, double limit)
{
	*left = *left + more > limit ? limit : *left + more;
}

static void
earn(struct circuit *c, int64_t now)
{
	double passed = (double)(now - c->earned);

	if (passed <= 0) {
		return;
	}
	c->earned = now;
	fill(&c->requests, passed / 60.0 * limits.requests, limits.requests);
	fill(&c->texts, passed / 60.0 * limits.texts, limits.texts);
	fill(&c->bytes, passed / 3600.0 * (double)limits.bytes,
	    (double)limits.bytes);
}

/* Takes ${n} of one of the three budgets of ${c}, if so much is left */
static bool
spend(struct circuit *c, double *left, double n, int64_t now)
{
	bool good;

	pthread_mutex_lock(&lock);
	earn(c, now);
	good = *left >= n;
	*left -= good ? n : 0;
	pthread_mutex_unlock(&lock);
	return good;
}

bool
circuit_request(struct circuit *c, int64_t now)
{
	return c == NULL || spend(c, &c->requests, 1, now);
}

bool
circuit_text(struct circuit *c, int64_t now)
{
	return c == NULL || spend(c, &c->texts, 1, now);
}

bool
circuit_bytes(struct circuit *c, uint64_t n, int64_t now)
{
	return c == NULL || spend(c, &c->bytes, (double)n, now);
}

void
circuit_forget(int64_t now)
{
	const struct circuit *c;

	pthread_mutex_lock(&lock);
	while ((c = TAILQ_FIRST(&line)) != NULL &&
	    now - c->seen >= CIRCUIT_KEPT) {
		drop_first();
	}
	pthread_mutex_unlock(&lock);
}

unsigned
circuit_count(void)
{
	unsigned n;

	pthread_mutex_lock(&lock);
	n = known;
	pthread_mutex_unlock(&lock);
	return n;
}
