/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the page's process has given up: each thing is tried by a child that
 * confined itself as `ui` does. The same things are seen to go without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decryptor/ui/ui.h"

#define REFUSED 40 /* with EACCES */
#define ELSE 41

static char top[] = "/tmp/confine.XXXXXX", home[64], stick[64], other[64];

static int
after(long rc)
{
	return rc >= 0 ? 0 : errno == EACCES ? REFUSED : ELSE;
}

static int
make(const char *folder)
{
	char path[96];

	snprintf(path, sizeof path, "%s/new", folder);
	unlink(path);
	return after(creat(path, 0600));
}

static int make_home(void) { return make(home); }
static int make_stick(void) { return make(stick); }
static int make_other(void) { return make(other); }
static int read_system(void) { return after(open("/etc/passwd", O_RDONLY)); }
static int read_other(void) { return after(open(other, O_RDONLY)); }
static int
run_home(void)
{
	char path[96], *argv[] = {path, NULL};

	snprintf(path, sizeof path, "%s/true", home);
	return after(execv(path, argv));
}
static int
call_socket(void)
{
	return after(socket(AF_INET, SOCK_STREAM, 0));
}
static int
call_trace(void)
{
	return after(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
static int call_unshare(void) { return after(unshare(CLONE_FS)); }
static int call_memory(void) { return after(memfd_create("x", 0)); }
static int
call_look(void)
{
	return after(syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0,
	    0));
}
static int
call_pair(void)
{
	int two[2];

	return after(socketpair(AF_UNIX, SOCK_STREAM, 0, two));
}
static int call_fork(void) { return fork() < 0 ? ELSE : 0; }

/* Exit of a child that does it, or 1000 and the signal that ended it */
static int
done(int (*what)(void), bool confined)
{
	struct desk d;
	static struct ui ui;
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		memset(&d, 0, sizeof d);
		d.home = home;
		ui.desk = &d;
		ui.sticks = 1;
		ui.stick[0] = stick;
		if (confined && confine(&ui, NULL) != OK) {
			_exit(ELSE);
		}
		_exit(what());
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}

static void
files(void **state)
{
	(void)state;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION) < 1) {
		skip(); /* and `ui` says so: desk/14-start.sh */
	}
	assert_int_equal(done(make_home, true), 0);
	assert_int_equal(done(make_stick, true), 0);
	assert_int_equal(done(make_other, true), REFUSED);
	assert_int_equal(done(read_other, true), REFUSED);
	assert_int_equal(done(read_system, true), REFUSED);
	assert_int_equal(done(make_other, false), 0);
	assert_int_equal(done(read_other, false), 0);
	assert_int_equal(done(read_system, false), 0);
}

static void
calls(void **state)
{
	static int (*const ends[])(void) = {run_home, call_socket, call_trace,
		call_unshare, call_memory, call_look};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		assert_int_equal(done(ends[i], true), 1000 + SIGSYS);
		assert_int_equal(done(ends[i], false), 0);
	}
	assert_int_equal(done(call_pair, true), 0);
	assert_int_equal(done(call_fork, true), 0); /* who parses a report */
}

static int
folders(void **state)
{
	char command[256];

	(void)state;
	if (mkdtemp(top) == NULL) {
		return 1;
	}
	snprintf(home, sizeof home, "%s/home", top);
	snprintf(stick, sizeof stick, "%s/stick", top);
	snprintf(other, sizeof other, "%s/other", top);
	snprintf(command, sizeof command, "cp /bin/true %s/true", home);
	return mkdir(home, 0700) != 0 || mkdir(stick, 0700) != 0 ||
	    mkdir(other, 0700) != 0 || system(command) != 0;
}

static int
gone(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -r %s", top);
	return system(command) != 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(calls),
	};

	return cmocka_run_group_tests(tests, folders, gone);
}
