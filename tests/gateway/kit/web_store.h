/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The other end of web's channel: the store is the test, the connections are
 * none, the clock is set.
 */
#ifndef MELDLUIK_TEST_WEB_STORE_H
#define MELDLUIK_TEST_WEB_STORE_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/link.h"
#include "http/snapshot.h"
#include "kit/web_hoarder.h"
#include "meldluik/envelope.h"
#include "process/ipc.h"

#define PENDING 256
#define WAIT_SECONDS 5

static uint8_t *memory;
static int store = -1; /* the other end of the channel */
static time_t clock_now = 1000;
static bool text_allowed = true;
static unsigned snapshots;
static enum err loads;

int __wrap_clock_gettime(clockid_t which, struct timespec *t);

int
__wrap_clock_gettime(clockid_t which, struct timespec *t)
{
	(void)which;
	t->tv_sec = clock_now;
	t->tv_nsec = 0;
	return 0;
}

void
exchange_suspend(struct exchange *x)
{
	x->suspended = true;
}

void
exchange_resume(struct exchange *x)
{
	x->suspended = false;
}

bool
circuit_text(struct circuit *c, int64_t t)
{
	(void)c;
	(void)t;
	return text_allowed;
}

enum err
snapshot_load(int fd)
{
	snapshots++;
	close(fd);
	return loads;
}

static inline void
attach(void)
{
	const int least = 1; /* the kernel makes it some requests */
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, ends), 0);
	assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &least,
	    sizeof(least)), 0);
	if (store >= 0) {
		close(store);
	}
	store = ends[1];
	link_attach(ends[0]);
}

struct heard {
	unsigned calls;
	int err;
	uint8_t payload[8];
	size_t len;
};

static inline void
hear(struct exchange *x, void *arg, const struct ask_answer *a)
{
	struct heard *h = arg;

	(void)x;
	h->calls++;
	h->err = a->err;
	h->len = a->payload_len;
	if (a->payload_len > 0) {
		memcpy(h->payload, a->payload, a->payload_len < 8 ?
		    a->payload_len : 8);
	}
}

static inline void
ask(struct exchange *x, enum ask what, const void *p, size_t len,
    struct heard *h)
{
	struct ask_request q = {.what = what, .payload = p,
		.payload_len = len};

	memset(h, 0, sizeof(*h));
	ask_store(x, &q, hear, h);
}

/* What came at the store; false: nothing */
static inline bool
asked(struct ipc_request *r)
{
	uint8_t p[IPC_REQUEST_LEN + 1];
	ssize_t n = recv(store, p, sizeof(p), MSG_DONTWAIT);

	if (n < 0) {
		return false;
	}
	assert_int_equal(ipc_request_decode(p, (size_t)n, true, r), OK);
	return true;
}

/* What the store says, and how web takes it */
static inline enum err
say(uint32_t tag, unsigned slot, int err, const char *note)
{
	uint8_t p[IPC_ANSWER_MAX];
	struct ipc_answer a;

	memset(&a, 0, sizeof(a));
	a.tag = tag;
	a.slot = (uint16_t)slot;
	a.a.err = err;
	a.a.payload = (const uint8_t *)note;
	a.a.payload_len = strlen(note);
	assert_true(ipc_send(store, p, ipc_answer_encode(&a, p), NULL, 0));
	return link_receive();
}

static inline void
end(struct exchange *x)
{
	link_forget(x);
	free(x);
}

static inline int
begin(void **state)
{
	int fd = memfd_create("slots", MFD_CLOEXEC);

	(void)state;
	if (ftruncate(fd, SLOT_BYTES) != 0 ||
	    (memory = slots_map(fd)) == NULL) {
		return -1;
	}
	close(fd);
	link_setup(memory);
	return 0;
}

#endif
