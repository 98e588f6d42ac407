/* SPDX-License-Identifier: EUPL-1.2 */
/* One lock, one queue in order of giving; see work.h. */
#include <pthread.h>
#include <stdlib.h>

#include "aead.h"
#include "work.h"

#define STACK 262144u

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t queued, done;
	struct work *first, **end;
	pthread_t thread[WORK_THREADS];
	unsigned wanted, threads, idle;
	bool share, started, ending;
};

/* The first that may begin, taken out; NULL: none */
static struct work *take(struct crew *c)
{
	for (struct work **p = &c->first; *p != NULL; p = &(*p)->next) {
		struct work *w = *p;

		if (w->after == NULL) {
			*p = w->next;
			if (w->next == NULL) {
				c->end = p;
			}
			w->state = WORK_RUNNING;
			return w;
		}
	}
	return NULL;
}

/* Called and left with the lock held */
static void run(struct crew *c, struct work *w)
{
	pthread_mutex_unlock(&c->lock);
	w->run(w);
	pthread_mutex_lock(&c->lock);
	w->state = WORK_DONE;
	for (struct work *x = c->first; x != NULL; x = x->next) {
		if (x->after == w) {
			x->after = NULL;
			if (c->idle > 0) {
				pthread_cond_signal(&c->queued);
			}
		}
	}
	pthread_cond_broadcast(&c->done);
}

static void *helper(void *arg)
{
	struct crew *c = arg;
	struct work *w;

	pthread_mutex_lock(&c->lock);
	for (;;) {
		w = take(c);
		if (w != NULL) {
			run(c, w);
		} else if (c->ending) {
			break;
		} else {
			c->idle++;
			pthread_cond_wait(&c->queued, &c->lock);
			c->idle--;
		}
	}
	pthread_mutex_unlock(&c->lock);
	aead_forget();
	return NULL;
}

static void start(struct crew *c)
{
	pthread_attr_t attr;

	c->started = true;
	if (pthread_attr_init(&attr) != 0) {
		return;
	}
	if (pthread_attr_setstacksize(&attr, STACK) == 0) {
		while (c->threads < c->wanted &&
		    pthread_create(&c->thread[c->threads], &attr, helper,
			c) == 0) {
			c->threads++;
		}
	}
	pthread_attr_destroy(&attr);
}

enum err crew_new(unsigned threads, bool share, struct crew **out)
{
	struct crew *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		return ERR_MEMORY;
	}
	c->wanted = threads < WORK_THREADS ? threads : WORK_THREADS;
	c->share = share;
	c->end = &c->first;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->queued, NULL);
	pthread_cond_init(&c->done, NULL);
	*out = c;
	return OK;
}

void crew_free(struct crew *c)
{
	if (c == NULL) {
		return;
	}
	pthread_mutex_lock(&c->lock);
	c->ending = true;
	pthread_cond_broadcast(&c->queued);
	pthread_mutex_unlock(&c->lock);
	for (unsigned i = 0; i < c->threads; i++) {
		pthread_join(c->thread[i], NULL);
	}
	pthread_cond_destroy(&c->queued);
	pthread_cond_destroy(&c->done);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void work_give(struct crew *c, struct work *w)
{
	if (!c->started) {
		start(c);
	}
	if (c->threads == 0) {
		/* In order of giving, so what it comes after is done. */
		w->after = NULL;
		w->run(w);
		w->state = WORK_DONE;
		return;
	}
	pthread_mutex_lock(&c->lock);
	if (w->after != NULL && w->after->state == WORK_DONE) {
		w->after = NULL;
	}
	w->state = WORK_QUEUED;
	w->next = NULL;
	*c->end = w;
	c->end = &w->next;
	if (c->idle > 0) {
		pthread_cond_signal(&c->queued);
	}
	pthread_mutex_unlock(&c->lock);
}

void work_wait(struct crew *c, struct work *w)
{
	struct work *other;

	pthread_mutex_lock(&c->lock);
	while (w->state == WORK_QUEUED || w->state == WORK_RUNNING) {
		other = c->share ? take(c) : NULL;
		if (other != NULL) {
			run(c, other);
		} else {
			pthread_cond_wait(&c->done, &c->lock);
		}
	}
	pthread_mutex_unlock(&c->lock);
}

bool work_done(struct crew *c, const struct work *w)
{
	bool done;

	pthread_mutex_lock(&c->lock);
	done = w->state != WORK_QUEUED && w->state != WORK_RUNNING;
	pthread_mutex_unlock(&c->lock);
	return done;
}
