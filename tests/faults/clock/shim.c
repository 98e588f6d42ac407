/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * LD_PRELOAD shim: moves the clocks of a process and of what it executes by
 * what stands in CLOCK_FILE, two numbers of eight bytes in this machine's
 * order: seconds for the wall clock, seconds since the start. The file
 * is mapped, so that it also works behind a sandbox and can change at any
 * time. The gateway starts its children with an empty environment; execve is
 * wrapped to hand this shim on.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static const volatile int64_t *shift;
static char preload[PATH_MAX + 16], file[PATH_MAX + 16];
static int (*real_clock)(clockid_t, struct timespec *);
static int (*real_wait)(pthread_cond_t *, pthread_mutex_t *, clockid_t,
    const struct timespec *);
static int (*real_execve)(const char *, char *const[], char *const[]);

__attribute__((constructor)) static void
start(void)
{
	const char *path = getenv("CLOCK_FILE"), *self = getenv("LD_PRELOAD");
	void *p;
	int fd;

	real_clock = REAL(clock_gettime);
	real_wait = REAL(pthread_cond_clockwait);
	real_execve = REAL(execve);
	if (path == NULL || self == NULL) {
		return;
	}
	(void)snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", self);
	(void)snprintf(file, sizeof(file), "CLOCK_FILE=%s", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	p = mmap(NULL, 16, PROT_READ, MAP_SHARED, fd, 0);
	if (fd < 0 || p == MAP_FAILED) {
		abort();
	}
	close(fd);
	shift = p;
}

int
clock_gettime(clockid_t id, struct timespec *t)
{
	int r;

	if (real_clock == NULL) { /* called before the constructor */
		real_clock = REAL(clock_gettime);
	}
	r = real_clock(id, t);
	if (r == 0 && shift != NULL) {
		if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) {
			t->tv_sec += shift[0];
		} else if (id == CLOCK_MONOTONIC || id == CLOCK_BOOTTIME) {
			t->tv_sec += shift[1];
		}
	}
	return r;
}

time_t
time(time_t *out)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	if (out != NULL) {
		*out = t.tv_sec;
	}
	return t.tv_sec;
}

int
gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	struct timespec s;

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &s);
	t->tv_sec = s.tv_sec;
	t->tv_usec = s.tv_nsec / 1000;
	return 0;
}

/* Until a time of the moved clock, by the clock that the system keeps */
int
pthread_cond_clockwait(pthread_cond_t *restrict c,
    pthread_mutex_t *restrict lock, clockid_t id,
    const struct timespec *restrict until)
{
	struct timespec t = *until;

	if (shift != NULL) {
		t.tv_sec -= id == CLOCK_REALTIME ? shift[0] : shift[1];
	}
	return real_wait(c, lock, id, &t);
}

int
execve(const char *path, char *const argv[], char *const envp[])
{
	char *handed[3] = { preload, file, NULL };

	return real_execve(path, argv, shift != NULL && (envp == NULL ||
	    envp[0] == NULL) ? handed : envp);
}
