/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The nursery and the parsing children that it forks. It has the identities
 * of one week and nothing else; it reads no envelope, only requests of two
 * descriptors. A child is a copy of it and reads one envelope, so nothing
 * that one envelope left in memory is there when the next is read.
 */
#include <errno.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "files.h"
#include "meldluik/envelope_open.h"
#include "meldluik/secret.h"
#include "opener_private.h"
#include "sandbox.h"

static enum err
frame_send(int fd, enum frame type, unsigned number, const void *p,
    size_t len)
{
	uint8_t head[FRAME_HEAD] = {(uint8_t)type, (uint8_t)number,
		(uint8_t)(len >> 24), (uint8_t)(len >> 16),
		(uint8_t)(len >> 8), (uint8_t)len};
	struct iovec both[] = {{head, sizeof head},
		{(void *)(uintptr_t)p, len}};
	ssize_t n = writev(fd, both, 2);
	size_t sent = n < 0 ? 0 : (size_t)n;

	if (n < 0 && errno != EINTR) {
		return ERR_IO;
	}
	if (sent < sizeof head) {
		enum err e = fd_write(fd, head + sent, sizeof head - sent);
		return e == OK ? fd_write(fd, p, len) : e;
	}
	sent -= sizeof head;
	return fd_write(fd, (const uint8_t *)p + sent, len - sent);
}

static enum err
piece_send(void *arg, unsigned number, const uint8_t *p, size_t len)
{
	enum err e = OK;

	while (len > 0 && e == OK) {
		size_t n = len < FRAME_MAX ? len : FRAME_MAX;
		e = frame_send(*(int *)arg, FRAME_PIECE, number, p, n);
		p += n;
		len -= n;
	}
	return e;
}

/* Texts over one frame are cut; frames of a kind concatenate */
static enum err
text_send(int fd, enum frame type, const struct buf *b)
{
	enum err e = OK;

	for (size_t at = 0; at < b->len && e == OK; at += FRAME_MAX) {
		size_t n = b->len - at;
		e = frame_send(fd, type, 0, b->p + at,
		    n < FRAME_MAX ? n : FRAME_MAX);
	}
	return e;
}

static enum err
content_send(int fd, struct envelope_content *c)
{
	struct buf flat = buf_new_secret(CONTENT_FLAT_MAX);
	enum err e = report_flatten(c->report, &flat);

	if (e == OK) {
		e = text_send(fd, FRAME_REPORT, &flat);
	}
	if (e == OK) {
		e = text_send(fd, FRAME_JSON, &c->json);
	}
	if (e == OK) {
		e = text_send(fd, FRAME_SIGNATURE, &c->signature);
	}
	buf_free(&flat);
	return e;
}

/*
 * The child. The whole file is hashed even when its header is sealed to
 * somebody else: only the body that the manifest lists may count as read,
 * or a swapped file on the stick would have a report erased.
 */
static _Noreturn void
child(int in, int out, struct age_identity *const *ids, size_t n)
{
	struct envelope_open *o = NULL;
	struct envelope_content c;
	struct hash_state *h = hash_new();
	uint8_t piece[32768], end[END_LEN] = {0};
	uint64_t size = 0;
	enum err e;
	ssize_t got;

	memset(&c, 0, sizeof c);
	if (h == NULL || sandbox_enter(in, out) != OK) {
		_exit(CHILD_UNABLE);
	}
	e = n == 0 ? ERR_NO_MATCH :
	    envelope_open_new(ids, n, piece_send, &out, 1, &o);
	while ((got = read(in, piece, sizeof piece)) > 0) {
		hash_write(h, piece, (size_t)got);
		size += (uint64_t)got;
		if (e == OK) {
			e = envelope_open_write(o, piece, (size_t)got);
		}
	}
	if (got < 0) {
		_exit(CHILD_UNABLE);
	}
	if (e == OK) {
		e = envelope_open_end(o, &c);
	}
	if (e == OK) {
		memcpy(end + 1 + HASH_LEN, c.payload, HASH_LEN);
		e = content_send(out, &c);
		envelope_content_free(&c);
	}
	envelope_open_free(o);
	end[0] = (uint8_t)e;
	hash_end(h, end + 1);
	for (unsigned i = 0; i < 8; i++) {
		end[1 + 2 * HASH_LEN + i] = (uint8_t)(size >> (56 - 8 * i));
	}
	e = frame_send(out, FRAME_END, 0, end, sizeof end);
	_exit(e == OK ? 0 : 5);
}

/* Two descriptors: the envelope, and where to write. False: no more */
static bool
request_take(int sock, int fds[2])
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control;
	char byte;
	struct iovec one = {&byte, 1};
	struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room};
	struct cmsghdr *c;
	ssize_t n;

	do {
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	c = n == 1 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c == NULL || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(2 * sizeof(int))) {
		return false;
	}
	memcpy(fds, CMSG_DATA(c), 2 * sizeof(int));
	return true;
}

/* A child of our parent, which waits for it: no process of ours is left to
 * answer for how it ended */
static pid_t
sibling(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL,
	    NULL, NULL);
}

/* Its number, before the first byte of the envelope is read */
static enum err
pid_send(int fd)
{
	uint32_t pid = (uint32_t)getpid();
	uint8_t text[PID_LEN] = {(uint8_t)(pid >> 24), (uint8_t)(pid >> 16),
		(uint8_t)(pid >> 8), (uint8_t)pid};

	return fd_write(fd, text, sizeof text);
}

_Noreturn void
nursery_run(int sock, pid_t parent, const struct keyring_week *week,
    void (*wipe)(void *arg), void *arg)
{
	struct age_identity *id[KEYRING_WEEK_KEYS];
	size_t n = 0;
	int fds[2];
	enum err e = week == NULL ? OK : keyring_week_identities(week, id,
	    &n);

	wipe(arg);
	if (e != OK || !sandbox_bound(parent) ||
	    (sock > 3 && close_range(3, (unsigned)sock - 1, 0) != 0) ||
	    close_range((unsigned)sock + 1, ~0u, 0) != 0) {
		_exit(CHILD_UNABLE);
	}
	while (request_take(sock, fds)) {
		if (sibling() == 0) {
			if (!sandbox_bound(parent) ||
			    pid_send(fds[1]) != OK) {
				_exit(CHILD_UNABLE);
			}
			child(fds[0], fds[1], id, n);
		}
		close(fds[0]);
		close(fds[1]);
	}
	while (n > 0) {
		age_identity_free(id[--n]);
	}
	_exit(0);
}
