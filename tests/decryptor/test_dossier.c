/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What leaves the organisation: no more than the plan says that two people
 * signed, and nothing before they did.
 */
#include "plan.h"

static bool no_sync, no_record; /* the disk is gone, the casebook full */

enum err __real_record_put(struct casebook *b, const uint8_t *key,
    const void *p, size_t len, uint8_t id[RECORD_ID]);
enum err __wrap_record_put(struct casebook *b, const uint8_t *key,
    const void *p, size_t len, uint8_t id[RECORD_ID]);

enum err
__wrap_record_put(struct casebook *b, const uint8_t *key, const void *p,
    size_t len, uint8_t id[RECORD_ID])
{
	return no_record ? ERR_FULL : __real_record_put(b, key, p, len, id);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);

int
__wrap_fsync(int fd)
{
	return no_sync ? -1 : __real_fsync(fd);
}

static enum err
may(struct place *p)
{
	plan_write(p);
	return act_forward_may(p->d, p->k, p->plan.p, p->plan.len, &p->why);
}

static enum err
forward(struct place *p, const char *pass, const char *path)
{
	struct act_sealing to = {.pass = pass, .passlen = pass == NULL ? 0 :
	    strlen(pass)};

	plan_write(p);
	return act_forward(p->d, p->k, p->plan.p, p->plan.len, &to, path,
	    &p->why);
}

static void
two_sign(struct place *p)
{
	size_t r = 0;

	plan_write(p);
	ok(act_forward_ask(p->d, p->k, p->plan.p, p->plan.len, NULL, NULL, &r,
	    &p->why));
	ok(act_paper(p->d, r, "bo", HOME_TODAY, &p->why));
}

static void
ground(struct place *p, enum ground_kind kind, const char *receiver)
{
	struct target t = target_of(DEST_AUTHORITY, receiver);

	ok(act_ground(p->d, p->k, kind, &t, true, "Grond", 5, &p->why));
}

static void
in_progress(struct place *p)
{
	json_t *o = event_new(p->d, "state");

	json_object_set_new(o, "case", json_string("2026-7K3Q"));
	json_object_set_new(o, "to", json_string("in_behandeling"));
	ok(desk_record(p->d, o));
}

/* Refused by this rule, here and when it is tried: no file, nothing noted */
static void
refused(struct place *p, const char *rule)
{
	uint64_t events = journal_length(p->d->book);

	is(may(p), ERR_POLICY);
	assert_string_equal(p->why.rule, rule);
	is(forward(p, NULL, p->path), ERR_POLICY);
	assert_string_equal(p->why.rule, rule);
	assert_int_equal(journal_length(p->d->book), events);
	assert_int_not_equal(access(p->path, F_OK), 0);
	assert_int_equal(p->d->state->forwardings, 0);
}

static void
to_an_authority(void **state)
{
	struct place *p = *state;

	in_progress(p);
	json_object_set_new(p->o, "telling_endangers", json_string("Ja"));
	json_object_set_new(part(p, "files", 0), "scrub", json_false());
	json_object_set_new(part(p, "files", 1), "scrub", json_false());
	refused(p, "S-CONSENT");
	ground(p, GROUND_DUTY, "ILT"); /* of another receiver */
	refused(p, "S-CONSENT");
	ground(p, GROUND_DUTY, "IGJ");
	refused(p, "S-SANITISED");
	json_object_set_new(p->o, "reviewed", json_true());
	refused(p, "S-TWO");
	two_sign(p);
	ok(may(p));
	json_object_set_new(p->o, "name", json_string("Anders"));
	refused(p, "S-TWO"); /* another plan */
	json_object_set_new(p->o, "name", json_string(""));
	json_object_set_new(p->o, "telling_endangers", json_string(""));
	json_object_set_new(p->o, "reviewed", json_true());
	refused(p, "S-TOLD");
	json_object_set_new(p->o, "telling_endangers", json_string("Ja"));
	ok(forward(p, NULL, p->path));
	assert_int_equal(p->d->state->kase[p->k].state, CASE_FORWARDED);
	assert_int_equal(p->d->state->forwardings, 1);
	assert_true(p->d->state->forwarding[0].duty);
	assert_string_equal(p->d->state->kase[p->k].code[KASE_OUTCOME],
	    "doorgezonden");
	assert_int_not_equal(may(p), OK); /* once */
}

/* Who may pass it on by the reporter's word needs no duty, and says none */
static void
with_consent(void **state)
{
	struct place *p = *state;

	in_progress(p);
	json_object_set_new(p->o, "telling_endangers", json_string("Ja"));
	json_object_set_new(p->o, "reviewed", json_true());
	json_object_set_new(part(p, "files", 0), "scrub", json_false());
	json_object_set_new(part(p, "files", 1), "scrub", json_false());
	ground(p, GROUND_DUTY, "IGJ");
	ground(p, GROUND_CONSENT, "IGJ");
	two_sign(p);
	ok(forward(p, NULL, p->path));
	assert_false(p->d->state->forwarding[0].duty);
}

static void
to_an_investigator(struct place *p)
{
	plan_make(p, DEST_INVESTIGATOR, "");
	json_object_set_new(p->o, "name", json_string("Bureau"));
	json_object_set_new(p->o, "until", json_string("2026-12-31"));
	json_object_set_new(p->o, "agreement", json_true());
	json_object_set_new(p->o, "reviewed", json_true());
	json_object_set_new(part(p, "files", 0), "scrub", json_false());
	json_object_set_new(part(p, "files", 1), "scrub", json_false());
	two_sign(p);
	ok(may(p));
}

static void
file_read_back(struct place *p)
{
	buf_clear(&p->page);
	ok(file_read_path(p->path, &p->page));
}

static void
written(void **state)
{
	struct place *p = *state;

	to_an_investigator(p);
	ok(forward(p, HOME_PASS, p->path));
	file_read_back(p);
	assert_int_equal(p->d->state->kase[p->k].state, CASE_FETCHED);
	assert_memory_equal(p->page.p, "age-encryption.org/v1", 21);
	assert_false(on_page(p, "Jansen"));
	assert_int_not_equal(faccessat(p->d->dir, ROOM_FORWARD, F_OK, 0), 0);
	/* its signatures are used; two more for paper */
	assert_int_not_equal(may(p), OK);
	two_sign(p);
	is(forward(p, NULL, p->path), ERR_IO); /* that file is there */
	file_read_back(p);
	assert_memory_equal(p->page.p, "age-encryption.org/v1", 21);
	ok(unlink(p->path) == 0 ? OK : ERR_IO);
	ok(forward(p, NULL, p->path));
	file_read_back(p);
	assert_true(on_page(p, "Jan Jansen zag alles"));
	assert_int_equal(p->d->state->forwardings, 2);
	assert_false(p->d->state->forwarding[0].duty);
}

/* Nothing stays of what could not be written, and nothing is noted */
static void
failed(struct place *p, const char *pass, enum err want)
{
	uint64_t events = journal_length(p->d->book);
	enum err e = forward(p, pass, p->path);

	no_sync = no_record = false;
	assert_int_equal(e, want);
	assert_int_not_equal(access(p->path, F_OK), 0);
	assert_int_equal(journal_length(p->d->book), events);
	assert_int_equal(p->d->state->forwardings, 0);
	assert_int_not_equal(faccessat(p->d->dir, ROOM_FORWARD, F_OK, 0), 0);
}

static void
importing(struct place *p, const char *phase)
{
	json_t *o = event_new(p->d, "import");

	json_object_set_new(o, "phase", json_string(phase));
	ok(desk_record(p->d, o));
}

static void
cannot_go(void **state)
{
	struct place *p = *state;

	to_an_investigator(p);
	no_sync = true;
	failed(p, NULL, ERR_IO);
	no_record = true;
	failed(p, NULL, ERR_FULL);
	p->d->state->applied_tenure = 9; /* another machine has the desk */
	failed(p, NULL, ERR_STALE);
	is(act_forward_keep(p->d, p->k, p->plan.p, p->plan.len, &p->why),
	    ERR_STALE);
	p->d->state->applied_tenure = 0;
	importing(p, "begin"); /* a withdrawal may be waiting */
	failed(p, NULL, ERR_BUSY);
	is(may(p), ERR_BUSY);
	importing(p, "end");
	/* a file whose metadata nobody can remove */
	to_an_investigator(p);
	json_object_set_new(part(p, "files", 1), "scrub", json_true());
	two_sign(p);
	failed(p, HOME_PASS, ERR_POLICY);
	/* and a file that is not the reporter's */
	told(p, "2026-7K3Q", "Derde", "bytes", true);
	to_an_investigator(p);
	json_object_set_new(part(p, "files", 2), "scrub", json_false());
	two_sign(p);
	failed(p, HOME_PASS, ERR_CRYPT);
}

/* The reporter took it back, and the consent with it */
static void
withdrawn(void **state)
{
	struct place *p = *state;
	struct target t = target_of(DEST_AUTHORITY, "IGJ");
	uint8_t hash[HASH_LEN];
	struct buf b = buf_new(PLAN_MAX);

	ground(p, GROUND_CONSENT, "IGJ");
	plan_write(p);
	ok(act_forward_keep(p->d, p->k, p->plan.p, p->plan.len, &p->why));
	p->kind = REPORT_WITHDRAWAL;
	told(p, "2026-7K3Q", "Ik trek dit in", NULL, false);
	is(act_forward_text(p->d, p->k, &t, &p->why), ERR_POLICY);
	is(act_forward_plan(p->d, p->k, t.to, "IGJ", &b, &p->why),
	    ERR_POLICY);
	is(act_forward_show(p->d, p->k, p->plan.p, p->plan.len, &b, hash,
	    &p->why), ERR_POLICY);
	is(act_forward_keep(p->d, p->k, p->plan.p, p->plan.len, &p->why),
	    ERR_POLICY);
	refused(p, "S-CONSENT");
	ground(p, GROUND_DUTY, "IGJ");
	ok(act_forward_text(p->d, p->k, &t, &p->why));
	assert_int_equal(b.len, 0);
	ok(act_forward_kept(p->d, p->k, &b));
	assert_memory_equal(b.p, p->plan.p, b.len);
	p->d->state->kase[p->k].locked = true; /* gone to another desk */
	is(act_forward_kept(p->d, p->k, &b), ERR_UNKNOWN);
	buf_free(&b);
}

static void
too_long(void **state)
{
	struct place *p = *state;
	struct plan plan;
	uint8_t hash[HASH_LEN];
	struct buf small = buf_new(16);

	plan_write(p);
	is(act_forward_show(p->d, p->k, p->plan.p, p->plan.len, &small, hash,
	    &p->why), ERR_LIMIT);
	ok(plan_parse(p->d, p->k, p->plan.p, p->plan.len, &plan, &p->why));
	buf_clear(&small);
	is(dossier_page(p->d, p->k, &plan, &small, &p->why), ERR_LIMIT);
	plan_free(&plan);
	while (p->plan.len <= PLAN_MAX) {
		buf_text(&p->plan, " ");
	}
	is(plan_parse(p->d, p->k, p->plan.p, p->plan.len, &plan, &p->why),
	    ERR_LIMIT);
	plan_free(&plan);
}

static enum err
full(void *arg, const uint8_t *bytes, size_t len)
{
	(void)arg;
	(void)bytes;
	(void)len;
	return ERR_FULL;
}

static void
no_room_where_it_goes(void **state)
{
	struct place *p = *state;
	struct plan plan;

	json_object_set_new(part(p, "files", 0), "scrub", json_false());
	json_object_set_new(part(p, "files", 1), "scrub", json_false());
	plan_write(p);
	ok(plan_parse(p->d, p->k, p->plan.p, p->plan.len, &plan, &p->why));
	memset(&p->why, 0, sizeof p->why);
	is(dossier_write(p->d, p->k, &plan, full, NULL, &p->why), ERR_FULL);
	plan_free(&plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(to_an_authority),
		CASE(with_consent),
		CASE(written),
		CASE(cannot_go),
		CASE(withdrawn),
		CASE(too_long),
		CASE(no_room_where_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
