/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Enters the fence of courier and reporter and tries one thing:
 * fence_try FOLDER ACT. Exit 0: it was possible; 13: the kernel refused it;
 * killed by SIGSYS: the filter ended it; 4: a kernel without Landlock lets
 * it write anywhere, or root read another's memory.
 */
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "fence.h"

static void *
nothing(void *arg)
{
	return arg;
}

static int
make(const char *folder, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return open(path, O_RDWR | O_CREAT | O_TRUNC, 0600) >= 0;
}

static int
act(const char *folder, const char *what)
{
	char *none[] = {NULL};
	struct addrinfo *a = NULL;
	char path[64];
	int pair[2];
	pthread_t t;

	if (strcmp(what, "write") == 0) {
		return make(folder, "own");
	}
	if (strcmp(what, "beside") == 0) {
		return make(folder, "../beside");
	}
	if (strcmp(what, "read") == 0) {
		return open("/etc/passwd", O_RDONLY) >= 0;
	}
	if (strcmp(what, "resolve") == 0) {
		return getaddrinfo("localhost", "80", NULL, &a) == 0;
	}
	if (strcmp(what, "made") == 0) {
		return mkdir(folder, 0700) == 0;
	}
	if (strcmp(what, "mount") == 0) {
		return mount("none", folder, "tmpfs", 0, NULL) == 0;
	}
	if (strcmp(what, "memory") == 0) {
		snprintf(path, sizeof(path), "/proc/%d/mem", (int)getppid());
		return open(path, O_RDONLY) >= 0;
	}
	if (strcmp(what, "thread") == 0) {
		return pthread_create(&t, NULL, nothing, NULL) == 0 &&
		    pthread_join(t, NULL) == 0;
	}
	if (strcmp(what, "socket") == 0) {
		return socket(AF_INET, SOCK_STREAM, 0) >= 0;
	}
	if (strcmp(what, "truncate") == 0) {
		return truncate("/dev/null", 0) == 0;
	}
	if (strcmp(what, "chmod") == 0) {
		return chmod(folder, 0700) == 0;
	}
	if (strcmp(what, "chmodat") == 0) { /* by its number */
		return syscall(452, AT_FDCWD, folder, 0700, 0) == 0;
	}
	if (strcmp(what, "attribute") == 0) {
		return setxattr(folder, "user.x", "x", 1, 0) == 0;
	}
	if (strcmp(what, "unix") == 0) {
		return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
	}
	if (strcmp(what, "pair") == 0) {
		return socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0,
		    pair) == 0;
	}
	if (strcmp(what, "wakes") == 0) {
		return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
		    pair) == 0;
	}
	if (strcmp(what, "exec") == 0) {
		return execve("/bin/true", none, none) == 0;
	}
	if (strcmp(what, "fork") == 0) {
		return fork() >= 0;
	}
	if (strcmp(what, "ptrace") == 0) {
		return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
	}
	if (strcmp(what, "packet") == 0) {
		return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
	}
	_exit(2);
}

int
main(int argc, char **argv)
{
	bool absent = false;

	if (argc != 3) {
		return 2;
	}
	if (fence_enter((const char *const[]){argv[1]}, 1, &absent) != OK) {
		return 3;
	}
	if (!act(argv[1], argv[2])) {
		return 13;
	}
	return absent && (strcmp(argv[2], "beside") == 0 ||
	    strcmp(argv[2], "memory") == 0) ? 4 : 0;
}
