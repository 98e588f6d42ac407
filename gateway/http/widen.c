/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdatomic.h>
#include <sys/socket.h>

#include "widen.h"

#define LONG 65536u  /* an answer that is worth it */
#define WIDE 131072  /* doubled by the kernel: 16 of them are 4 MiB */
#define WIDE_MAX 16u

static atomic_uint wide;

int
widen(int fd, size_t len)
{
	const int size = WIDE;
	int now = 0;
	socklen_t n = sizeof(now);

	if (len < LONG ||
	    getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &now, &n) != 0 ||
	    now < 2 || now >= WIDE) {
		return 0;
	}
	if (atomic_fetch_add(&wide, 1) < WIDE_MAX && setsockopt(fd,
	    SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0) {
		return now / 2; /* what is set is doubled */
	}
	atomic_fetch_sub(&wide, 1);
	return 0;
}

void
narrow(int fd, int size)
{
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	atomic_fetch_sub(&wide, 1);
}
