/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The page's process may start no program (ui/confine.c). This one is forked
 * from it before that, and before a passphrase was typed: it holds no key,
 * no listener and no file but one socket. What it takes is a folder that the
 * page's process has open, with names that we made; what it does is one
 * scrub_here. It cannot be confined by Landlock, which would forbid
 * bubblewrap its mounts: it reads no byte of a file itself but to copy it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "sandbox.h"
#include "scrub.h"

#define NAME_LEN 80u
#define ENDING_LEN 16u
#define ANSWER_HEAD (1u + HASH_LEN + 4u)

struct order { /* texts end with NUL and are padded with it */
	char name[NAME_LEN], copy[NAME_LEN], ending[ENDING_LEN];
};

static int helper = -1; /* our end of the socket */
static pid_t pid = -1;

/* As act_extract.c names files: nothing leaves the folder */
static bool
name_good(const char *s, size_t room)
{
	size_t n = strnlen(s, room);

	return n > 0 && n < room && s[0] != '.' && strspn(s,
	    "abcdefghijklmnopqrstuvwxyz0123456789-.") == n;
}

static bool
order_take(int fd, struct order *o, int *dir)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec v = {o, sizeof *o};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control};
	const struct cmsghdr *c;
	ssize_t n;

	memset(&control, 0, sizeof control);
	do {
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	} while (n < 0 && errno == EINTR);
	c = n <= 0 ? NULL : CMSG_FIRSTHDR(&m);
	if (c == NULL || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int))) {
		return false;
	}
	memcpy(dir, CMSG_DATA(c), sizeof *dir);
	return n == (ssize_t)sizeof *o && name_good(o->name, NAME_LEN) &&
	    name_good(o->copy, NAME_LEN) && name_good(o->ending, ENDING_LEN);
}

static void
serve(int fd)
{
	struct order o;
	int dir = -1;

	while (order_take(fd, &o, &dir)) {
		struct buf report = buf_new(SCRUB_REPORT_MAX);
		uint8_t head[ANSWER_HEAD] = {0};
		size_t n;
		head[0] = (uint8_t)scrub_here(dir, o.name, o.copy, o.ending,
		    &report, head + 1);
		close(dir);
		dir = -1;
		n = report.failed ? 0 : report.len;
		for (unsigned i = 0; i < 4; i++) {
			head[1 + HASH_LEN + i] = (uint8_t)(n >> (24 - 8 * i));
		}
		if (fd_write(fd, head, sizeof head) != OK ||
		    fd_write(fd, report.p, n) != OK) {
			break;
		}
		buf_free(&report);
	}
	_exit(0);
}

/* Ends with the socket, or when its parent is gone in the midst of work */
static void
become(int fd, pid_t parent)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
	    dup2(null, 2) < 0 || dup2(fd, 3) < 0 ||
	    fcntl(3, F_SETFD, FD_CLOEXEC) != 0 ||
	    close_range(4, ~0u, 0) != 0 ||
	    !sandbox_bound(parent) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		_exit(1);
	}
	serve(3);
}

enum err
scrub_helper_start(void)
{
	int fd[2];
	pid_t self = getpid();

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0) {
		return ERR_IO;
	}
	pid = fork();
	if (pid == 0) {
		become(fd[1], self);
	}
	close(fd[1]);
	if (pid < 0) {
		close(fd[0]);
		return ERR_MEMORY;
	}
	helper = fd[0];
	return OK;
}

void
scrub_helper_end(void)
{
	if (helper >= 0) {
		close(helper);
		helper = -1;
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
			continue;
		}
	}
}

static bool
order_send(const struct order *o, int dir)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec v = {(void *)(uintptr_t)o, sizeof *o};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control};
	struct cmsghdr *c;

	memset(&control, 0, sizeof control);
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &dir, sizeof dir);
	return sendmsg(helper, &m, MSG_NOSIGNAL) == (ssize_t)sizeof *o;
}

static enum scrub_result
ask(int dir, const char *name, const char *copy, const char *ending,
    struct buf *report, uint8_t hash[HASH_LEN])
{
	struct order o = {.name = ""};
	uint8_t head[ANSWER_HEAD], piece[4096];
	uint32_t left = 0;

	if (strlen(name) >= NAME_LEN || strlen(copy) >= NAME_LEN ||
	    strlen(ending) >= ENDING_LEN) {
		return SCRUB_FAILED;
	}
	strcpy(o.name, name);
	strcpy(o.copy, copy);
	strcpy(o.ending, ending);
	if (!order_send(&o, dir) || fd_read(helper, head, sizeof head) != OK) {
		return SCRUB_FAILED;
	}
	for (unsigned i = 0; i < 4; i++) {
		left = left << 8 | head[1 + HASH_LEN + i];
	}
	while (left > 0) {
		uint32_t n = left < sizeof piece ? left : sizeof piece;
		if (fd_read(helper, piece, n) != OK) {
			return SCRUB_FAILED;
		}
		buf_put(report, piece, n);
		left -= n;
	}
	if (head[0] == SCRUB_DONE) {
		memcpy(hash, head + 1, HASH_LEN);
		return SCRUB_DONE;
	}
	return head[0] == SCRUB_NO_TOOL ? SCRUB_NO_TOOL : SCRUB_FAILED;
}

enum scrub_result
scrub_file(int dir, const char *name, const char *copy, const char *ending,
    struct buf *report, uint8_t hash[HASH_LEN])
{
	return helper < 0 ?
	    scrub_here(dir, name, copy, ending, report, hash) :
	    ask(dir, name, copy, ending, report, hash);
}
