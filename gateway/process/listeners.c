/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Opens what the configuration names, or takes it from the service manager
 * (sd_listen_fds(3)). What is opened here is handed to web and not touched
 * again by this process.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "address.h"
#include "listeners.h"

#define BACKLOG 1024
/* What the kernel keeps of an answer that nobody reads, of each connection;
 * left to itself it takes megabytes (tcp_wmem). Doubled by it. */
#define SEND_BUFFER 8192
#define GIVEN_MAX 16 /* of the service manager */

/* Makes room for a UNIX socket: a file without a listener is a dead
 * gateway's and is removed, one that somebody listens on stays. Only a socket
 * is ever removed. */
static bool
make_room(const struct sockaddr_storage *s, socklen_t len)
{
	const char *path = ((const struct sockaddr_un *)s)->sun_path;
	struct stat st;
	bool dead;
	int fd;

	memset(&st, 0, sizeof(st));
	(void)lstat(path, &st);
	if (!S_ISSOCK(st.st_mode)) {
		return true; /* nothing there, or what bind() refuses */
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return false;
	}
	dead = connect(fd, (const struct sockaddr *)s, len) != 0 &&
	    errno == ECONNREFUSED;
	close(fd);
	return dead && unlink(path) == 0;
}

/* ${mode} of the file of a UNIX socket */
static int
listen_on(const char *text, mode_t mode)
{
	struct sockaddr_storage s;
	const char *path = ((struct sockaddr_un *)&s)->sun_path;
	const int one = 1;
	socklen_t len;
	int fd;

	if (!address_parse(text, &s, &len) ||
	    (s.ss_family == AF_UNIX && !make_room(&s, len))) {
		return -1;
	}
	fd = socket(s.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (fd < 0) {
		return -1;
	}
	if ((s.ss_family != AF_UNIX && setsockopt(fd, SOL_SOCKET,
	    SO_REUSEADDR, &one, sizeof(one)) != 0) ||
	    bind(fd, (struct sockaddr *)&s, len) != 0 ||
	    (s.ss_family == AF_UNIX && chmod(path, mode) != 0) ||
	    listen(fd, BACKLOG) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Sockets of the service manager, by name: "public", "courier", "metrics" */
static bool
take_given(struct listeners *l, unsigned *publics)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");
	size_t n;
	long count, i;

	if (pid == NULL || fds == NULL || names == NULL ||
	    strtol(pid, NULL, 10) != (long)getpid()) {
		return true;
	}
	count = strtol(fds, NULL, 10);
	for (i = 0; i < count && i < GIVEN_MAX; i++) {
		int fd = 3 + (int)i;

		n = strcspn(names, ":");
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
			return false;
		}
		if (n == 6 && strncmp(names, "public", 6) == 0 &&
		    *publics < CONFIG_LISTENERS) {
			l->public[(*publics)++] = fd;
		} else if (n == 7 && strncmp(names, "courier", 7) == 0 &&
		    l->courier < 0) {
			l->courier = fd;
		} else if (n == 7 && strncmp(names, "metrics", 7) == 0 &&
		    l->metrics < 0) {
			l->metrics = fd;
		} else {
			return false;
		}
		names += n;
		names += *names == ':';
	}
	return true;
}

/* A door that the configuration does not name is shut; whether the one that
 * it names is there */
static bool
door(int *fd, bool named)
{
	if (*fd >= 0 && !named) {
		close(*fd);
		*fd = -1;
	}
	return (*fd >= 0) == named;
}

static bool
open_named(const struct config *c, struct listeners *l)
{
	unsigned i;

	for (i = 0; i < c->listeners; i++) {
		l->public[i] = listen_on(c->listen_public[i], 0660);
		if (l->public[i] < 0) {
			return false;
		}
	}
	if (c->has_credential) {
		l->courier = listen_on(c->listen_courier, 0660);
		if (l->courier < 0) {
			return false;
		}
	}
	if (c->listen_metrics[0] != '\0') {
		l->metrics = listen_on(c->listen_metrics, 0600);
		return l->metrics >= 0;
	}
	return i > 0;
}

/* Connections of a TCP listener have its buffers; UNIX sockets have small
 * ones of their own. On the loopback one segment would be larger than such a
 * buffer, and the peer puts off its acknowledgement for 40 ms, at each of
 * them (RFC 1122 4.2.3.2): a buffer holds four. */
static bool
tune(const struct listeners *l, unsigned n)
{
	const int size = SEND_BUFFER, segment = SEND_BUFFER / 2;
	unsigned i;

	for (i = 0; i < n; i++) {
		if (setsockopt(l->public[i], SOL_SOCKET, SO_SNDBUF, &size,
		    sizeof(size)) != 0) {
			return false;
		}
		if (setsockopt(l->public[i], IPPROTO_TCP, TCP_MAXSEG,
		    &segment, sizeof(segment)) != 0 && errno != EOPNOTSUPP) {
			return false; /* refused, and not a UNIX socket */
		}
	}
	return true;
}

/* Who ends with half of them open answers for the next one that asks */
static void
shut(struct listeners *l)
{
	unsigned i;

	for (i = 0; i < CONFIG_LISTENERS; i++) {
		close(l->public[i]);
	}
	close(l->courier);
	close(l->metrics);
}

bool
listeners_open(const struct config *c, struct listeners *out)
{
	unsigned i, given = 0;
	bool courier, metrics;

	for (i = 0; i < CONFIG_LISTENERS; i++) {
		out->public[i] = -1;
	}
	out->courier = out->metrics = -1;
	if (!take_given(out, &given)) {
		return false;
	}
	if (given == 0) {
		if (open_named(c, out) && tune(out, c->listeners)) {
			return true;
		}
		shut(out);
		return false;
	}
	/* the children count what is there, not what is written */
	courier = door(&out->courier, c->has_credential);
	metrics = door(&out->metrics, c->listen_metrics[0] != '\0');
	return given == c->listeners && courier && metrics &&
	    tune(out, given);
}
