/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A process that cannot be confined does not start: each call by which it
 * confines itself refused once. The calls are the test's, so it stays free;
 * what they do in earnest: http/14-sandbox.sh.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "process/sandbox.h"

enum call { GETRLIMIT, SETRLIMIT, PRCTL, MLOCKALL, CAPGET, CAPSET, RULESET,
	RULE, RESTRICT, INIT, ATTR, ADD, LOAD, CALLS };

static unsigned made[CALLS];
static enum call failing; /* CALLS: none */
static unsigned failing_at; /* the how many-th of it; 0: each */
static unsigned permitted, bound; /* rules that ask for an argument */
static rlim_t memlock;
static int abi;

static bool
refused(enum call c)
{
	made[c]++;
	return c == failing && (failing_at == 0 || made[c] == failing_at);
}

int __wrap_getrlimit(int what, struct rlimit *r);
int __wrap_setrlimit(int what, const struct rlimit *r);
int __wrap_prctl(int what, ...);
int __wrap_mlockall(int flags);
long __wrap_syscall(long number, ...);
scmp_filter_ctx __wrap_seccomp_init(uint32_t action);
int __wrap_seccomp_attr_set(scmp_filter_ctx f, enum scmp_filter_attr a,
    uint32_t v);
int __wrap_seccomp_rule_add(scmp_filter_ctx f, uint32_t action, int call,
    unsigned n, ...);
int __wrap_seccomp_load(scmp_filter_ctx f);
void __wrap_seccomp_release(scmp_filter_ctx f);

int
__wrap_getrlimit(int what, struct rlimit *r)
{
	r->rlim_cur = r->rlim_max = what == RLIMIT_MEMLOCK ? memlock : 1024;
	return refused(GETRLIMIT) ? -1 : 0;
}

int
__wrap_setrlimit(int what, const struct rlimit *r)
{
	(void)r;
	return what != RLIMIT_MEMLOCK && refused(SETRLIMIT) ? -1 : 0;
}

int
__wrap_prctl(int what, ...)
{
	assert_int_equal(what, PR_SET_NO_NEW_PRIVS);
	return refused(PRCTL) ? -1 : 0;
}

int
__wrap_mlockall(int flags)
{
	assert_int_equal(flags, MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
	return refused(MLOCKALL) ? -1 : 0;
}

long
__wrap_syscall(long number, ...)
{
	struct __user_cap_data_struct *set;
	va_list list;
	const void *first;
	long r = 0;

	va_start(list, number);
	first = va_arg(list, const void *);
	switch (number) {
	case SYS_capget:
		set = va_arg(list, struct __user_cap_data_struct *);
		memset(set, 0, 2 * sizeof(*set));
		set[0].permitted = set[0].effective = permitted;
		r = refused(CAPGET) ? -1 : 0;
		break;
	case SYS_capset:
		set = va_arg(list, struct __user_cap_data_struct *);
		assert_int_equal(set[0].permitted & ~(1u << CAP_IPC_LOCK), 0);
		assert_int_equal(set[1].permitted | set[0].inheritable, 0);
		r = refused(CAPSET) ? -1 : 0;
		break;
	case SYS_landlock_create_ruleset:
		r = first == NULL ? abi : refused(RULESET) ? -1 :
		    open("/dev/null", O_RDONLY | O_CLOEXEC);
		break;
	case SYS_landlock_add_rule:
		r = refused(RULE) ? -1 : 0;
		break;
	case SYS_landlock_restrict_self:
		r = refused(RESTRICT) ? -1 : 0;
		break;
	default:
		fail_msg("call %ld", number);
	}
	va_end(list);
	return r;
}

scmp_filter_ctx
__wrap_seccomp_init(uint32_t action)
{
	assert_int_equal(action, SCMP_ACT_KILL_PROCESS);
	return refused(INIT) ? NULL : &made;
}

int
__wrap_seccomp_attr_set(scmp_filter_ctx f, enum scmp_filter_attr a, uint32_t v)
{
	(void)f;
	(void)a;
	(void)v;
	return refused(ATTR) ? -1 : 0;
}

int
__wrap_seccomp_rule_add(scmp_filter_ctx f, uint32_t action, int call,
    unsigned n, ...)
{
	(void)f;
	bound += n == 1 && action == SCMP_ACT_ALLOW && (call ==
	    SCMP_SYS(mmap) || call == SCMP_SYS(mprotect) || call ==
	    SCMP_SYS(clone) || call == SCMP_SYS(fcntl) || call ==
	    SCMP_SYS(tgkill));
	return refused(ADD) ? -1 : 0;
}

int
__wrap_seccomp_load(scmp_filter_ctx f)
{
	(void)f;
	return refused(LOAD) ? -1 : 0;
}

void
__wrap_seccomp_release(scmp_filter_ctx f)
{
	(void)f;
}

static enum err
entered(enum role role, const char *folder, struct sandbox_told *told)
{
	memset(made, 0, sizeof(made));
	bound = 0;
	return sandbox_enter(role, folder, told);
}

static int
begin(void **state)
{
	(void)state;
	failing = CALLS;
	failing_at = 0;
	permitted = 0xff;
	memlock = RLIM_INFINITY;
	abi = 7;
	return 0;
}

static void
each_call(void **state)
{
	static const struct {
		enum role role;
		const char *folder;
	} roles[] = {{ROLE_MONITOR, NULL}, {ROLE_WEB, NULL},
		{ROLE_STORE, "/tmp"}};
	struct sandbox_told told;
	unsigned most[CALLS], tried = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		enum role role = roles[i].role;

		failing = CALLS;
		assert_int_equal(entered(role, roles[i].folder, &told), OK);
		assert_false(told.no_landlock || told.no_memory_lock);
		/* no code of their own, no process but a thread, seven
		 * commands of fcntl, no signal but to itself */
		assert_int_equal(bound, role == ROLE_MONITOR ? 0 : 11);
		memcpy(most, made, sizeof(most));
		for (failing = 0; failing < CALLS; failing++) {
			for (failing_at = 1; failing_at <= most[failing];
			    failing_at++) {
				/* who may lock, what is there to drop, and how
				 * much is locked: told or done over again */
				bool mild = failing == CAPGET || failing ==
				    MLOCKALL || (failing == GETRLIMIT &&
				    role == ROLE_WEB && failing_at == 2);
				enum err e = entered(role, roles[i].folder,
				    &told);

				if ((e == OK) != mild) {
					fail_msg("role %d, call %d, %u", role,
					    failing, failing_at);
				}
				assert_true(!mild || failing == CAPGET ||
				    told.no_memory_lock);
				tried++;
			}
		}
		failing_at = 0;
	}
	assert_true(tried > 100);
}

/* A service manager took all capabilities, and the call with them */
static void
nothing_to_drop(void **state)
{
	struct sandbox_told told;

	(void)state;
	failing = CAPSET;
	assert_int_equal(entered(ROLE_STORE, "/tmp", &told), ERR_IO);
	permitted = 0;
	assert_int_equal(entered(ROLE_STORE, "/tmp", &told), OK);
	assert_int_equal(entered(ROLE_WEB, NULL, &told), OK);
}

/* A limit that cannot be raised: with the capability, which then stays, or
 * told and not locked, because later mappings would fail */
static void
memory_that_may_not_be_locked(void **state)
{
	struct sandbox_told told;

	(void)state;
	memlock = 65536;
	permitted = 1u << CAP_IPC_LOCK;
	assert_int_equal(entered(ROLE_WEB, NULL, &told), OK);
	assert_false(told.no_memory_lock);
	assert_int_equal(made[CAPSET], 1);
	failing = CAPSET;
	assert_int_equal(entered(ROLE_WEB, NULL, &told), ERR_IO);
	failing = CALLS;
	permitted = ~(1u << CAP_IPC_LOCK);
	assert_int_equal(entered(ROLE_WEB, NULL, &told), OK);
	assert_true(told.no_memory_lock);
	assert_int_equal(made[MLOCKALL], 0);
	permitted = 1u << CAP_IPC_LOCK;
	failing = CAPGET;
	failing_at = 1;
	assert_int_equal(entered(ROLE_WEB, NULL, &told), OK);
	assert_true(told.no_memory_lock);
	assert_int_equal(made[MLOCKALL], 0);
}

static void
landlock(void **state)
{
	struct sandbox_told told;

	(void)state;
	assert_int_equal(entered(ROLE_STORE, "/nonexistent/store", &told),
	    ERR_IO);
	for (abi = -1; abi < 9; abi++) {
		assert_int_equal(entered(ROLE_STORE, "/tmp", &told), OK);
		assert_int_equal(told.no_landlock, abi < 1);
		assert_int_equal(made[RESTRICT], abi >= 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_call, begin),
		cmocka_unit_test_setup(nothing_to_drop, begin),
		cmocka_unit_test_setup(memory_that_may_not_be_locked, begin),
		cmocka_unit_test_setup(landlock, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
