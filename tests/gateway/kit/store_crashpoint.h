/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Linked with --wrap: counts the system calls by which the key file and the
 * folder change, and ends the process before the chosen one, or lets it fail
 * (of removals nothing depends: they are not among those). LMDB's own
 * calls are not among them (it is a shared library): power cuts inside it
 * are the power-cut campaign's.
 */
#ifndef STORE_CRASHPOINT_H
#define STORE_CRASHPOINT_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#define CRASH_EXIT 9

static long crash_at = -1; /* calls until the end; -1 never */
static long crash_seen;
static long fail_at = -1; /* calls until one that fails; -1 never */
static int fail_with = EIO;

static inline void crash_step(void)
{
	crash_seen++;
	if (crash_at >= 0 && crash_at-- == 0) {
		_exit(CRASH_EXIT);
	}
}

static inline bool fail_step(void)
{
	crash_step();
	if (fail_at >= 0 && fail_at-- == 0) {
		errno = fail_with;
		return true;
	}
	return false;
}

ssize_t __real_pwrite(int fd, const void *p, size_t n, off_t at);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_renameat(int a, const char *from, int b, const char *to);
int __real_unlinkat(int fd, const char *path, int flags);
ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t at);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_unlinkat(int fd, const char *path, int flags);

ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t at)
{
	return fail_step() ? -1 : __real_pwrite(fd, p, n, at);
}

int __wrap_fsync(int fd)
{
	return fail_step() ? -1 : __real_fsync(fd);
}

int __wrap_fdatasync(int fd)
{
	return fail_step() ? -1 : __real_fdatasync(fd);
}

int __wrap_renameat(int a, const char *from, int b, const char *to)
{
	return fail_step() ? -1 : __real_renameat(a, from, b, to);
}

int __wrap_unlinkat(int fd, const char *path, int flags)
{
	crash_step();
	return __real_unlinkat(fd, path, flags);
}

#endif
