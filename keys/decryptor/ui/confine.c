/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the page's process gives up once it listens and before it reads a
 * byte of a request: every file but its home and the places of sticks
 * (Landlock), new sockets, other programs, and the calls that look into
 * other processes or change the machine (seccomp; using one ends us). What
 * parses reports runs in a child that keeps far less (../sandbox.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../terminal.h"
#include "ui.h"

/* All rights of Landlock's first version; of a newer kernel also truncate */
#define FS_FIRST ((1ull << 13) - 1)
#define FS_TRUNCATE (1ull << 14)

static const int given_up[] = {
	SCMP_SYS(socket), SCMP_SYS(connect), /* a pair of its own stays */
	SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(execve),
	SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(mount), SCMP_SYS(umount2),
	SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns),
	SCMP_SYS(unshare), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(add_key),
	SCMP_SYS(request_key), SCMP_SYS(keyctl), SCMP_SYS(init_module),
	SCMP_SYS(finit_module), SCMP_SYS(kexec_load), SCMP_SYS(reboot),
	SCMP_SYS(swapon), SCMP_SYS(open_by_handle_at), SCMP_SYS(mknod),
	SCMP_SYS(mknodat), SCMP_SYS(setuid), SCMP_SYS(setgid),
	SCMP_SYS(personality), SCMP_SYS(memfd_create),
};

static enum err
allow(int rules, const char *path, unsigned long long rights)
{
	struct landlock_path_beneath_attr a = {.allowed_access = rights};
	int rc;

	a.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (a.parent_fd < 0) {
		return OK; /* a place that is not there */
	}
	rc = (int)syscall(SYS_landlock_add_rule, rules,
	    LANDLOCK_RULE_PATH_BENEATH, &a, 0);
	close(a.parent_fd);
	return rc == 0 ? OK : ERR_IO;
}

/* The browser's profile, and to remove its folder, empty then, at the end */
static enum err
allow_profile(int rules, const char *profile, unsigned long long rights)
{
	char above[PATH_MAX];
	enum err e = allow(rules, profile, rights);

	snprintf(above, sizeof above, "%.*s", (int)(strrchr(profile, '/') -
	    profile), profile);
	return e == OK ? allow(rules, above, LANDLOCK_ACCESS_FS_REMOVE_DIR) :
	    e;
}

static enum err
files(const struct ui *ui, const char *profile)
{
	static const char *const place[] = {"/media", "/run/media", "/mnt"};
	struct landlock_ruleset_attr attr = {.handled_access_fs = FS_FIRST};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	enum err e = OK;
	int rules;

	if (abi < 1) {
		say_error("this kernel has no Landlock: the page's process "
		    "may read all your files");
		return OK;
	}
	if (abi >= 3) {
		attr.handled_access_fs |= FS_TRUNCATE;
	}
	rules = (int)syscall(SYS_landlock_create_ruleset, &attr,
	    sizeof attr, 0);
	if (rules < 0) {
		return ERR_IO;
	}
	/* no rule ever allows to run a file */
	attr.handled_access_fs &= ~(unsigned long long)
	    LANDLOCK_ACCESS_FS_EXECUTE;
	e = allow(rules, ui->desk->home, attr.handled_access_fs);
	for (size_t i = 0; i < 3 && e == OK; i++) {
		e = allow(rules, place[i], attr.handled_access_fs);
	}
	if (e == OK && ui->founding.waits) {
		e = allow(rules, ui->founding.folder,
		    attr.handled_access_fs);
	}
	for (unsigned i = 0; i < ui->sticks && e == OK; i++) {
		e = allow(rules, ui->stick[i], attr.handled_access_fs);
	}
	if (e == OK) { /* which disks lie under a mapper: medium.c */
		e = allow(rules, "/sys/devices/virtual/block",
		    LANDLOCK_ACCESS_FS_READ_DIR);
	}
	if (e == OK && profile != NULL) {
		e = allow_profile(rules, profile, attr.handled_access_fs);
	}
	if (e == OK && syscall(SYS_landlock_restrict_self, rules, 0) != 0) {
		e = ERR_IO;
	}
	close(rules);
	return e;
}

static enum err
calls(void)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
	int rc = c == NULL ? -1 : 0;

	for (size_t i = 0; rc == 0 && i < sizeof given_up / sizeof *given_up;
	    i++) {
		rc = seccomp_rule_add(c, SCMP_ACT_KILL_PROCESS, given_up[i],
		    0);
	}
	if (rc == 0) {
		rc = seccomp_load(c);
	}
	if (c != NULL) {
		seccomp_release(c);
	}
	return rc == 0 ? OK : ERR_IO;
}

enum err
confine(const struct ui *ui, const char *profile)
{
	enum err e = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? OK :
	    ERR_IO;

	if (e == OK) {
		e = files(ui, profile);
	}
	if (e == OK) {
		e = calls();
	}
	if (e != OK) {
		say_error("the page's process could not be confined");
	}
	return e;
}
