/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * LD_PRELOAD shim: a medium that fails. Reads of files whose path holds
 * EIO_READ, and writes and syncs of those that hold EIO_WRITE, end with EIO.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "../shim.h"

#define FDS 1024
#define BAD_READ 1
#define BAD_WRITE 2

static char flags[FDS]; /* set when it comes: a sandboxed child asks nothing */

static void
shim_opening(const char *path)
{
	(void)path;
}

static int
shim_opened(int fd)
{
	const char *r = getenv("EIO_READ"), *w = getenv("EIO_WRITE");
	char link[64], path[PATH_MAX];
	int kept = errno;
	ssize_t n;

	if (fd < 0 || fd >= FDS) {
		return fd;
	}
	flags[fd] = 0;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	errno = kept;
	if (n < 0) {
		return fd;
	}
	path[n] = '\0';
	if (r != NULL && *r != '\0' && strstr(path, r) != NULL) {
		flags[fd] |= BAD_READ;
	}
	if (w != NULL && *w != '\0' && strstr(path, w) != NULL) {
		flags[fd] |= BAD_WRITE;
	}
	return fd;
}

static int
bad(int fd, int how)
{
	if (fd < 0 || fd >= FDS || (flags[fd] & how) == 0) {
		return 0;
	}
	errno = EIO;
	return 1;
}

/* What another process opened and handed over fails as well */
ssize_t
recvmsg(int fd, struct msghdr *m, int how)
{
	ssize_t n = REAL(recvmsg)(fd, m, how);
	struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(m);
	int given;

	for (; c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_RIGHTS) {
			continue;
		}
		for (size_t at = 0; CMSG_LEN(at + sizeof given) <= c->cmsg_len;
		    at += sizeof given) {
			memcpy(&given, CMSG_DATA(c) + at, sizeof given);
			(void)shim_opened(given);
		}
	}
	return n;
}

int
close(int fd)
{
	if (fd >= 0 && fd < FDS) {
		flags[fd] = 0;
	}
	return REAL(close)(fd);
}

ssize_t
read(int fd, void *p, size_t n)
{
	return bad(fd, BAD_READ) ? -1 : REAL(read)(fd, p, n);
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	return bad(fd, BAD_READ) ? -1 : REAL(pread)(fd, p, n, at);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	return bad(fd, BAD_WRITE) ? -1 : REAL(write)(fd, p, n);
}

int
fsync(int fd)
{
	return bad(fd, BAD_WRITE) ? -1 : REAL(fsync)(fd);
}
