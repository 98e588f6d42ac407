/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Takes the connections of a listener as they come and hands them on, in a
 * thread of its own.
 *
 * The library's own loops accept eleven at a turn (0.9.75, MHD_epoll), however
 * long a turn is: when ten thousand connections end or come at once, a turn is
 * hundreds of them, and a newcomer waited for a second behind those that had
 * come before.
 */
#ifndef MELDLUIK_GATEWAY_ACCEPTOR_H
#define MELDLUIK_GATEWAY_ACCEPTOR_H

#include <stdbool.h>

#include "meldluik/err.h"

struct acceptor_calls { /* each with ${arg}, from the acceptor's thread */
	bool (*room)(void *arg); /* for one more: else it waits, in the kernel */
	void (*hand)(void *arg, int fd); /* takes ${fd} over */
	void *arg;
};

/* Starts a thread that lives as long as the process. ${listener}: taken
 * over. ERR_MEMORY, ERR_IO: no thread. */
enum err acceptor_start(int listener, const struct acceptor_calls *calls);

#endif
