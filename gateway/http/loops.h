/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The event loops of one listener: libmicrohttpd's, a thread and a daemon
 * each.
 */
#ifndef MELDLUIK_GATEWAY_LOOPS_H
#define MELDLUIK_GATEWAY_LOOPS_H

#include <stdbool.h>
#include <sys/socket.h>

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

/* ${family}: of the sockets that come by loops_add(), at most ${connections}
 * at once of all ${threads}. They live as long as the process. */
enum err loops_start(const struct loops_calls *calls, sa_family_t family,
    unsigned threads, unsigned connections, struct loops **out);
/* For one more. To be asked before each loops_add(). */
bool loops_room(struct loops *l);
/* Takes ${fd} over. From one thread, as loops_room(). */
void loops_add(struct loops *l, int fd);

#endif
