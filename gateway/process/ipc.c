/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Encoding and judging of the messages between web and store, and the table
 * of what may be asked at all.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc.h"
#include "meldluik/calendar.h"
#include "meldluik/envelope.h"

const struct ipc_rule ipc_rules[ASK_COUNT] = {
	/* name, least and most payload, slot, large, when */
	[ASK_PUT] = {"put", 1, ENVELOPE_WHOLE_MAX, true, false, IPC_ALWAYS},
	[ASK_UPLOAD_BEGIN] = {"upload begin", 0, 0, false, false, IPC_ALWAYS},
	[ASK_UPLOAD_PART] = {"upload part", 1, ENVELOPE_PART, true, false,
	    IPC_ALWAYS},
	[ASK_UPLOAD_FINISH] = {"upload finish", 0, 0, false, false,
	    IPC_ALWAYS},
	[ASK_MANIFEST_CUT] = {"cut", 0, 0, false, false, IPC_COURIER},
	[ASK_MANIFEST] = {"manifest", 0, 0, true, true, IPC_COURIER},
	[ASK_MANIFEST_FIRST] = {"first", 0, 0, false, false, IPC_COURIER},
	[ASK_ENVELOPE] = {"envelope", 0, 0, true, true, IPC_COURIER},
	[ASK_OUTBOUND_PUT] = {"outbound put", 0, SLOT_LARGE_LEN, true, false,
	    IPC_COURIER},
	[ASK_OUTBOUND_APPLY] = {"outbound apply", 0, 0, false, false,
	    IPC_COURIER},
	[ASK_PUBLIC] = {"public", 0, 0, true, true, IPC_ALWAYS},
	[ASK_FIGURES] = {"figures", 0, 0, false, false, IPC_ALWAYS},
};

size_t
slot_offset(unsigned slot)
{
	if (slot < SLOT_TEXTS) {
		return slot * (size_t)SLOT_TEXT_LEN;
	}
	return SLOT_TEXTS * (size_t)SLOT_TEXT_LEN +
	    (slot - SLOT_TEXTS) * (size_t)SLOT_LARGE_LEN;
}

size_t
slot_len(unsigned slot)
{
	return slot < SLOT_TEXTS ? SLOT_TEXT_LEN : SLOT_LARGE_LEN;
}

uint8_t *
slots_map(int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) != 0 || (size_t)st.st_size != SLOT_BYTES) {
		return NULL;
	}
	p = mmap(NULL, SLOT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

static void
put_be(uint8_t **p, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0) {
		*(*p)++ = (uint8_t)(v >> (8 * bytes));
	}
}

static void
put_bytes(uint8_t **p, const void *from, size_t n)
{
	memcpy(*p, from, n);
	*p += n;
}

void
ipc_request_encode(const struct ipc_request *r, uint8_t out[IPC_REQUEST_LEN])
{
	uint8_t *p = out;

	put_be(&p, r->q.what, 1);
	put_be(&p, r->tag, 4);
	put_be(&p, r->slot, 2);
	put_be(&p, r->len, 4);
	put_bytes(&p, r->q.id, sizeof(r->q.id));
	put_bytes(&p, r->q.digest, sizeof(r->q.digest));
	put_be(&p, (uint32_t)r->q.week, 4);
	put_be(&p, r->q.number, 4);
	put_be(&p, r->q.serial, 8);
	put_be(&p, r->q.offset, 8);
	put_be(&p, 0, 7); /* to a round length; must be zero */
	put_bytes(&p, r->q.path, sizeof(r->q.path));
}

/* NUL-ended, printable, and nothing after the NUL */
static bool
path_sound(const char *s, size_t len)
{
	size_t i, n = strnlen(s, len);

	if (n == len) {
		return false;
	}
	for (i = 0; i < n; i++) {
		if (s[i] <= 0x20 || s[i] >= 0x7f) {
			return false;
		}
	}
	for (; i < len; i++) {
		if (s[i] != '\0') {
			return false;
		}
	}
	return true;
}

enum err
ipc_request_decode(const uint8_t *p, size_t len, bool courier,
    struct ipc_request *out)
{
	struct reader r = reader_of(p, len);
	struct ipc_request v;
	const struct ipc_rule *rule;
	struct bytes pad;
	unsigned what;

	if (len != IPC_REQUEST_LEN) {
		return ERR_FORMAT;
	}
	memset(&v, 0, sizeof(v));
	what = reader_u8(&r);
	v.tag = reader_u32(&r);
	v.slot = reader_u16(&r);
	v.len = reader_u32(&r);
	reader_copy(&r, v.q.id, sizeof(v.q.id));
	reader_copy(&r, v.q.digest, sizeof(v.q.digest));
	v.q.week = (int32_t)reader_u32(&r);
	v.q.number = reader_u32(&r);
	v.q.serial = reader_u64(&r);
	v.q.offset = reader_u64(&r);
	pad = reader_take(&r, 7);
	reader_copy(&r, v.q.path, sizeof(v.q.path));
	if (!reader_done(&r) || what >= ASK_COUNT ||
	    memcmp(pad.p, "\0\0\0\0\0\0", 7) != 0 ||
	    !path_sound(v.q.path, sizeof(v.q.path)) ||
	    v.q.week < DAY_MIN || v.q.week > DAY_MAX) {
		return ERR_FORMAT;
	}
	v.q.what = (enum ask)what;
	rule = &ipc_rules[what];
	if (rule->when == IPC_COURIER && !courier) {
		return ERR_POLICY;
	}
	if (v.len < rule->min || v.len > rule->max) {
		return ERR_POLICY;
	}
	if (rule->slot != (v.slot != SLOT_NONE)) {
		return ERR_POLICY;
	}
	if (rule->slot && (v.slot >= SLOTS || v.len > slot_len(v.slot) ||
	    (rule->large && v.slot < SLOT_TEXTS))) {
		return ERR_POLICY;
	}
	*out = v;
	return OK;
}

size_t
ipc_answer_encode(const struct ipc_answer *r, uint8_t out[IPC_ANSWER_MAX])
{
	uint8_t *p = out;

	put_be(&p, IPC_ANSWER, 1);
	put_be(&p, r->tag, 4);
	put_be(&p, r->slot, 2);
	put_be(&p, (unsigned)r->a.err, 1);
	put_bytes(&p, r->a.id, sizeof(r->a.id));
	put_be(&p, r->a.next, 4);
	put_be(&p, r->a.serial, 8);
	put_be(&p, r->a.total, 8);
	put_be(&p, r->a.payload_len, 4);
	if (r->slot == SLOT_NONE && r->a.payload_len > 0) {
		put_bytes(&p, r->a.payload, r->a.payload_len);
	}
	return (size_t)(p - out);
}

enum err
ipc_answer_decode(const uint8_t *p, size_t len, struct ipc_answer *out)
{
	struct reader r = reader_of(p, len);
	struct ipc_answer v;

	memset(&v, 0, sizeof(v));
	if (reader_u8(&r) != IPC_ANSWER) {
		return ERR_FORMAT;
	}
	v.tag = reader_u32(&r);
	v.slot = reader_u16(&r);
	v.a.err = reader_u8(&r);
	reader_copy(&r, v.a.id, sizeof(v.a.id));
	v.a.next = reader_u32(&r);
	v.a.serial = reader_u64(&r);
	v.a.total = reader_u64(&r);
	v.a.payload_len = reader_u32(&r);
	if (v.a.err >= ERR_COUNT) {
		return ERR_FORMAT;
	}
	if (v.slot == SLOT_NONE) {
		v.a.payload = reader_take(&r, v.a.payload_len).p;
	} else if (v.slot >= SLOTS || v.a.payload_len > slot_len(v.slot)) {
		return ERR_FORMAT;
	}
	if (!reader_done(&r)) {
		return ERR_FORMAT;
	}
	*out = v;
	return OK;
}

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(IPC_FDS * sizeof(int))];
};

bool
ipc_send(int fd, const void *p, size_t len, const int *fds, unsigned n)
{
	union control control;
	struct iovec iov = {(void *)(uintptr_t)p, len};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c;
	ssize_t sent;

	if (n > IPC_FDS) {
		return false;
	}
	if (n > 0) {
		memset(&control, 0, sizeof(control));
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(n * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n * sizeof(int));
	}
	do {
		sent = sendmsg(fd, &m, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)len;
}

ssize_t
ipc_receive(int fd, void *p, size_t max, int fds[IPC_FDS], unsigned *n)
{
	union control control;
	struct iovec iov = {p, max};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control)};
	struct cmsghdr *c;
	ssize_t got;

	*n = 0;
	do {
		got = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		return got;
	}
	for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_RIGHTS) {
			*n = (unsigned)((c->cmsg_len - CMSG_LEN(0)) /
			    sizeof(int));
			memcpy(fds, CMSG_DATA(c), *n * sizeof(int));
		}
	}
	if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		while (*n > 0) {
			close(fds[--*n]);
		}
		errno = EMSGSIZE;
		return -1;
	}
	return got;
}
