/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Web's side of the channel: what a store may answer, who gets a slot and who
 * waits. The store is the test, the connections are none, the clock is set.
 */
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

static void
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

static void
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

static void
ask(struct exchange *x, enum ask what, const void *p, size_t len,
    struct heard *h)
{
	struct ask_request q = {.what = what, .payload = p,
		.payload_len = len};

	memset(h, 0, sizeof(*h));
	ask_store(x, &q, hear, h);
}

/* What came at the store; false: nothing */
static bool
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
static enum err
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

static void
end(struct exchange *x)
{
	link_forget(x);
	free(x);
}

static void
round_trip(void **state)
{
	struct exchange *x = exchange_new();
	struct ipc_request r;
	struct heard h;
	unsigned slot;

	(void)state;
	attach();
	ask(x, ASK_PUT, "sealed", 6, &h);
	assert_true(x->suspended);
	assert_true(asked(&r));
	assert_int_equal(r.len, 6);
	slot = r.slot;
	assert_memory_equal(memory + slot_offset(slot), "sealed", 6);
	assert_int_equal(say(r.tag, SLOT_NONE, OK, "note"), OK);
	assert_false(x->suspended);
	link_deliver(x);
	assert_int_equal(h.calls, 1);
	assert_int_equal(h.err, OK);
	assert_memory_equal(h.payload, "note", 4);
	/* wiped before the next one has it */
	assert_memory_equal(memory + slot_offset(slot), "\0\0\0\0\0\0", 6);
	/* a piece of a file lies in the slot */
	ask(x, ASK_ENVELOPE, NULL, 0, &h);
	assert_true(asked(&r));
	memcpy(memory + slot_offset(r.slot), "piece", 5);
	assert_int_equal(say(r.tag, r.slot, OK, "12345"), OK);
	link_deliver(x);
	assert_memory_equal(h.payload, "piece", 5);
	x->answered = true; /* the peer left: nothing is asked any more */
	ask(x, ASK_FIGURES, NULL, 0, &h);
	assert_false(asked(&r));
	end(x);
}

/* What no sound store says ends the channel, and what was under way is
 * answered as busy */
static void
answers_of_a_broken_store(void **state)
{
	struct exchange *x = exchange_new(), *y = exchange_new();
	struct ipc_request r, other;
	struct heard h, g;
	int pipe_ends[2];
	enum err got;

	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		attach();
		ask(x, ASK_ENVELOPE, NULL, 0, &h);
		ask(y, ASK_ENVELOPE, NULL, 0, &g);
		assert_true(asked(&r) && asked(&other));
		switch (i) {
		case 0: /* a tag that is none, the first and the last */
			got = say(PENDING, SLOT_NONE, OK, "");
			break;
		case 1:
			got = say(UINT32_MAX, SLOT_NONE, OK, "");
			break;
		case 2: /* a tag that nobody has */
			got = say((r.tag + 2) % PENDING == other.tag ?
			    (r.tag + 3) % PENDING : (r.tag + 2) % PENDING,
			    SLOT_NONE, OK, "");
			break;
		case 3: /* the slot of another */
			got = say(r.tag, other.slot, OK, "x");
			break;
		case 4: /* no answer by its form */
			assert_int_equal(send(store, "?", 1, 0), 1);
			got = link_receive();
			break;
		case 5: /* public files without files */
			assert_int_equal(send(store, &(char){IPC_PUBLIC}, 1,
			    0), 1);
			got = link_receive();
			break;
		default: /* two of them */
			assert_int_equal(pipe(pipe_ends), 0);
			assert_true(ipc_send(store, &(char){IPC_PUBLIC}, 1,
			    pipe_ends, 2));
			close(pipe_ends[0]);
			close(pipe_ends[1]);
			got = link_receive();
		}
		assert_int_equal(got, ERR_FORMAT);
		assert_int_equal(snapshots, 0);
		assert_true(x->suspended && y->suspended);
		link_attach(-1);
		assert_false(x->suspended || y->suspended);
		link_deliver(x);
		link_deliver(y);
		assert_int_equal(h.calls + g.calls, 2);
		assert_true(h.err == ERR_BUSY && g.err == ERR_BUSY);
	}
	attach();
	close(store);
	store = -1;
	assert_int_equal(link_receive(), ERR_IO);
	link_attach(-1);
	end(x);
	end(y);
}

static void
public_files(void **state)
{
	int fd = memfd_create("public", MFD_CLOEXEC);
	char word = IPC_PUBLIC;

	(void)state;
	attach();
	assert_int_equal(link_receive(), OK); /* nothing there is no fault */
	assert_true(ipc_send(store, &word, 1, &fd, 1));
	assert_true(ipc_send(store, &word, 1, &fd, 1));
	assert_int_equal(link_receive(), OK);
	assert_int_equal(snapshots, 2);
	snapshots = 0;
	for (loads = ERR_MEMORY; loads != OK; loads = loads == ERR_MEMORY ?
	    ERR_FORMAT : OK) { /* no room for it: shown again, by another */
		assert_true(ipc_send(store, &word, 1, &fd, 1));
		assert_int_equal(link_receive(), loads == ERR_MEMORY ? ERR_IO :
		    OK);
	}
	snapshots = 0;
	close(fd);
}

/* Without a store, or past as many as it takes, a request waits */
static void
waiting(void **state)
{
	static struct exchange *all[PENDING + 1];
	static struct heard h[PENDING + 1];
	struct exchange *x = exchange_new();
	struct ipc_request r;
	struct heard late;

	(void)state;
	link_attach(-1);
	ask(x, ASK_FIGURES, NULL, 0, &late);
	clock_now += WAIT_SECONDS - 1;
	link_tick();
	assert_true(x->suspended);
	clock_now += 1;
	link_tick();
	assert_false(x->suspended);
	link_deliver(x);
	assert_int_equal(late.err, ERR_BUSY);
	ask(x, ASK_FIGURES, NULL, 0, &late);
	attach();
	assert_true(asked(&r)); /* as soon as there is one */
	assert_int_equal(say(r.tag, SLOT_NONE, OK, ""), OK);
	link_deliver(x);
	end(x);
	for (unsigned i = 0; i <= PENDING; i++) {
		all[i] = exchange_new();
		ask(all[i], ASK_FIGURES, NULL, 0, &h[i]);
		assert_int_equal(asked(&r), i < PENDING);
	}
	assert_int_equal(say(r.tag, SLOT_NONE, OK, ""), OK);
	link_deliver(all[PENDING - 1]);
	assert_true(asked(&r));
	link_attach(-1);
	for (unsigned i = 0; i <= PENDING; i++) {
		if (i != PENDING - 1) {
			link_deliver(all[i]);
		}
		assert_int_equal(h[i].calls, 1);
		end(all[i]);
	}
}

/* A store that does not read: nothing is lost, what does not fit waits */
static void
a_full_channel(void **state)
{
	static struct exchange *all[PENDING];
	static struct heard h[PENDING];
	struct ipc_request r;
	unsigned n = 0;

	(void)state;
	attach();
	for (unsigned i = 0; i < PENDING; i++) {
		all[i] = exchange_new();
		ask(all[i], ASK_FIGURES, NULL, 0, &h[i]);
	}
	assert_int_equal(all[PENDING - 1]->job.state, JOB_WAITING);
	while (asked(&r)) {
		n++;
		assert_int_equal(say(r.tag, SLOT_NONE, OK, ""), OK);
	}
	assert_int_equal(n, PENDING);
	for (unsigned i = 0; i < PENDING; i++) {
		link_deliver(all[i]);
		assert_int_equal(h[i].err, OK);
		end(all[i]);
	}
}

/* Answers that need a slot wait for one */
static void
large_answers(void **state)
{
	static struct exchange *all[SLOT_LARGES + 1];
	static struct heard h[SLOT_LARGES + 1];
	struct ipc_request r, last;

	(void)state;
	attach();
	for (unsigned i = 0; i <= SLOT_LARGES; i++) {
		all[i] = exchange_new();
		ask(all[i], ASK_ENVELOPE, NULL, 0, &h[i]);
		assert_int_equal(asked(&r), i < SLOT_LARGES);
		last = r;
	}
	hoarder = all[0]; /* gives way to an answer too */
	hoarder_age = 6;
	link_tick();
	assert_int_equal(cuts, 1);
	hoarder = NULL;
	cuts = 0;
	assert_int_equal(say(last.tag, last.slot, OK, "x"), OK);
	assert_false(asked(&r));
	link_deliver(all[SLOT_LARGES - 1]);
	assert_true(asked(&r)); /* its slot went to the next */
	assert_int_equal(r.slot, last.slot);
	link_attach(-1);
	for (unsigned i = 0; i <= SLOT_LARGES; i++) {
		if (h[i].calls == 0) {
			link_deliver(all[i]);
		}
		end(all[i]);
	}
}

/* Pages behind ${len} bytes at ${p} */
static unsigned
pages_of(uint8_t *p, size_t len)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char there[SLOT_TEXT_LEN / 4096];
	unsigned n = 0;

	assert_int_equal(mincore(p, len, there), 0);
	for (size_t i = 0; i < len / page; i++) {
		n += there[i] & 1;
	}
	return n;
}


static void
slots(void **state)
{
	static struct exchange *all[SLOT_TEXTS + 1];
	struct exchange *x = exchange_new();
	unsigned past;

	(void)state;
	attach();
	assert_null(exchange_slot(x, SLOT_LARGE_LEN + 1));
	assert_false(x->suspended);
	for (unsigned i = 0; i <= SLOT_TEXTS; i++) {
		uint8_t *p;

		all[i] = exchange_new();
		p = exchange_slot(all[i], SLOT_TEXT_LEN);
		assert_int_equal(p == NULL, i == SLOT_TEXTS);
		for (unsigned j = 0; j < i && p != NULL; j++) {
			assert_int_not_equal(all[j]->slot, all[i]->slot);
		}
	}
	/* the same one keeps it; a larger one it has not */
	assert_ptr_equal(exchange_slot(all[0], 1), memory +
	    slot_offset(all[0]->slot));
	/* silent ones give way to who waits */
	hoarder = all[3];
	hoarder_age = 6;
	link_tick();
	assert_int_equal(cuts, 1);
	hoarder_age = 2;
	link_tick();
	assert_int_equal(cuts, 1);
	hoarder_slow = true;
	link_tick();
	assert_int_equal(cuts, 2);
	hoarder = NULL;
	past = all[7]->slot;
	memory[slot_offset(past)] = 1;
	all[7]->got = 1; /* as the engine counts what its handler took */
	link_forget(all[7]);
	assert_false(all[SLOT_TEXTS]->suspended);
	assert_int_equal(all[SLOT_TEXTS]->slot, past);
	assert_int_equal(memory[slot_offset(past)], 0);
	/* nobody waits any more: nobody is cut */
	hoarder = all[3];
	link_tick();
	assert_int_equal(cuts, 2);
	hoarder = NULL;
	assert_null(exchange_slot(all[7], 1));
	clock_now += WAIT_SECONDS;
	link_tick();
	assert_true(all[7]->job.refused);
	assert_false(all[7]->suspended);
	assert_null(exchange_slot(all[7], 1));
	link_forget(all[7]); /* it leaves while it waits */
	link_forget(all[8]); /* and gets nothing any more */
	assert_int_equal(all[7]->slot, SLOT_NONE);
	for (unsigned i = 0; i <= SLOT_TEXTS; i++) {
		end(all[i]);
	}
	/* pages that nobody has go back, whatever was in them */
	memory[slot_offset(3) + 9000] = 1;
	link_tick();
	assert_int_equal(memory[slot_offset(3) + 9000], 0);
	/* one that has a small slot gets no large answer into it */
	assert_non_null(exchange_slot(x, 1));
	assert_null(exchange_slot(x, SLOT_TEXT_LEN + 1));
	hoarder = x; /* cut as well when it is a large one that is wanted */
	link_tick();
	assert_int_equal(cuts, 3);
	hoarder = NULL;
	end(x);
}

/* A body that stops after 600 bytes takes a page of its slot, also when it is
 * wiped: 256 of them took 18 MiB */
static void
a_short_body(void **state)
{
	struct exchange *x = exchange_new(), *y = exchange_new();
	struct heard h;
	struct ipc_request r;
	uint8_t *p;

	(void)state;
	link_tick(); /* of those before */
	attach();
	p = exchange_slot(x, SLOT_TEXT_LEN);
	assert_non_null(p);
	memset(p, 1, 600);
	x->got = 600;
	assert_int_equal(pages_of(p, SLOT_TEXT_LEN), 1);
	link_forget(x);
	assert_int_equal(pages_of(p, SLOT_TEXT_LEN), 1);
	for (unsigned i = 0; i < 600; i++) {
		assert_int_equal(p[i], 0);
	}
	/* what a page sealed is more than what came of the form */
	ask(y, ASK_PUT, "sealed", 6, &h);
	assert_true(asked(&r));
	y->got = 2;
	link_forget(y);
	assert_memory_equal(memory + slot_offset(r.slot), "\0\0\0\0\0\0", 6);
	link_attach(-1); /* ends what y asked */
	free(x);
	free(y);
}

/* Nobody but the first and the last of those who wait for a slot is looked at
 * when something else is done: the others' memory cannot be read meanwhile */
static void
a_crowd_waits(void **state)
{
	enum { CROWD = 64 };
	static struct exchange *all[SLOT_TEXTS], *crowd[CROWD];
	struct exchange *x = exchange_new();
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t each = (sizeof(*x) + page - 1) / page * page;
	uint8_t *p = mmap(NULL, CROWD * each, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ipc_request r;
	struct heard h;

	(void)state;
	assert_ptr_not_equal(p, MAP_FAILED);
	attach();
	for (unsigned i = 0; i < SLOT_TEXTS; i++) {
		all[i] = exchange_new();
		assert_non_null(exchange_slot(all[i], 1));
	}
	for (unsigned i = 0; i < CROWD; i++) {
		crowd[i] = (struct exchange *)(void *)(p + i * each);
		crowd[i]->slot = SLOT_NONE;
		assert_null(exchange_slot(crowd[i], 1));
	}
	assert_int_equal(mprotect(p + each, (CROWD - 2) * each, PROT_NONE), 0);
	ask(x, ASK_FIGURES, NULL, 0, &h);
	assert_true(asked(&r));
	assert_int_equal(say(r.tag, SLOT_NONE, OK, ""), OK);
	link_deliver(x);
	ask(x, ASK_ENVELOPE, NULL, 0, &h); /* takes and gives a large slot */
	assert_true(asked(&r));
	assert_int_equal(say(r.tag, r.slot, OK, "x"), OK);
	link_deliver(x);
	assert_int_equal(h.calls, 1);
	link_tick();
	assert_int_equal(mprotect(p, CROWD * each, PROT_READ | PROT_WRITE), 0);
	link_forget(all[0]);
	assert_false(crowd[0]->suspended); /* who came first */
	assert_true(crowd[1]->suspended);
	/* a request goes before them: its body has come */
	ask(x, ASK_PUT, "sealed", 6, &h);
	assert_false(asked(&r));
	link_forget(all[1]);
	assert_true(asked(&r));
	assert_true(crowd[1]->suspended);
	link_attach(-1);
	link_deliver(x);
	assert_false(crowd[1]->suspended);
	clock_now += WAIT_SECONDS;
	link_tick();
	for (unsigned i = 0; i < CROWD; i++) {
		assert_false(crowd[i]->suspended);
		assert_int_equal(crowd[i]->job.refused, i > 1);
		link_forget(crowd[i]);
	}
	for (unsigned i = 2; i < SLOT_TEXTS; i++) {
		link_forget(all[i]);
	}
	for (unsigned i = 0; i < SLOT_TEXTS; i++) {
		free(all[i]);
	}
	munmap(p, CROWD * each);
	end(x);
}

static void
limits(void **state)
{
	static uint8_t much[ASK_PAYLOAD_MAX + 1];
	struct exchange *x = exchange_new();
	struct ipc_request r;
	struct heard h;

	(void)state;
	attach();
	ask(x, ASK_UPLOAD_PART, much, sizeof(much), &h);
	assert_false(x->suspended);
	link_deliver(x);
	assert_int_equal(h.err, ERR_LIMIT);
	text_allowed = false; /* a circuit that has had its texts */
	ask(x, ASK_PUT, "sealed", 6, &h);
	assert_false(x->suspended);
	link_deliver(x);
	assert_int_equal(h.err, ERR_BUSY);
	ask(x, ASK_FIGURES, NULL, 0, &h);
	assert_true(asked(&r));
	text_allowed = true;
	link_attach(-1);
	link_deliver(x);
	end(x);
}

static int
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(answers_of_a_broken_store),
		cmocka_unit_test(public_files),
		cmocka_unit_test(waiting),
		cmocka_unit_test(a_full_channel),
		cmocka_unit_test(large_answers),
		cmocka_unit_test(slots),
		cmocka_unit_test(limits),
		/* last: where it fails, the lock is held */
		cmocka_unit_test(a_short_body),
		cmocka_unit_test(a_crowd_waits),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
