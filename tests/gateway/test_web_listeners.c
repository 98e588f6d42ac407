/* SPDX-License-Identifier: EUPL-1.2 */
/* Addresses that are none, doors that are handed over and not asked for, and
 * the other way round. What is handed over has fixed numbers, so each of those
 * is tried in a process of its own. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "process/listeners.h"

static char folder[] = "/tmp/listeners-XXXXXX";
static char door[64], counters[64];

static void
shut(struct listeners *l, unsigned publics)
{
	for (unsigned i = 0; i < publics; i++) {
		close(l->public[i]);
	}
	if (l->courier >= 0) {
		close(l->courier);
	}
	if (l->metrics >= 0) {
		close(l->metrics);
	}
}

/* One public address, and the two others if they are named */
static struct config
config(const char *public, const char *courier, const char *metrics)
{
	struct config c;

	memset(&c, 0, sizeof(c));
	c.listeners = 1;
	snprintf(c.listen_public[0], CONFIG_VALUE, "%s", public);
	snprintf(c.listen_courier, CONFIG_VALUE, "%s", courier);
	snprintf(c.listen_metrics, CONFIG_VALUE, "%s", metrics);
	c.has_credential = courier[0] != '\0';
	return c;
}

static bool
opened(const char *public, const char *courier, const char *metrics)
{
	struct config c = config(public, courier, metrics);
	struct listeners l;

	if (!listeners_open(&c, &l)) {
		return false;
	}
	assert_true((l.courier >= 0) == c.has_credential);
	assert_true((l.metrics >= 0) == (metrics[0] != '\0'));
	shut(&l, 1);
	return true;
}

/* A port that is free; ${fd} listens there */
static int
taken_port(int *fd)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(*fd, 1), 0);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&a, &len), 0);
	return ntohs(a.sin_port);
}

static void
addresses(void **state)
{
	static const char *const bad[] = {
		"127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
		"127.0.0.1:-1", "127.0.0.1:80x", "localhost:8080", ":8080",
		"256.0.0.1:8080", "[::g]:8080", "[::1:8080", "::1]:8080",
		"[]:8080", "",
	};
	char text[CONFIG_VALUE], far[CONFIG_VALUE];
	int fd, port = taken_port(&fd);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (opened(bad[i], "", "")) {
			fail_msg("taken: %s", bad[i]);
		}
	}
	snprintf(text, sizeof(text), "127.0.0.1:%d", port);
	assert_false(opened(text, "", "")); /* somebody listens there */
	close(fd);
	assert_true(opened(text, "", ""));
	snprintf(text, sizeof(text), "[::ffff:127.0.0.1]:%d", port);
	assert_true(opened(text, "", ""));
	memset(far, '1', sizeof(far));
	memcpy(far + sizeof(far) - 6, ":8080", 6);
	assert_false(opened(far, "", ""));
}

static void
unix_sockets(void **state)
{
	char text[CONFIG_VALUE], path[CONFIG_VALUE - 8];
	struct stat st, again;
	struct listeners l;
	struct config c;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/public", folder);
	snprintf(text, sizeof(text), "unix:%s", path);
	assert_true(opened(text, "", ""));
	assert_true(stat(path, &st) == 0 && (st.st_mode & 0777) == 0660);
	assert_true(opened(text, door, counters)); /* over the old one */
	assert_true(stat(counters + 5, &st) == 0 && (st.st_mode & 0777) ==
	    0600);
	/* while one listens there no other takes its place */
	c = config(text, "", "");
	assert_true(listeners_open(&c, &l) && stat(path, &st) == 0);
	errno = ECONNREFUSED; /* of a call before */
	assert_false(opened(text, "", ""));
	assert_true(stat(path, &again) == 0 && st.st_ino == again.st_ino);
	shut(&l, 1);
	assert_true(opened(text, "", ""));
	unlink(path);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_false(opened(text, "", "")); /* only a socket is removed */
	assert_true(stat(path, &st) == 0 && S_ISREG(st.st_mode));
	unlink(path);
	assert_true(opened(text, door, counters));
	assert_false(opened(text, "127.0.0.1:0", counters));
	assert_false(opened(text, door, "unix:/nonexistent/m"));
	assert_false(opened("unix:/nonexistent/p", door, counters));
	/* as long as the kernel's field, without room for its end */
	memset(path + strlen(path), 'a', sizeof(path) - strlen(path));
	path[sizeof(((struct sockaddr_un *)NULL)->sun_path)] = '\0';
	snprintf(text, sizeof(text), "unix:%s", path);
	assert_false(opened(text, "", ""));
	path[sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1] = '\0';
	snprintf(text, sizeof(text), "unix:%s", path);
	assert_true(opened(text, "", ""));
	unlink(path);
}

/* One that has no time for us is none that ended */
static void
busy_socket(void **state)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char text[CONFIG_VALUE];
	struct stat st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), in[8];
	unsigned n = 0;

	(void)state;
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/busy", folder);
	snprintf(text, sizeof(text), "unix:%s", a.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 0), 0);
	do {
		assert_in_range(n, 0, 7);
		in[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);
	} while (connect(in[n++], (struct sockaddr *)&a, sizeof(a)) == 0);
	assert_int_equal(errno, EAGAIN);
	assert_false(opened(text, "", ""));
	assert_int_equal(stat(a.sun_path, &st), 0);
	while (n > 0) {
		close(in[--n]);
	}
	close(fd);
	assert_true(opened(text, "", "")); /* now it ended */
	unlink(a.sun_path);
}

static void
nothing_to_listen_on(void **state)
{
	struct config c = config("", "", "");
	struct listeners l;

	(void)state;
	c.listeners = 0;
	assert_false(listeners_open(&c, &l));
}

enum what { NONE, STREAM, DATAGRAM, LOCAL, PIPE };

/* Stands at ${to}, as one that is handed over */
static void
place(enum what what, int to)
{
	int fd, ends[2];

	switch (what) {
	case STREAM:
		fd = socket(AF_INET, SOCK_STREAM, 0);
		break;
	case DATAGRAM:
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		break;
	case LOCAL:
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		break;
	case PIPE:
		fd = pipe(ends) == 0 ? ends[0] : -1;
		break;
	default:
		close(to);
		return;
	}
	if (fd != to) {
		dup2(fd, to);
		close(fd);
	}
}

/* 0: refused, 1: opened, 2: opened otherwise than was asked */
static int
given(const struct config *c, const char *names, const enum what *what)
{
	char number[16];
	struct listeners l;
	int n = 0, status;
	pid_t pid = fork();

	if (pid == 0) {
		closefrom(3);
		while (what[n] != NONE && n < 7) {
			place(what[n], 3 + n);
			n++;
		}
		if (strchr(names, '!') != NULL) { /* one more than is there */
			n++;
			names++;
		}
		snprintf(number, sizeof(number), "%d", n);
		setenv("LISTEN_FDS", number, 1);
		setenv("LISTEN_FDNAMES", names, 1);
		snprintf(number, sizeof(number), "%d", (int)getpid());
		setenv("LISTEN_PID", number, 1);
		if (!listeners_open(c, &l)) {
			_exit(0);
		}
		if ((l.courier >= 0) != c->has_credential ||
		    (l.metrics >= 0) != (c->listen_metrics[0] != '\0') ||
		    (l.courier < 0 && strstr(names, "courier") != NULL &&
		    fcntl(4, F_GETFD) >= 0)) {
			_exit(2);
		}
		for (int i = 3; i < 3 + n; i++) {
			int flags = fcntl(i, F_GETFD);

			if (flags >= 0 && !(flags & FD_CLOEXEC)) {
				_exit(2);
			}
		}
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

static void
handed_over(void **state)
{
	static const struct {
		bool courier, metrics;
		const char *names;
		enum what what[8];
		int want;
	} t[] = {
		{false, false, "public", {STREAM}, 1},
		{false, false, "public", {LOCAL}, 1},
		{true, false, "public:courier", {STREAM, LOCAL}, 1},
		{true, true, "public:courier:metrics",
		    {STREAM, LOCAL, LOCAL}, 1},
		/* not asked for: shut */
		{false, false, "public:courier", {STREAM, LOCAL}, 1},
		{false, false, "public:metrics", {STREAM, LOCAL}, 1},
		/* asked for and not there */
		{true, false, "public", {STREAM}, 0},
		{false, true, "public", {STREAM}, 0},
		{true, false, "!public:courier", {STREAM}, 0},
		/* more than there are places for */
		{false, false, "public:public", {STREAM, STREAM}, 0},
		{false, false, "public:public:public:public:public",
		    {STREAM, STREAM, STREAM, STREAM, STREAM}, 0},
		{true, false, "public:courier:courier",
		    {STREAM, LOCAL, LOCAL}, 0},
		{false, true, "public:metrics:metrics",
		    {STREAM, LOCAL, LOCAL}, 0},
		{false, false, "public:other", {STREAM, STREAM}, 0},
		{false, false, "publit", {STREAM}, 0},
		/* no socket, and not of a stream */
		{false, false, "public", {PIPE}, 0},
		{false, false, "public", {DATAGRAM}, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct config c = config("unix:/nonexistent/p",
		    t[i].courier ? door : "", t[i].metrics ? counters : "");
		int got = given(&c, t[i].names, t[i].what);

		if (got != t[i].want) {
			fail_msg("%s, case %zu: %d", t[i].names, i, got);
		}
	}
}

/* Words of the manager that are not for this process, or not whole */
static void
meant_for_another(void **state)
{
	static const char *const names[] = {"LISTEN_PID", "LISTEN_FDS",
		"LISTEN_FDNAMES"};
	char text[CONFIG_VALUE], me[16];

	(void)state;
	snprintf(text, sizeof(text), "unix:%s/public", folder);
	snprintf(me, sizeof(me), "%d", (int)getpid());
	for (size_t i = 0; i <= 3; i++) {
		setenv("LISTEN_PID", i == 3 ? "1" : me, 1);
		setenv("LISTEN_FDS", "2", 1);
		setenv("LISTEN_FDNAMES", "courier:courier", 1);
		if (i < 3) {
			unsetenv(names[i]);
		}
		assert_true(opened(text, "", ""));
	}
	unsetenv("LISTEN_PID");
}

static int
begin(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL) {
		return -1;
	}
	snprintf(door, sizeof(door), "unix:%s/door", folder);
	snprintf(counters, sizeof(counters), "unix:%s/counters", folder);
	return 0;
}

static int
end(void **state)
{
	char path[80];

	(void)state;
	unlink(door + 5);
	unlink(counters + 5);
	snprintf(path, sizeof(path), "%s/public", folder);
	unlink(path);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(unix_sockets),
		cmocka_unit_test(busy_socket),
		cmocka_unit_test(nothing_to_listen_on),
		cmocka_unit_test(handed_over),
		cmocka_unit_test(meant_for_another),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
