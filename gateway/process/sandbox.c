/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The rights of monitor, web and store. A call that stands in no column of
 * a role ends that process at once. Children inherit the monitor's filter,
 * so its column holds what a start needs (exec, the loader, opening); its
 * own work is few of them, and it reads no untrusted byte.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"

#define M (1u << ROLE_MONITOR)
#define W (1u << ROLE_WEB)
#define S (1u << ROLE_STORE)
#define NO_CLONE (1u << 8)    /* only CLONE_THREAD */
#define NO_EXEC_MAP (1u << 9) /* without PROT_EXEC */
#define NO_SIGNAL (1u << 10)  /* no descriptor that sends a signal */
#define TO_ITSELF (1u << 11)  /* the process itself, as first argument */

#define FILES_WEB 16384u
#define FILES_STORE 256u

/* Landlock rights by ABI version; the headers of Debian 12 know two */
#define LANDLOCK_FS_1 ((1ULL << 13) - 1)
#define LANDLOCK_FS_REFER (1ULL << 13)
#define LANDLOCK_FS_TRUNCATE (1ULL << 14)
#define LANDLOCK_FS_IOCTL (1ULL << 15)
#define LANDLOCK_NET_ALL 3ULL /* ABI 4: bind, connect TCP */
#define LANDLOCK_SCOPE_ALL 3ULL /* ABI 6: abstract sockets, signals */
struct landlock_attr {
	uint64_t fs, net, scoped;
};

static const struct {
	int call;
	unsigned rights;
} table[] = {
	/* memory and life */
	{SCMP_SYS(brk), M | W | S},
	{SCMP_SYS(mmap), M | W | S | NO_EXEC_MAP},
	{SCMP_SYS(munmap), M | W | S},
	{SCMP_SYS(mremap), M | W | S},
	{SCMP_SYS(mprotect), M | W | S | NO_EXEC_MAP},
	{SCMP_SYS(madvise), M | W | S},
	{SCMP_SYS(mlock), M | W | S},
	{SCMP_SYS(mlock2), M | W | S},
	{SCMP_SYS(munlock), M | W | S},
	{SCMP_SYS(mlockall), M},
	{SCMP_SYS(msync), M | S},
	{SCMP_SYS(futex), M | W | S},
	{SCMP_SYS(exit), M | W | S},
	{SCMP_SYS(exit_group), M | W | S},
	{SCMP_SYS(rt_sigreturn), M | W | S},
	{SCMP_SYS(rt_sigprocmask), M | W | S},
	{SCMP_SYS(rt_sigaction), M | W | S},
	{SCMP_SYS(sigaltstack), M | W},
	{SCMP_SYS(restart_syscall), M | W | S},
	{SCMP_SYS(tgkill), M | W | S | TO_ITSELF}, /* abort */
	{SCMP_SYS(gettid), M | W | S},
	{SCMP_SYS(getpid), M | W | S},
	{SCMP_SYS(sched_yield), M | W | S},
	{SCMP_SYS(rseq), M | W | S},
	{SCMP_SYS(set_robust_list), M | W | S},
	{SCMP_SYS(set_tid_address), M},
	{SCMP_SYS(arch_prctl), M},
	{SCMP_SYS(prlimit64), M},
	{SCMP_SYS(clone), M | W | S | NO_CLONE}, /* S: LMDB compacts */
	/* clocks and chance */
	{SCMP_SYS(clock_gettime), M | W | S},
	{SCMP_SYS(clock_nanosleep), M | W | S},
	{SCMP_SYS(gettimeofday), M | W | S},
	{SCMP_SYS(time), M | W | S},
	{SCMP_SYS(getrandom), M | W | S},
	/* descriptors that are open */
	{SCMP_SYS(read), M | W | S},
	{SCMP_SYS(write), M | W | S},
	{SCMP_SYS(readv), M | W | S},
	{SCMP_SYS(writev), M | W | S},
	{SCMP_SYS(close), M | W | S},
	{SCMP_SYS(fstat), M | W | S},
	{SCMP_SYS(fcntl), M | W | S | NO_SIGNAL},
	{SCMP_SYS(lseek), M | W | S},
	{SCMP_SYS(poll), M | W | S},
	{SCMP_SYS(ppoll), M | W | S},
	/* talking on sockets that exist */
	{SCMP_SYS(recvfrom), M | W | S},
	{SCMP_SYS(recvmsg), M | W | S},
	{SCMP_SYS(sendto), M | W | S},
	{SCMP_SYS(sendmsg), M | W | S},
	{SCMP_SYS(shutdown), M | W},
	{SCMP_SYS(accept4), M | W},
	{SCMP_SYS(getsockname), M | W},
	{SCMP_SYS(getsockopt), M | W},
	{SCMP_SYS(setsockopt), M | W},
	{SCMP_SYS(sendfile), M | W},
	{SCMP_SYS(epoll_create1), M | W},
	{SCMP_SYS(epoll_create), M | W},
	{SCMP_SYS(epoll_ctl), M | W},
	{SCMP_SYS(epoll_wait), M | W},
	{SCMP_SYS(epoll_pwait), M | W},
	{SCMP_SYS(eventfd2), M | W},
	/* files: Landlock says which */
	{SCMP_SYS(openat), M | S},
	{SCMP_SYS(open), M | S},
	{SCMP_SYS(newfstatat), M | S},
	{SCMP_SYS(stat), M | S},
	{SCMP_SYS(lstat), M | S},
	{SCMP_SYS(statx), M | S},
	{SCMP_SYS(statfs), M | S},
	{SCMP_SYS(fstatfs), M | S},
	{SCMP_SYS(access), M | S},
	{SCMP_SYS(faccessat), M | S},
	{SCMP_SYS(faccessat2), M | S},
	{SCMP_SYS(getdents64), M | S},
	{SCMP_SYS(pread64), M | W | S},
	{SCMP_SYS(pwrite64), M | S},
	{SCMP_SYS(pwritev), M | S},
	{SCMP_SYS(preadv), M | S},
	{SCMP_SYS(fsync), M | S},
	{SCMP_SYS(fdatasync), M | S},
	{SCMP_SYS(ftruncate), M | S},
	{SCMP_SYS(fallocate), M | S},
	{SCMP_SYS(rename), M | S},
	{SCMP_SYS(renameat), M | S},
	{SCMP_SYS(renameat2), M | S},
	{SCMP_SYS(unlink), M | S},
	{SCMP_SYS(unlinkat), M | S},
	{SCMP_SYS(mkdir), M | S},
	{SCMP_SYS(mkdirat), M | S},
	{SCMP_SYS(rmdir), M | S},
	{SCMP_SYS(fchmod), M | S},
	{SCMP_SYS(utimensat), M | S}, /* file times that say nothing */
	{SCMP_SYS(flock), M | S},
	{SCMP_SYS(fadvise64), M | S},
	{SCMP_SYS(sync_file_range), M | S},
	{SCMP_SYS(memfd_create), M | S}, /* public files for web */
	/* starting the others */
	{SCMP_SYS(clone3), M},
	{SCMP_SYS(fork), M},
	{SCMP_SYS(vfork), M},
	{SCMP_SYS(execve), M},
	{SCMP_SYS(wait4), M},
	{SCMP_SYS(waitid), M},
	{SCMP_SYS(kill), M},
	{SCMP_SYS(socketpair), M},
	{SCMP_SYS(socket), M}, /* the service manager's */
	{SCMP_SYS(connect), M},
	{SCMP_SYS(dup), M},
	{SCMP_SYS(dup2), M},
	{SCMP_SYS(dup3), M},
	{SCMP_SYS(close_range), M},
	{SCMP_SYS(pipe2), M},
	{SCMP_SYS(signalfd4), M},
	{SCMP_SYS(prctl), M},
	{SCMP_SYS(seccomp), M},
	{SCMP_SYS(capset), M},
	{SCMP_SYS(capget), M},
	{SCMP_SYS(landlock_create_ruleset), M},
	{SCMP_SYS(landlock_add_rule), M},
	{SCMP_SYS(landlock_restrict_self), M},
	{SCMP_SYS(setrlimit), M},
	{SCMP_SYS(getrlimit), M},
	{SCMP_SYS(uname), M | S},
	{SCMP_SYS(sysinfo), M | W | S}, /* the C library's qsort */
	{SCMP_SYS(sched_getaffinity), M | W},
	{SCMP_SYS(getuid), M},
	{SCMP_SYS(geteuid), M},
	{SCMP_SYS(getgid), M},
	{SCMP_SYS(getegid), M},
	{SCMP_SYS(readlink), M},
	{SCMP_SYS(readlinkat), M},
	{SCMP_SYS(umask), M},
	{SCMP_SYS(getppid), M},
	{SCMP_SYS(setsid), M},
};

/* ${out}: what it is then; NULL: not asked */
static bool
rlimit(int what, rlim_t most, unsigned *out)
{
	struct rlimit r;

	if (getrlimit(what, &r) != 0) {
		return false;
	}
	if (r.rlim_max < most) {
		most = r.rlim_max;
	}
	if (out != NULL) {
		*out = (unsigned)most;
	}
	r.rlim_cur = most;
	r.rlim_max = most;
	return setrlimit(what, &r) == 0;
}

/*
 * Root without capabilities is only the owner of its files. ${locking}: keep
 * the one that lets memory be locked, where the limit could not be raised.
 */
static bool
drop_capabilities(bool locking)
{
	struct __user_cap_header_struct head = {
		_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct set[2];

	/* A service manager took them all already, and the call with them */
	if (syscall(SYS_capget, &head, set) == 0 && !locking &&
	    (set[0].permitted | set[1].permitted | set[0].inheritable |
	    set[1].inheritable) == 0) {
		return true;
	}
	memset(set, 0, sizeof(set));
	if (locking) {
		set[0].effective = 1u << CAP_IPC_LOCK;
		set[0].permitted = 1u << CAP_IPC_LOCK;
	}
	return syscall(SYS_capset, &head, set) == 0;
}

static bool
may_lock(void)
{
	struct __user_cap_header_struct head = {
		_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct set[2];

	return syscall(SYS_capget, &head, set) == 0 &&
	    (set[0].effective & (1u << CAP_IPC_LOCK)) != 0;
}

/* All memory of web, page by page as it is used. Sets ${capability} when
 * that needs the capability for later pages too. */
static bool
lock_memory(bool *capability)
{
	struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};

	(void)setrlimit(RLIMIT_MEMLOCK, &r);
	if (getrlimit(RLIMIT_MEMLOCK, &r) != 0) {
		return false;
	}
	if (r.rlim_cur != RLIM_INFINITY) {
		/* A finite limit makes later mappings fail */
		if (!may_lock()) {
			return false;
		}
		*capability = true;
	}
	return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

static enum err
landlock(const char *folder, bool *absent)
{
	struct landlock_attr attr = {LANDLOCK_FS_1, 0, 0};
	struct landlock_path_beneath_attr beneath;
	size_t len = sizeof(attr.fs);
	long abi;
	int rules, bad;

	abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1) {
		*absent = true;
		return OK;
	}
	attr.fs |= abi >= 2 ? LANDLOCK_FS_REFER : 0;
	attr.fs |= abi >= 3 ? LANDLOCK_FS_TRUNCATE : 0;
	attr.fs |= abi >= 5 ? LANDLOCK_FS_IOCTL : 0;
	if (abi >= 4) {
		attr.net = LANDLOCK_NET_ALL;
		len = offsetof(struct landlock_attr, scoped);
	}
	if (abi >= 6) {
		attr.scoped = LANDLOCK_SCOPE_ALL;
		len = sizeof(attr);
	}
	rules = (int)syscall(SYS_landlock_create_ruleset, &attr, len, 0);
	if (rules < 0) {
		return ERR_IO;
	}
	if (folder != NULL) {
		memset(&beneath, 0, sizeof(beneath));
		beneath.allowed_access = attr.fs &
		    (LANDLOCK_ACCESS_FS_READ_FILE |
		    LANDLOCK_ACCESS_FS_WRITE_FILE |
		    LANDLOCK_ACCESS_FS_READ_DIR |
		    LANDLOCK_ACCESS_FS_REMOVE_FILE |
		    LANDLOCK_ACCESS_FS_REMOVE_DIR |
		    LANDLOCK_ACCESS_FS_MAKE_DIR |
		    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_FS_REFER |
		    LANDLOCK_FS_TRUNCATE);
		beneath.parent_fd = open(folder, O_PATH | O_CLOEXEC);
		bad = beneath.parent_fd < 0 ||
		    syscall(SYS_landlock_add_rule, rules,
		    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0;
		if (beneath.parent_fd >= 0) {
			close(beneath.parent_fd);
		}
		if (bad) {
			close(rules);
			return ERR_IO;
		}
	}
	bad = syscall(SYS_landlock_restrict_self, rules, 0) != 0;
	close(rules);
	return bad ? ERR_IO : OK;
}

/* F_SETOWN and F_SETSIG, and tgkill of another process, would let one process
 * of this user end another, where the kernel's Landlock does not scope signals
 * yet */
static int
add_fcntl(scmp_filter_ctx filter)
{
	static const unsigned commands[] = {F_GETFD, F_SETFD, F_GETFL,
		F_SETFL, F_DUPFD_CLOEXEC, F_ADD_SEALS, F_GET_SEALS};
	int bad = 0;

	for (size_t i = 0; bad == 0 &&
	    i < sizeof(commands) / sizeof(*commands); i++) {
		bad = seccomp_rule_add(filter, SCMP_ACT_ALLOW,
		    SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, commands[i]));
	}
	return bad;
}

static int
add_rule(scmp_filter_ctx filter, enum role role, int call, unsigned rights)
{
	if (role == ROLE_MONITOR) {
		/* the children, too, run under this one */
		rights &= ~(NO_CLONE | NO_EXEC_MAP | NO_SIGNAL | TO_ITSELF);
	}
	if (rights & NO_SIGNAL) {
		return add_fcntl(filter);
	}
	if (rights & TO_ITSELF) {
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
		    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	}
	if (rights & NO_EXEC_MAP) {
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	}
	if (rights & NO_CLONE) {
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	}
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
}

static enum err
system_calls(enum role role)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	unsigned bit = 1u << role;
	size_t i;
	int bad;

	if (filter == NULL) {
		return ERR_MEMORY;
	}
	bad = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (i = 0; bad == 0 && i < sizeof(table) / sizeof(*table); i++) {
		if (table[i].rights & bit) {
			bad = add_rule(filter, role, table[i].call,
			    table[i].rights);
		}
	}
	if (bad == 0 && role != ROLE_MONITOR) {
		/* its flags lie in memory; the C library then uses clone */
		bad = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(clone3), 0);
	}
	if (bad == 0 && role == ROLE_WEB) {
		/* malloc reads overcommit_memory before it gives a thread's
		 * heap back; a refusal is an answer, and no file opens */
		bad = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES),
		    SCMP_SYS(openat), 1,
		    SCMP_A2(SCMP_CMP_EQ, O_RDONLY | O_CLOEXEC));
	}
	if (bad == 0 && role != ROLE_MONITOR) {
		/* naming a thread or a mapping must not end a process */
		bad = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
		    SCMP_SYS(prctl), 0);
	}
	if (bad == 0) {
		bad = seccomp_load(filter);
	}
	seccomp_release(filter);
	return bad == 0 ? OK : ERR_IO;
}

enum err
sandbox_enter(enum role role, const char *folder, struct sandbox_told *told)
{
	bool locking = false;
	enum err e = OK;

	memset(told, 0, sizeof(*told));
	if (!rlimit(RLIMIT_CORE, 0, NULL) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		return ERR_IO;
	}
	if (role == ROLE_WEB) {
		told->no_memory_lock = !lock_memory(&locking);
		if (!rlimit(RLIMIT_NOFILE, FILES_WEB, &told->files)) {
			return ERR_IO;
		}
	}
	if (role == ROLE_STORE &&
	    !rlimit(RLIMIT_NOFILE, FILES_STORE, NULL)) {
		return ERR_IO;
	}
	if (role != ROLE_MONITOR) {
		if (!drop_capabilities(locking)) {
			return ERR_IO;
		}
		e = landlock(folder, &told->no_landlock);
	}
	if (e == OK) {
		e = system_calls(role);
	}
	return e;
}
