/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Records side by side in blocks, under one lock, walked in turns: ten thousand
 * cuts at once would hold the lock, and the engine threads that close what
 * was cut, for a fifth of a second; and records each in a page of its own cost
 * six microseconds a look, a tenth of a processor and all of the lock. A cut is
 * shutdown(2): libmicrohttpd closes the descriptor itself, after
 * watchdog_remove, so a reused number is never touched.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "watchdog.h"

#define ANSWER_GRACE 60u /* seconds, and a rate that Tor always reaches */
#define ANSWER_RATE 1024u
#define CROWD_IDLE 2u
#define LOOKS 1024u /* of a turn: 12,000 are seen within 0.2 seconds */

#define BLOCK 256u  /* records */
#define BLOCKS 256u

enum phase { NOBODY, HEADER, IDLE, BODY, WAIT, ANSWER };

struct watched {
	int fd;
	uint8_t phase;
	bool cut;
	time_t since;
	_Atomic uint64_t bytes; /* came (BODY), or must go (ANSWER) */
	struct watched *next;   /* of those with NOBODY */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct watched *blocks[BLOCKS]; /* never given back */
static struct watched *vacant;
static unsigned made; /* records, of all blocks */
static unsigned walk; /* the next of this round */
static unsigned alive;
static struct watchdog_limits limits;

static time_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

void
watchdog_setup(const struct watchdog_limits *l)
{
	limits = *l;
}

static bool
more_records(void)
{
	struct watched *b;
	unsigned i;

	if (made == BLOCKS * BLOCK ||
	    (b = calloc(BLOCK, sizeof(*b))) == NULL) {
		return false;
	}
	for (i = BLOCK; i > 0; i--) {
		b[i - 1].next = vacant;
		vacant = &b[i - 1];
	}
	blocks[made / BLOCK] = b;
	made += BLOCK;
	return true;
}

struct watched *
watchdog_add(int fd)
{
	struct watched *w = NULL;

	pthread_mutex_lock(&lock);
	if (vacant != NULL || more_records()) {
		w = vacant;
		vacant = w->next;
		w->fd = fd;
		w->phase = HEADER;
		w->cut = false;
		w->since = now();
		w->bytes = 0;
		alive++;
	}
	pthread_mutex_unlock(&lock);
	return w;
}

void
watchdog_remove(struct watched *w)
{
	if (w == NULL) {
		return;
	}
	pthread_mutex_lock(&lock);
	w->phase = NOBODY;
	w->next = vacant;
	vacant = w;
	alive--;
	pthread_mutex_unlock(&lock);
}

static void
enter(struct watched *w, enum phase phase, uint64_t bytes)
{
	if (w == NULL) {
		return;
	}
	pthread_mutex_lock(&lock);
	w->phase = phase;
	w->since = now();
	w->bytes = bytes;
	pthread_mutex_unlock(&lock);
}

void
watchdog_body(struct watched *w)
{
	enter(w, BODY, 0);
}

void
watchdog_got(struct watched *w, uint64_t bytes)
{
	if (w != NULL) { /* for every 2 KiB: without the lock of all */
		atomic_fetch_add_explicit(&w->bytes, bytes,
		    memory_order_relaxed);
	}
}

void
watchdog_wait(struct watched *w)
{
	enter(w, WAIT, 0);
}

void
watchdog_answer(struct watched *w, uint64_t bytes)
{
	enter(w, ANSWER, bytes);
}

void
watchdog_idle(struct watched *w)
{
	enter(w, IDLE, 0);
}

/*
 * Bytes of it lie in the kernel and wait for us to read them: that its body is
 * late is our doing. Asked of the few that are about to be cut. A peer that
 * has shut its end makes the socket readable too, and is not meant.
 */
static bool
unread(const struct watched *w)
{
	struct pollfd p = {.fd = w->fd, .events = POLLIN | POLLRDHUP};

	(void)poll(&p, 1, 0); /* no time to wait: all it can say is here */
	return p.revents == POLLIN;
}

static bool
rate_is_low(const struct watched *w, uint64_t age)
{
	return age > 0 && w->bytes / age < limits.body_rate;
}

static bool
too_slow(const struct watched *w, time_t t)
{
	uint64_t age = (uint64_t)(t - w->since);

	switch ((enum phase)w->phase) {
	case HEADER:
		return age >= limits.header_seconds;
	case IDLE:
		return age >= limits.idle_seconds ||
		    (alive > limits.crowd && age >= CROWD_IDLE);
	case BODY:
		return age > limits.body_grace && rate_is_low(w, age) &&
		    !unread(w);
	case ANSWER:
		return age > ANSWER_GRACE + w->bytes / ANSWER_RATE;
	case WAIT:
	case NOBODY:
		return false;
	}
	return false;
}

static void
cut(struct watched *w)
{
	w->cut = true;
	shutdown(w->fd, SHUT_RDWR);
}

bool
watchdog_turn(unsigned *slow)
{
	time_t t = now();
	unsigned looks = 0, cuts = 0;
	struct watched *w;
	bool more;

	pthread_mutex_lock(&lock);
	for (; walk < made && looks < LOOKS && cuts < WATCHDOG_CUTS;
	    walk++, looks++) {
		w = &blocks[walk / BLOCK][walk % BLOCK];
		if (!w->cut && too_slow(w, t)) {
			*slow += w->phase != IDLE;
			cut(w);
			cuts++;
		}
	}
	more = walk < made;
	if (!more) {
		walk = 0;
	}
	pthread_mutex_unlock(&lock);
	return more;
}

void
watchdog_cut(struct watched *w)
{
	if (w == NULL) {
		return;
	}
	pthread_mutex_lock(&lock);
	if (!w->cut) {
		cut(w);
	}
	pthread_mutex_unlock(&lock);
}

unsigned
watchdog_body_age(struct watched *w, bool *slow)
{
	unsigned age = 0;

	*slow = false;
	if (w == NULL) {
		return 0;
	}
	pthread_mutex_lock(&lock);
	if (w->phase == BODY && !w->cut) {
		age = (unsigned)(now() - w->since);
		*slow = rate_is_low(w, age) && !unread(w);
	}
	pthread_mutex_unlock(&lock);
	return age;
}

bool
watchdog_unread(struct watched *w)
{
	bool is = false;

	if (w == NULL) {
		return false;
	}
	pthread_mutex_lock(&lock);
	if ((w->phase == BODY || w->phase == WAIT) && !w->cut) {
		is = unread(w);
	}
	pthread_mutex_unlock(&lock);
	return is;
}

unsigned
watchdog_answer_age(struct watched *w)
{
	unsigned age = 0;

	if (w == NULL) {
		return 0;
	}
	pthread_mutex_lock(&lock);
	if (w->phase == ANSWER && !w->cut) {
		age = (unsigned)(now() - w->since);
	}
	pthread_mutex_unlock(&lock);
	return age;
}
