/* SPDX-License-Identifier: EUPL-1.2 */
/* sd_notify(3) and WATCHDOG_USEC, without the library for them. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "manager.h"

#define DAY_MS INT64_C(86400000)

void
manager_notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a;
	size_t n;
	int fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@')) {
		return;
	}
	n = strlen(path);
	memset(&a, 0, sizeof(a));
	if (n >= sizeof(a.sun_path)) {
		return;
	}
	a.sun_family = AF_UNIX;
	memcpy(a.sun_path, path, n);
	if (path[0] == '@') {
		a.sun_path[0] = '\0';
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return;
	}
	(void)sendto(fd, text, strlen(text), MSG_NOSIGNAL,
	    (struct sockaddr *)&a,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

int64_t
manager_watchdog(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	long long n;

	if (usec == NULL || (pid != NULL &&
	    strtol(pid, NULL, 10) != (long)getpid())) {
		return 0;
	}
	n = strtoll(usec, NULL, 10) / 1000;
	return n < 1 || n > DAY_MS ? 0 : n;
}
