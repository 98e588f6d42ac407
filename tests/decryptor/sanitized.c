/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Linked into desk_sanitized, the desk for runs under a sanitizer: no system
 * call filter and no bound of memory or of files in what is confined, within
 * which no sanitizer works or can say what it saw. All else of the sandbox
 * stays, but that the page's process may write to SAID, the folder of what is
 * said; filter and bounds have tests of their own (test_sandbox,
 * faults/22-sandbox.sh). PLANT=PROCESS-FAULT in the environment makes a fault
 * in a process that is confined, for analyse/43-desk.sh to hear of.
 */
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decryptor/sandbox.h"

struct ui;
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
int __real_setrlimit(int what, const struct rlimit *l);
int __wrap_setrlimit(int what, const struct rlimit *l);
int __real_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
    unsigned long d);
int __wrap_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
    unsigned long d);

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
enum err __real_sandbox_enter(int in, int out);
enum err __wrap_sandbox_enter(int in, int out);
enum err __real_confine(const struct ui *ui, const char *profile);
enum err __wrap_confine(const struct ui *ui, const char *profile);

static void
may_say(int rules)
{
	struct landlock_path_beneath_attr a = {.allowed_access =
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_WRITE_FILE};
	const char *said = getenv("SAID");

	a.parent_fd = said == NULL ? -1 : open(said, O_PATH | O_CLOEXEC);
	if (a.parent_fd >= 0) {
		(void)__real_syscall(SYS_landlock_add_rule, rules,
		    LANDLOCK_RULE_PATH_BENEATH, &a, 0);
		close(a.parent_fd);
	}
}

long
__wrap_syscall(long number, ...)
{
	long a[6];
	va_list list;

	va_start(list, number);
	for (unsigned i = 0; i < 6; i++) {
		a[i] = va_arg(list, long);
	}
	va_end(list);
	if (number == SYS_landlock_restrict_self) {
		may_say((int)a[0]);
	}
	return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void
plant(const char *process)
{
	const char *wanted = getenv("PLANT");
	volatile int far = 40;
	char name[32];

	snprintf(name, sizeof name, "%s-address", process);
	if (wanted != NULL && strcmp(wanted, name) == 0) {
		char *two = malloc(2);
		two[far] = 1;
		free(two);
	}
	snprintf(name, sizeof name, "%s-undefined", process);
	if (wanted != NULL && strcmp(wanted, name) == 0) {
		far = 1 << far;
	}
}

enum err
__wrap_sandbox_enter(int in, int out)
{
	enum err e = __real_sandbox_enter(in, out);

	plant("child");
	return e;
}

enum err
__wrap_confine(const struct ui *ui, const char *profile)
{
	enum err e = __real_confine(ui, profile);

	plant("page");
	return e;
}

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
