/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A daemon for each thread and not the library's pool: connections are handed
 * to the one that has the fewest (see acceptor.h).
 */
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../process/events.h"
#include "loops.h"

/* Of a connection: header and body window. Ten thousand slow ones touch all
 * of it (tests/http/12-slow.sh). */
#define POOL 6144u
#define STACK 262144u        /* of a thread */
#define LIBRARY_EVENTS 128   /* it asks for at once */
#define FULL_SECONDS 3       /* without room */
#define LIBRARY_TIMEOUT 600u /* backstop; the watchdog is the rule */

struct loop {
	struct MHD_Daemon *daemon;
	const struct loops_calls *calls;
	_Atomic unsigned coming; /* handed over, and not begun yet */
};

struct loops {
	struct loops_calls calls;
	/* For all, and of nobody: the library wants the family only */
	struct sockaddr_in6 nobody;
	socklen_t nobody_len;
	unsigned threads, each; /* connections of a thread */
	_Atomic time_t room;    /* when there was some last: monotonic */
	struct loop loop[];
};

/*
 * In the place of the C library's, for libmicrohttpd (0.9.75, MHD_epoll): when
 * it gets as many events as it asks for, it asks for more before it does
 * anything about them. Of exactly 128 it did nothing until the next event, be
 * it minutes later. So it never gets as many.
 */
__attribute__((visibility("default"))) int
epoll_wait(int fd, struct epoll_event *events, int most, int timeout)
{
	return epoll_pwait(fd, events,
	    most == LIBRARY_EVENTS ? most - 1 : most, timeout, NULL);
}

/*
 * And in the place of this one: a UNIX socket has none of TCP's delays to switch
 * off. The library asks all the same and notes each time that it cannot: the
 * number of its notices told IT how many came by such a listener, as tor's is.
 */
__attribute__((visibility("default"))) int
setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	long r = syscall(SYS_setsockopt, fd, level, name, value, len);

	return r < 0 && level == IPPROTO_TCP && errno == EOPNOTSUPP ? 0 :
	    (int)r;
}

/* The library's texts could name a peer: only their number is kept */
static void
on_library_log(void *arg, const char *format, va_list list)
{
	(void)arg;
	(void)format;
	(void)list;
	log_event(EVENT_HTTP_LIBRARY);
}

static void
has_come(struct loop *p)
{
	unsigned n = atomic_load(&p->coming);

	while (n > 0 && !atomic_compare_exchange_weak(&p->coming, &n, n - 1)) {
		continue;
	}
}

static void
on_connection(void *arg, struct MHD_Connection *c, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	struct loop *p = arg;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		has_come(p);
	}
	p->calls->connection(p->calls->arg, c, context, what);
}

/*
 * The library has no limit of connections: in 0.9.75, who is begun beyond it
 * leaves a lock taken (new_connection_process_), and the thread stands still
 * for ever. loops_room() is the limit.
 */
static struct MHD_Daemon *
daemon_new(struct loop *p)
{
	const struct loops_calls *c = p->calls;

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD |
	    MHD_USE_NO_LISTEN_SOCKET |
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME |
	    MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ERROR_LOG | MHD_USE_ITC,
	    0, NULL, NULL, c->request, c->arg,
	    MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
	    MHD_OPTION_URI_LOG_CALLBACK, c->uri, c->arg,
	    MHD_OPTION_NOTIFY_COMPLETED, c->completed, c->arg,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, p,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL,
	    MHD_OPTION_CONNECTION_LIMIT, UINT_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, LIBRARY_TIMEOUT,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK,
	    MHD_OPTION_END);
}

enum err
loops_start(const struct loops_calls *calls, sa_family_t family,
    unsigned threads, unsigned connections, struct loops **out)
{
	struct loops *l = calloc(1, sizeof(*l) +
	    threads * sizeof(l->loop[0]));
	struct loop *p;

	if (l == NULL) {
		return ERR_MEMORY;
	}
	l->calls = *calls;
	l->nobody.sin6_family = family;
	l->nobody_len = family == AF_INET6 ? sizeof(struct sockaddr_in6) :
	    family == AF_INET ? sizeof(struct sockaddr_in) :
	    sizeof(sa_family_t);
	l->threads = threads;
	l->each = connections < threads ? 1 : connections / threads;
	for (p = l->loop; p < l->loop + threads; p++) {
		p->calls = &l->calls;
		p->daemon = daemon_new(p);
		if (p->daemon == NULL) {
			return ERR_IO; /* and the process ends */
		}
	}
	*out = l;
	return OK;
}

/* Also of those that it has not begun yet */
static unsigned
connections_of(const struct loop *p)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(p->daemon,
	    MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return (info == NULL ? 0 : info->num_connections) +
	    atomic_load(&p->coming);
}

/* The one with the fewest connections */
static struct loop *
idlest(struct loops *l)
{
	unsigned fewest = UINT_MAX, n;
	struct loop *p, *best = l->loop;

	for (p = l->loop; p < l->loop + l->threads; p++) {
		n = connections_of(p);
		if (n < fewest) {
			fewest = n;
			best = p;
		}
	}
	return best;
}

static time_t
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

bool
loops_room(struct loops *l)
{
	struct loop *p;
	time_t now = seconds();

	if (connections_of(idlest(l)) < l->each) {
		l->room = now;
		return true;
	}
	/* What the library could not begin, for want of memory, it closes
	 * and tells nobody: it must not count for ever. */
	if (now - l->room >= FULL_SECONDS) {
		for (p = l->loop; p < l->loop + l->threads; p++) {
			atomic_store(&p->coming, 0);
		}
		l->room = now;
	}
	return false;
}

void
loops_add(struct loops *l, int fd)
{
	struct loop *p = idlest(l);

	/* closed by the library if there is no memory */
	atomic_fetch_add(&p->coming, 1);
	if (MHD_add_connection(p->daemon, fd,
	    (const struct sockaddr *)&l->nobody, l->nobody_len) != MHD_YES) {
		has_come(p);
		log_event(EVENT_HTTP_LIBRARY);
	}
}
