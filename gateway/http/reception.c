/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One thread, one epoll: the listener, and the connections whose line has
 * not come. tor writes the line with the connection, so those are few; who
 * waits longest goes when there are too many. A descriptor that is handed on
 * has its circuit in a table by its number.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../process/events.h"
#include "meldluik/secret.h"
#include "proxyline.h"
#include "reception.h"

#define FDS 16384u /* as many as the process may have open */
#define WAITING 256u
#define EVENTS 64
#define TICK_MS 1000
#define FORGET_SECONDS 60
#define STACK 65536u

struct waiting {
	int fd; /* -1: free */
	int64_t since;
};
struct reception {
	int listener, poll;
	unsigned seconds;
	reception_hand hand;
	void *arg;
	struct waiting waiting[WAITING];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct circuit *by_fd[FDS];

static int64_t
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

/* What stood there: a connection that ended without a word of it */
static void
note(int fd, struct circuit *c)
{
	struct circuit *old;

	pthread_mutex_lock(&lock);
	old = by_fd[fd];
	by_fd[fd] = c;
	pthread_mutex_unlock(&lock);
	circuit_leave(old, seconds());
}

struct circuit *
reception_of(int fd)
{
	struct circuit *c = NULL;

	if (fd >= 0 && (unsigned)fd < FDS) {
		pthread_mutex_lock(&lock);
		c = by_fd[fd];
		pthread_mutex_unlock(&lock);
	}
	return c;
}

void
reception_end(int fd)
{
	if (fd >= 0 && (unsigned)fd < FDS) {
		note(fd, NULL);
	}
}

static void
refuse(struct waiting *w)
{
	log_event(EVENT_GUARD);
	close(w->fd);
	w->fd = -1;
}

/* The line is read with what is behind it left where it is; what was seen of
 * that is wiped. ERR_UNKNOWN: it is not whole yet. */
static enum err
read_line(int fd, uint32_t *id)
{
	char line[PROXYLINE_MAX];
	size_t used;
	ssize_t n;
	enum err e;

	n = recv(fd, line, sizeof(line), MSG_PEEK | MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return ERR_UNKNOWN;
	}
	e = n <= 0 ? ERR_FORMAT : proxyline_parse(line, (size_t)n, id, &used);
	if (e == OK && recv(fd, line, used, MSG_DONTWAIT) != (ssize_t)used) {
		e = ERR_IO;
	}
	secret_wipe(line, sizeof(line));
	return e;
}

static void
look(struct reception *r, struct waiting *w)
{
	struct circuit *c;
	uint32_t id;
	enum err e = read_line(w->fd, &id);

	if (e == ERR_UNKNOWN) {
		return;
	}
	if (e != OK) {
		refuse(w);
		return;
	}
	c = circuit_join(id, seconds());
	if (c == NULL) {
		log_event(EVENT_CIRCUIT);
		close(w->fd);
	} else {
		(void)epoll_ctl(r->poll, EPOLL_CTL_DEL, w->fd, NULL);
		note(w->fd, c);
		r->hand(r->arg, w->fd);
	}
	w->fd = -1;
}

static void
take(struct reception *r)
{
	const struct timespec pause = {0, 10000000L};
	struct waiting *w, *place = &r->waiting[0];
	struct epoll_event e = {EPOLLIN | EPOLLRDHUP | EPOLLET, {0}};
	int fd = accept4(r->listener, NULL, NULL,
	    SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0) {
		if (errno != EAGAIN && errno != ECONNABORTED) {
			/* nothing to have it with: it waits, and so do we */
			nanosleep(&pause, NULL);
		}
		return;
	}
	if ((unsigned)fd >= FDS) {
		close(fd);
		return;
	}
	for (w = r->waiting; w < r->waiting + WAITING; w++) {
		if (place->fd >= 0 && (w->fd < 0 || w->since < place->since)) {
			place = w;
		}
	}
	if (place->fd >= 0) {
		refuse(place);
	}
	place->fd = fd;
	place->since = seconds();
	e.data.ptr = place;
	if (epoll_ctl(r->poll, EPOLL_CTL_ADD, fd, &e) != 0) {
		close(fd);
		place->fd = -1;
		return;
	}
	look(r, place);
}

static void
tick(struct reception *r, int64_t now)
{
	struct waiting *w;

	for (w = r->waiting; w < r->waiting + WAITING; w++) {
		if (w->fd >= 0 && now - w->since >= (int64_t)r->seconds) {
			log_event(EVENT_SLOW);
			close(w->fd);
			w->fd = -1;
		}
	}
}

static void *
work(void *arg)
{
	struct epoll_event events[EVENTS];
	struct reception *r = arg;
	struct waiting *w;
	int64_t now, ticked = 0, forgot = seconds();
	int i, n;

	for (;;) {
		n = epoll_wait(r->poll, events, EVENTS, TICK_MS);
		for (i = 0; i < n; i++) {
			w = events[i].data.ptr;
			if (w == NULL) {
				take(r);
			} else if (w->fd >= 0) {
				look(r, w);
			}
		}
		now = seconds();
		if (now != ticked) {
			ticked = now;
			tick(r, now);
		}
		if (now - forgot >= FORGET_SECONDS) {
			forgot = now;
			circuit_forget(now);
		}
	}
	return NULL;
}

enum err
reception_start(int listener, unsigned limit, reception_hand hand, void *arg)
{
	struct reception *r = calloc(1, sizeof(*r)); /* lives on */
	struct epoll_event e = {EPOLLIN, {NULL}};
	pthread_attr_t attr;
	pthread_t thread;
	unsigned i;
	bool good;

	if (r == NULL || pthread_attr_init(&attr) != 0) {
		free(r);
		return ERR_MEMORY;
	}
	r->listener = listener;
	r->seconds = limit;
	r->hand = hand;
	r->arg = arg;
	for (i = 0; i < WAITING; i++) {
		r->waiting[i].fd = -1;
	}
	r->poll = epoll_create1(EPOLL_CLOEXEC);
	good = r->poll >= 0 &&
	    epoll_ctl(r->poll, EPOLL_CTL_ADD, listener, &e) == 0 &&
	    pthread_attr_setstacksize(&attr, STACK) == 0 &&
	    pthread_create(&thread, &attr, work, r) == 0;
	pthread_attr_destroy(&attr);
	if (!good) {
		if (r->poll >= 0) {
			close(r->poll);
		}
		free(r);
		return ERR_IO;
	}
	pthread_detach(thread);
	return OK;
}
