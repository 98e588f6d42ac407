/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Enters the sandbox of the parsing child and then makes one call:
 * sandbox_try CALL. Exit 0: the call was made; 3: no sandbox; 4: the call
 * was refused with an error; killed: what a forbidden call deserves.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

#include "decryptor/sandbox.h"

static long
call(const char *name, int in, int out)
{
	char *argv[] = {(char[]){"true"}, NULL}, byte;

	if (strcmp(name, "read") == 0) {
		return read(in, &byte, 1);
	} else if (strcmp(name, "write") == 0) {
		return write(out, "", 1);
	} else if (strcmp(name, "memory") == 0) {
		return mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
	} else if (strcmp(name, "code") == 0) {
		return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
	} else if (strcmp(name, "open") == 0) {
		return open("/etc/passwd", O_RDONLY);
	} else if (strcmp(name, "create") == 0) {
		return creat("/tmp/meldluik-must-not-be", 0600);
	} else if (strcmp(name, "unlink") == 0) {
		return unlink("/tmp/meldluik-must-not-be");
	} else if (strcmp(name, "socket") == 0) {
		return socket(AF_INET, SOCK_STREAM, 0);
	} else if (strcmp(name, "execve") == 0) {
		return execv("/bin/true", argv);
	} else if (strcmp(name, "fork") == 0) {
		return fork();
	} else if (strcmp(name, "kill") == 0) {
		return kill(getppid(), 0);
	} else if (strcmp(name, "ptrace") == 0) {
		return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	} else if (strcmp(name, "stdin") == 0) {
		return read(0, &byte, 1);
	}
	_exit(2);
}

int
main(int argc, char **argv)
{
	int in = open("/dev/zero", O_RDONLY), out = open("/dev/null", O_WRONLY);

	if (argc != 2 || in < 0 || out < 0) {
		return 2;
	}
	if (sandbox_enter(in, out) != OK) {
		_exit(3);
	}
	_exit(call(argv[1], in, out) < 0 ? 4 : 0);
}
