/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One lock over slots, queues and pending table; it is held for copying and
 * one non-blocking send, never for waiting, and never for a look at all who
 * wait: ten thousand bodies may wait for a slot, and LOOKS of them are looked
 * at each half second. Ciphertext passes here,
 * except that pages hand over what they sealed themselves; slots are wiped
 * before the next user gets them.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../process/events.h"
#include "../process/ipc.h"
#include "link.h"
#include "meldluik/secret.h"
#include "snapshot.h"

#define PENDING 256u     /* requests under way at the store */
#define WAIT_SECONDS 5   /* for a slot or for a store that starts */
#define HOARD_SECONDS 5u /* a body may hold a slot others wait for */
#define SLOW_SECONDS 2u  /* one below the least rate */
#define LOOKS 256u       /* each tick, who sends on of those who wait */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t *memory;
static int channel = -1;
static struct exchange *pending[PENDING];
static unsigned pending_free[PENDING], pending_frees;
static struct exchange *holder[SLOTS]; /* who has it, NULL: free */
static bool touched[SLOTS];            /* has pages behind it */
/* Requests, each for the channel and perhaps a slot, and bodies for a slot.
 * Who waits longest stands first. Of requests that wait for a slot there are
 * no more than places and couriers. A text of which more has come than was
 * read goes before those that may have stopped. */
static TAILQ_HEAD(queue, exchange) jobs = TAILQ_HEAD_INITIALIZER(jobs),
    coming = TAILQ_HEAD_INITIALIZER(coming),
    texts = TAILQ_HEAD_INITIALIZER(texts),
    larges = TAILQ_HEAD_INITIALIZER(larges);
static struct exchange *look; /* the next of texts to look at; NULL: the first */

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

void
link_setup(uint8_t *slots)
{
	memory = slots;
	for (pending_frees = 0; pending_frees < PENDING; pending_frees++) {
		pending_free[pending_frees] = PENDING - 1 - pending_frees;
	}
}

int
link_fd(void)
{
	return channel;
}

/* The lowest free slot that holds ${len}: few are ever touched when idle */
static unsigned
slot_find(size_t len)
{
	unsigned i = len <= SLOT_TEXT_LEN ? 0 : SLOT_TEXTS;
	unsigned end = len <= SLOT_TEXT_LEN ? SLOT_TEXTS : SLOTS;

	for (; i < end; i++) {
		if (holder[i] == NULL) {
			return i;
		}
	}
	return SLOT_NONE;
}

static bool
slot_give(struct exchange *x, size_t len)
{
	unsigned i;

	if (x->slot != SLOT_NONE) {
		return slot_len(x->slot) >= len;
	}
	i = slot_find(len);
	if (i == SLOT_NONE) {
		return false;
	}
	holder[i] = x;
	touched[i] = true;
	x->slot = i;
	x->slot_used = 0;
	return true;
}

static struct queue *
queue_of(const struct exchange *x)
{
	return !x->job.body_wait ? &jobs :
	    x->job.q.payload_len > SLOT_TEXT_LEN ? &larges :
	    x->job.coming ? &coming : &texts;
}

static void
wait_add(struct exchange *x)
{
	TAILQ_INSERT_TAIL(queue_of(x), x, waits);
}

static void
wait_end(struct exchange *x)
{
	if (look == x) {
		look = TAILQ_NEXT(x, waits);
	}
	TAILQ_REMOVE(queue_of(x), x, waits);
}

/* Those of whom more has come meanwhile */
static void
look_on(void)
{
	struct exchange *x;
	unsigned n;

	if (look == NULL) {
		look = TAILQ_FIRST(&texts);
	}
	for (n = 0; n < LOOKS && (x = look) != NULL; n++) {
		if (watchdog_unread(x->watched)) {
			wait_end(x);
			x->job.coming = true;
			TAILQ_INSERT_HEAD(&coming, x, waits);
		} else {
			look = TAILQ_NEXT(x, waits);
		}
	}
}

static bool
anybody_waits(void)
{
	return !TAILQ_EMPTY(&jobs) || !TAILQ_EMPTY(&coming) ||
	    !TAILQ_EMPTY(&texts) || !TAILQ_EMPTY(&larges);
}

enum sent { SENT, NO_SLOT, NO_CHANNEL };

/* Gives the request its slot and sends it */
static enum sent
send_job(struct exchange *x)
{
	uint8_t message[IPC_REQUEST_LEN];
	const struct ipc_rule *rule = &ipc_rules[x->job.q.what];
	struct ipc_request r;
	size_t need = rule->large ? SLOT_LARGE_LEN : x->job.q.payload_len;

	if (channel < 0 || pending_frees == 0) {
		return NO_CHANNEL;
	}
	if (rule->slot) {
		if (!slot_give(x, need)) {
			return NO_SLOT;
		}
		if (x->job.q.payload_len > 0 && x->job.q.payload !=
		    memory + slot_offset(x->slot)) {
			memcpy(memory + slot_offset(x->slot),
			    x->job.q.payload, x->job.q.payload_len);
			x->slot_used = x->job.q.payload_len;
			x->job.q.payload = memory + slot_offset(x->slot);
		}
	}
	memset(&r, 0, sizeof(r));
	r.q = x->job.q;
	r.slot = rule->slot ? (uint16_t)x->slot : SLOT_NONE;
	r.len = (uint32_t)x->job.q.payload_len;
	r.tag = pending_free[pending_frees - 1];
	ipc_request_encode(&r, message);
	if (send(channel, message, sizeof(message),
	    MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)sizeof(message)) {
		return NO_CHANNEL;
	}
	pending_frees--;
	pending[r.tag] = x;
	x->job.tag = r.tag;
	x->job.state = JOB_SENT;
	return SENT;
}

static void
arrived(struct exchange *x, int err)
{
	x->job.a.err = err;
	x->job.state = JOB_ARRIVED;
	exchange_resume(x);
}

static void
serve_bodies(struct queue *q)
{
	struct exchange *x;

	while ((x = TAILQ_FIRST(q)) != NULL &&
	    slot_give(x, x->job.q.payload_len)) {
		wait_end(x);
		x->job.body_wait = false;
		x->job.state = JOB_NONE;
		exchange_resume(x);
	}
}

/* Each queue in order, as far as it can go */
static void
serve_waiting(void)
{
	struct exchange *x, *next = TAILQ_FIRST(&jobs);
	enum sent sent = SENT;

	while ((x = next) != NULL && sent != NO_CHANNEL) {
		next = TAILQ_NEXT(x, waits);
		sent = send_job(x);
		if (sent == SENT) {
			TAILQ_REMOVE(&jobs, x, waits);
		}
	}
	serve_bodies(&coming);
	serve_bodies(&texts);
	serve_bodies(&larges);
}

/* What was written: by us, or of the body by its handler. To write zeros over
 * the rest of a slot that has 600 bytes in it took its memory, 18 MiB for the
 * texts. */
static size_t
slot_written(const struct exchange *x)
{
	size_t most = slot_len(x->slot);
	size_t body = x->got < most ? (size_t)x->got : most;

	return body > x->slot_used ? body : x->slot_used;
}

static void
slot_return(struct exchange *x)
{
	if (x->slot != SLOT_NONE) {
		secret_wipe(memory + slot_offset(x->slot), slot_written(x));
		holder[x->slot] = NULL;
		x->slot = SLOT_NONE;
		x->slot_used = 0;
		serve_waiting();
	}
}

uint8_t *
exchange_slot(struct exchange *x, size_t len)
{
	uint8_t *p = NULL;

	if (len > SLOT_LARGE_LEN) {
		return NULL;
	}
	pthread_mutex_lock(&lock);
	if (slot_give(x, len)) {
		p = memory + slot_offset(x->slot);
	} else {
		exchange_suspend(x);
		x->job.body_wait = true;
		x->job.q.payload_len = len;
		x->job.state = JOB_WAITING;
		x->job.since = now();
		x->job.coming = watchdog_unread(x->watched);
		wait_add(x);
	}
	pthread_mutex_unlock(&lock);
	return p;
}

void
ask_store(struct exchange *x, const struct ask_request *q, ask_done done,
    void *arg)
{
	if (x->answered) {
		return; /* the peer left during an answer; release() follows */
	}
	exchange_suspend(x);
	pthread_mutex_lock(&lock);
	x->job.q = *q;
	x->job.done = done;
	x->job.arg = arg;
	x->job.since = now();
	x->job.body_wait = false;
	memset(&x->job.a, 0, sizeof(x->job.a));
	x->job.state = JOB_WAITING;
	if (q->payload_len > ASK_PAYLOAD_MAX) {
		arrived(x, ERR_LIMIT);
	} else if (q->what == ASK_PUT && !circuit_text(x->circuit, now())) {
		log_event(EVENT_CIRCUIT);
		arrived(x, ERR_BUSY);
	} else if (!TAILQ_EMPTY(&jobs) || send_job(x) != SENT) {
		wait_add(x);
		serve_waiting();
	}
	pthread_mutex_unlock(&lock);
}

void
link_deliver(struct exchange *x)
{
	struct job *j = &x->job;
	struct ask_answer a = j->a;
	uint8_t *copy = j->copy;
	ask_done done = j->done;
	unsigned slot = x->slot;

	/* The callback may ask again at once, so the job is free before it;
	 * the slot goes back after, because the payload lies there. */
	j->copy = NULL;
	j->state = JOB_NONE;
	if (a.payload_len > 0) {
		a.payload = copy != NULL ? copy :
		    memory + slot_offset(slot);
	}
	if (a.err == ERR_BUSY) {
		log_event(EVENT_NO_SLOT);
	} else if (a.err == ERR_FULL) {
		log_event(EVENT_FULL);
	}
	pthread_mutex_lock(&lock);
	x->slot = SLOT_NONE;
	pthread_mutex_unlock(&lock);
	done(x, j->arg, &a);
	free(copy);
	if (slot != SLOT_NONE) {
		/* still held, so nobody waits for a megabyte to be wiped */
		secret_wipe(memory + slot_offset(slot), slot_len(slot));
		pthread_mutex_lock(&lock);
		holder[slot] = NULL;
		serve_waiting();
		pthread_mutex_unlock(&lock);
	}
}

void
link_answered(struct exchange *x)
{
	if (x->slot != SLOT_NONE) {
		pthread_mutex_lock(&lock);
		slot_return(x);
		pthread_mutex_unlock(&lock);
	}
}

void
link_forget(struct exchange *x)
{
	pthread_mutex_lock(&lock);
	if (x->job.state == JOB_WAITING) {
		wait_end(x);
		x->job.state = JOB_NONE;
	}
	slot_return(x);
	pthread_mutex_unlock(&lock);
	free(x->job.copy);
	x->job.copy = NULL;
}

void
link_attach(int fd)
{
	unsigned i;

	pthread_mutex_lock(&lock);
	if (channel >= 0) {
		close(channel);
	}
	channel = fd;
	for (i = 0; i < PENDING; i++) {
		if (pending[i] != NULL) {
			arrived(pending[i], ERR_BUSY);
			pending[i] = NULL;
			pending_free[pending_frees++] = i;
		}
	}
	serve_waiting();
	pthread_mutex_unlock(&lock);
}

static enum err
take_answer(const uint8_t *p, size_t len)
{
	struct ipc_answer r;
	struct exchange *x;
	uint8_t *copy = NULL;
	enum err e;

	e = ipc_answer_decode(p, len, &r);
	if (e != OK || r.tag >= PENDING || pending[r.tag] == NULL) {
		return ERR_FORMAT;
	}
	x = pending[r.tag];
	if (r.slot != SLOT_NONE && r.slot != x->slot) {
		return ERR_FORMAT;
	}
	if (r.slot == SLOT_NONE && r.a.payload_len > 0) {
		copy = malloc(r.a.payload_len);
		if (copy == NULL) {
			return ERR_MEMORY;
		}
		memcpy(copy, r.a.payload, r.a.payload_len);
	}
	pending[r.tag] = NULL;
	pending_free[pending_frees++] = r.tag;
	x->job.a = r.a;
	x->job.copy = copy;
	arrived(x, r.a.err);
	return OK;
}

enum err
link_receive(void)
{
	uint8_t message[IPC_ANSWER_MAX];
	int fds[IPC_FDS];
	unsigned n;
	ssize_t got;
	enum err e = OK;
	int fd;

	pthread_mutex_lock(&lock);
	fd = channel;
	pthread_mutex_unlock(&lock);
	while (e == OK) {
		got = ipc_receive(fd, message, sizeof(message), fds, &n);
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			break;
		}
		if (got <= 0) {
			return ERR_IO;
		}
		if (message[0] == IPC_PUBLIC && got == 1 && n == 1) {
			/* without memory for it: the next channel brings it */
			e = snapshot_load(fds[0]) == ERR_MEMORY ? ERR_IO : OK;
			continue;
		}
		while (n > 0) {
			close(fds[--n]);
		}
		pthread_mutex_lock(&lock);
		e = take_answer(message, (size_t)got);
		pthread_mutex_unlock(&lock);
	}
	pthread_mutex_lock(&lock);
	serve_waiting();
	pthread_mutex_unlock(&lock);
	return e;
}

/* Whoever fills a slot below the least rate gives way to those who wait for
 * one; of the others the one that is longest at it, but none whose bytes wait
 * for us: when we are what is slow, to cut them frees nothing sooner, and a
 * report that is nearly here begins anew */
static void
cut_hoarders(void)
{
	struct exchange *worst = NULL;
	unsigned i, age, most = HOARD_SECONDS;
	bool slow;

	for (i = 0; i < SLOTS; i++) {
		if (holder[i] == NULL || holder[i]->slot != i) {
			continue;
		}
		age = watchdog_body_age(holder[i]->watched, &slow);
		if (slow && age >= SLOW_SECONDS) {
			watchdog_cut(holder[i]->watched);
			log_event(EVENT_SLOW);
		} else if (age > most &&
		    !watchdog_unread(holder[i]->watched)) {
			most = age;
			worst = holder[i];
		}
	}
	if (worst != NULL) {
		watchdog_cut(worst->watched);
		log_event(EVENT_SLOW);
	}
}

/* Who has waited too long is told so */
static void
give_up(struct queue *q, int64_t t)
{
	struct exchange *x;

	while ((x = TAILQ_FIRST(q)) != NULL &&
	    t - x->job.since >= WAIT_SECONDS) {
		wait_end(x);
		if (x->job.body_wait) {
			x->job.body_wait = false;
			x->job.refused = true;
			x->job.state = JOB_NONE;
			log_event(EVENT_NO_SLOT);
			exchange_resume(x);
		} else {
			arrived(x, ERR_BUSY);
		}
	}
}

void
link_tick(void)
{
	int64_t t = now();
	unsigned i;

	pthread_mutex_lock(&lock);
	look_on();
	serve_waiting();
	if (anybody_waits() && channel >= 0) {
		cut_hoarders();
	}
	give_up(&jobs, t);
	give_up(&coming, t);
	give_up(&texts, t);
	give_up(&larges, t);
	/* Pages behind free slots go back to the system */
	for (i = 0; i < SLOTS; i++) {
		if (touched[i] && holder[i] == NULL) {
			touched[i] = false;
			madvise(memory + slot_offset(i), slot_len(i),
			    MADV_REMOVE);
		}
	}
	pthread_mutex_unlock(&lock);
}
