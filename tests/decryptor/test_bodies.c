/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bodies of a bundle: what is taken in, what counts as read, so that the
 * gateway may erase it, and what is left after a failure. A real desk and
 * real envelopes; the gateway is the test's.
 */
#include "home.h"

#include "decryptor/content.h"
#include "decryptor/intake.h"
#include "decryptor/lost.h"
#include "decryptor/weeks.h"
#include "meldluik/envelope.h"
#include "../unit/said.h"

#define LISTED_MAX 16u

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

struct place {
	struct home *h;
	struct desk *d;
	int stick, envelopes;
	struct inbound_envelope listed[LISTED_MAX];
	size_t n;
	uint64_t serial;
	uint8_t last[HASH_LEN];
	day_t day;
	unsigned ids; /* of messages */
	struct intake_result r;
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	fail_at(CALLS - 1, 0);
	p->h = home_new();
	p->d = &p->h->d;
	p->day = HOME_TODAY;
	ok(folder_open(p->h->dir, "stick", true, &p->stick));
	ok(folder_open(p->stick, "envelopes", true, &p->envelopes));
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	close(p->envelopes);
	close(p->stick);
	home_free(p->h);
	free(p);
	return 0;
}

static void
code(struct place *p, struct code_keys *keys)
{
	struct code c;

	ok(code_new(1, &c));
	code_derive(&c, p->d->keyset->org, keys);
}

/* A message with an id of its own; ${keys}: of the code, or NULL */
static struct report *
report(struct place *p, enum report_kind kind, const struct code_keys *keys)
{
	static const uint8_t none[16];
	struct report *r = report_new();

	assert_non_null(r);
	r->kind = kind;
	memcpy(r->org, p->d->keyset->org, ORG_LEN);
	memcpy(r->keyset, p->d->keyset->hash, HASH_LEN);
	week_text(week_of(p->day), r->epoch);
	r->desk = 1;
	r->sealed_by = SEALED_CLI;
	strcpy(r->language, "nl");
	strcpy(r->relation, "employee");
	ok(report_answer_add(r, "what", "GEHEIM", 6));
	r->message_id[0] = (uint8_t)++p->ids;
	if (keys != NULL) {
		ok(kind == REPORT_REPORT || kind == REPORT_ADVICE ?
		    report_thread_first(r, keys) :
		    report_thread_later(r, keys, none));
	}
	return r;
}

static enum err
to_buf(void *arg, const uint8_t *bytes, size_t len)
{
	buf_put(arg, bytes, len);
	return OK;
}

static void
list(struct place *p, const struct buf *sealed, char name[BODY_NAME])
{
	struct inbound_envelope *e = &p->listed[p->n++];

	assert_true(p->n <= LISTED_MAX);
	hash_bytes(sealed->p, sealed->len, e->sha256);
	e->size = sealed->len;
	e->day = p->day;
	e->week = week_of(p->day);
	body_name(e->sha256, name);
	ok(file_replace(p->envelopes, name, sealed->p, sealed->len));
}

static void
attach(struct envelope *e, struct report *r)
{
	uint8_t hash[HASH_LEN];
	uint64_t size;

	ok(envelope_attachment(e, 4));
	ok(envelope_write(e, "PDF!", 4));
	ok(envelope_attachment_end(e, &size, hash));
	ok(report_attachment_add(r, "a.pdf", "application/pdf", size, hash));
}

struct sealing {
	const struct code_keys *signer; /* of what comes later */
	bool attached, away; /* away: to somebody else */
};

/* Seals ${r}, which it frees, and puts it on the stick and the list */
static void
seal(struct place *p, struct report *r, const struct sealing *how)
{
	const struct keyring_week *w = keyring_week(p->d->ring,
	    week_of(p->day));
	struct buf sealed = buf_new(1u << 20);
	struct age_recipient to;
	struct envelope *e = NULL;
	char name[BODY_NAME];

	if (how->away) {
		ok(age_recipient_throwaway(&to));
	} else {
		assert_non_null(w);
		ok(age_identity_recipient(w->seed, &to));
	}
	ok(envelope_new(&to, 1, to_buf, &sealed, 1, &e));
	if (how->attached) {
		attach(e, r);
	}
	ok(envelope_finish(e, r, how->signer == NULL ? NULL :
	    how->signer->thread));
	list(p, &sealed, name);
	envelope_free(e);
	report_free(r);
	buf_free(&sealed);
}

static void
put(struct place *p, enum report_kind kind, const struct code_keys *keys)
{
	struct sealing how = {.signer = kind == REPORT_FOLLOW_UP ||
	    kind == REPORT_WITHDRAWAL ? keys : NULL};

	seal(p, report(p, kind, keys), &how);
}

/* What was listed since the last one, as its gateway signs it */
static void
cut(struct place *p)
{
	struct sign_purpose why = {.purpose = "inbound"};
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct inbound m = {.generation = 1, .serial = ++p->serial,
		.day = HOME_TODAY, .envelope = p->listed, .envelopes = p->n};
	char name[64];

	memcpy(m.org, p->d->keyset->org, ORG_LEN);
	memcpy(why.org, m.org, ORG_LEN);
	memcpy(m.previous, p->last, HASH_LEN);
	ok(inbound_write(&m, &doc));
	ok(sign_make(p->h->gateway, &why, doc.p, doc.len, &sig));
	snprintf(name, sizeof name, "manifest-%u.json", (unsigned)p->serial);
	ok(file_replace(p->stick, name, doc.p, doc.len));
	strcat(name, ".minisig");
	ok(file_replace(p->stick, name, sig.p, sig.len));
	memcpy(p->last, m.hash, HASH_LEN);
	p->n = 0;
	buf_free(&doc);
	buf_free(&sig);
}

static enum err
import(struct place *p)
{
	memset(&p->r, 0, sizeof p->r);
	return bodies_import(p->d, p->stick, &p->r);
}

/* What was listed, in a manifest that is known here: its bodies are next */
static void
bring(struct place *p)
{
	cut(p);
	ok(chain_import(p->d, p->stick, &p->r));
}

static bool
complete(const struct place *p)
{
	const struct state *s = p->d->state;

	return s->manifests > 0 && s->manifest[s->manifests - 1].complete;
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

static void
gone(struct place *p, const char *name)
{
	assert_int_equal(unlinkat(p->envelopes, name, 0), 0);
}

static void
write_off(struct place *p, const uint8_t sha256[HASH_LEN])
{
	json_t *o = event_new(p->d, "body_lost");

	event_hex(o, "sha256", sha256, HASH_LEN);
	json_object_set_new(o, "serial", json_integer(1));
	ok(desk_record(p->d, o));
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
