/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The parsing child reads no envelope when it cannot be confined: each call by
 * which it confines itself refused once. The calls are the test's; what they
 * do in earnest: faults/22-sandbox.sh.
 */
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "decryptor/sandbox.h"

#define IN 7
#define OUT 5

enum call { PIPE, INIT, ADD, EXPORT, PRCTL, SETRLIMIT, CLOSE_RANGE, CALLS };

static unsigned made[CALLS];
static enum call failing;   /* CALLS: none */
static unsigned failing_at; /* the how many-th of it */
static ssize_t got;         /* bytes of the filter; -1: as many as it has */
static bool closed[16];     /* descriptors; the last: those above too */
static unsigned instructions; /* of the filter that was loaded */
static struct rlimit limit[RLIM_NLIMITS];

/* In a child, which cmocka knows nothing of */
static void
must(bool so)
{
	if (!so) {
		abort();
	}
}

static bool
refused(enum call c)
{
	return ++made[c] == failing_at && c == failing;
}

int __real_pipe2(int ends[2], int flags);
int __wrap_pipe2(int ends[2], int flags);
ssize_t __real_read(int fd, void *p, size_t len);
ssize_t __wrap_read(int fd, void *p, size_t len);
scmp_filter_ctx __real_seccomp_init(uint32_t action);
scmp_filter_ctx __wrap_seccomp_init(uint32_t action);
int __wrap_seccomp_rule_add(scmp_filter_ctx f, uint32_t action, int call,
    unsigned n, ...);
int __real_seccomp_export_bpf(scmp_filter_ctx f, int fd);
int __wrap_seccomp_export_bpf(scmp_filter_ctx f, int fd);
int __wrap_prctl(int what, ...);
int __wrap_setrlimit(int what, const struct rlimit *r);
int __wrap_close_range(unsigned first, unsigned last, int flags);

int
__wrap_pipe2(int ends[2], int flags)
{
	int rc = __real_pipe2(ends, flags);

	return refused(PIPE) ? -1 : rc;
}

ssize_t
__wrap_read(int fd, void *p, size_t len)
{
	ssize_t n = __real_read(fd, p, len);

	return got < 0 ? n : got;
}

scmp_filter_ctx
__wrap_seccomp_init(uint32_t action)
{
	must(action == SCMP_ACT_KILL_PROCESS);
	return refused(INIT) ? NULL : __real_seccomp_init(action);
}

int
__wrap_seccomp_rule_add(scmp_filter_ctx f, uint32_t action, int call,
    unsigned n, ...)
{
	(void)f;
	(void)call;
	must(action == SCMP_ACT_ALLOW || n == 0);
	return refused(ADD) ? -1 : 0;
}

int
__wrap_seccomp_export_bpf(scmp_filter_ctx f, int fd)
{
	return refused(EXPORT) ? -1 : __real_seccomp_export_bpf(f, fd);
}

int
__wrap_prctl(int what, ...)
{
	const struct sock_fprog *program;
	va_list list;

	va_start(list, what);
	if (what == PR_SET_SECCOMP) {
		(void)va_arg(list, int);
		program = va_arg(list, const struct sock_fprog *);
		instructions = program->len;
	}
	va_end(list);
	return refused(PRCTL) ? -1 : 0;
}

int
__wrap_setrlimit(int what, const struct rlimit *r)
{
	limit[what] = *r;
	return refused(SETRLIMIT) ? -1 : 0;
}

int
__wrap_close_range(unsigned first, unsigned last, int flags)
{
	must(flags == 0 && first <= last && (last < 15 || last == ~0u));
	for (unsigned i = first; i <= last && i < 16; i++) {
		closed[i] = true;
	}
	return refused(CLOSE_RANGE) ? -1 : 0;
}

static int
begin(void **state)
{
	(void)state;
	memset(made, 0, sizeof made);
	memset(closed, 0, sizeof closed);
	memset(limit, 0xff, sizeof limit);
	failing = CALLS;
	failing_at = 0;
	got = -1;
	instructions = 0;
	return 0;
}

/* What ${run} returns in a process of its own, which makes its own filter */
static int
alone(int (*run)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		_exit(run());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
enter(void)
{
	return (int)sandbox_enter(IN, OUT);
}

static int
prepare(void)
{
	return (int)sandbox_prepare();
}

static int
confined(void)
{
	return enter() == OK && limit[RLIMIT_CORE].rlim_max == 0 &&
	    limit[RLIMIT_FSIZE].rlim_max == 0 &&
	    limit[RLIMIT_AS].rlim_cur == limit[RLIMIT_AS].rlim_max &&
	    instructions > 0 && made[PRCTL] == 3;
}

static void
each_call(void **state)
{
	/* how often each is made; of rules one is enough */
	static const unsigned most[CALLS] = {1, 1, 1, 1, 3, 3, 3};

	(void)state;
	assert_true(alone(confined));
	for (failing = 0; failing < CALLS; failing++) {
		for (failing_at = 1; failing_at <= most[failing];
		    failing_at++) {
			int e = alone(enter);
			if (e == OK) {
				fail_msg("call %d, %u", failing, failing_at);
			}
		}
	}
}

/* A filter that is empty, cut off, or as long as there is room, which may be
 * cut off too */
static void
a_filter_that_is_not_whole(void **state)
{
	static const ssize_t bad[] = {0, 12, 512 * sizeof(struct sock_filter)};

	(void)state;
	assert_int_equal(alone(prepare), OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		got = bad[i];
		assert_int_equal(alone(prepare), ERR_IO);
	}
}

static int
keeps(int in, int out)
{
	if (sandbox_enter(in, out) != OK) {
		return false;
	}
	for (int i = 3; i < 16; i++) {
		if (closed[i] == (i == in || i == out)) {
			return false;
		}
	}
	return !closed[0] && !closed[1] && !closed[2];
}

static int
apart(void)
{
	return keeps(IN, OUT);
}

static int
the_other_way(void)
{
	return keeps(OUT, IN);
}

static int
beside(void)
{
	return keeps(8, 9);
}

static int
lowest(void)
{
	return keeps(4, 3);
}

static void
two_descriptors_stay(void **state)
{
	(void)state;
	assert_true(alone(apart));
	assert_true(alone(the_other_way));
	assert_true(alone(beside));
	assert_true(alone(lowest));
}

static int
bound(void)
{
	return sandbox_bound(getppid());
}

static int
bound_to_another(void)
{
	return sandbox_bound(getpid());
}

static void
bound_to_its_parent(void **state)
{
	(void)state;
	assert_true(alone(bound));
	assert_false(alone(bound_to_another));
	failing = PRCTL;
	failing_at = 1;
	assert_false(alone(bound));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_call, begin),
		cmocka_unit_test_setup(a_filter_that_is_not_whole, begin),
		cmocka_unit_test_setup(two_descriptors_stay, begin),
		cmocka_unit_test_setup(bound_to_its_parent, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
