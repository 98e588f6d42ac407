/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Linked into desk_sanitized, the desk for runs under a sanitizer: no system
 * call filter and no bound of memory or of files in what is confined, within
 * which no sanitizer works or can say what it saw. All else of the sandbox
 * stays; filter and bounds have tests of their own (test_sandbox,
 * e2e/23-parser-child.sh).
 */
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
int __real_setrlimit(int what, const struct rlimit *l);
int __wrap_setrlimit(int what, const struct rlimit *l);
int __real_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
    unsigned long d);
int __wrap_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
    unsigned long d);

int
seccomp_load(const scmp_filter_ctx c)
{
	(void)c;
	return 0;
}

int
__wrap_setrlimit(int what, const struct rlimit *l)
{
	return what == RLIMIT_AS || what == RLIMIT_FSIZE ? 0 :
	    __real_setrlimit(what, l);
}

int
__wrap_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
    unsigned long d)
{
	return what == PR_SET_SECCOMP ? 0 : __real_prctl(what, a, b, c, d);
}

/* As for the gateway: memory that is not dumpable cannot be searched. Shims of
 * tests are loaded before the sanitizer. */
const char *
__asan_default_options(void)
{
	return "detect_leaks=0:detect_stack_use_after_return=1:"
	    "verify_asan_link_order=0";
}

const char *
__ubsan_default_options(void)
{
	return "print_stacktrace=1";
}
