/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Another holder of the desk goes on from its last backup: with all of its
 * cases, by no backup but one that a holder made, and without losing what
 * only her own casebook holds.
 */
#include "home.h"

#include "decryptor/backup.h"
#include "decryptor/heir.h"
#include "decryptor/org.h"
#include "decryptor/papers.h"

/* Renames until one fails; 0: none does */
static unsigned renames, failing_at;

int __real_renameat(int from, const char *a, int to, const char *b);
int __wrap_renameat(int from, const char *a, int to, const char *b);

int
__wrap_renameat(int from, const char *a, int to, const char *b)
{
	return ++renames == failing_at ? -1 : __real_renameat(from, a, to, b);
}

struct place {
	struct home *h;
	struct desk *d, bo; /* who has the desk; who takes it over */
	char at[96], path[96], deputy[128];
	uint64_t tenure;
	struct papers_aside aside;
	struct refusal why;
};

/* `bo` as second holder of desk 1, with a home of her own */
static void
second_holder(struct place *p)
{
	struct keyset *k = malloc(sizeof *k);
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	char who[KEYSET_ID];

	assert_non_null(k);
	snprintf(p->at, sizeof p->at, "%s/hers", p->h->path);
	p->bo = home_desk(p->at);
	ok(desk_make(&p->bo));
	ok(founding_home(&p->bo, p->d->ring->org, 1, "bo", PERSON_HOLDER,
	    false));
	*k = *p->d->keyset;
	k->person[1].role = PERSON_HOLDER;
	sign_pk_of(p->bo.ring->operational, &k->person[1].key);
	ok(org_keyset_save(p->d, k));
	ok(org_keyset_files(p->d, &doc, &sig));
	ok(org_keyset_store(&p->bo, &doc, &sig));
	buf_clear(&doc);
	ok(heir_note(&p->bo, &doc));
	ok(heir_store(p->d, doc.p, doc.len, who));
	buf_free(&doc);
	buf_free(&sig);
	free(k);
}

static void
backup(struct place *p)
{
	struct backup_made made;

	unlink(p->path);
	ok(backup_make(p->d, p->path, &made));
	assert_int_equal(made.heirs.n, 1);
}

static int
setup(void **state)
{
	struct place *p;
	struct content *c;

	failing_at = 0;
	p = home_place(sizeof *p);
	ok(folder_open(p->h->dir, "stick", true, &(int){0}));
	snprintf(p->path, sizeof p->path, "%s/stick/copy", p->h->path);
	snprintf(p->deputy, sizeof p->deputy, "%s.deputy", p->path);
	second_holder(p);
	home_case(p->h);
	c = home_content();
	home_file(p->h, c, "bewijs", false);
	home_message(p->h, p->d->state->kase[0].ref, REPORT_REPORT, c);
	content_free(c);
	backup(p);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	failing_at = 0;
	desk_close(&p->bo);
	folder_remove(p->h->dir, "hers");
	home_place_free(p);
	return 0;
}

static enum err
take(struct place *p, bool unsigned_too, bool leave_own)
{
	struct takeover_wish w = {.unsigned_too = unsigned_too,
		.leave_own = leave_own};

	p->tenure = 0;
	return act_takeover(&p->bo, p->deputy, &w, &p->tenure, &p->aside,
	    &p->why);
}

/* As another start of her program finds it */
static void
hers_again(struct place *p)
{
	desk_close(&p->bo);
	p->bo = home_desk(p->at);
	ok(desk_open(&p->bo, DESK_CASEBOOK));
}

/* Nothing of hers changed */
static void
refused(struct place *p, enum err want)
{
	uint64_t events;

	hers_again(p);
	events = journal_length(p->bo.book);
	is(take(p, false, false), want);
	assert_int_not_equal(p->why.en[0], 0);
	assert_int_not_equal(faccessat(p->bo.dir, "casebook.before-1", F_OK,
	    0), 0);
	hers_again(p);
	assert_int_equal(journal_length(p->bo.book), events);
}

static void
goes_on(void **state)
{
	struct place *p = *state;
	struct content *c = NULL;
	uint64_t was = p->d->state->tenure;

	ok(take(p, false, false));
	assert_true(p->tenure > was);
	hers_again(p);
	assert_int_equal(p->bo.state->kases, 1);
	assert_int_equal(p->bo.state->tenure, p->tenure);
	ok(desk_content(&p->bo, &p->bo.state->message[0], &c));
	content_free(c);
	assert_memory_equal(p->bo.ring->casebook, p->d->ring->casebook, 32);
	/* what lay here is gone with its key */
	assert_int_not_equal(faccessat(p->bo.dir, "casebook.before-1", F_OK,
	    0), 0);
	assert_int_not_equal(faccessat(p->bo.dir, "casekeys.before-1", F_OK,
	    0), 0);
	ok(take(p, false, false)); /* again, as after one that was cut */
}

/* Cut at each rename: it is said, and once more brings all of it */
static void
each_rename(void **state)
{
	struct place *p = *state;
	unsigned tried = 0, most;

	renames = 0;
	ok(take(p, false, false));
	most = renames;
	for (unsigned n = 1; n <= most; n++) {
		renames = 0;
		failing_at = n;
		assert_int_not_equal(take(p, false, true), OK);
		failing_at = 0;
		desk_close(&p->bo);
		p->bo = home_desk(p->at);
		ok(desk_open(&p->bo, DESK_KEYRING));
		ok(take(p, false, false));
		hers_again(p);
		assert_int_equal(p->bo.state->messages, 2);
		ok(backup_whole(&p->bo));
		tried++;
	}
	assert_true(tried >= 6);
}

static void
whose_backup(void **state)
{
	struct place *p = *state;
	struct buf note = buf_new(HEIR_MAX), file = buf_new(1u << 22);
	uint8_t seed[SIGN_SEED];

	ok(file_read(p->h->dir, "stick/copy.deputy.note", &note));
	ok(file_read(p->h->dir, "stick/copy.deputy", &file));
	unlinkat(p->h->dir, "stick/copy.deputy.note", 0);
	refused(p, ERR_SIGNATURE);
	note.p[note.len - 2] ^= 1;
	ok(file_replace(p->h->dir, "stick/copy.deputy.note", note.p,
	    note.len));
	refused(p, ERR_SIGNATURE);
	home_case(p->h);
	backup(p); /* the note of another one */
	note.p[note.len - 2] ^= 1;
	ok(file_replace(p->h->dir, "stick/copy.deputy.note", note.p,
	    note.len));
	refused(p, ERR_SIGNATURE);
	ok(file_replace(p->h->dir, "stick/copy.deputy", file.p, file.len / 2));
	assert_int_not_equal(take(p, true, false), OK);
	hers_again(p);
	ok(file_replace(p->h->dir, "stick/copy.deputy", file.p, file.len));
	memcpy(seed, p->bo.ring->operational, SIGN_SEED);
	p->bo.ring->operational[0] ^= 1;
	is(take(p, true, false), ERR_NO_MATCH); /* made for another */
	memcpy(p->bo.ring->operational, seed, SIGN_SEED);
	p->bo.ring->desk = 2;
	is(take(p, true, false), ERR_FOREIGN);
	p->bo.ring->desk = 1;
	unlinkat(p->h->dir, "stick/copy.deputy.note", 0);
	ok(take(p, true, false)); /* who says so knows whose it is */
	hers_again(p);
	assert_int_equal(p->bo.state->kases, 1);
	unlink(p->deputy);
	is(take(p, true, false), ERR_IO);
	assert_non_null(strstr(p->why.en, "cannot be opened"));
	buf_free(&note);
	buf_free(&file);
}

/* Sheets of the desk that were made on ${day} */
static void
papers(struct desk *d, day_t day)
{
	struct papers papers = {.sets = 1};
	struct paper_set *s = &papers.set[0];

	*s = (struct paper_set){.kind = SHARE_BACKUP, .k = 2, .n = 3,
		.day = day};
	ok(papers_save(d, &papers));
}

static void
kept(struct place *p, const char *name, const char *want)
{
	struct buf b = buf_new(1024);

	ok(file_read(p->bo.public, name, &b));
	assert_int_equal(b.len, strlen(want));
	assert_memory_equal(b.p, want, b.len);
	buf_free(&b);
}

/* The record of the sheets stops nobody: that one of them is damaged is said,
 * and what is damaged stays */
static void
damaged_papers(void **state)
{
	struct place *p = *state;
	struct papers now;

	papers(p->d, HOME_TODAY);
	backup(p);
	ok(file_replace(p->bo.public, "papers.json", "hers", 4));
	ok(take(p, false, false));
	assert_string_equal(p->aside.own, "papers.json.damaged-1");
	assert_string_equal(p->aside.theirs, "");
	kept(p, "papers.json.damaged-1", "hers");
	ok(papers_load(&p->bo, &now));
	assert_int_equal(now.sets, 1); /* that of the backup */

	papers(&p->bo, HOME_TODAY - 1);
	ok(file_replace(p->d->public, "papers.json", "copy", 4));
	backup(p); /* not stopped either */
	ok(take(p, false, false));
	assert_string_equal(p->aside.own, "");
	assert_string_equal(p->aside.theirs, "papers.json.damaged-2");
	kept(p, "papers.json.damaged-2", "copy");
	ok(papers_load(&p->bo, &now));
	assert_int_equal(now.set[0].day, HOME_TODAY - 1);

	ok(file_replace(p->bo.public, "papers.json", "both", 4));
	ok(take(p, false, false));
	kept(p, "papers.json.damaged-3", "copy");
	kept(p, "papers.json.damaged-4", "both");
	ok(papers_load(&p->bo, &now));
	assert_int_equal(now.sets, 0); /* as where no record ever was */
	ok(take(p, false, false)); /* what lies aside is no record */
	hers_again(p);
	assert_int_equal(p->bo.state->kases, 1);
}

/* What only her casebook holds would be read by nobody any more */
static void
her_own(void **state)
{
	struct place *p = *state;
	struct act_entry w = {.kind = REPORT_REPORT, .kase = NOT_FOUND,
		.day = HOME_TODAY, .route = "", .language = "nl",
		.text = "EIGEN", .len = 5};
	char ref[REF_TEXT], text[CODE_TEXT];

	ok(act_enter(&p->bo, &w, ref, text, &p->why));
	refused(p, ERR_CONFLICT);
	assert_non_null(strstr(p->why.en, ref));
	p->bo.state->kase[0].destroyed = true;
	is(take(p, false, false), ERR_CONFLICT); /* the journal counts */
	hers_again(p);
	ok(take(p, false, true));
	hers_again(p);
	assert_int_equal(p->bo.state->kases, 1);
	assert_string_not_equal(p->bo.state->kase[0].ref, ref);
}

/* What she destroyed herself is missed by nobody */
static void
her_own_destroyed(void **state)
{
	struct place *p = *state;
	struct act_entry w = {.kind = REPORT_REPORT, .kase = NOT_FOUND,
		.day = HOME_TODAY, .route = "", .language = "nl",
		.text = "EIGEN", .len = 5};
	char ref[REF_TEXT], text[CODE_TEXT];
	json_t *o = event_new(&p->bo, "case_destroyed");

	ok(act_enter(&p->bo, &w, ref, text, &p->why));
	json_object_set_new(o, "case", json_string(ref));
	ok(desk_record(&p->bo, o));
	ok(take(p, false, false));
}

/* The tenure that a gateway tells is above its own: then hers is above both */
static void
denied(void **state)
{
	struct place *p = *state;
	struct keyset *k;

	is(act_takeover_deny(p->d, &p->tenure, &p->why), ERR_CONFLICT);
	p->d->state->applied_tenure = 9;
	p->d->keyset->person[0].id[0] = 'x';
	is(act_takeover_deny(p->d, &p->tenure, &p->why), ERR_POLICY);
	p->d->keyset->person[0].id[0] = 'a';
	p->d->ring->role = PERSON_APPROVER;
	is(act_takeover_deny(p->d, &p->tenure, &p->why), ERR_POLICY);
	p->d->ring->role = PERSON_HOLDER;
	k = p->d->keyset;
	p->d->keyset = NULL;
	is(act_takeover_deny(p->d, &p->tenure, &p->why), ERR_POLICY);
	p->d->keyset = k;
	ok(act_takeover_deny(p->d, &p->tenure, &p->why));
	assert_int_equal(p->tenure, 10);
	assert_false(state_superseded(p->d->state));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(goes_on),
		CASE(each_rename),
		CASE(her_own_destroyed),
		CASE(whose_backup),
		CASE(damaged_papers),
		CASE(her_own),
		CASE(denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
