/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Linked into gateway_sanitized, the gateway for runs under a sanitizer: no
 * system call filter, because ThreadSanitizer has a thread of its own that
 * makes calls no role has. All else of the sandbox stays, and the filter has
 * a test of its own (http/14-sandbox.sh). The options stand here because the
 * monitor gives its children no environment.
 */
#include <seccomp.h>

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__tsan_default_options(void);

int
seccomp_load(const scmp_filter_ctx c)
{
	(void)c;
	return 0;
}

/* The search for leaks stops the process from outside, which its undumpable
 * memory forbids; the unit programs look for leaks. */
const char *
__asan_default_options(void)
{
	return "detect_leaks=0:detect_stack_use_after_return=1";
}

const char *
__ubsan_default_options(void)
{
	return "print_stacktrace=1";
}

const char *
__tsan_default_options(void)
{
	return "detect_deadlocks=1:second_deadlock_stack=1";
}
