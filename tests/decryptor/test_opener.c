/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Nursery and parsing child hold the keys of a week: killed with their desk,
 * also when they are stopped and see neither socket nor pipe close.
 */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "decryptor/opener.h"
#include "meldluik/secret.h"

#define BOTH 2u /* the nursery and one child */
#define WAIT_SECONDS 60

static void
wipe_nothing(void *arg)
{
	(void)arg;
}

/* A desk with an envelope that does not end */
static _Noreturn void
desk(void)
{
	static const uint8_t sha256[HASH_LEN];
	struct opener *o = NULL;
	struct opening *opening;
	int ends[2];

	if (secret_setup() != OK || pipe(ends) != 0 || opener_new(NULL,
	    wipe_nothing, NULL, &o) != OK || opener_start(o, ends[0], sha256,
	    1, -1, &opening) != OK) {
		_exit(1);
	}
	for (;;) {
		pause();
	}
}

/* The parent of one that waits for something to read; else 0 */
static pid_t
parent_of(const char *name)
{
	char path[64], text[512], *at, doing = 0;
	FILE *f;
	int parent = 0;

	snprintf(path, sizeof path, "/proc/%.20s/stat", name);
	f = fopen(path, "r");
	if (f != NULL) {
		text[fread(text, 1, sizeof text - 1, f)] = '\0';
		fclose(f);
		at = strrchr(text, ')'); /* the name may hold anything */
		if (at == NULL || sscanf(at, ") %c %d", &doing, &parent) !=
		    2 || doing != 'S') {
			parent = 0;
		}
	}
	return parent;
}

static unsigned
children_of(pid_t parent, pid_t out[BOTH])
{
	struct dirent *e;
	unsigned n = 0;
	DIR *d = opendir("/proc");

	while (d != NULL && n < BOTH && (e = readdir(d)) != NULL) {
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
		    parent_of(e->d_name) == parent) {
			out[n++] = (pid_t)atoi(e->d_name);
		}
	}
	closedir(d);
	return n;
}

static bool
waited(pid_t pid, int *status)
{
	const struct timespec pause = {0, 10000000L};

	for (int i = 0; i < WAIT_SECONDS * 100; i++) {
		if (waitpid(pid, status, WNOHANG) == pid) {
			return true;
		}
		nanosleep(&pause, NULL);
	}
	return false;
}

static void
with_the_desk(void **state)
{
	const struct timespec pause = {0, 10000000L};
	pid_t pid, those[BOTH];
	unsigned n = 0, good = 0;
	int status = 0;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	pid = fork();
	if (pid == 0) {
		desk();
	}
	for (int i = 0; n < BOTH && i < WAIT_SECONDS * 100; i++) {
		n = children_of(pid, those);
		nanosleep(&pause, NULL);
	}
	assert_int_equal(n, BOTH);
	for (unsigned i = 0; i < BOTH; i++) {
		assert_int_equal(kill(those[i], SIGSTOP), 0);
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_true(waited(pid, &status));
	for (unsigned i = 0; i < BOTH; i++) {
		bool ended = waited(those[i], &status);
		if (!ended) {
			kill(those[i], SIGKILL);
		}
		good += ended && WIFSIGNALED(status) &&
		    WTERMSIG(status) == SIGKILL;
	}
	assert_int_equal(good, BOTH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_the_desk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
