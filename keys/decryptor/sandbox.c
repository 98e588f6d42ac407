/* SPDX-License-Identifier: EUPL-1.2 */
/* The filter of the parsing child, one table. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sandbox.h"

/* The largest envelope streams through; nothing needs more at once */
#define MEMORY_MAX ((rlim_t)32 << 30) /* address space; LMDB's map counts */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#undef MEMORY_MAX /* its shadow alone is larger than any limit */
#define MEMORY_MAX RLIM_INFINITY
#endif
#endif

static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev),
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(mlock), SCMP_SYS(munlock), SCMP_SYS(futex),
	SCMP_SYS(getrandom), SCMP_SYS(clock_gettime),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(restart_syscall),
};

#define PROGRAM_MAX 512u /* instructions; it has about 40 */

/* The filter as the kernel takes it. Making it costs more than opening an
 * envelope, so it is made once; every child loads these same instructions. */
static struct {
	struct sock_filter code[PROGRAM_MAX];
	struct sock_fprog program;
} filter;

static int
rules_add(scmp_filter_ctx c)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
		rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0);
	}
	/* Memory, but none that can be executed */
	rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* Library probes that have an answer without rights */
	rc |= seccomp_rule_add(c, SCMP_ACT_ERRNO(EBADF), SCMP_SYS(fstat), 0);
	rc |= seccomp_rule_add(c, SCMP_ACT_ERRNO(EBADF),
	    SCMP_SYS(newfstatat), 0);
	rc |= seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(openat),
	    0);
	rc |= seccomp_rule_add(c, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), 0);
	return rc;
}

/* Through a pipe, which holds more than PROGRAM_MAX */
static enum err
program_take(scmp_filter_ctx c)
{
	size_t each = sizeof *filter.code;
	ssize_t got = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
		return ERR_IO;
	}
	if (seccomp_export_bpf(c, ends[1]) == 0) {
		got = read(ends[0], filter.code, sizeof filter.code);
	}
	close(ends[0]);
	close(ends[1]);
	if (got <= 0 || (size_t)got == sizeof filter.code ||
	    (size_t)got % each != 0) {
		return ERR_IO;
	}
	filter.program.filter = filter.code;
	filter.program.len = (unsigned short)((size_t)got / each);
	return OK;
}

bool
sandbox_bound(pid_t parent)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
	    getppid() == parent;
}

enum err
sandbox_prepare(void)
{
	scmp_filter_ctx c;
	enum err e;

	if (filter.program.len > 0) {
		return OK;
	}
	c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (c == NULL) {
		return ERR_MEMORY;
	}
	e = rules_add(c) == 0 ? program_take(c) : ERR_IO;
	seccomp_release(c);
	return e;
}

enum err
sandbox_enter(int in, int out)
{
	struct rlimit none = {0, 0}, memory = {MEMORY_MAX, MEMORY_MAX};
	unsigned low = (unsigned)(in < out ? in : out);
	unsigned high = (unsigned)(in < out ? out : in);
	enum err e = sandbox_prepare();

	if (e != OK || (low > 3 && close_range(3, low - 1, 0) != 0) ||
	    (high > low + 1 && close_range(low + 1, high - 1, 0) != 0) ||
	    close_range(high + 1, ~0u, 0) != 0) {
		return ERR_IO;
	}
	close(0);
	close(1);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0 ||
	    setrlimit(RLIMIT_FSIZE, &none) != 0 ||
	    setrlimit(RLIMIT_AS, &memory) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter.program, 0,
	    0) != 0) {
		return ERR_IO;
	}
	return OK;
}
