/* SPDX-License-Identifier: EUPL-1.2 */
/* Secret memory: zeroed, counted, locked, guarded, absent from dumps. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "meldluik/secret.h"

static void
setup_forbids_dumps(void **state)
{
	struct rlimit r;

	(void)state;
	assert_int_equal(secret_setup(), OK);
	assert_int_equal(secret_setup(), OK);
	assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
	assert_int_equal(getrlimit(RLIMIT_CORE, &r), 0);
	assert_int_equal(r.rlim_cur, 0);
}

static void
memory_is_zeroed_and_counted(void **state)
{
	size_t before = secret_alive();
	uint8_t *p = secret_new(5000);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < 5000; i++) {
		assert_int_equal(p[i], 0);
	}
	assert_int_equal(secret_alive(), before + 1);
	memset(p, 7, 5000);
	secret_free(p);
	assert_int_equal(secret_alive(), before);
	secret_free(NULL);
	assert_int_equal(secret_alive(), before);
	assert_null(secret_new(SIZE_MAX - 4096));
	assert_null(secret_new(SIZE_MAX));
	assert_int_equal(secret_alive(), before);
}

/* Also when the length is not: a struct with a text behind it */
static void
memory_is_aligned(void **state)
{
	(void)state;
	for (size_t len = 1; len < 70; len++) {
		char *p = secret_new(len);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		p[len - 1] = 1;
		secret_free(p);
	}
}

static void
writing_past_the_end_kills(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		volatile uint8_t *p = secret_new(4096);
		signal(SIGSEGV, SIG_DFL);
		if (p != NULL) {
			p[4096] = 1;
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/* a sanitizer reports the fault and exits with a code of its own */
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
}

static void
wipes_and_compares(void **state)
{
	uint8_t a[33], b[33];

	(void)state;
	memset(a, 5, sizeof(a));
	memset(b, 5, sizeof(b));
	assert_true(secret_equal(a, b, sizeof(a)));
	for (size_t i = 0; i < sizeof(a); i++) {
		b[i] ^= 0x80;
		assert_false(secret_equal(a, b, sizeof(a)));
		b[i] ^= 0x80;
	}
	assert_true(secret_equal(a, b, 0));
	secret_wipe(a, 32);
	for (size_t i = 0; i < 32; i++) {
		assert_int_equal(a[i], 0);
	}
	assert_int_equal(a[32], 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(setup_forbids_dumps),
	    cmocka_unit_test(memory_is_zeroed_and_counted),
	    cmocka_unit_test(memory_is_aligned),
	    cmocka_unit_test(writing_past_the_end_kills),
	    cmocka_unit_test(wipes_and_compares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
