/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A daemon for each thread and not the library's pool, whose loops cannot be
 * reached: of a daemon the library tells the epoll descriptor. In it stands
 * one descriptor of ours, the same for all; an event without a pointer is
 * passed over there. Edge-triggered, it is never read.
 */
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../process/events.h"
#include "loops.h"

/* Of a connection: header and body window. Ten thousand slow ones touch all
 * of it (tests/http/12-slow.sh). */
#define POOL 6144u
#define STACK 262144u        /* of a thread */
#define LIBRARY_TIMEOUT 600u /* backstop; the watchdog is the rule */

struct loops {
	unsigned threads, each; /* connections of a thread */
	struct MHD_Daemon *daemon[];
};

static int bell = -1; /* rung by loops_wake() */

/* The library's texts could name a peer: only their number is kept */
static void
on_library_log(void *arg, const char *format, va_list list)
{
	(void)arg;
	(void)format;
	(void)list;
	log_event(EVENT_HTTP_LIBRARY);
}

static enum err
hear_bell(struct MHD_Daemon *d)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(d,
	    MHD_DAEMON_INFO_EPOLL_FD);
	struct epoll_event e = {EPOLLIN | EPOLLET, {NULL}};

	if (bell < 0) {
		bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	}
	return bell >= 0 && info != NULL && epoll_ctl(info->epoll_fd,
	    EPOLL_CTL_ADD, bell, &e) == 0 ? OK : ERR_IO;
}

static struct MHD_Daemon *
daemon_new(const struct loops_calls *c, int listener, unsigned connections)
{
	struct MHD_OptionItem more[2] = {{MHD_OPTION_END, 0, NULL},
		{MHD_OPTION_END, 0, NULL}};

	if (listener >= 0) {
		more[0] = (struct MHD_OptionItem){MHD_OPTION_LISTEN_SOCKET,
			listener, NULL};
	}
	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD |
	    (listener < 0 ? MHD_USE_NO_LISTEN_SOCKET : 0) |
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME |
	    MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ERROR_LOG | MHD_USE_ITC,
	    0, NULL, NULL, c->request, c->arg,
	    MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
	    MHD_OPTION_URI_LOG_CALLBACK, c->uri, c->arg,
	    MHD_OPTION_NOTIFY_COMPLETED, c->completed, c->arg,
	    MHD_OPTION_NOTIFY_CONNECTION, c->connection, c->arg,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL,
	    MHD_OPTION_CONNECTION_LIMIT, connections,
	    MHD_OPTION_CONNECTION_TIMEOUT, LIBRARY_TIMEOUT,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK,
	    MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

enum err
loops_start(const struct loops_calls *calls, int listener, unsigned threads,
    unsigned connections, struct loops **out)
{
	struct loops *l = calloc(1, sizeof(*l) +
	    threads * sizeof(l->daemon[0]));
	unsigned i;

	if (l == NULL) {
		return ERR_MEMORY;
	}
	l->threads = threads;
	l->each = connections < threads ? 1 : connections / threads;
	for (i = 0; i < threads; i++) {
		l->daemon[i] = daemon_new(calls, listener, l->each);
		if (l->daemon[i] == NULL || hear_bell(l->daemon[i]) != OK) {
			return ERR_IO; /* and the process ends */
		}
	}
	*out = l;
	return OK;
}

static unsigned
connections_of(struct MHD_Daemon *d)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(d,
	    MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return info == NULL ? 0 : info->num_connections;
}

void
loops_add(struct loops *l, int fd)
{
	const struct sockaddr none = {AF_UNIX, {0}};
	unsigned i = (unsigned)fd % l->threads, n;

	for (n = 1; n < l->threads &&
	    connections_of(l->daemon[i]) >= l->each; n++) {
		i = (i + 1) % l->threads;
	}
	/* closed by the library if it is refused */
	if (MHD_add_connection(l->daemon[i], fd, &none,
	    sizeof(none.sa_family)) != MHD_YES) {
		log_event(EVENT_HTTP_LIBRARY);
	}
}

void
loops_wake(void)
{
	const uint64_t one = 1;

	(void)!write(bell, &one, sizeof(one));
}
