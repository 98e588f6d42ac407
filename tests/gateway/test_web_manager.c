/* SPDX-License-Identifier: EUPL-1.2 */
/* What the service manager is told and what it asks for: each odd word of its
 * environment once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "process/manager.h"

/* Listens as the manager does; "@..." is a name without a file */
static int
listening(const char *path)
{
	struct sockaddr_un a;
	size_t n = strlen(path);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memset(&a, 0, sizeof(a));
	a.sun_family = AF_UNIX;
	memcpy(a.sun_path, path, n);
	if (path[0] == '@') {
		a.sun_path[0] = '\0';
	}
	assert_int_equal(bind(fd, (struct sockaddr *)&a, (socklen_t)(
	    offsetof(struct sockaddr_un, sun_path) + n)), 0);
	return fd;
}

/* Whether a word arrives when the environment names ${path} */
static bool
told(const char *path)
{
	char got[16];
	int fd = listening(path);
	bool yes;

	setenv("NOTIFY_SOCKET", path, 1);
	manager_notify("READY=1");
	yes = recv(fd, got, sizeof(got), 0) == 7 &&
	    memcmp(got, "READY=1", 7) == 0;
	close(fd);
	if (path[0] != '@') {
		unlink(path);
	}
	return yes;
}

static void
words(void **state)
{
	char path[64], beyond[4096];

	(void)state;
	snprintf(path, sizeof(path), "/tmp/manager-%d", (int)getpid());
	assert_true(told(path));
	path[0] = '@';
	assert_true(told(path));
	assert_false(told("manager-relative"));
	memset(beyond, 'a', sizeof(beyond));
	beyond[0] = '/';
	beyond[sizeof(beyond) - 1] = '\0';
	setenv("NOTIFY_SOCKET", beyond, 1);
	manager_notify("READY=1"); /* no such socket, and no crash */
	unsetenv("NOTIFY_SOCKET");
	manager_notify("READY=1");
}

static void
watchdog(void **state)
{
	char me[16];

	(void)state;
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	assert_int_equal(manager_watchdog(), 0);
	setenv("WATCHDOG_USEC", "1500000", 1);
	assert_int_equal(manager_watchdog(), 1500);
	snprintf(me, sizeof(me), "%d", (int)getpid());
	setenv("WATCHDOG_PID", me, 1);
	assert_int_equal(manager_watchdog(), 1500);
	setenv("WATCHDOG_PID", "1", 1); /* meant for another process */
	assert_int_equal(manager_watchdog(), 0);
	setenv("WATCHDOG_PID", me, 1);
	setenv("WATCHDOG_USEC", "999", 1);
	assert_int_equal(manager_watchdog(), 0);
	setenv("WATCHDOG_USEC", "-5000", 1);
	assert_int_equal(manager_watchdog(), 0);
	setenv("WATCHDOG_USEC", "99999999999999", 1);
	assert_int_equal(manager_watchdog(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(watchdog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
