/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * LD_PRELOAD shim: a parsing child of the desk stands still before it enters
 * its sandbox, when it first hands on what it read, and at its end, so that
 * its memory can be searched. It says "stop PID PHASE ADDRESS" on standard
 * error, and goes on when a 1 is written to that address of its memory. It
 * waits with calls that the sandbox allows.
 */
#include <dlfcn.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static volatile uint32_t go_on;
static int parsing, pid;
static int (*real_prctl)(int, ...);

__attribute__((constructor)) static void
start(void)
{
	real_prctl = (int (*)(int, ...))dlsym(RTLD_NEXT, "prctl");
}

static void
stand(const char *phase)
{
	struct timespec t = {0, 50000000};
	char line[80];
	int n = snprintf(line, sizeof line, "stop %d %s %lx\n", pid, phase,
	    (unsigned long)&go_on);

	go_on = 0;
	if (write(2, line, (size_t)n) == n) {
		while (go_on == 0) {
			syscall(SYS_futex, &go_on, FUTEX_WAIT, 0, &t, NULL,
			    0);
		}
	}
}

int
prctl(int what, ...)
{
	unsigned long a[4];
	va_list ap;

	va_start(ap, what);
	for (int i = 0; i < 4; i++) {
		a[i] = va_arg(ap, unsigned long);
	}
	va_end(ap);
	if (what == PR_SET_SECCOMP && a[0] == SECCOMP_MODE_FILTER) {
		pid = (int)syscall(SYS_getpid);
		parsing = 1;
		stand("begin");
	}
	return real_prctl(what, a[0], a[1], a[2], a[3]);
}

ssize_t
writev(int fd, const struct iovec *part, int n)
{
	if (parsing == 1) {
		parsing = 2;
		stand("opened");
	}
	return (ssize_t)syscall(SYS_writev, fd, part, n);
}

void
_exit(int code)
{
	if (parsing) {
		stand("end");
	}
	syscall(SYS_exit_group, code);
	__builtin_unreachable();
}
