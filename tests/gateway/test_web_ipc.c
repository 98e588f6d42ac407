/* SPDX-License-Identifier: EUPL-1.2 */
/* The wire between web and store: each rule of the request table and of the
 * two layouts broken once; descriptors that come, and that come too many. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "meldluik/calendar.h"
#include "meldluik/envelope.h"
#include "process/ipc.h"

/* Where the fields of a request lie */
#define AT_WEEK (1 + 4 + 2 + 4 + 16 + 32)
#define AT_PAD (AT_WEEK + 4 + 4 + 8 + 8)
#define AT_PATH (AT_PAD + 7)
#define PATH_LEN (IPC_REQUEST_LEN - AT_PATH)

static struct ipc_request
request(enum ask what)
{
	const struct ipc_rule *rule = &ipc_rules[what];
	struct ipc_request r;

	memset(&r, 0, sizeof(r));
	r.q.what = what;
	r.tag = 0x01020304;
	r.slot = !rule->slot ? SLOT_NONE : rule->large ? SLOT_TEXTS : 0;
	r.len = rule->min;
	r.q.week = 20454;
	r.q.number = 9;
	r.q.serial = UINT64_C(0x1122334455667788);
	r.q.offset = 7;
	strcpy(r.q.path, "keyset.json");
	return r;
}

static enum err
judged(const struct ipc_request *r, bool courier)
{
	uint8_t p[IPC_REQUEST_LEN];
	struct ipc_request got;

	ipc_request_encode(r, p);
	return ipc_request_decode(p, sizeof(p), courier, &got);
}

static void
every_request_comes_back(void **state)
{
	uint8_t p[IPC_REQUEST_LEN];
	struct ipc_request r, got;

	(void)state;
	for (unsigned what = 0; what < ASK_COUNT; what++) {
		r = request((enum ask)what);
		ipc_request_encode(&r, p);
		assert_int_equal(ipc_request_decode(p, sizeof(p), true, &got),
		    OK);
		assert_int_equal(got.q.what, r.q.what);
		assert_int_equal(got.tag, r.tag);
		assert_int_equal(got.slot, r.slot);
		assert_int_equal(got.q.week, r.q.week);
		assert_int_equal(got.q.number, r.q.number);
		assert_true(got.q.serial == r.q.serial);
		assert_true(got.q.offset == r.q.offset);
		assert_string_equal(got.q.path, r.q.path);
		assert_int_equal(judged(&r, false), ipc_rules[what].when ==
		    IPC_COURIER ? ERR_POLICY : OK);
	}
}

/* Exact length, known kind, zero padding, a path that is one */
static void
layout(void **state)
{
	uint8_t p[IPC_REQUEST_LEN + 1], was;
	struct ipc_request r = request(ASK_PUBLIC), got;

	(void)state;
	memset(p, 0, sizeof(p));
	ipc_request_encode(&r, p);
	for (size_t n = 0; n <= sizeof(p); n++) {
		assert_int_equal(ipc_request_decode(p, n, true, &got),
		    n == IPC_REQUEST_LEN ? OK : ERR_FORMAT);
	}
	for (unsigned what = ASK_COUNT; what < 256; what++) {
		p[0] = (uint8_t)what;
		assert_int_equal(ipc_request_decode(p, IPC_REQUEST_LEN, true,
		    &got), ERR_FORMAT);
	}
	p[0] = ASK_PUBLIC;
	for (size_t i = AT_PAD; i < AT_PATH; i++) {
		p[i] = 1;
		assert_int_equal(ipc_request_decode(p, IPC_REQUEST_LEN, true,
		    &got), ERR_FORMAT);
		p[i] = 0;
	}
	for (unsigned c = 1; c < 256; c++) {
		was = p[AT_PATH + 2];
		p[AT_PATH + 2] = (uint8_t)c;
		assert_int_equal(ipc_request_decode(p, IPC_REQUEST_LEN, true,
		    &got), c > 0x20 && c < 0x7f ? OK : ERR_FORMAT);
		p[AT_PATH + 2] = was;
	}
	p[IPC_REQUEST_LEN - 2] = 'x'; /* behind the end of the path */
	assert_int_equal(ipc_request_decode(p, IPC_REQUEST_LEN, true, &got),
	    ERR_FORMAT);
	memset(p + AT_PATH, 'x', PATH_LEN);
	assert_int_equal(ipc_request_decode(p, IPC_REQUEST_LEN, true, &got),
	    ERR_FORMAT);
	p[IPC_REQUEST_LEN - 1] = 0;
	assert_int_equal(ipc_request_decode(p, IPC_REQUEST_LEN, true, &got),
	    OK);
}

static void
weeks(void **state)
{
	static const struct {
		int32_t week;
		enum err want;
	} t[] = {
		{DAY_MIN, OK}, {DAY_MAX, OK}, {DAY_MIN - 1, ERR_FORMAT},
		{DAY_MAX + 1, ERR_FORMAT}, {INT32_MIN, ERR_FORMAT},
		{INT32_MAX, ERR_FORMAT},
	};
	struct ipc_request r = request(ASK_UPLOAD_BEGIN);

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		r.q.week = t[i].week;
		assert_int_equal(judged(&r, true), t[i].want);
	}
}

/* Sizes and slots of the table; a slot holds what is said to lie in it */
static void
sizes_and_slots(void **state)
{
	struct ipc_request r;

	(void)state;
	for (unsigned what = 0; what < ASK_COUNT; what++) {
		const struct ipc_rule *rule = &ipc_rules[what];

		r = request((enum ask)what);
		if (rule->min > 0) {
			r.len = rule->min - 1;
			assert_int_equal(judged(&r, true), ERR_POLICY);
		}
		r.slot = rule->slot ? SLOT_TEXTS : SLOT_NONE;
		r.len = rule->max;
		assert_int_equal(judged(&r, true), OK);
		r.len = rule->max + 1;
		assert_int_equal(judged(&r, true), ERR_POLICY);
		r.len = rule->min;
		r.slot = rule->slot ? SLOT_NONE : SLOT_TEXTS;
		assert_int_equal(judged(&r, true), ERR_POLICY);
		if (!rule->slot) {
			continue;
		}
		r.slot = SLOTS - 1;
		assert_int_equal(judged(&r, true), OK);
		r.slot = SLOTS;
		assert_int_equal(judged(&r, true), ERR_POLICY);
		r.slot = SLOT_TEXTS - 1;
		assert_int_equal(judged(&r, true),
		    rule->large ? ERR_POLICY : OK);
		if (rule->max > SLOT_TEXT_LEN) {
			r.len = SLOT_TEXT_LEN;
			assert_int_equal(judged(&r, true), OK);
			r.len = SLOT_TEXT_LEN + 1;
			assert_int_equal(judged(&r, true), ERR_POLICY);
		}
	}
}

static struct ipc_answer
answer(void)
{
	struct ipc_answer a;

	memset(&a, 0, sizeof(a));
	a.tag = 77;
	a.slot = SLOT_NONE;
	a.a.err = ERR_STALE;
	a.a.next = 3;
	a.a.serial = UINT64_C(1) << 40;
	a.a.total = 11;
	a.a.payload = (const uint8_t *)"note";
	a.a.payload_len = 4;
	return a;
}

static void
answers(void **state)
{
	uint8_t p[IPC_ANSWER_MAX];
	struct ipc_answer a = answer(), got;
	size_t n = ipc_answer_encode(&a, p);

	(void)state;
	assert_int_equal(ipc_answer_decode(p, n, &got), OK);
	assert_int_equal(got.tag, 77);
	assert_int_equal(got.a.err, ERR_STALE);
	assert_int_equal(got.a.next, 3);
	assert_true(got.a.serial == a.a.serial && got.a.total == 11);
	assert_int_equal(got.a.payload_len, 4);
	assert_memory_equal(got.a.payload, "note", 4);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(ipc_answer_decode(p, i, &got), ERR_FORMAT);
	}
	assert_int_equal(ipc_answer_decode(p, n + 1, &got), ERR_FORMAT);
	p[0] = IPC_PUBLIC;
	assert_int_equal(ipc_answer_decode(p, n, &got), ERR_FORMAT);
	p[0] = IPC_ANSWER;
	p[1 + 4 + 2] = ERR_COUNT;
	assert_int_equal(ipc_answer_decode(p, n, &got), ERR_FORMAT);
}

static void
answers_in_slots(void **state)
{
	static const struct {
		unsigned slot;
		size_t len;
		enum err want;
	} t[] = {
		{0, SLOT_TEXT_LEN, OK}, {0, SLOT_TEXT_LEN + 1, ERR_FORMAT},
		{SLOTS - 1, SLOT_LARGE_LEN, OK},
		{SLOTS - 1, SLOT_LARGE_LEN + 1, ERR_FORMAT},
		{SLOTS, 1, ERR_FORMAT}, {SLOT_NONE - 1, 0, ERR_FORMAT},
	};
	uint8_t p[IPC_ANSWER_MAX];
	struct ipc_answer a = answer(), got;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		a.slot = (uint16_t)t[i].slot;
		a.a.payload_len = t[i].len;
		n = ipc_answer_encode(&a, p);
		assert_int_equal(ipc_answer_decode(p, n, &got), t[i].want);
	}
}

/* Slots lie one behind the other and fill the shared memory */
static void
memory(void **state)
{
	size_t at = 0;
	uint8_t *p;
	int fd = memfd_create("slots", MFD_CLOEXEC);

	(void)state;
	for (unsigned i = 0; i < SLOTS; i++) {
		assert_int_equal(slot_offset(i), at);
		assert_int_equal(slot_len(i),
		    i < SLOT_TEXTS ? SLOT_TEXT_LEN : SLOT_LARGE_LEN);
		at += slot_len(i);
	}
	assert_int_equal(at, SLOT_BYTES);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, SLOT_BYTES - 1), 0);
	assert_null(slots_map(fd));
	assert_int_equal(ftruncate(fd, SLOT_BYTES + 1), 0);
	assert_null(slots_map(fd));
	assert_int_equal(ftruncate(fd, SLOT_BYTES), 0);
	p = slots_map(fd);
	assert_non_null(p);
	p[SLOT_BYTES - 1] = 1;
	munmap(p, SLOT_BYTES);
	close(fd);
	assert_null(slots_map(fd));
}

static unsigned
descriptors(void)
{
	unsigned n = 0;

	for (int i = 0; i < 64; i++) {
		n += fcntl(i, F_GETFD) >= 0;
	}
	return n;
}

static void
messages(void **state)
{
	int s[2], fds[IPC_FDS + 1], got[IPC_FDS];
	char p[8];
	unsigned n, before;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, s), 0);
	for (unsigned i = 0; i <= IPC_FDS; i++) {
		fds[i] = s[0];
	}
	before = descriptors();
	assert_true(ipc_send(s[0], "hello", 5, fds, IPC_FDS));
	assert_int_equal(ipc_receive(s[1], p, sizeof(p), got, &n), 5);
	assert_memory_equal(p, "hello", 5);
	assert_int_equal(n, IPC_FDS);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(fcntl(got[i], F_GETFD), FD_CLOEXEC);
		close(got[i]);
	}
	assert_true(ipc_send(s[0], "x", 1, NULL, 0));
	assert_int_equal(ipc_receive(s[1], p, sizeof(p), got, &n), 1);
	assert_int_equal(n, 0);
	assert_int_equal(ipc_receive(s[1], p, sizeof(p), got, &n), -1);
	assert_int_equal(errno, EAGAIN);
	/* more than was asked for: nothing of it is kept */
	assert_true(ipc_send(s[0], "too long a message", 18, fds, 2));
	assert_int_equal(ipc_receive(s[1], p, sizeof(p), got, &n), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(n, 0);
	assert_int_equal(descriptors(), before);
	assert_false(ipc_send(s[0], "x", 1, fds, IPC_FDS + 1));
	assert_int_equal(ipc_receive(s[1], p, sizeof(p), got, &n), -1);
	close(s[1]);
	assert_false(ipc_send(s[0], "x", 1, NULL, 0));
	close(s[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_comes_back),
		cmocka_unit_test(layout),
		cmocka_unit_test(weeks),
		cmocka_unit_test(sizes_and_slots),
		cmocka_unit_test(answers),
		cmocka_unit_test(answers_in_slots),
		cmocka_unit_test(memory),
		cmocka_unit_test(messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
