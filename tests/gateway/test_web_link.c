/* SPDX-License-Identifier: EUPL-1.2 */
/* Web's side of the channel: what a store may answer, and who waits. */
#include "kit/web_store.h"

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
	hoarder_unread = true; /* but not when it waits for us */
	link_tick();
	assert_int_equal(cuts, 0);
	hoarder_unread = false;
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
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
