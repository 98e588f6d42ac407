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
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../http/snapshot.h"
#include "events.h"
#include "flood.h"
#include "ipc.h"
#include "meldluik/secret.h"
#include "meldluik/store.h"
#include "roles.h"
#include "sandbox.h"

#define BATCH 64u       /* requests of one commit */
#define BATCH_BYTES 8388608u /* and of their bytes, for memory */
#define FLUSH_BYTES 8388608u /* of parts, committed together */
#define FLUSH_IDLE_MS 200    /* or when nothing came for so long */
#define BEAT_SECONDS 60
#define SEND_WAIT_MS 1000 /* for a web that does not read */

struct turn;

struct keeper {
	struct store *store;
	struct config config;
	int link;
	uint8_t *slots;
	uint8_t *copy; /* of what is parsed: web cannot change it any more */
	uint64_t shown; /* version of the public files that web has */
	bool show;      /* a new web has none */
	bool lost;      /* web does not read its answers */
	day_t today;
	bool daily_due; /* the machine may have been off at midnight */
	int64_t beat, start, alive;
	struct flood flood;
	struct turn *held; /* the one a draw would take now, or NULL */
	uint64_t manifest_serial; /* of the one kept for its pieces */
	struct buf manifest;
};

struct turn {
	struct ipc_request r;
	struct ipc_answer a;
	struct store_put *put; /* begun, not ended */
	struct store_receipt receipt;
	bool changes; /* fails with the commit */
	bool receipted;
	bool budgeted; /* counted by the flood's budget */
	bool answered; /* before the commit: it promised nothing durable */
};

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

static uint8_t *
slot_at(struct keeper *k, const struct turn *t)
{
	return k->slots + slot_offset(t->r.slot);
}

/* --- handlers, one a row of the table --- */

static enum err
do_put(struct keeper *k, struct turn *t)
{
	enum err e = (enum err)t->a.a.err; /* of put_begin() */

	t->changes = true;
	if (e == OK) {
		e = store_put_end(k->store, t->put, &t->receipt);
		t->receipted = e == OK;
	}
	if (e != OK && t->budgeted) {
		flood_return(&k->flood);
	}
	return e;
}

/* Before the handlers: what of it can go side by side */
static void
put_begin(struct keeper *k, struct turn *t)
{
	t->a.a.err = (int)store_put_begin(k->store, slot_at(k, t), t->r.len,
	    t->r.q.digest, t->r.q.week, &t->put);
}

static enum err
do_upload_begin(struct keeper *k, struct turn *t)
{
	t->changes = true;
	return store_upload_begin(k->store, t->r.q.week, t->a.a.id);
}

static enum err
do_upload_part(struct keeper *k, struct turn *t)
{
	const uint8_t *p = slot_at(k, t);

	if (t->r.q.number == 1) {
		/* It holds the header, which is parsed */
		memcpy(k->copy, p, t->r.len);
		p = k->copy;
	}
	return store_upload_part(k->store, t->r.q.id, t->r.q.number, p,
	    t->r.len, &t->a.a.next);
}

static enum err
do_upload_finish(struct keeper *k, struct turn *t)
{
	enum err e;

	t->changes = true;
	e = store_upload_finish(k->store, t->r.q.id, t->r.q.digest,
	    t->r.q.week, &t->receipt);
	t->receipted = e == OK;
	return e;
}

static enum err
do_cut(struct keeper *k, struct turn *t)
{
	t->changes = true;
	return store_manifest_cut(k->store, &t->a.a.serial);
}

static enum err
manifest_read(struct keeper *k, uint64_t serial)
{
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	enum err e;

	e = store_manifest(k->store, serial, &doc, &sig);
	if (e == OK) {
		buf_free(&k->manifest);
		k->manifest = buf_new(INBOUND_MAX + SIGN_TEXT_MAX + 4);
		buf_u32(&k->manifest, (uint32_t)doc.len);
		buf_put(&k->manifest, doc.p, doc.len);
		buf_put(&k->manifest, sig.p, sig.len);
		k->manifest_serial = serial;
		e = k->manifest.failed ? ERR_MEMORY : OK;
	}
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

/* A piece of bytes at hand into the request's slot */
static void
piece(struct keeper *k, struct turn *t, const uint8_t *p, size_t len)
{
	size_t n;

	t->a.a.total = len;
	if (t->r.q.offset >= len) {
		return;
	}
	n = len - (size_t)t->r.q.offset;
	if (n > slot_len(t->r.slot)) {
		n = slot_len(t->r.slot);
	}
	memcpy(slot_at(k, t), p + t->r.q.offset, n);
	t->a.a.payload_len = n;
}

static enum err
do_manifest(struct keeper *k, struct turn *t)
{
	enum err e = OK;

	if (k->manifest_serial != t->r.q.serial || t->r.q.offset == 0) {
		k->manifest_serial = 0;
		e = manifest_read(k, t->r.q.serial);
	}
	if (e == OK) {
		piece(k, t, k->manifest.p, k->manifest.len);
		if (t->r.q.offset + t->a.a.payload_len >= k->manifest.len) {
			buf_free(&k->manifest);
			k->manifest_serial = 0;
		}
	}
	return e;
}

static enum err
do_manifest_first(struct keeper *k, struct turn *t)
{
	t->a.a.serial = store_manifest_first(k->store, t->r.q.number);
	return OK;
}

static enum err
do_envelope(struct keeper *k, struct turn *t)
{
	struct buf b = buf_new(SLOT_LARGE_LEN);
	enum err e;

	e = store_envelope(k->store, t->r.q.digest, t->r.q.offset,
	    SLOT_LARGE_LEN, &b, &t->a.a.total);
	if (e == OK && b.len > 0) {
		memcpy(slot_at(k, t), b.p, b.len);
		t->a.a.payload_len = b.len;
	}
	buf_free(&b);
	return e;
}

static enum err
do_outbound_put(struct keeper *k, struct turn *t)
{
	t->changes = true;
	memcpy(k->copy, slot_at(k, t), t->r.len);
	return store_outbound_put(k->store, t->r.q.number, t->r.q.path,
	    t->r.q.offset, k->copy, t->r.len);
}

static enum err
do_outbound_apply(struct keeper *k, struct turn *t)
{
	enum err e;

	t->changes = true;
	e = store_outbound_apply(k->store, t->r.q.number,
	    k->config.has_identity ? &k->config.identity : NULL, k->today);
	if (e == OK) {
		log_event(EVENT_APPLIED);
	}
	return e;
}

static enum err
do_public(struct keeper *k, struct turn *t)
{
	struct buf b = buf_new(SLOT_LARGE_LEN);
	enum err e;

	e = store_public_range(k->store, t->r.q.path, t->r.q.offset,
	    SLOT_LARGE_LEN, &b, &t->a.a.total);
	if (e == OK && b.len > 0) {
		memcpy(slot_at(k, t), b.p, b.len);
		t->a.a.payload_len = b.len;
	}
	buf_free(&b);
	return e;
}

static enum err
do_figures(struct keeper *k, struct turn *t)
{
	struct store_figures f;

	store_figures(k->store, &f);
	t->a.a.serial = f.manifests;
	t->a.a.total = f.bulk_free;
	t->a.a.next = (f.full_bulk ? 1u : 0u) | (f.full_text ? 2u : 0u);
	return OK;
}

static enum err (*const handlers[ASK_COUNT])(struct keeper *,
    struct turn *) = {
	[ASK_PUT] = do_put,
	[ASK_UPLOAD_BEGIN] = do_upload_begin,
	[ASK_UPLOAD_PART] = do_upload_part,
	[ASK_UPLOAD_FINISH] = do_upload_finish,
	[ASK_MANIFEST_CUT] = do_cut,
	[ASK_MANIFEST] = do_manifest,
	[ASK_MANIFEST_FIRST] = do_manifest_first,
	[ASK_ENVELOPE] = do_envelope,
	[ASK_OUTBOUND_PUT] = do_outbound_put,
	[ASK_OUTBOUND_APPLY] = do_outbound_apply,
	[ASK_PUBLIC] = do_public,
	[ASK_FIGURES] = do_figures,
};

/* --- public files to web --- */

struct listing {
	struct buf head;
	struct store *store;
	struct {
		char path[SNAPSHOT_PATH];
		uint64_t size;
	} *file;
	unsigned files;
};

static enum err
list_one(void *arg, const char *path, uint64_t size)
{
	struct listing *l = arg;

	if (l->files == SNAPSHOT_FILES || strlen(path) >= SNAPSHOT_PATH) {
		return ERR_LIMIT;
	}
	memcpy(l->file[l->files].path, path, strlen(path) + 1);
	l->file[l->files++].size = size;
	return OK;
}

static bool
write_all(int fd, const uint8_t *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n <= 0) {
			return false;
		}
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static enum err
fill_public(struct listing *l, int fd)
{
	struct buf b;
	uint64_t total, at = 4 + (uint64_t)SNAPSHOT_ENTRY * l->files;
	enum err e = OK;
	unsigned i;
	size_t n;

	buf_u32(&l->head, l->files);
	for (i = 0; i < l->files; i++) {
		n = strlen(l->file[i].path);
		buf_put(&l->head, l->file[i].path, n);
		buf_zeros(&l->head, SNAPSHOT_PATH - n);
		buf_u64(&l->head, at);
		buf_u64(&l->head, l->file[i].size);
		at += l->file[i].size;
	}
	if (l->head.failed || !write_all(fd, l->head.p, l->head.len)) {
		return ERR_MEMORY;
	}
	for (i = 0; i < l->files && e == OK; i++) {
		for (at = 0; at < l->file[i].size && e == OK; at += n) {
			b = buf_new(SLOT_LARGE_LEN);
			e = store_public_range(l->store, l->file[i].path, at,
			    SLOT_LARGE_LEN, &b, &total);
			n = b.len;
			if (e == OK && (n == 0 || total != l->file[i].size ||
			    !write_all(fd, b.p, n))) {
				e = ERR_IO;
			}
			buf_free(&b);
		}
	}
	return e;
}

static enum err
show_public(struct keeper *k)
{
	const char message = IPC_PUBLIC;
	struct listing l;
	enum err e;
	int fd;

	memset(&l, 0, sizeof(l));
	l.store = k->store;
	l.head = buf_new(4 + (size_t)SNAPSHOT_ENTRY * SNAPSHOT_FILES);
	l.file = calloc(SNAPSHOT_FILES, sizeof(*l.file));
	fd = memfd_create("public", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (l.file == NULL || fd < 0) {
		e = ERR_MEMORY;
		goto out;
	}
	e = store_public_list(k->store, list_one, &l);
	if (e == OK) {
		e = fill_public(&l, fd);
	}
	if (e != OK) {
		goto out;
	}
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK |
	    F_SEAL_GROW | F_SEAL_SEAL) != 0 ||
	    !ipc_send(k->link, &message, 1, &fd, 1)) {
		e = ERR_IO;
		goto out;
	}
	k->shown = store_public_version(k->store);
	k->show = false;
out:
	if (fd >= 0) {
		close(fd);
	}
	free(l.file);
	buf_free(&l.head);
	return e;
}

/* --- a batch --- */

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

		t->a.a.err = (int)handlers[t->r.q.what](k, t);
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
	}
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
		e = store_flush(k->store);
	}
	if (e != OK) {
		log_event(EVENT_STORE_FAILED);
	}
	if (ended || k->lost) {
		drop_link(k);
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
		k->link = fds[0];
		k->slots = slots_map(fds[1]);
		close(fds[1]);
		k->show = true;
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
		k->daily_due = false;
		k->today = today;
		store_today(k->store, today);
		if (store_daily(k->store, today) == OK) {
			log_event(EVENT_DAILY);
		} else {
			log_event(EVENT_STORE_FAILED);
		}
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

/* The monitor ends a store that is silent for too long */
static void
say_alive(struct keeper *k)
{
	const char message = CONTROL_ALIVE;

	if (monotonic() >= k->alive) {
		k->alive = monotonic() + ALIVE_SECONDS;
		(void)send(FD_CONTROL, &message, 1, MSG_DONTWAIT |
		    MSG_NOSIGNAL);
	}
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
		if (monotonic() >= k->beat) {
			beat(k);
			k->beat = monotonic() + BEAT_SECONDS;
		}
		if (k->link >= 0 && (k->show ||
		    store_public_version(k->store) != k->shown) &&
		    show_public(k) != OK) {
			log_event(EVENT_STORE_FAILED);
			k->shown = store_public_version(k->store);
			k->show = false;
		}
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
		    EVENT_STORE_FAILED);
		return EXIT_TROUBLE;
	}
	k.today = day_of_utc((int64_t)time(NULL));
	store_today(k.store, k.today);
	k.daily_due = first;
	k.start = monotonic();
	k.beat = k.start + BEAT_SECONDS;
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
