/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The store process: one folder, no network. Takes all requests that are
 * queued, asks the store, commits once, then answers: a receipt leaves only
 * after the commit. Parts of an upload are answered when they are taken and
 * committed a few at a time, at the latest before the receipt. Believes
 * nothing of web; a request outside the table ends web, and the monitor
 * starts it again.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "events.h"
#include "meldluik/secret.h"
#include "roles.h"
#include "sandbox.h"
#include "storeproc.h"

#define BATCH 64u       /* requests of one commit */
#define BATCH_BYTES 8388608u /* and of their bytes, for memory */
#define FLUSH_BYTES 3145728u /* of parts, committed together */
#define FLUSH_IDLE_MS 200    /* or when nothing came for so long */
#define RECORDS_MS 2000      /* between records of uploads under way */
#define BEAT_SECONDS 60
#define SEND_WAIT_MS 1000 /* for a web that does not read */

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t
monotonic(void)
{
	return milliseconds() / 1000;
}

static void
drop_link(struct keeper *k)
{
	if (k->link >= 0) {
		close(k->link);
		k->link = -1;
	}
	if (k->slots != NULL) {
		munmap(k->slots, SLOT_BYTES);
		k->slots = NULL;
	}
	free(k->held);
	k->held = NULL;
	k->lost = false;
}

static void
broken_peer(struct keeper *k)
{
	const char message = CONTROL_BROKEN;

	log_event(EVENT_PEER_BROKEN);
	drop_link(k);
	(void)ipc_send(FD_CONTROL, &message, 1, NULL, 0);
}

static bool
send_answer(struct keeper *k, struct turn *t)
{
	uint8_t message[IPC_ANSWER_MAX];
	struct pollfd p = {k->link, POLLOUT, 0};
	size_t len;
	int tries;

	if (k->lost) {
		return false; /* it was waited for once */
	}
	t->a.tag = t->r.tag;
	t->a.slot = SLOT_NONE;
	if (t->receipted && t->a.a.err == OK) {
		t->a.a.payload = (const uint8_t *)t->receipt.note;
		t->a.a.payload_len = t->receipt.len;
	} else if (t->a.a.payload_len > 0) {
		t->a.slot = t->r.slot;
	}
	len = ipc_answer_encode(&t->a, message);
	for (tries = 0; tries < 2; tries++) {
		if (send(k->link, message, len, MSG_DONTWAIT |
		    MSG_NOSIGNAL) == (ssize_t)len) {
			return true;
		}
		if (errno != EAGAIN || poll(&p, 1, SEND_WAIT_MS) < 1) {
			return false;
		}
	}
	return false;
}

static void
answer_busy(struct keeper *k, struct turn *t)
{
	memset(&t->a.a, 0, sizeof(t->a.a));
	t->a.a.err = ERR_BUSY;
	t->receipted = false;
	k->lost = !send_answer(k, t) || k->lost;
}

/* False: it is answered, or kept for the draw */
static bool
admit(struct keeper *k, struct turn *t)
{
	if (t->r.len != ENVELOPE_TEXT_SIZE ||
	    store_has(k->store, t->r.q.digest)) {
		return true;
	}
	switch (flood_offer(&k->flood, milliseconds(), randombytes_random())) {
	case FLOOD_TAKE:
		t->budgeted = true;
		return true;
	case FLOOD_HOLD:
		if (k->held != NULL) {
			answer_busy(k, k->held);
		} else {
			k->held = malloc(sizeof(*k->held));
		}
		if (k->held != NULL) {
			*k->held = *t;
			return false;
		}
		break;
	case FLOOD_REFUSE:
		break;
	}
	answer_busy(k, t);
	return false;
}

static void
flood_measure(struct keeper *k)
{
	struct store_figures f;
	double minute = k->config.texts_minute;

	if (minute == 0) {
		store_figures(k->store, &f);
		minute = flood_minute(f.text_free, SLOT_TEXT_LEN);
	}
	flood_budget(&k->flood, minute, k->config.texts_burst);
}

/* Takes what is queued, at most a batch. False: the peer is broken */
static bool
receive_batch(struct keeper *k, struct turn turn[BATCH], unsigned *n,
    bool *ended)
{
	uint8_t message[IPC_REQUEST_LEN + 1];
	int fds[IPC_FDS];
	unsigned nfds, seen = 0;
	size_t bytes = 0;
	ssize_t got = 0;

	/* Those a flood is answered by are seen and not counted */
	for (*n = 0; *n < BATCH && bytes < BATCH_BYTES && seen < 4 * BATCH;
	    seen++) {
		struct turn *t = &turn[*n];

		got = ipc_receive(k->link, message, sizeof(message), fds,
		    &nfds);
		if (got < 0 && errno == EMSGSIZE) {
			return false; /* no request is that long */
		}
		if (got <= 0) {
			break;
		}
		memset(t, 0, sizeof(*t));
		if (nfds > 0 || ipc_request_decode(message, (size_t)got,
		    k->config.has_credential, &t->r) != OK) {
			while (nfds > 0) {
				close(fds[--nfds]);
			}
			return false;
		}
		if (t->r.q.what == ASK_PUT && !admit(k, t)) {
			continue;
		}
		bytes += t->r.len;
		if (t->r.q.what == ASK_PUT) {
			put_begin(k, t);
		}
		(*n)++;
	}
	*ended = got == 0 || (got < 0 && errno != EAGAIN);
	return true;
}

/* Asks the store. Parts are answered at once; true: others wait for a
 * commit */
static bool
ask_batch(struct keeper *k, struct turn *turn, unsigned n)
{
	bool waits = false;
	unsigned i;

	for (i = 0; i < n; i++) {
		struct turn *t = &turn[i];

		t->a.a.err = (int)ask_handle(k, t);
		if (t->r.q.what != ASK_UPLOAD_PART) {
			waits = true;
		} else {
			t->answered = true;
			if (!send_answer(k, t)) {
				k->lost = true;
			}
		}
	}
	return waits;
}

static void
answer_batch(struct keeper *k, struct turn *turn, unsigned n, enum err e)
{
	unsigned i;

	for (i = 0; i < n && !k->lost; i++) {
		struct turn *t = &turn[i];

		if (t->answered) {
			continue;
		}
		if (e != OK && t->changes && t->a.a.err == OK) {
			memset(&t->a.a, 0, sizeof(t->a.a));
			t->a.a.err = (int)e;
		}
		k->lost = !send_answer(k, t);
	}
}

/* The draw is over: who is held is a batch of its own */
static void
serve_drawn(struct keeper *k)
{
	struct turn *t = k->held;
	enum err e;

	k->held = NULL; /* transferred */
	if (t == NULL) {
		return;
	}
	t->budgeted = true;
	put_begin(k, t);
	(void)ask_batch(k, t, 1);
	e = store_commit(k->store);
	answer_batch(k, t, 1, e);
	if (e != OK) {
		log_event(EVENT_STORE_FAILED);
	}
	free(t);
	if (k->lost) {
		drop_link(k);
		k->apart = true;
	}
}

/* Parts as they come, the records of their uploads now and then */
static enum err
flush_some(struct keeper *k)
{
	if (milliseconds() < k->records_due) {
		return store_flush_parts(k->store);
	}
	k->records_due = milliseconds() + RECORDS_MS;
	return store_flush(k->store);
}

/* True: there may be more */
static bool
serve_batch(struct keeper *k)
{
	static struct turn turn[BATCH];
	unsigned n;
	bool ended;
	enum err e = OK;

	if (!receive_batch(k, turn, &n, &ended)) {
		store_abort(k->store);
		broken_peer(k);
		return false;
	}
	if (n > 0 && ask_batch(k, turn, n)) {
		e = store_commit(k->store);
		answer_batch(k, turn, n, e);
	} else if (store_pending(k->store) >= FLUSH_BYTES) {
		e = flush_some(k);
	}
	if (e != OK) {
		log_event(EVENT_STORE_FAILED);
	}
	if (ended || k->lost) {
		drop_link(k);
		k->apart = true;
		return false;
	}
	return n > 0;
}

/* --- control, beat --- */

static void
take_control(struct keeper *k)
{
	char message[8];
	int fds[IPC_FDS];
	unsigned n;
	ssize_t got;

	got = ipc_receive(FD_CONTROL, message, sizeof(message), fds, &n);
	if (got == 0) {
		store_close(k->store);
		_exit(EXIT_GOOD); /* the monitor is gone */
	}
	if (got < 0) {
		return;
	}
	if (message[0] == CONTROL_LINK && n == 2) {
		drop_link(k);
		k->apart = false;
		k->link = fds[0];
		k->slots = slots_map(fds[1]);
		close(fds[1]);
		k->show = true;
		k->show_at = 0;
		if (k->slots == NULL) {
			drop_link(k);
		} else {
			(void)fcntl(k->link, F_SETFL, O_NONBLOCK);
		}
		return;
	}
	while (n > 0) {
		close(fds[--n]);
	}
}

static void
beat(struct keeper *k)
{
	day_t today = day_of_utc((int64_t)time(NULL));

	flood_measure(k);
	if (store_beat(k->store, (uint64_t)(monotonic() - k->start)) != OK) {
		log_event(EVENT_STORE_FAILED);
	}
	if (today != k->today || k->daily_due) {
		k->daily_due = true; /* until it is done whole */
		k->today = today;
		store_today(k->store, today);
		if (store_daily(k->store, today) == OK) {
			k->daily_due = false;
			log_event(EVENT_DAILY);
		} else {
			log_event(EVENT_STORE_FAILED);
		}
		store_figures(k->store, &k->figures);
		log_day();
	}
	malloc_trim(0);
}

enum err
store_open_configured(const struct config *c, struct store **out)
{
	struct store_options o = {
		.path = c->store_path,
		.bulk_bytes = c->bulk,
		.text_reserve = c->reserve,
		.free_floor = c->floor,
		.ballast = c->ballast,
		.uploads_max = c->uploads,
		.grace_days = c->grace,
		.chaff_a_day = c->chaff,
		.generation = c->generation,
	};

	return store_open(&o, out);
}

/* The monitor ends a store that is silent for too long, and joins one that
 * is apart from web again. Never at once: a web that died brings its own. */
static void
say_alive(struct keeper *k)
{
	const char message = k->apart ? CONTROL_LINK : CONTROL_ALIVE;

	if (monotonic() >= k->alive) {
		k->alive = monotonic() + ALIVE_SECONDS;
		(void)send(FD_CONTROL, &message, 1, MSG_DONTWAIT |
		    MSG_NOSIGNAL);
	}
}

static void
still_alive(void *arg)
{
	say_alive(arg);
}

static void
run(struct keeper *k)
{
	struct pollfd p[2];
	int64_t wait, drawn;
	int ready;

	for (;;) {
		say_alive(k);
		wait = (k->beat - monotonic()) * 1000;
		if (store_waiting(k->store) && wait > FLUSH_IDLE_MS) {
			wait = FLUSH_IDLE_MS;
		}
		if (wait > ALIVE_SECONDS * 1000) {
			wait = ALIVE_SECONDS * 1000;
		}
		drawn = flood_wait(&k->flood, milliseconds());
		if (drawn >= 0 && drawn < wait) {
			wait = drawn;
		}
		p[0] = (struct pollfd){FD_CONTROL, POLLIN, 0};
		p[1] = (struct pollfd){k->link, POLLIN, 0};
		ready = poll(p, 2, wait < 0 ? 0 : (int)wait);
		if (ready < 0 && errno != EINTR) {
			abort();
		}
		if (ready == 0 && store_waiting(k->store) &&
		    store_flush(k->store) != OK) {
			log_event(EVENT_STORE_FAILED);
		}
		if (p[1].revents != 0) {
			while (serve_batch(k)) {
				say_alive(k);
				if (monotonic() >= k->beat ||
				    flood_wait(&k->flood, milliseconds()) ==
				    0) {
					break;
				}
			}
		}
		if (flood_drawn(&k->flood, milliseconds())) {
			serve_drawn(k);
		}
		if (p[0].revents != 0) {
			take_control(k);
		}
		if (store_lost(k->store)) {
			/* the monitor starts one that opens it anew */
			log_event(EVENT_STORE_LOST);
			_exit(EXIT_TROUBLE);
		}
		if (monotonic() >= k->beat) {
			beat(k);
			k->beat = monotonic() + BEAT_SECONDS;
		}
		show_when_due(k, monotonic());
	}
}

int
store_main(bool first)
{
	const char ready = CONTROL_READY;
	struct sandbox_told told;
	struct keeper k;
	struct buf text;
	enum err opened;
	int line;

	log_role("store");
	prctl(PR_SET_NAME, "meldluik-store"); /* for ps; started as exe */
	memset(&k, 0, sizeof(k));
	k.link = -1;
	k.copy = malloc(SLOT_LARGE_LEN);
	mallopt(M_ARENA_MAX, 1);
	/* Buffers of parts come and go by the MiB; getting their pages anew
	 * each time costs more than filling them. The beat gives them back. */
	mallopt(M_MMAP_THRESHOLD, 16777216);
	mallopt(M_TRIM_THRESHOLD, 67108864);
	if (k.copy == NULL || config_load(FD_CONFIG, &text) != OK ||
	    config_parse((const char *)text.p, &k.config, &line) != OK) {
		return EXIT_USAGE;
	}
	buf_free(&text);
	close(FD_CONFIG);
	opened = store_open_configured(&k.config, &k.store);
	if (opened != OK) {
		log_event(opened == ERR_CONFLICT ? EVENT_GENERATION :
		    opened == ERR_CRYPT ? EVENT_STORE_GONE :
		    EVENT_STORE_FAILED);
		return EXIT_TROUBLE;
	}
	store_alive(k.store, still_alive, &k);
	k.today = day_of_utc((int64_t)time(NULL));
	store_today(k.store, k.today);
	k.daily_due = first || store_daily_due(k.store, k.today);
	k.start = monotonic();
	k.beat = k.start + BEAT_SECONDS;
	store_figures(k.store, &k.figures);
	flood_measure(&k);
	if (sandbox_enter(ROLE_STORE, k.config.store_path, &told) != OK) {
		return EXIT_TROUBLE;
	}
	if (told.no_landlock) {
		log_event(EVENT_NO_LANDLOCK);
	}
	if (!ipc_send(FD_CONTROL, &ready, 1, NULL, 0)) {
		return EXIT_TROUBLE;
	}
	run(&k);
	return EXIT_GOOD;
}
