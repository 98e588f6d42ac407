/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which check is out, and which were reached, by the environment as it is
 * before main: GUARD_OFF=number and GUARD_SEEN=file, a byte for each check.
 * Of a cmocka program GUARD_TEST runs one test, GUARD_LIST names all. The
 * monitor starts its children without an environment: these words go along
 * all the same.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard.h"

/* cmocka's, as far as it is needed */
struct test {
	const char *name;
	void (*rest[4])(void);
};
typedef int run_tests(const char *, const struct test *, size_t,
    void (*)(void), void (*)(void));
run_tests _cmocka_run_group_tests;
void cmocka_set_test_filter(const char *pattern) __attribute__((weak));

static unsigned off;        /* 0: none; checks count from 1 */
static unsigned char *seen; /* shared with whoever looks later */
static size_t seen_len;

static void
see_in(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0) {
		return;
	}
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
		seen = p == MAP_FAILED ? NULL : p;
		seen_len = (size_t)st.st_size;
	}
	close(fd);
}

__attribute__((constructor)) static void
guard_start(void)
{
	const char *number = getenv("GUARD_OFF"), *file = getenv("GUARD_SEEN");

	if (cmocka_set_test_filter == NULL) {
		if (getenv("GUARD_LIST") != NULL) {
			_exit(0);
		}
	} else if (getenv("GUARD_TEST") != NULL) {
		cmocka_set_test_filter(getenv("GUARD_TEST"));
	}
	off = number == NULL ? 0 : (unsigned)strtoul(number, NULL, 10);
	if (file != NULL) {
		see_in(file);
	}
}

int
guard_value(unsigned number, int without, int value)
{
	if (seen != NULL && number < seen_len) {
		seen[number] = 1;
	}
	return number == off ? without : value;
}

int
execve(const char *path, char *const argv[], char *const envp[])
{
	/* the last three hand a shim on, which this call hides */
	static const char *const along[] = {"GUARD_OFF=", "GUARD_SEEN=",
	    "LD_PRELOAD=", "CLOCK_FILE=", "META_AT="};
	enum { N = sizeof(along) / sizeof(*along) };
	char *kept[N + 1] = {NULL};
	size_t i, n = 0;
	char **e;

	for (e = environ; *e != NULL; e++) {
		for (i = 0; i < N && n < N; i++) {
			if (strncmp(*e, along[i], strlen(along[i])) == 0) {
				kept[n++] = *e;
			}
		}
	}
	return (int)syscall(SYS_execve, path, argv,
	    envp[0] == NULL ? kept : envp);
}

int
_cmocka_run_group_tests(const char *group, const struct test *tests,
    size_t n, void (*setup)(void), void (*teardown)(void))
{
	run_tests *real;

	if (getenv("GUARD_LIST") != NULL) {
		for (size_t i = 0; i < n; i++) {
			printf("test %s\n", tests[i].name);
		}
		return 0;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "_cmocka_run_group_tests");
	return real == NULL ? 1 : real(group, tests, n, setup, teardown);
}
