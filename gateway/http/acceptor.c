/* SPDX-License-Identifier: EUPL-1.2 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "acceptor.h"

#define STACK 65536u
#define PAUSE_NS 10000000L

struct acceptor {
	int listener;
	struct acceptor_calls calls;
};

static void
pause_(void)
{
	const struct timespec t = {0, PAUSE_NS};

	nanosleep(&t, NULL);
}

static void *
work(void *arg)
{
	const struct acceptor *a = arg;
	struct pollfd p = {.fd = a->listener, .events = POLLIN};
	int fd;

	for (;;) {
		if (!a->calls.room(a->calls.arg)) {
			pause_();
			continue;
		}
		fd = accept4(a->listener, NULL, NULL,
		    SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd >= 0) {
			a->calls.hand(a->calls.arg, fd);
		} else if (errno == EAGAIN) {
			(void)poll(&p, 1, -1);
		} else if (errno != ECONNABORTED && errno != EINTR) {
			/* nothing to have it with: it waits, and so do we */
			pause_();
		}
	}
	return NULL;
}

enum err
acceptor_start(int listener, const struct acceptor_calls *calls)
{
	struct acceptor *a = calloc(1, sizeof(*a)); /* lives on */
	pthread_attr_t attr;
	pthread_t thread;
	bool good;

	if (a == NULL || pthread_attr_init(&attr) != 0) {
		free(a);
		return ERR_MEMORY;
	}
	a->listener = listener;
	a->calls = *calls;
	good = pthread_attr_setstacksize(&attr, STACK) == 0 &&
	    pthread_create(&thread, &attr, work, a) == 0;
	pthread_attr_destroy(&attr);
	if (!good) {
		free(a);
		return ERR_IO;
	}
	pthread_detach(thread);
	return OK;
}
