/* SPDX-License-Identifier: EUPL-1.2 */
/* Slots of the memory between web and store: who gets one, what is left in
 * it, and a crowd that waits. */
#include "kit/web_store.h"

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

/* Who sends on goes before those who stopped, whether it is seen when it
 * begins to wait or later; so many are looked at each tick, in turn, and who
 * leaves meanwhile is not */
static void
who_sends_on(void **state)
{
	enum { LOOKS = 256, CROWD = 2 * LOOKS };
	static struct exchange *all[SLOT_TEXTS];
	struct exchange *x = exchange_new(), **crowd;
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t each = (sizeof(*x) + page - 1) / page * page;
	uint8_t *p = mmap(NULL, CROWD * each, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned before;

	(void)state;
	crowd = calloc(CROWD, sizeof(*crowd));
	assert_non_null(crowd);
	assert_ptr_not_equal(p, MAP_FAILED);
	attach();
	for (unsigned i = 0; i < SLOT_TEXTS; i++) {
		all[i] = exchange_new();
		assert_non_null(exchange_slot(all[i], 1));
	}
	hoarder = x;
	hoarder_unread = true;
	assert_null(exchange_slot(x, 1));
	hoarder_unread = false;
	/* for it alone too the silent are cut */
	hoarder = all[5];
	hoarder_slow = true;
	hoarder_age = 2;
	before = cuts;
	link_tick();
	assert_int_equal(cuts, before + 1);
	hoarder_slow = false;
	for (unsigned i = 0; i < CROWD; i++) {
		crowd[i] = (struct exchange *)(void *)(p + i * each);
		crowd[i]->slot = SLOT_NONE;
		crowd[i]->watched = (struct watched *)crowd[i];
		assert_null(exchange_slot(crowd[i], 1));
	}
	link_forget(all[0]);
	assert_false(x->suspended);
	assert_int_equal(x->slot, 0);
	assert_true(crowd[0]->suspended);
	/* seen later: the last of the first turn, before any of the next */
	hoarder = crowd[LOOKS - 1];
	hoarder_unread = true;
	assert_int_equal(mprotect(p + (LOOKS + 1) * each, (CROWD - LOOKS - 2) *
	    each, PROT_NONE), 0);
	link_tick();
	assert_int_equal(mprotect(p, CROWD * each, PROT_READ | PROT_WRITE), 0);
	link_forget(all[1]);
	assert_false(crowd[LOOKS - 1]->suspended);
	/* the next to be looked at leaves; the turn goes on behind it */
	hoarder = crowd[CROWD - 1];
	link_forget(crowd[LOOKS]);
	memset(crowd[LOOKS], 0xff, sizeof(*x));
	link_tick();
	link_forget(all[2]);
	assert_false(crowd[CROWD - 1]->suspended);
	/* all were seen: from the first again, who is told when it was long */
	hoarder = crowd[0];
	link_tick();
	hoarder = NULL;
	hoarder_unread = false;
	clock_now += WAIT_SECONDS;
	link_tick();
	assert_true(crowd[0]->job.refused);
	assert_true(crowd[1]->job.refused);
	for (unsigned i = 0; i < CROWD; i++) {
		if (i != LOOKS) {
			link_forget(crowd[i]);
		}
	}
	for (unsigned i = 3; i < SLOT_TEXTS; i++) {
		link_forget(all[i]);
	}
	for (unsigned i = 0; i < SLOT_TEXTS; i++) {
		free(all[i]);
	}
	munmap(p, CROWD * each);
	free(crowd);
	end(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots),
		/* last: where it fails, the lock is held */
		cmocka_unit_test(a_short_body),
		cmocka_unit_test(a_crowd_waits),
		cmocka_unit_test(who_sends_on),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
