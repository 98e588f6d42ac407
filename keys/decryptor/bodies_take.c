/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What becomes of a body that was opened: a message of a new case or of one
 * that stands, or no more than its hash in a list. What is ours is committed
 * some dozens at a time, as each commit waits for the disk: one that is cut
 * off is read again. What is not ours is noted in batches and never shown: an
 * accused desk must not learn that a report exists.
 */
#include <string.h>

#include "bodies_private.h"
#include "terminal.h"

#define READ_BATCH 256u
#define COMMIT_BYTES (4u << 20) /* of envelopes: 58 of text, or a large one */

static enum err
batch_begin(struct bodies *b)
{
	enum err e = b->open ? OK : casebook_begin(b->d->book);

	b->open = b->open || e == OK;
	return e;
}

enum err
batch_end(struct bodies *b)
{
	enum err e = b->open ? casebook_commit(b->d->book) : OK;

	b->broken = b->broken || e != OK;
	b->open = false;
	b->pending = 0;
	return e;
}

void
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

enum err
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

enum err
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

enum err
notes_add(struct bodies *b, json_t *list, const uint8_t sha256[HASH_LEN])
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
	return notes_add(b, list, env->sha256);
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

enum err
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
