/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Four eyes: what counts as signed by two people, for what, and until when;
 * who may add a signature. A real desk; the others sign on machines of their
 * own, which are the test's.
 */
#include "home.h"

#include "decryptor/approval.h"
#include "decryptor/files.h"

#define ABORTED "afgebroken"

/* What fails when the test says so: the how many-th record; 0: none */
static unsigned records, failing_at;

enum err __real_record_put(struct casebook *b, const uint8_t *key,
    const void *p, size_t len, uint8_t id[RECORD_ID]);
enum err __wrap_record_put(struct casebook *b, const uint8_t *key,
    const void *p, size_t len, uint8_t id[RECORD_ID]);

enum err
__wrap_record_put(struct casebook *b, const uint8_t *key, const void *p,
    size_t len, uint8_t id[RECORD_ID])
{
	return ++records == failing_at ? ERR_FULL : __real_record_put(b, key,
	    p, len, id);
}

struct place {
	struct home *h;
	struct desk *d;
	size_t k;
	uint8_t cy[SIGN_SEED];
	struct refusal why;
	struct signer signer[SIGNERS_MAX];
};

static int
setup(void **state)
{
	struct place *p;

	failing_at = 0;
	p = home_place(sizeof *p);
	home_person(p->h, "cy", p->cy);
	p->k = home_case(p->h);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	unlinkat(p->h->dir, "bo.age", 0);
	home_place_free(p);
	return 0;
}

static size_t
ask(struct place *p, enum act a, size_t k, const char *detail)
{
	size_t r = NOT_FOUND;

	ok(act_request(p->d, a, k, detail, NULL, &r, &p->why));
	return r;
}

/* Request ${r} signed by ${id} on a machine with the keyset of now */
static enum err
sign_there(struct place *p, size_t r, const char *id,
    const uint8_t seed[SIGN_SEED], struct buf *out)
{
	struct buf file = buf_new(65536);
	struct signing told = {.summary = buf_new(65536)};
	struct desk their = {.ring = keyring_new(), .keyset = p->d->keyset};
	enum err e;

	assert_non_null(their.ring);
	memcpy(their.ring->org, p->d->ring->org, ORG_LEN);
	strcpy(their.ring->person, id);
	their.ring->desk = 1;
	memcpy(their.ring->operational, seed, SIGN_SEED);
	ok(act_request_file(p->d, r, &file, &p->why));
	e = act_sign(&their, file.p, file.len, out, &told, &p->why);
	if (e == OK) {
		assert_int_equal(told.act, p->d->state->request[r].act);
		assert_string_equal(told.by, "an");
	}
	keyring_free(their.ring);
	buf_free(&file);
	buf_free(&told.summary);
	return e;
}

static enum err
take(struct place *p, const struct buf *file)
{
	size_t r;

	return act_take(p->d, file->p, file->len, &r, &p->why);
}

static void
signs(struct place *p, size_t r, const char *id,
    const uint8_t seed[SIGN_SEED])
{
	struct buf b = buf_new(65536);

	ok(sign_there(p, r, id, seed, &b));
	ok(take(p, &b));
	buf_free(&b);
}

static size_t
signers(struct place *p, size_t r)
{
	return act_signers_of(p->d, r, p->signer);
}

static enum err
approved(struct place *p, enum act a, size_t k, const char *detail)
{
	size_t r = 0;
	enum err e = act_approved(p->d, a, k, detail, &r, &p->why);

	assert_true(e == OK ? r < p->d->state->requests : r == NOT_FOUND);
	return e;
}

static void
for_exactly_that(void **state)
{
	struct place *p = *state;
	size_t other = home_case(p->h);
	size_t r = ask(p, ACT_ABORT, p->k, ABORTED);

	assert_int_equal(signers(p, r), 1);
	is(approved(p, ACT_ABORT, p->k, ABORTED), ERR_POLICY);
	assert_string_equal(p->why.rule, "S-TWO");
	signs(p, r, "bo", p->h->bo);
	assert_int_equal(signers(p, r), 2);
	assert_string_equal(p->signer[1].person, "bo");
	ok(approved(p, ACT_ABORT, p->k, ABORTED));
	ok(approved(p, ACT_ABORT, p->k, NULL));
	is(approved(p, ACT_ABORT, other, ABORTED), ERR_POLICY);
	is(approved(p, ACT_ABORT, NOT_FOUND, ABORTED), ERR_POLICY);
	is(approved(p, ACT_ABORT, p->k, "anders"), ERR_POLICY);
	is(approved(p, ACT_DESTROY, p->k, ABORTED), ERR_POLICY);
	assert_int_equal(act_approved(p->d, ACT_ABORT, p->k, "anders", &r,
	    NULL), ERR_POLICY);
	home_again(p->h); /* as the journal tells it, too */
	ok(approved(p, ACT_ABORT, p->k, ABORTED));
}

/* What was signed for was a case in that state */
static void
until_the_next_step(void **state)
{
	struct place *p = *state;
	size_t r = ask(p, ACT_ABORT, p->k, ABORTED);

	signs(p, r, "bo", p->h->bo);
	r = ask(p, ACT_FEEDBACK_WITHOUT_ROUTE, p->k, "no_route");
	signs(p, r, "bo", p->h->bo);
	ok(approved(p, ACT_ABORT, p->k, ABORTED));
	ok(act_step(p->d, p->k, CASE_OPENED, NULL, 0, &p->why));
	is(approved(p, ACT_ABORT, p->k, ABORTED), ERR_POLICY);
	ok(approved(p, ACT_FEEDBACK_WITHOUT_ROUTE, p->k, "no_route"));
}

static json_t *
some_event(const struct place *p)
{
	json_t *o = event_new(p->d, "read");

	json_object_set_new(o, "other", json_array());
	json_object_set_new(o, "foreign", json_array());
	json_object_set_new(o, "damaged", json_array());
	return o;
}

static size_t
ceremony(struct place *p)
{
	size_t r = NOT_FOUND;

	ok(act_ceremony_ask(p->d, "lost-1", "Een bericht", &r, &p->why));
	return r;
}

static void
used_up(void **state)
{
	struct place *p = *state;
	struct buf b = buf_new(65536);
	size_t r = ceremony(p);
	uint64_t events;

	assert_int_equal(ceremony(p), r); /* asked once */
	signs(p, r, "bo", p->h->bo);
	ok(approved(p, ACT_KEY_CEREMONY, NOT_FOUND, "lost-1"));
	events = journal_length(p->d->book);
	ok(casebook_begin(p->d->book));
	is(act_signed_record(p->d, some_event(p), r), ERR_USAGE);
	casebook_abort(p->d->book);
	assert_int_equal(journal_length(p->d->book), events);
	ok(approved(p, ACT_KEY_CEREMONY, NOT_FOUND, "lost-1"));
	ok(act_signed_record(p->d, some_event(p), r));
	is(approved(p, ACT_KEY_CEREMONY, NOT_FOUND, "lost-1"), ERR_POLICY);
	ok(sign_there(p, r, "cy", p->cy, &b));
	is(take(p, &b), ERR_STALE);
	assert_int_not_equal(ceremony(p), r);
	buf_free(&b);
}

/* The signature of ${file}, a signed note, as one of ${person} under ${r} */
static void
approval_event(struct place *p, size_t r, const char *person,
    const struct buf *file)
{
	struct buf b = buf_new(SIGN_TEXT_MAX);
	struct bytes sig, doc;

	ok(note_split(file->p, file->len, &sig, &doc));
	buf_put(&b, sig.p, sig.len);
	ok(casebook_begin(p->d->book));
	ok(desk_end(p->d, approval_put(p->d, r, person, &b, 0)));
	buf_free(&b);
}

/* Under another document, of another desk, by another than is said */
static void
signatures_of_something_else(void **state)
{
	struct place *p = *state;
	struct buf b = buf_new(65536), doc = buf_new(65536);
	struct sign_purpose why = approval_purpose(p->d->ring->org, 2);
	size_t one = ask(p, ACT_ABORT, p->k, ABORTED);
	size_t two = ask(p, ACT_DESTROY, p->k, "vernietigd");

	ok(sign_there(p, two, "bo", p->h->bo, &b));
	approval_event(p, one, "bo", &b);
	assert_int_equal(signers(p, one), 1);
	approval_event(p, two, "cy", &b);
	assert_int_equal(signers(p, two), 1);
	ok(record_get(p->d->book, p->d->state->request[one].record, &doc));
	buf_clear(&b);
	ok(note_make(p->h->bo, &why, doc.p, doc.len, &b));
	approval_event(p, one, "bo", &b);
	assert_int_equal(signers(p, one), 1);
	is(take(p, &b), ERR_SIGNATURE);
	buf_clear(&b);
	why.desk = 1;
	ok(note_make(p->h->bo, &why, doc.p, doc.len, &b));
	approval_event(p, one, "bo", &b);
	assert_int_equal(signers(p, one), 2);
	p->d->state->approval[p->d->state->approvals - 1].record[0] ^= 1;
	assert_int_equal(signers(p, one), 1);
	buf_free(&b);
	buf_free(&doc);
}

/* Nobody signs who is not in the keyset now, with that key */
static void
by_whom_the_keyset_names(void **state)
{
	struct place *p = *state;
	struct keyset *k = p->d->keyset;
	struct keyset_person *bo = &k->person[1];
	struct sign_pk key = bo->key;
	size_t r = ask(p, ACT_ABORT, p->k, ABORTED);

	signs(p, r, "bo", p->h->bo);
	assert_int_equal(signers(p, r), 2);
	ok(keyset_revoke(k, &key));
	assert_int_equal(signers(p, r), 1);
	k->revokeds = 0;
	bo->key = k->person[2].key;
	assert_int_equal(signers(p, r), 1);
	bo->key = key;
	strcpy(bo->id, "ed");
	assert_int_equal(signers(p, r), 1);
	strcpy(bo->id, "bo");
	assert_int_equal(signers(p, r), 2);
	ok(act_paper(p->d, r, "cy", HOME_TODAY, &p->why));
	assert_int_equal(signers(p, r), 3);
	p->d->keyset = NULL; /* paper too */
	assert_int_equal(signers(p, r), 0);
	p->d->keyset = k;
	/* the document itself is another one */
	ask(p, ACT_DESTROY, p->k, "vernietigd");
	memcpy(p->d->state->request[r].record,
	    p->d->state->request[r + 1].record, RECORD_ID);
	assert_int_equal(signers(p, r), 0);
}

/* The day on which the second of two different people signed */
static void
signed_day(void **state)
{
	struct place *p = *state;
	size_t r = ask(p, ACT_ABORT, p->k, ABORTED);
	struct keyset *k = p->d->keyset;

	assert_int_equal(act_signed_day(p->d, r), HOME_TODAY);
	p->d->today = HOME_TODAY + 5; /* the same person again */
	ok(casebook_begin(p->d->book));
	ok(desk_end(p->d, approval_put(p->d, r, "an", NULL, HOME_TODAY + 5)));
	p->d->today = HOME_TODAY + 1; /* and one that does not hold */
	signs(p, r, "bo", p->h->bo);
	p->d->today = HOME_TODAY + 6;
	ok(act_paper(p->d, r, "cy", HOME_TODAY + 2, &p->why));
	assert_int_equal(act_signed_day(p->d, r), HOME_TODAY + 1);
	ok(keyset_revoke(k, &k->person[1].key));
	assert_int_equal(act_signed_day(p->d, r), HOME_TODAY + 2);
}

static void
of_no_case(void **state)
{
	struct place *p = *state;
	struct buf small = buf_new(8), b = buf_new(SUMMARY_MAX);
	size_t r = ask(p, ACT_YEAR_CLOSING, NOT_FOUND, "2026");

	ok(act_request_summary(p->d, r, &b));
	assert_string_equal(buf_cstr(&b), "year_closing: 2026");
	is(act_request_summary(p->d, r, &small), ERR_LIMIT);
	buf_clear(&b);
	r = ask(p, ACT_ABORT, p->k, ABORTED);
	ok(act_request_summary(p->d, r, &b));
	assert_non_null(strstr(buf_cstr(&b), p->d->state->kase[p->k].ref));
	p->d->state->request[r].record[0] ^= 1;
	assert_int_not_equal(act_request_summary(p->d, r, &b), OK);
	assert_int_not_equal(act_request_file(p->d, r, &b, &p->why), OK);
	buf_free(&b);
	buf_free(&small);
}

/* Nothing of it stays: not the request, not a signature */
static void
refused(struct place *p, enum act a, const char *detail, enum err want)
{
	uint64_t events = journal_length(p->d->book);
	size_t r = NOT_FOUND;

	is(act_request(p->d, a, p->k, detail, NULL, &r, &p->why), want);
	is(p->why.e, want);
	assert_int_equal(journal_length(p->d->book), events);
	assert_int_equal(p->d->state->requests, 0);
}

static void
asked_in_vain(void **state)
{
	struct place *p = *state;
	size_t r;

	refused(p, ACT_ABORT, "", ERR_USAGE);
	for (failing_at = 1; failing_at <= 2; failing_at++) {
		records = 0;
		refused(p, ACT_ABORT, ABORTED, ERR_FULL);
	}
	failing_at = 0;
	r = ask(p, ACT_ABORT, p->k, ABORTED);
	home_again(p->h);
	assert_int_equal(p->d->state->requests, 1);
	assert_int_equal(signers(p, r), 1);
}

/* A machine that was taken over asks and signs nothing */
static void
taken_over(void **state)
{
	struct place *p = *state;
	struct buf b = buf_new(65536);
	size_t r = ask(p, ACT_ABORT, p->k, ABORTED), other;
	uint64_t events = journal_length(p->d->book);
	char path[128];

	ok(sign_there(p, r, "bo", p->h->bo, &b));
	home_ring(p->h, "bo", p->h->bo, "bo.age");
	snprintf(path, sizeof path, "%s/bo.age", p->h->path);
	p->d->state->applied_tenure = 9;
	is(act_request(p->d, ACT_DESTROY, p->k, "x", NULL, &other, &p->why),
	    ERR_STALE);
	is(take(p, &b), ERR_STALE);
	is(act_sign_here(p->d, r, path, HOME_PASS, sizeof HOME_PASS - 1,
	    &p->why), ERR_STALE);
	is(act_paper(p->d, r, "bo", HOME_TODAY, &p->why), ERR_STALE);
	assert_int_equal(journal_length(p->d->book), events);
	assert_int_equal(signers(p, r), 1);
	buf_free(&b);
}

/* Whom the report is about signs nothing of it; that it goes elsewhere is all
 * that he may ask */
static void
about_them(void **state)
{
	static const char *const bo[] = {"bo"}, *const an[] = {"an"};
	struct place *p = *state;
	struct buf b = buf_new(65536);
	size_t r = ask(p, ACT_ABORT, p->k, ABORTED), other;

	ok(act_conflict(p->d, p->k, bo, 1, &p->why));
	ok(sign_there(p, r, "bo", p->h->bo, &b));
	is(take(p, &b), ERR_POLICY);
	assert_string_equal(p->why.rule, "S-SUBJECT");
	is(act_paper(p->d, r, "bo", HOME_TODAY, &p->why), ERR_POLICY);
	signs(p, r, "cy", p->cy);
	ok(approved(p, ACT_ABORT, p->k, ABORTED));
	ok(act_conflict(p->d, p->k, an, 1, &p->why));
	assert_int_equal(signers(p, r), 2);
	assert_true(p->signer[0].subject && !p->signer[1].subject);
	is(approved(p, ACT_ABORT, p->k, ABORTED), ERR_POLICY);
	assert_string_equal(p->why.rule, "S-SUBJECT");
	is(act_request(p->d, ACT_ABORT, p->k, ABORTED, NULL, &other,
	    &p->why), ERR_POLICY);
	r = ask(p, ACT_RECUSE, p->k, "2");
	assert_int_equal(signers(p, r), 0);
	buf_free(&b);
}

static void
once_each(void **state)
{
	struct place *p = *state;
	struct buf b = buf_new(65536);
	size_t r = ask(p, ACT_ABORT, p->k, ABORTED), other;

	ok(sign_there(p, r, "bo", p->h->bo, &b));
	ok(take(p, &b));
	is(take(p, &b), ERR_CONFLICT);
	is(act_paper(p->d, r, "bo", HOME_TODAY, &p->why), ERR_CONFLICT);
	is(act_paper(p->d, r, "an", HOME_TODAY, &p->why), ERR_CONFLICT);
	other = ask(p, ACT_DESTROY, p->k, "vernietigd");
	signs(p, other, "bo", p->h->bo); /* that is another one */
	assert_int_equal(signers(p, r), 2);
	assert_int_equal(signers(p, other), 2);
	buf_free(&b);
}

/* On their machine: the asker is who the document says, and they are who the
 * keyset says */
static void
signed_there(void **state)
{
	struct place *p = *state;
	struct keyset *k = p->d->keyset;
	struct keyset_person keep = k->person[1];
	struct buf b = buf_new(65536);
	size_t r = ask(p, ACT_ABORT, p->k, ABORTED);

	is(sign_there(p, r, "an", p->d->ring->operational, &b), ERR_POLICY);
	is(sign_there(p, r, "ed", p->h->bo, &b), ERR_POLICY);
	is(sign_there(p, r, "bo", p->cy, &b), ERR_POLICY);
	ok(keyset_revoke(k, &keep.key));
	is(sign_there(p, r, "bo", p->h->bo, &b), ERR_POLICY);
	k->revokeds = 0;
	ok(keyset_revoke(k, &k->person[0].key));
	is(sign_there(p, r, "bo", p->h->bo, &b), ERR_SIGNATURE);
	k->revokeds = 0;
	strcpy(k->person[0].id, "ed"); /* the asker has another name now */
	is(sign_there(p, r, "bo", p->h->bo, &b), ERR_SIGNATURE);
	strcpy(k->person[0].id, "an");
	p->d->keyset = NULL;
	is(sign_there(p, r, "bo", p->h->bo, &b), ERR_FOREIGN);
	p->d->keyset = k;
	assert_int_equal(b.len, 0);
	ok(sign_there(p, r, "bo", p->h->bo, &b));
	p->d->state->request[r].id[0] ^= 1; /* asked by another desk */
	is(take(p, &b), ERR_UNKNOWN);
	is(act_take(p->d, "x", 1, &r, &p->why), ERR_FORMAT);
	buf_free(&b);
}

static enum err
here(struct place *p, size_t r, const char *pass)
{
	char path[128];

	snprintf(path, sizeof path, "%s/bo.age", p->h->path);
	return act_sign_here(p->d, r, path, pass, strlen(pass), &p->why);
}

static void
signed_here(void **state)
{
	struct place *p = *state;
	struct keyset *k = p->d->keyset;
	size_t r = ask(p, ACT_ABORT, p->k, ABORTED);

	is(here(p, r, HOME_PASS), ERR_UNKNOWN); /* there is no file */
	home_ring(p->h, "bo", p->cy, "bo.age");
	is(here(p, r, HOME_PASS), ERR_FOREIGN);
	home_ring(p->h, "ed", p->h->bo, "bo.age");
	is(here(p, r, HOME_PASS), ERR_FOREIGN);
	home_ring(p->h, "bo", p->h->bo, "bo.age");
	is(here(p, r, "een andere zin"), ERR_NO_MATCH);
	ok(keyset_revoke(k, &k->person[1].key));
	is(here(p, r, HOME_PASS), ERR_FOREIGN);
	k->revokeds = 0;
	assert_int_equal(signers(p, r), 1);
	ok(here(p, r, HOME_PASS));
	assert_int_equal(signers(p, r), 2);
	is(here(p, r, HOME_PASS), ERR_CONFLICT);
}

static void
on_paper(void **state)
{
	struct place *p = *state;
	struct keyset *k = p->d->keyset;
	size_t r = ask(p, ACT_ABORT, p->k, ABORTED);

	is(act_paper(p->d, r, "ed", HOME_TODAY, &p->why), ERR_UNKNOWN);
	is(act_paper(p->d, r, "bo", HOME_TODAY - 1, &p->why), ERR_CONFLICT);
	is(act_paper(p->d, r, "bo", HOME_TODAY + 1, &p->why), ERR_CONFLICT);
	ok(keyset_revoke(k, &k->person[1].key));
	is(act_paper(p->d, r, "bo", HOME_TODAY, &p->why), ERR_UNKNOWN);
	assert_int_equal(signers(p, r), 1);
	ok(act_paper(p->d, r, "cy", HOME_TODAY, &p->why));
	ok(approved(p, ACT_ABORT, p->k, ABORTED));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(for_exactly_that),
		CASE(until_the_next_step),
		CASE(used_up),
		CASE(signatures_of_something_else),
		CASE(by_whom_the_keyset_names),
		CASE(signed_day),
		CASE(of_no_case),
		CASE(asked_in_vain),
		CASE(taken_over),
		CASE(about_them),
		CASE(once_each),
		CASE(signed_there),
		CASE(signed_here),
		CASE(on_paper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
