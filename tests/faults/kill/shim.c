/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * LD_PRELOAD shim: a process that dies at one moment of its work. Counting
 * begins when it opens a file whose path holds KILL_AFTER; at the KILL_AT-th
 * call of those below that open, write, cut, sync, rename or remove (that open
 * is the first) it ends itself with SIGKILL, before the call. Its children never
 * count; with KILL_STOP they do too, and who is at that call stops (SIGSTOP).
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../shim.h"

static atomic_long left; /* calls until the end; 0: not counting */
static const char *after;
static int ends = SIGKILL;

static void
child(void)
{
	if (ends == SIGKILL) {
		left = 0;
		after = NULL;
	}
}

__attribute__((constructor)) static void
start(void)
{
	after = getenv("KILL_AFTER");
	ends = getenv("KILL_STOP") == NULL ? SIGKILL : SIGSTOP;
	(void)pthread_atfork(NULL, NULL, child);
}

static void
count(void)
{
	if (left > 0 && atomic_fetch_sub(&left, 1) == 1) {
		(void)raise(ends);
	}
}

static void
shim_opening(const char *path)
{
	const char *at = getenv("KILL_AT");

	if (after != NULL && at != NULL && strstr(path, after) != NULL) {
		after = NULL;
		left = atol(at);
	}
	count();
}

static int
shim_opened(int fd)
{
	return fd;
}

ssize_t
write(int fd, const void *p, size_t n)
{
	count();
	return REAL(write)(fd, p, n);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	count();
	return REAL(pwrite)(fd, p, n, at);
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	count();
	return REAL(writev)(fd, v, n);
}

ssize_t
pwritev(int fd, const struct iovec *v, int n, off_t at)
{
	count();
	return REAL(pwritev)(fd, v, n, at);
}

int
fsync(int fd)
{
	count();
	return REAL(fsync)(fd);
}

int
fdatasync(int fd)
{
	count();
	return REAL(fdatasync)(fd);
}

int
renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	count();
	return REAL(renameat)(from_dir, from, to_dir, to);
}

int
unlinkat(int dir, const char *path, int how)
{
	count();
	return REAL(unlinkat)(dir, path, how);
}

int
ftruncate(int fd, off_t size)
{
	count();
	return REAL(ftruncate)(fd, size);
}
