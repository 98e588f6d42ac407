/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * LD_PRELOAD shim: every META_AT-th write to one of LMDB's two first pages of
 * a process ends with EIO; the medium is sound otherwise. The gateway hands its
 * children no environment: execve hands this on.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#define FIRST_PAGES 8192
#define PAGE 4096
#define ENV_MAX 16

static unsigned long writes, at;
static char preload[PATH_MAX + 16], every[64];

__attribute__((constructor)) static void
setup(void)
{
	const char *s = getenv("META_AT"), *self = getenv("LD_PRELOAD");

	at = s == NULL ? 0 : strtoul(s, NULL, 10);
	(void)snprintf(every, sizeof(every), "META_AT=%lu", at);
	(void)snprintf(preload, sizeof(preload), "LD_PRELOAD=%s",
	    self == NULL ? "" : self);
}

int
execve(const char *path, char *const argv[], char *const envp[])
{
	int (*real)(const char *, char *const[], char *const[]) =
	    (__typeof__(real))dlsym(RTLD_NEXT, "execve");
	char *more[ENV_MAX + 3] = { preload, every };

	for (size_t i = 0; envp != NULL && envp[i] != NULL && i < ENV_MAX;
	    i++) {
		more[i + 2] = envp[i];
	}
	return real(path, argv, more);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t where)
{
	ssize_t (*real)(int, const void *, size_t, off_t) =
	    (__typeof__(real))dlsym(RTLD_NEXT, "pwrite");

	if (where < FIRST_PAGES && n < PAGE && at > 0 && ++writes % at == 0) {
		errno = EIO;
		return -1;
	}
	return real(fd, p, n, where);
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off_t where)
{
	return pwrite(fd, p, n, where);
}
