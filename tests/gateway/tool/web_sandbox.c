/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Linked with the gateway's own sandbox.c: enters a role and tries one
 * thing. `web_sandbox ROLE FOLDER ACT`; exit 0: it was possible, 13: the
 * kernel refused it, killed by SIGSYS: the filter ended it.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process/sandbox.h"

#define REFUSED 13

static int
result(int good)
{
	return good ? 0 : REFUSED;
}

static int
try_open(const char *folder, const char *name, int flags)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return result(open(path, flags, 0600) >= 0);
}

int
main(int argc, char **argv)
{
	struct sandbox_told told;
	enum role role;
	const char *act;
	char *none[] = {NULL};
	const pid_t parent = getppid(); /* the call is not theirs inside */
	int inherited;

	if (argc != 4) {
		return 2;
	}
	role = strcmp(argv[1], "web") == 0 ? ROLE_WEB :
	    strcmp(argv[1], "store") == 0 ? ROLE_STORE : ROLE_MONITOR;
	act = argv[3];
	inherited = open("/dev/null", O_RDWR);
	if (sandbox_enter(role, role == ROLE_STORE ? argv[2] : NULL,
	    &told) != OK) {
		return 3;
	}
	if (told.no_landlock && (strcmp(act, "passwd") == 0 ||
	    strcmp(act, "above") == 0) && role == ROLE_STORE) {
		return 4; /* free where the kernel has none */
	}
	if (strcmp(act, "nothing") == 0) {
		return result(write(inherited, "x", 1) == 1);
	}
	if (strcmp(act, "passwd") == 0) {
		return try_open("/etc", "passwd", O_RDONLY);
	}
	if (strcmp(act, "own") == 0) {
		return try_open(argv[2], "own", O_RDWR | O_CREAT);
	}
	if (strcmp(act, "above") == 0) {
		return try_open(argv[2], "../above", O_RDWR | O_CREAT);
	}
	if (strcmp(act, "socket") == 0) {
		return result(socket(AF_INET, SOCK_STREAM, 0) >= 0);
	}
	if (strcmp(act, "unix") == 0) {
		return result(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	}
	if (strcmp(act, "fork") == 0) {
		return result(fork() >= 0);
	}
	if (strcmp(act, "exec") == 0) {
		return result(execve("/bin/true", none, none) == 0);
	}
	if (strcmp(act, "kill") == 0) {
		return result(kill(getpid(), 0) == 0);
	}
	if (strcmp(act, "tgkill") == 0) { /* of the process that started it */
		return result(syscall(SYS_tgkill, parent, parent, 0) == 0);
	}
	if (strcmp(act, "abort") == 0) {
		return result(syscall(SYS_tgkill, getpid(), gettid(), 0) == 0);
	}
	if (strcmp(act, "owner") == 0) { /* who gets a descriptor's signals */
		return result(fcntl(0, F_SETOWN, getpid()) == 0);
	}
	if (strcmp(act, "flags") == 0) {
		return result(fcntl(2, F_GETFL) >= 0);
	}
	if (strcmp(act, "code") == 0) {
		return result(mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
	}
	if (strcmp(act, "trace") == 0) {
		return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
	}
	if (strcmp(act, "listen") == 0) {
		return result(listen(inherited, 1) == 0);
	}
	if (strcmp(act, "mount") == 0) {
		return result(mount("none", argv[2], "tmpfs", 0, NULL) == 0);
	}
	return 2;
}
