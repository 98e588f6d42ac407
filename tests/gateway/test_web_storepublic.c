/* SPDX-License-Identifier: EUPL-1.2 */
/* What the store shows web of its public files: all of it, sealed, or nothing
 * at all. The store is linked here: it lists and reads as it is told. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/snapshot.h"
#include "process/events.h"
#include "process/storeproc.h"

#define VERSION 7
#define SIZE 2500000u /* of each file: more than one piece */

static unsigned files;
static size_t path_len;
static uint64_t listed, there; /* bytes of a file, as listed and as read */
static enum err fails;
static bool no_sealing, no_room, silent;
static unsigned logged;

int __real_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags);
ssize_t __real_write(int fd, const void *p, size_t len);
ssize_t __wrap_write(int fd, const void *p, size_t len);

int
__wrap_memfd_create(const char *name, unsigned flags)
{
	return __real_memfd_create(name, no_sealing ?
	    flags & ~MFD_ALLOW_SEALING : flags);
}

/* A third of it at a time, as a write may; the first is the listing */
ssize_t
__wrap_write(int fd, const void *p, size_t len)
{
	if (no_room && len != 4 + SNAPSHOT_ENTRY * files) {
		return 0;
	}
	return __real_write(fd, p, len > 3 && len != 4 + SNAPSHOT_ENTRY *
	    files ? len / 3 : len);
}

enum err
store_public_list(struct store *s,
    enum err (*each)(void *arg, const char *path, uint64_t size), void *arg)
{
	char path[200];
	enum err e = OK;

	(void)s;
	for (unsigned i = 0; e == OK && i < files; i++) {
		memset(path, 'a', sizeof(path));
		path[path_len] = '\0';
		e = each(arg, path, listed);
	}
	return e;
}

enum err
store_public_range(struct store *s, const char *path, uint64_t offset,
    size_t max, struct buf *out, uint64_t *total)
{
	size_t n = there < offset || silent ? 0 : (size_t)(there - offset);

	(void)s;
	(void)path;
	*total = there;
	buf_zeros(out, n < max ? n : max);
	if (out->len > 0) {
		out->p[0] = 'x';
	}
	return fails;
}

uint64_t
store_public_version(const struct store *s)
{
	(void)s;
	return VERSION;
}

void
log_event(enum event e)
{
	assert_int_equal(e, EVENT_STORE_FAILED);
	logged++;
}

/* What is shown; ${out} is the memory, -1 if none came */
static enum err
shown(int *out)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char word = 0;
	struct iovec iov = {&word, 1};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control)};
	struct keeper *k = calloc(1, sizeof(*k));
	int ends[2];
	enum err e;

	assert_non_null(k);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	k->link = ends[0];
	k->show = true;
	e = show_public(k);
	*out = -1;
	if (recvmsg(ends[1], &m, MSG_DONTWAIT) == 1) {
		assert_int_equal(word, IPC_PUBLIC);
		memcpy(out, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
	}
	assert_int_equal(*out >= 0, e == OK);
	assert_int_equal(k->show, e != OK);
	assert_int_equal(k->shown, e == OK ? VERSION : 0);
	close(ends[0]);
	close(ends[1]);
	free(k);
	return e;
}

static enum err
refused(void)
{
	int fd;
	enum err e = shown(&fd);

	assert_int_equal(fd, -1);
	return e;
}

static int
begin(void **state)
{
	(void)state;
	files = 2;
	path_len = 5;
	listed = there = SIZE;
	fails = OK;
	no_sealing = no_room = silent = false;
	return 0;
}

static void
whole_and_sealed(void **state)
{
	const int all = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW |
	    F_SEAL_SEAL;
	uint8_t *p;
	size_t want = 4 + 2 * (size_t)SNAPSHOT_ENTRY + 2 * (size_t)SIZE;
	int fd;

	(void)state;
	assert_int_equal(shown(&fd), OK);
	assert_int_equal(fcntl(fd, F_GET_SEALS), all);
	assert_int_equal(lseek(fd, 0, SEEK_END), (off_t)want);
	p = mmap(NULL, want, PROT_READ, MAP_SHARED, fd, 0);
	assert_true(p != MAP_FAILED);
	assert_memory_equal(p, "\0\0\0\2aaaaa", 10);
	assert_int_equal(p[4 + 2 * SNAPSHOT_ENTRY], 'x');
	assert_int_equal(p[want - SIZE], 'x');
	munmap(p, want);
	close(fd);
	files = 0;
	assert_int_equal(shown(&fd), OK);
	close(fd);
}

static void
too_much(void **state)
{
	int fd;

	(void)state;
	listed = there = 1;
	files = SNAPSHOT_FILES;
	assert_int_equal(shown(&fd), OK);
	close(fd);
	files++;
	assert_int_equal(refused(), ERR_LIMIT);
	files = 1;
	path_len = SNAPSHOT_PATH - 1;
	assert_int_equal(shown(&fd), OK);
	close(fd);
	path_len++;
	assert_int_equal(refused(), ERR_LIMIT);
}

/* A file that changed under the listing, or cannot be read */
static void
not_as_listed(void **state)
{
	(void)state;
	there = SIZE + 1;
	assert_int_equal(refused(), ERR_IO);
	there = 0;
	listed = 1;
	assert_int_equal(refused(), ERR_IO);
	begin(state);
	silent = true;
	assert_int_equal(refused(), ERR_IO);
	begin(state);
	fails = ERR_CRYPT;
	assert_int_equal(refused(), ERR_CRYPT);
}

static void
memory_that_fails(void **state)
{
	(void)state;
	no_room = true;
	assert_int_equal(refused(), ERR_IO);
	no_room = false;
	no_sealing = true;
	assert_int_equal(refused(), ERR_IO);
}

/* A web whose queue is full, and files that cannot be read for a while: it is
 * shown again, a minute later and not before; another web at once */
static void
shown_again(void **state)
{
	struct keeper *k = calloc(1, sizeof(*k));
	char word[1];
	int ends[2];

	(void)state;
	assert_non_null(k);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK,
	    0, ends), 0);
	k->link = -1;
	k->show = true;
	show_when_due(k, 1); /* to nobody */
	assert_true(k->show && k->show_at == 0);
	k->link = ends[0];
	while (send(ends[0], "x", 1, 0) == 1) {
	}
	show_when_due(k, 1);
	assert_true(k->show);
	assert_int_equal(logged, 0);
	while (recv(ends[1], word, 1, 0) == 1) {
	}
	show_when_due(k, 60);
	assert_int_equal(recv(ends[1], word, 1, 0), -1);
	show_when_due(k, 61);
	assert_int_equal(recv(ends[1], word, 1, 0), 1);
	assert_int_equal(word[0], IPC_PUBLIC);
	assert_false(k->show);
	assert_int_equal(k->shown, VERSION);
	show_when_due(k, 200); /* it has them */
	k->shown = VERSION - 1;
	fails = ERR_IO;
	show_when_due(k, 200);
	assert_int_equal(logged, 1);
	fails = OK;
	show_when_due(k, 259);
	assert_int_equal(recv(ends[1], word, 1, 0), -1);
	show_when_due(k, 260);
	assert_int_equal(recv(ends[1], word, 1, 0), 1);
	assert_int_equal(logged, 1);
	close(ends[0]);
	close(ends[1]);
	free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(whole_and_sealed, begin),
		cmocka_unit_test_setup(too_much, begin),
		cmocka_unit_test_setup(not_as_listed, begin),
		cmocka_unit_test_setup(memory_that_fails, begin),
		cmocka_unit_test_setup(shown_again, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
