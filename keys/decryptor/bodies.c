/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bodies of a bundle. Each is opened by a child of its own (opener.h). What
 * is ours is committed some dozens at a time, as each commit waits for the
 * disk: one that is cut off is read again, and no manifest counts as read
 * before all of it is durable. What is not ours is noted in batches and never
 * shown: an accused desk must not learn that a report exists.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intake.h"
#include "lost.h"
#include "opener.h"
#include "org.h"
#include "terminal.h"
#include "weeks.h"

#define READ_BATCH 256u
#define AHEAD 6u /* children at once: no core waits while the disk syncs */
#define COMMIT_BYTES (4u << 20) /* of envelopes: 58 of text, or a large one */

struct bodies {
	struct desk *d;
	struct intake_result *r;
	int folder; /* envelopes/, or -1 */
	json_t *other, *foreign, *damaged; /* lists of one `read` event */
	unsigned noted;
	uint64_t pending; /* bytes of envelopes in the open transaction */
	bool open;   /* a transaction is */
	bool broken; /* what it holds is not whole */
	struct org_blocks blocks;
	struct week_opener {
		day_t week; /* DAY_NONE: of those without a key */
		struct opener *opener;
	} *opener;
	size_t openers;
};

static enum err
batch_begin(struct bodies *b)
{
	enum err e = b->open ? OK : casebook_begin(b->d->book);

	b->open = b->open || e == OK;
	return e;
}

/* Makes durable what was taken so far */
static enum err
batch_end(struct bodies *b)
{
	enum err e = b->open ? casebook_commit(b->d->book) : OK;

	b->broken = b->broken || e != OK;
	b->open = false;
	b->pending = 0;
	return e;
}

/* After a failure: what was taken whole is kept. Else all since the last
 * commit is forgotten, and read again another time. */
static void
batch_stop(struct bodies *b)
{
	if (!b->broken && batch_end(b) == OK) {
		return;
	}
	casebook_abort(b->d->book);
	b->open = false;
	if (desk_refold(b->d) != OK) {
		say_error("the casebook cannot be read again: stop this "
		    "program and start it anew");
	}
}

static enum err
batch_event(struct bodies *b, json_t *event)
{
	enum err e = batch_begin(b);

	if (e != OK) {
		json_decref(event);
		return e;
	}
	e = desk_event(b->d, event);
	b->broken = b->broken || e != OK;
	return e;
}

static enum err
notes_flush(struct bodies *b)
{
	json_t *o;

	if (b->noted == 0) {
		return OK;
	}
	o = event_new(b->d, "read");
	json_object_set(o, "other", b->other);
	json_object_set(o, "foreign", b->foreign);
	json_object_set(o, "damaged", b->damaged);
	b->noted = 0;
	enum err e = batch_event(b, o);
	json_array_clear(b->other);
	json_array_clear(b->foreign);
	json_array_clear(b->damaged);
	return e;
}

static enum err
note_body(struct bodies *b, json_t *list, const uint8_t sha256[HASH_LEN])
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(sha256, HASH_LEN, hex);
	json_array_append_new(list, json_string(hex));
	return ++b->noted >= READ_BATCH ? notes_flush(b) : OK;
}

static size_t
same_id(const struct state *s, const struct report *r)
{
	for (size_t i = 0; i < s->messages; i++) {
		if (!s->message[i].entered && memcmp(s->message[i].message_id,
		    r->message_id, MESSAGE_ID_LEN) == 0) {
			return i;
		}
	}
	return NOT_FOUND;
}

static bool
is_first(const struct report *r)
{
	return r->kind == REPORT_REPORT || r->kind == REPORT_ADVICE;
}

static enum err
keep_files(struct bodies *b, const struct content *c)
{
	enum err e = OK;

	for (unsigned i = 0; i < c->files && e == OK; i++) {
		e = attachment_keep(b->d->attachments, &c->file[i]);
	}
	return e;
}

static json_t *
message_event(struct bodies *b, const struct inbound_envelope *env,
    const struct opened_envelope *o, const char *ref, bool conflict,
    const uint8_t key[KEY_ID], const uint8_t record[RECORD_ID])
{
	const struct report *r = o->content->report;
	json_t *event = event_new(b->d, "message");

	event_hex(event, "sha256", env->sha256, HASH_LEN);
	json_object_set_new(event, "case", json_string(ref));
	json_object_set_new(event, "kind", json_integer(r->kind));
	event_hex(event, "message_id", r->message_id, MESSAGE_ID_LEN);
	event_hex(event, "payload", o->payload, HASH_LEN);
	event_thread(event, r);
	json_object_set_new(event, "language", json_string(r->language));
	event_day(event, "received", env->day);
	event_hex(event, "record", record, RECORD_ID);
	event_hex(event, "key", key, KEY_ID);
	json_object_set_new(event, "attachments",
	    json_integer(r->attachments));
	json_object_set_new(event, "route", json_string("mailbox"));
	json_object_set_new(event, "conflict", json_boolean(conflict));
	return event;
}

static enum err
store_message(struct bodies *b, const struct inbound_envelope *env,
    const struct opened_envelope *o, const char *ref, bool conflict,
    bool match)
{
	struct buf plain = buf_new_secret(CONTENT_MAX);
	uint8_t key[KEY_ID], record[RECORD_ID];
	struct desk *d = b->d;
	enum err e = keep_files(b, o->content);

	if (e == OK) {
		e = content_write(o->content, &plain);
	}
	if (e == OK) {
		e = casekey_take(d->book, key);
	}
	if (e == OK) {
		e = batch_begin(b);
	}
	if (e == OK) {
		e = record_put(d->book, key, plain.p, plain.len, record);
	}
	if (e == OK) {
		e = batch_event(b, message_event(b, env, o, ref, conflict,
		    key, record));
	}
	if (e == OK && match) {
		json_t *event = event_new(d, "match");
		json_object_set_new(event, "case", json_string(ref));
		e = batch_event(b, event);
	}
	b->pending += env->size;
	if (e == OK && b->pending >= COMMIT_BYTES) {
		e = batch_end(b);
	}
	buf_free(&plain);
	return e;
}

static enum err
drop_duplicate(struct bodies *b, const struct inbound_envelope *env,
    const struct opened_envelope *o)
{
	json_t *event = event_new(b->d, "duplicate");

	for (unsigned i = 0; i < o->content->files; i++) {
		attachment_drop(b->d->attachments, &o->content->file[i]);
	}
	event_hex(event, "sha256", env->sha256, HASH_LEN);
	b->r->duplicates++;
	return batch_event(b, event);
}

static enum err
drop_listed(struct bodies *b, const struct inbound_envelope *env,
    const struct opened_envelope *o, json_t *list, unsigned *count)
{
	for (unsigned i = 0; i < o->content->files; i++) {
		attachment_drop(b->d->attachments, &o->content->file[i]);
	}
	++*count;
	return note_body(b, list, env->sha256);
}

/* The case that ${r} belongs to, or NOT_FOUND; ${same} holds its id with other
 * content, or is NOT_FOUND. Whoever read a report knows its id and its
 * thread's keys, so only the signature of what comes later says whose it is,
 * and a first message with any of these begins no thread beside the one that
 * stands: it is shown there, marked. */
static size_t
case_of(const struct state *s, const struct report *r, size_t same,
    bool *conflict)
{
	const struct message *m = same == NOT_FOUND ? NULL :
	    &s->message[same];
	uint8_t tag[TAG_ID];
	size_t k;

	if (!is_first(r)) {
		*conflict = m != NULL && m->has_signer &&
		    sign_pk_equal(&m->signer, &r->signer);
		return state_case_of_signer(s, &r->signer);
	}
	k = m == NULL ? NOT_FOUND : m->kase;
	if (k == NOT_FOUND && r->thread == THREAD_FIRST) {
		thread_tag(r, tag);
		k = state_case_of_thread(s, &r->signer, tag);
	}
	*conflict = m != NULL || k != NOT_FOUND;
	return k;
}

static enum err
take_ours(struct bodies *b, const struct inbound_envelope *env,
    const struct opened_envelope *o)
{
	const struct report *r = o->content->report;
	const struct state *s = b->d->state;
	char ref[REF_TEXT] = "";
	size_t same = same_id(s, r), k;
	bool conflict;

	if (memcmp(r->org, b->d->keyset->org, ORG_LEN) != 0) {
		return drop_listed(b, env, o, b->foreign, &b->r->foreign);
	}
	if (r->desk != b->d->ring->desk) { /* sealed anew by who could read it */
		return drop_listed(b, env, o, b->damaged, &b->r->damaged);
	}
	if (same != NOT_FOUND && memcmp(s->message[same].payload, o->payload,
	    HASH_LEN) == 0) {
		return drop_duplicate(b, env, o);
	}
	k = case_of(s, r, same, &conflict);
	b->r->conflicts += conflict;
	if (k != NOT_FOUND) {
		strcpy(ref, s->kase[k].ref);
	} else if (is_first(r)) {
		ref_new(s, env->day, ref);
		b->r->reports++;
	}
	if (r->kind == REPORT_WITHDRAWAL) {
		b->r->withdrawals++;
	} else if (!is_first(r)) {
		b->r->messages++;
	}
	return store_message(b, env, o, ref, conflict,
	    k == NOT_FOUND && is_first(r) && r->thread == THREAD_FIRST &&
	    s->unmatched > 0);
}

static void
openers_free(struct bodies *b)
{
	while (b->openers > 0) {
		opener_free(b->opener[--b->openers].opener);
	}
	free(b->opener);
}

static bool
key_lost(const struct bodies *b, const struct inbound_envelope *env)
{
	return week_key_lost(b->d, &b->blocks, env->week, env->day);
}

/* What opens ${env}. *lost: this keyring should have the week's key and has
 * none; then there is none. */
static enum err
opener_for(struct bodies *b, const struct inbound_envelope *env,
    struct opener **out, bool *lost)
{
	const struct keyring_week *w = keyring_week(b->d->ring, env->week);
	day_t week = w == NULL ? DAY_NONE : env->week;
	struct week_opener *more;
	enum err e;

	*lost = w == NULL && key_lost(b, env);
	if (*lost) {
		return OK;
	}
	for (size_t i = 0; i < b->openers; i++) {
		if (b->opener[i].week == week) {
			*out = b->opener[i].opener;
			return OK;
		}
	}
	more = reallocarray(b->opener, b->openers + 1, sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	b->opener = more;
	e = opener_new(w, desk_forget, b->d, out);
	if (e == OK) {
		more[b->openers++] = (struct week_opener){week, *out};
	}
	return e;
}

/* All of them, before the first envelope is read (opener.h) */
static enum err
openers_make(struct bodies *b)
{
	const struct state *s = b->d->state;
	enum err e = OK;

	for (size_t i = 0; e == OK && i < s->manifests; i++) {
		struct manifest m = s->manifest[i];
		struct inbound *in = NULL;
		struct opener *one;
		bool lost;
		if (!lost_wanted(b->d, b->folder, &m)) {
			continue;
		}
		e = manifest_load(b->d, &m, &in);
		for (size_t j = 0; e == OK && j < in->envelopes; j++) {
			if (!state_body_read(s, in->envelope[j].sha256)) {
				e = opener_for(b, &in->envelope[j], &one, &lost);
			}
		}
		inbound_free(in);
	}
	return e;
}

static enum err
take_opened(struct bodies *b, const struct inbound_envelope *env,
    const struct opened_envelope *o, bool *read)
{
	*read = true;
	switch (o->what) {
	case OPENED_OURS:
		return take_ours(b, env, o);
	case OPENED_OTHER:
		if (key_lost(b, env)) { /* or ours, sealed to that one */
			b->r->no_key++;
			*read = false;
			return OK;
		}
		if (lost_too_late(b->d, env)) { /* it stays written off */
			b->r->too_late++;
			return OK;
		}
		return note_body(b, b->other, env->sha256);
	case OPENED_DAMAGED:
		b->r->damaged++;
		return note_body(b, b->damaged, env->sha256);
	case OPENED_EDITED:
		b->r->edited++;
		*read = false;
		return OK;
	default:
		return o->why == OK ? ERR_IO : o->why;
	}
}

/* An envelope whose child runs, or of which the answer is known */
struct body {
	const struct inbound_envelope *env;
	struct opening *opening;
	bool read;
};

static enum err
body_start(struct bodies *b, const struct inbound_envelope *env,
    struct body *body)
{
	char name[BODY_NAME];
	struct opener *opener = NULL;
	struct stat st;
	bool lost;
	int fd = -1;
	enum err e;

	*body = (struct body){.env = env};
	if (state_body_read(b->d->state, env->sha256)) {
		body->read = true;
		return OK;
	}
	body_name(env->sha256, name);
	if (b->folder >= 0) {
		fd = openat(b->folder, name, O_RDONLY | O_CLOEXEC |
		    O_NOFOLLOW | O_NONBLOCK);
	}
	if (fd < 0) {
		body->read = state_body_lost(b->d->state, env->sha256);
		b->r->missing += !body->read;
		return OK;
	}
	e = opener_for(b, env, &opener, &lost);
	if (e != OK || lost) {
		b->r->no_key += lost;
		close(fd);
		return e;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size != env->size) {
		b->r->edited++;
		close(fd);
		return OK;
	}
	e = opener_start(opener, fd, env->sha256, env->size,
	    b->d->attachments, &body->opening);
	if (e != OK) {
		close(fd);
	}
	return e;
}

static enum err
body_take(struct bodies *b, struct body *body)
{
	struct opened_envelope o;
	enum err e;

	if (body->opening == NULL) {
		return OK;
	}
	opener_finish(body->opening, &o);
	body->opening = NULL;
	e = take_opened(b, body->env, &o, &body->read);
	opened_clear(&o);
	return e;
}

/* The envelopes of a manifest in its order; some children run ahead. */
static enum err
bodies_read(struct bodies *b, const struct inbound *in, bool *complete)
{
	struct body ahead[AHEAD] = {{.env = NULL}};
	size_t next = 0;
	enum err e = OK;

	for (size_t i = 0; e == OK && i < in->envelopes; i++) {
		struct body *now = &ahead[i % AHEAD];
		for (; e == OK && next < in->envelopes && next < i + AHEAD;
		    next++) {
			e = body_start(b, &in->envelope[next],
			    &ahead[next % AHEAD]);
		}
		if (e == OK) {
			e = body_take(b, now);
		}
		*complete = *complete && now->read;
	}
	for (unsigned i = 0; i < AHEAD; i++) {
		opener_cancel(ahead[i].opening);
	}
	return e;
}

static enum err
manifest_bodies(struct bodies *b, size_t index)
{
	struct manifest m = b->d->state->manifest[index];
	struct inbound *in = NULL;
	uint64_t missing = b->r->missing;
	bool complete = true;
	enum err e = manifest_load(b->d, &m, &in);

	if (e == OK) {
		e = bodies_read(b, in, &complete);
	}
	/* An old stick may still bring what an earlier gateway listed; nobody
	 * else can */
	if (index < state_generation_start(b->d->state)) {
		b->r->missing = missing;
	}
	if (e == OK) {
		e = notes_flush(b);
	}
	if (e == OK && complete && !m.complete) {
		json_t *o = event_new(b->d, "complete");
		json_object_set_new(o, "serial",
		    json_integer((json_int_t)m.serial));
		e = batch_event(b, o);
	}
	if (e == OK) {
		e = batch_end(b);
	}
	inbound_free(in);
	return e;
}

static json_t *
import_phase(const struct desk *d, const char *phase)
{
	json_t *o = event_new(d, "import");

	json_object_set_new(o, "phase", json_string(phase));
	return o;
}

enum err
bodies_import(struct desk *d, int bundle, struct intake_result *r)
{
	struct bodies b = {.d = d, .r = r, .folder = -1};
	bool work = d->state->importing;
	enum err e = blocks_load(d, &b.blocks);

	b.folder = bodies_folder(bundle);
	for (size_t i = 0; i < d->state->manifests; i++) {
		work = work || lost_wanted(d, b.folder, &d->state->manifest[i]);
	}
	if (e != OK || !work) {
		goto out;
	}
	b.other = json_array();
	b.foreign = json_array();
	b.damaged = json_array();
	e = openers_make(&b);
	if (e == OK) {
		attachments_sweep(d, d->state->importing);
		e = desk_record(d, import_phase(d, "begin"));
	}
	for (size_t i = 0; e == OK && i < d->state->manifests; i++) {
		if (lost_wanted(d, b.folder, &d->state->manifest[i])) {
			e = manifest_bodies(&b, i);
		}
	}
	if (e == OK) {
		e = desk_record(d, import_phase(d, "end"));
	} else {
		batch_stop(&b);
	}
	if (e != OK) {
		say_error("the import stopped: %s. What was read is kept; "
		    "import the same bundle again", err_text(e));
	}
out:
	if (b.folder >= 0) {
		close(b.folder);
	}
	openers_free(&b);
	blocks_free(&b.blocks);
	json_decref(b.other);
	json_decref(b.foreign);
	json_decref(b.damaged);
	return e;
}
