/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One queue, in order of time, and one thread that wakes what is due. All
 * wait equally long but those whose answer took more than one HOLD_MS, so a
 * new one goes near the end.
 */
#include <pthread.h>
#include <time.h>

#include "hold.h"

#define STACK 65536u
#define MS 1000000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static TAILQ_HEAD(held, exchange) queue = TAILQ_HEAD_INITIALIZER(queue);

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 * MS + t.tv_nsec;
}

void
hold_begin(struct exchange *x)
{
	x->came = now();
}

bool
hold(struct exchange *x)
{
	struct exchange *before;
	int64_t t = now();

	if (!x->hold) {
		return false;
	}
	if (x->until == 0) {
		x->until = x->came + ((t - x->came) / (HOLD_MS * MS) + 1) *
		    (HOLD_MS * MS);
	}
	if (t >= x->until) {
		x->hold = false;
		return false;
	}
	/* asleep before it is seen, so it is not woken before it sleeps */
	watchdog_wait(x->watched);
	MHD_suspend_connection(x->c);
	pthread_mutex_lock(&lock);
	if (x->queued_to_wake) { /* called while it slept: it stands there */
		pthread_mutex_unlock(&lock);
		return true;
	}
	x->queued_to_wake = true;
	before = TAILQ_LAST(&queue, held);
	while (before != NULL && before->until > x->until) {
		before = TAILQ_PREV(before, held, held);
	}
	if (before == NULL) {
		TAILQ_INSERT_HEAD(&queue, x, held);
		pthread_cond_signal(&news);
	} else {
		TAILQ_INSERT_AFTER(&queue, before, x, held);
	}
	pthread_mutex_unlock(&lock);
	return true;
}

void
hold_forget(struct exchange *x)
{
	pthread_mutex_lock(&lock);
	if (x->queued_to_wake) {
		TAILQ_REMOVE(&queue, x, held);
		x->queued_to_wake = false;
	}
	pthread_mutex_unlock(&lock);
}

static void *
wake(void *arg)
{
	struct exchange *x;
	struct timespec t;

	(void)arg;
	pthread_mutex_lock(&lock);
	for (;;) {
		x = TAILQ_FIRST(&queue);
		if (x == NULL) {
			pthread_cond_wait(&news, &lock);
		} else if (x->until > now()) {
			t.tv_sec = x->until / (1000 * (int64_t)MS);
			t.tv_nsec = x->until % (1000 * (int64_t)MS);
			pthread_cond_clockwait(&news, &lock, CLOCK_MONOTONIC,
			    &t);
		} else {
			TAILQ_REMOVE(&queue, x, held);
			x->queued_to_wake = false;
			MHD_resume_connection(x->c);
		}
	}
	return NULL;
}

enum err
hold_start(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	bool good;

	if (pthread_attr_init(&attr) != 0) {
		return ERR_IO;
	}
	good = pthread_attr_setstacksize(&attr, STACK) == 0 &&
	    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0 &&
	    pthread_create(&thread, &attr, wake, NULL) == 0;
	pthread_attr_destroy(&attr);
	return good ? OK : ERR_IO;
}
