/* SPDX-License-Identifier: EUPL-1.2 */
/* Landlock for writing and executing, seccomp for the rest: also what no
 * Landlock of its kernel knows, the length and the rights of a file by its
 * name, and the sockets of other programs here, who would start one if asked. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fence.h"

/* By ABI version; the headers of Debian 12 know two */
#define FS_WRITING (LANDLOCK_ACCESS_FS_WRITE_FILE | \
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG)
#define FS_NEVER (LANDLOCK_ACCESS_FS_EXECUTE | \
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
    LANDLOCK_ACCESS_FS_MAKE_SYM)
#define FS_REFER (1ULL << 13)
#define FS_TRUNCATE (1ULL << 14)
#define CALL_FCHMODAT2 452 /* the same everywhere; libseccomp 2.5 has no name */
#define SOCK_KIND 0xf      /* of a type with its flags */
#define SCOPES 3ULL /* ABI 6: abstract sockets, signals */
struct ruleset {
	uint64_t fs, net, scoped;
};

static const int never[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp),
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup), SCMP_SYS(keyctl), SCMP_SYS(add_key),
	SCMP_SYS(request_key), SCMP_SYS(mount), SCMP_SYS(umount2),
	SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare),
	SCMP_SYS(setns), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(delete_module), SCMP_SYS(kexec_load), SCMP_SYS(reboot),
	SCMP_SYS(swapon), SCMP_SYS(acct), SCMP_SYS(open_by_handle_at),
	SCMP_SYS(truncate), SCMP_SYS(chmod), SCMP_SYS(fchmod),
	SCMP_SYS(fchmodat), CALL_FCHMODAT2, SCMP_SYS(chown), SCMP_SYS(lchown),
	SCMP_SYS(fchown), SCMP_SYS(fchownat), SCMP_SYS(setxattr),
	SCMP_SYS(lsetxattr), SCMP_SYS(fsetxattr), SCMP_SYS(removexattr),
	SCMP_SYS(lremovexattr), SCMP_SYS(fremovexattr),
};

static bool
allow_below(int rules, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr a;
	bool good;

	memset(&a, 0, sizeof(a));
	a.allowed_access = rights;
	a.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (a.parent_fd < 0) {
		return true; /* not there: nothing to allow */
	}
	good = syscall(SYS_landlock_add_rule, rules,
	    LANDLOCK_RULE_PATH_BENEATH, &a, 0) == 0;
	close(a.parent_fd);
	return good;
}

/* The folder itself, or the one that a file is or will be in */
static bool
allow_folder(int rules, const char *path, uint64_t rights)
{
	char folder[PATH_MAX];
	size_t n = strlen(path);
	struct stat st;
	char *slash;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		return allow_below(rules, path, rights);
	}
	if (n >= sizeof(folder)) {
		return false;
	}
	while (n > 1 && path[n - 1] == '/') {
		n--; /* a folder that will be made */
	}
	memcpy(folder, path, n);
	folder[n] = '\0';
	slash = strrchr(folder, '/');
	if (slash == folder) {
		slash++;
	}
	if (slash != NULL) {
		*slash = '\0';
	}
	return allow_below(rules, slash != NULL ? folder : ".", rights);
}

static enum err
landlock(const char *const *folder, size_t n, bool *absent)
{
	struct ruleset handled = {FS_WRITING | FS_NEVER, 0, 0};
	uint64_t rights = FS_WRITING;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	bool good = true;
	int rules;

	if (absent != NULL) {
		*absent = abi < 1;
	}
	if (abi < 1) {
		return OK;
	}
	rights |= abi >= 2 ? FS_REFER : 0;
	rights |= abi >= 3 ? FS_TRUNCATE : 0;
	handled.fs |= rights;
	handled.scoped = abi >= 6 ? SCOPES : 0;
	rules = (int)syscall(SYS_landlock_create_ruleset, &handled,
	    abi >= 6 ? sizeof(handled) : sizeof(handled.fs), 0);
	if (rules < 0) {
		return ERR_IO;
	}
	for (size_t i = 0; good && i < n; i++) {
		good = folder[i] == NULL ||
		    allow_folder(rules, folder[i], rights);
	}
	good = good && allow_below(rules, "/dev/tty",
	    LANDLOCK_ACCESS_FS_WRITE_FILE) &&
	    allow_below(rules, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE) &&
	    syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return good ? OK : ERR_IO;
}

static enum err
system_calls(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	int bad = 0;

	if (f == NULL) {
		return ERR_MEMORY;
	}
	for (size_t i = 0; bad == 0 && i < sizeof(never) / sizeof(*never);
	    i++) {
		bad = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, never[i], 0);
	}
	/* threads only; the C library falls back from clone3, whose flags
	 * lie in memory */
	if (bad == 0) {
		bad = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS,
		    SCMP_SYS(clone), 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	}
	if (bad == 0) {
		bad = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(clone3), 0);
	}
	/* whoever asks a service of this machine for a name asks DNS then */
	if (bad == 0) {
		bad = seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT),
		    SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	}
	/* libcurl wakes itself by a pair of streams; half of a pair of another
	 * kind could talk to anybody */
	if (bad == 0) {
		bad = seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT),
		    SCMP_SYS(socketpair), 1, SCMP_A1(SCMP_CMP_MASKED_EQ,
		    SOCK_KIND, SOCK_DGRAM));
	}
	/* packets of the machine, and what lies beyond the usual families */
	if (bad == 0) {
		bad = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS,
		    SCMP_SYS(socket), 1,
		    SCMP_A0(SCMP_CMP_GE, AF_PACKET));
	}
	if (bad == 0) {
		bad = seccomp_load(f);
	}
	seccomp_release(f);
	return bad == 0 ? OK : ERR_IO;
}

enum err
fence_enter(const char *const *folder, size_t n, bool *absent)
{
	enum err e;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		return ERR_IO;
	}
	e = landlock(folder, n, absent);
	return e == OK ? system_calls() : e;
}
