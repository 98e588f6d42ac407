/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The event loops of one listener: libmicrohttpd's, a thread and a daemon
 * each.
 *
 * Caveat: of exactly 128 events at once (or a multiple) the library does
 * nothing before the next event (0.9.75, MHD_epoll), be it ten minutes later.
 * So each loop has one now and then: loops_wake().
 */
#ifndef MELDLUIK_GATEWAY_LOOPS_H
#define MELDLUIK_GATEWAY_LOOPS_H

#include <microhttpd.h>

#include "meldluik/err.h"

struct loops;
struct loops_calls { /* the library's, each with ${arg} */
	MHD_AccessHandlerCallback request;
	void *(*uri)(void *arg, const char *uri, struct MHD_Connection *c);
	MHD_RequestCompletedCallback completed;
	MHD_NotifyConnectionCallback connection;
	void *arg;
};

/* ${listener}: taken over; -1: connections come by loops_add(). ${connections}
 * of all ${threads}. They live as long as the process. */
enum err loops_start(const struct loops_calls *calls, int listener,
    unsigned threads, unsigned connections, struct loops **out);
/* Takes ${fd} over, also when there is no room for it */
void loops_add(struct loops *l, int fd);
/* All loops of the process look what has come; from one thread, twice a
 * second */
void loops_wake(void);

#endif
