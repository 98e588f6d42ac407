/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bodies of a bundle: what is taken in, what counts as read, so that the
 * gateway may erase it, and what is left after a failure. A real desk and
 * real envelopes; the gateway is the test's.
 */
#include "stick.h"

#include "decryptor/weeks.h"
#include "../unit/said.h"

/* Calls that fail when the test says so: the how many-th; 0: none */
enum call { BEGIN, COMMIT, APPEND, WALK, CALLS };
static unsigned made[CALLS], failing_at[CALLS];

enum err __real_casebook_begin(struct casebook *b);
enum err __wrap_casebook_begin(struct casebook *b);
enum err __real_casebook_commit(struct casebook *b);
enum err __wrap_casebook_commit(struct casebook *b);
enum err __real_journal_append(struct casebook *b, const json_t *event);
enum err __wrap_journal_append(struct casebook *b, const json_t *event);
enum err __real_journal_walk(struct casebook *b, journal_sink sink,
    void *arg);
enum err __wrap_journal_walk(struct casebook *b, journal_sink sink,
    void *arg);

static bool
refused(enum call c)
{
	return ++made[c] == failing_at[c];
}

static void
fail_at(enum call c, unsigned n)
{
	memset(made, 0, sizeof made);
	memset(failing_at, 0, sizeof failing_at);
	failing_at[c] = n;
}

enum err
__wrap_casebook_begin(struct casebook *b)
{
	return refused(BEGIN) ? ERR_IO : __real_casebook_begin(b);
}

enum err
__wrap_casebook_commit(struct casebook *b)
{
	if (refused(COMMIT)) {
		casebook_abort(b);
		return ERR_FULL;
	}
	return __real_casebook_commit(b);
}

enum err
__wrap_journal_append(struct casebook *b, const json_t *event)
{
	return refused(APPEND) ? ERR_FULL : __real_journal_append(b, event);
}

enum err
__wrap_journal_walk(struct casebook *b, journal_sink sink, void *arg)
{
	return refused(WALK) ? ERR_CHAIN : __real_journal_walk(b, sink, arg);
}

static void
new_cases(void **state)
{
	struct place *p = *state;
	const struct state *s;

	put(p, REPORT_REPORT, NULL);
	put(p, REPORT_ADVICE, NULL);
	bring(p);
	ok(import(p));
	assert_int_equal(p->r.reports, 2);
	assert_int_equal(p->r.messages + p->r.withdrawals + p->r.duplicates +
	    p->r.conflicts + p->r.damaged + p->r.foreign, 0);
	assert_true(complete(p));
	home_again(p->h);
	s = p->d->state;
	assert_int_equal(s->kases, 2);
	assert_int_equal(s->kase[0].kind, REPORT_REPORT);
	assert_int_equal(s->kase[1].kind, REPORT_ADVICE);
	assert_false(s->importing);
}

/* One of several that is not there: the list is not read whole, whichever it
 * is, and however whole the next one is */
static void
whichever_is_missing(void **state)
{
	struct place *p = *state;
	const struct state *s = p->d->state;
	char name[BODY_NAME];

	for (unsigned i = 0; i < 3; i++) {
		for (unsigned j = 0; j < 3; j++) {
			put(p, REPORT_REPORT, NULL);
		}
		body_name(p->listed[i].sha256, name);
		bring(p);
		ok(renameat(p->envelopes, name, p->stick, "away"));
		ok(import(p));
		assert_int_equal(p->r.missing, 1);
		assert_false(complete(p));
		put(p, REPORT_REPORT, NULL);
		bring(p);
		ok(import(p));
		assert_true(complete(p));
		assert_false(s->manifest[2 * i].complete);
		ok(renameat(p->stick, "away", p->envelopes, name));
		ok(import(p));
		assert_int_equal(p->r.reports, 1);
		assert_true(s->manifest[2 * i].complete);
	}
}

/* The id of a later message that belongs to no case yet: marked as well */
static void
id_of_one_before(void **state)
{
	struct place *p = *state;
	struct sealing how = {.attached = false};
	struct code_keys one, other;
	struct report *r;

	code(p, &one);
	code(p, &other);
	put(p, REPORT_FOLLOW_UP, &one);
	r = report(p, REPORT_REPORT, &other);
	memset(r->message_id, 0, MESSAGE_ID_LEN);
	r->message_id[0] = 1;
	seal(p, r, &how);
	bring(p);
	ok(import(p));
	assert_int_equal(p->r.reports, 1);
	assert_int_equal(p->r.conflicts, 1);
	assert_int_equal(p->d->state->kases, 1);
}

/* Whose signature it bears says what it belongs to, and nothing else */
static void
of_a_thread(void **state)
{
	struct place *p = *state;
	const struct state *s;
	struct code_keys one, other;

	code(p, &one);
	code(p, &other);
	put(p, REPORT_REPORT, &one);
	put(p, REPORT_FOLLOW_UP, &one);
	put(p, REPORT_FOLLOW_UP, &other); /* before its first */
	bring(p);
	ok(import(p));
	s = p->d->state;
	assert_int_equal(p->r.reports, 1);
	assert_int_equal(p->r.messages, 2);
	assert_int_equal(s->kase[0].messages, 2);
	assert_int_equal(s->unmatched, 1);
	put(p, REPORT_REPORT, &other);
	put(p, REPORT_WITHDRAWAL, &one);
	bring(p);
	ok(import(p));
	assert_int_equal(p->r.reports, 1);
	assert_int_equal(p->r.messages, 0);
	assert_int_equal(p->r.withdrawals, 1);
	assert_int_equal(p->r.conflicts, 0);
	assert_int_equal(s->unmatched, 0);
	assert_int_equal(s->kases, 2);
	assert_true(s->kase[0].withdrawn);
	assert_int_equal(s->kase[1].messages, 2);
	assert_false(s->kase[1].withdrawn);
}

/* Files that messages name */
static unsigned
kept(const struct place *p)
{
	struct content *c = NULL;
	const struct state *s = p->d->state;
	unsigned n = 0;

	for (size_t i = 0; i < s->messages; i++) {
		ok(desk_content(p->d, &s->message[i], &c));
		n += c->files;
		content_free(c);
	}
	return n;
}

static void
twice(void **state)
{
	struct place *p = *state;
	struct sealing how = {.attached = true};

	for (int i = 0; i < 2; i++) { /* the same, under another seal */
		p->ids = 0;
		seal(p, report(p, REPORT_REPORT, NULL), &how);
	}
	bring(p);
	ok(import(p));
	assert_int_equal(p->r.reports, 1);
	assert_int_equal(p->r.duplicates, 1);
	assert_int_equal(p->r.conflicts, 0);
	assert_int_equal(p->d->state->messages, 1);
	assert_int_equal(kept(p), 1);
	assert_true(complete(p));
}

/* Who read a first message knows its id and its thread's keys: what begins
 * so is shown there, marked, and draws nothing to itself */
static void
in_conflict(void **state)
{
	struct place *p = *state;
	const struct state *s = p->d->state;
	struct sealing how = {.attached = false};
	struct code_keys one, own;
	struct report *r;
	uint8_t id[MESSAGE_ID_LEN];

	code(p, &one);
	code(p, &own);
	r = report(p, REPORT_REPORT, &one);
	memcpy(id, r->message_id, sizeof id);
	seal(p, r, &how);
	for (int i = 0; i < 3; i++) {
		r = report(p, REPORT_REPORT, i == 2 ? NULL : &own);
		ok(report_answer_add(r, "when", "NEP", 3));
		if (i == 0) {
			sign_pk_of(one.thread, &r->signer);
		} else if (i == 1) {
			memcpy(r->tag_key, one.tag_key, sizeof r->tag_key);
		} else {
			memcpy(r->message_id, id, sizeof id);
		}
		seal(p, r, &how);
	}
	bring(p);
	ok(import(p));
	assert_int_equal(p->r.reports, 1);
	assert_int_equal(p->r.conflicts, 3);
	assert_int_equal(s->kases, 1);
	assert_int_equal(s->kase[0].messages, 4);
	put(p, REPORT_FOLLOW_UP, &own);
	how.signer = &own; /* withdrawn by who has the id only */
	r = report(p, REPORT_WITHDRAWAL, &own);
	memcpy(r->message_id, id, sizeof id);
	seal(p, r, &how);
	bring(p);
	ok(import(p));
	assert_int_equal(p->r.conflicts, 0);
	assert_int_equal(s->kase[0].messages, 4);
	assert_false(s->kase[0].withdrawn);
	assert_int_equal(s->unmatched, 2);
}

/* Sealed to this desk and written to another, or to another organisation:
 * read, counted, and never a case */
static void
not_for_us(void **state)
{
	struct place *p = *state;
	struct sealing how = {.attached = true};
	struct report *r = report(p, REPORT_REPORT, NULL);

	r->org[0] ^= 1;
	seal(p, r, &how);
	r = report(p, REPORT_REPORT, NULL);
	r->desk = 2;
	seal(p, r, &how);
	how.away = true;
	seal(p, report(p, REPORT_REPORT, NULL), &how);
	bring(p);
	ok(import(p));
	assert_int_equal(p->r.foreign, 1);
	assert_int_equal(p->r.damaged, 1);
	assert_int_equal(p->r.reports, 0);
	assert_int_equal(p->r.no_key, 0);
	assert_int_equal(p->d->state->messages, 0);
	assert_int_equal(p->d->state->kases, 0);
	assert_true(complete(p));
}

/* What may be sealed to a key that this desk lost is not read: the gateway
 * must keep it for who has that key */
static void
key_lost(void **state)
{
	struct place *p = *state;
	struct sealing away = {.away = true};

	put(p, REPORT_REPORT, NULL);
	seal(p, report(p, REPORT_REPORT, NULL), &away);
	bring(p);
	ok(keyring_week_destroy(p->d->ring, week_of(HOME_TODAY)));
	ok(import(p));
	assert_int_equal(p->r.no_key, 2);
	assert_int_equal(p->r.reports, 0);
	assert_false(complete(p));
	home_again(p->h); /* the key is there, but perhaps was another */
	ok(desk_record(p->d, event_new(p->d, "keys_lost")));
	ok(import(p));
	assert_int_equal(p->r.no_key, 1);
	assert_int_equal(p->r.reports, 1);
	assert_false(complete(p));
}

/* A body that does not come, or not as it is listed, is waited for; one that
 * two people wrote off is not, and is read when it comes */
static void
does_not_come(void **state)
{
	struct place *p = *state;
	char name[3][BODY_NAME];
	uint8_t hash[3][HASH_LEN];
	struct buf b = buf_new(1u << 20);

	for (int i = 0; i < 3; i++) {
		put(p, REPORT_REPORT, NULL);
		memcpy(hash[i], p->listed[i].sha256, HASH_LEN);
		body_name(hash[i], name[i]);
	}
	bring(p);
	ok(file_read(p->envelopes, name[0], &b));
	gone(p, name[0]);
	ok(file_replace(p->envelopes, name[1], b.p, b.len - 1));
	ok(file_replace(p->envelopes, name[2], b.p, b.len));
	ok(import(p));
	assert_int_equal(p->r.missing, 1);
	assert_int_equal(p->r.edited, 2);
	assert_int_equal(p->d->state->messages, 0);
	assert_false(complete(p));
	gone(p, name[1]);
	gone(p, name[2]);
	write_off(p, hash[0]);
	ok(import(p));
	assert_int_equal(p->r.missing, 2);
	assert_false(complete(p));
	write_off(p, hash[1]);
	write_off(p, hash[2]);
	ok(import(p));
	assert_int_equal(p->r.missing, 0);
	assert_true(complete(p));
	ok(file_replace(p->envelopes, name[0], b.p, b.len));
	ok(import(p));
	assert_int_equal(p->r.reports, 1);
	buf_free(&b);
}

/* Nor can what comes when the key is destroyed be read any more: that is said,
 * not that it is somebody else's */
static void
too_late(void **state)
{
	struct place *p = *state;
	day_t week = week_of(HOME_TODAY);

	put(p, REPORT_REPORT, NULL);
	write_off(p, p->listed[0].sha256);
	bring(p);
	ok(weeks_end(p->d, &week, 1));
	ok(import(p));
	assert_int_equal(p->r.too_late, 1);
	assert_int_equal(p->r.no_key, 0);
	assert_int_equal(p->d->state->bodies, 0);
}

/* A manifest that was read whole is not opened again: what it needs may be
 * gone */
static void
read_whole(void **state)
{
	struct place *p = *state;
	uint64_t events;

	put(p, REPORT_REPORT, NULL);
	bring(p);
	ok(import(p));
	events = journal_length(p->d->book);
	ok(import(p)); /* nothing is left to read, nothing is written */
	assert_int_equal(journal_length(p->d->book), events);
	p->d->state->manifest[0].record[0] ^= 1;
	put(p, REPORT_REPORT, NULL);
	bring(p);
	ok(import(p));
	assert_int_equal(p->r.reports, 1);
	assert_true(complete(p));
}

/* Which keys there were cannot be told: then nothing is read */
static void
blocks_damaged(void **state)
{
	struct place *p = *state;
	uint64_t events;

	put(p, REPORT_REPORT, NULL);
	bring(p);
	ok(file_replace(p->d->public, "blocks.json", "{", 1));
	events = journal_length(p->d->book);
	assert_int_not_equal(import(p), OK);
	assert_int_equal(journal_length(p->d->book), events);
	assert_int_equal(p->d->state->messages, 0);
}

/* Fails, with ${messages} kept; the next import reads the others */
static void
stops(struct place *p, const char *words, size_t messages)
{
	enum err e;

	said_begin();
	e = import(p);
	assert_true(said_end(words));
	assert_int_not_equal(e, OK);
	fail_at(CALLS - 1, 0);
	assert_int_equal(p->d->state->messages, messages);
	assert_true(p->d->state->importing);
	home_again(p->h);
	assert_int_equal(p->d->state->messages, messages);
	assert_true(p->d->state->importing);
	ok(import(p));
	assert_int_equal(p->r.reports, 2 - messages);
	assert_int_equal(p->d->state->messages, 2);
	assert_false(p->d->state->importing);
	assert_true(complete(p));
}

/* What was taken whole before this machine failed is kept */
static void
no_room_for_files(void **state)
{
	struct place *p = *state;
	struct sealing how = {.attached = true};
	int fd = p->d->attachments;

	put(p, REPORT_REPORT, NULL);
	seal(p, report(p, REPORT_REPORT, NULL), &how);
	bring(p);
	close(fd);
	p->d->attachments = -1;
	stops(p, "the import stopped", 1);
}

/* What was not written whole is not there, here neither */
static void
no_room_for_the_journal(void **state)
{
	struct place *p = *state;

	put(p, REPORT_REPORT, NULL);
	put(p, REPORT_REPORT, NULL);
	bring(p);
	fail_at(APPEND, 3); /* begin, a message, and then */
	stops(p, "What was read is kept", 0);
}

static void
no_commit(void **state)
{
	struct place *p = *state;

	put(p, REPORT_REPORT, NULL);
	put(p, REPORT_REPORT, NULL);
	bring(p);
	fail_at(COMMIT, 2);
	stops(p, "the import stopped", 0);
}

/* Nor is what was not ours noted as read without a transaction */
static void
no_transaction(void **state)
{
	struct place *p = *state;
	struct sealing away = {.away = true};

	seal(p, report(p, REPORT_REPORT, NULL), &away);
	bring(p);
	fail_at(BEGIN, 2);
	assert_int_not_equal(import(p), OK);
	assert_false(complete(p));
	assert_int_equal(p->d->state->bodies, 0);
	fail_at(CALLS - 1, 0);
	ok(import(p));
	assert_true(complete(p));
	assert_int_equal(p->d->state->bodies, 1);
}

static void
cannot_be_read_again(void **state)
{
	struct place *p = *state;

	put(p, REPORT_REPORT, NULL);
	put(p, REPORT_REPORT, NULL);
	bring(p);
	fail_at(APPEND, 3);
	failing_at[WALK] = 1;
	said_begin();
	(void)import(p);
	assert_true(said_end("stop this program and start it anew"));
	fail_at(CALLS - 1, 0);
	home_again(p->h);
	ok(import(p));
	assert_int_equal(p->d->state->messages, 2);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(new_cases),
		CASE(whichever_is_missing),
		CASE(id_of_one_before),
		CASE(of_a_thread),
		CASE(twice),
		CASE(in_conflict),
		CASE(not_for_us),
		CASE(key_lost),
		CASE(does_not_come),
		CASE(too_late),
		CASE(read_whole),
		CASE(blocks_damaged),
		CASE(no_room_for_files),
		CASE(no_room_for_the_journal),
		CASE(no_commit),
		CASE(no_transaction),
		CASE(cannot_be_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
