/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The record of the paper shares: which sheets count, whatever was made
 * since, and that no other record is taken for it.
 */
#include "home.h"

#include "decryptor/papers.h"

struct place {
	struct home *h;
	struct desk *d;
	struct papers p;
	struct share share[SHARES_MAX];
};

static int
setup(void **state)
{
	struct place *p = home_place(sizeof *p);

	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	home_place_free(*state);
	return 0;
}

static enum err
make(struct place *p, enum share_kind kind)
{
	return papers_make(p->d, kind, 2, 3, &p->p, p->share);
}

/* However often sheets of one kind are made, the record knows those of the
 * other */
static void
newest_of_each_kind_stays(void **state)
{
	struct place *p = *state;
	struct share first, was;
	struct paper_set *s;

	ok(make(p, SHARE_IDENTITY));
	first = p->share[0];
	for (unsigned i = 0; i < 2 * PAPER_SETS_MAX; i++) {
		ok(make(p, SHARE_BACKUP));
		assert_true(p->p.sets <= PAPER_SETS_MAX);
		s = papers_set(&p->p, SHARE_IDENTITY);
		assert_non_null(s);
		ok(paper_fits(s, &first));
		assert_false(papers_replaced(&p->p, &first));
		ok(paper_fits(papers_set(&p->p, SHARE_BACKUP),
		    &p->share[0]));
		if (i > 0) {
			assert_true(papers_replaced(&p->p, &was));
		}
		was = p->share[0];
	}
	ok(make(p, SHARE_IDENTITY)); /* the first is history */
	is(paper_fits(papers_set(&p->p, SHARE_IDENTITY), &first),
	    ERR_CONFLICT);
	assert_true(papers_replaced(&p->p, &first));
	ok(papers_save(p->d, &p->p));
	ok(papers_load(p->d, &p->p));
	assert_int_equal(p->p.sets, PAPER_SETS_MAX);
}

static void
who_may_make(void **state)
{
	struct place *p = *state;

	p->d->ring->has_identity = false;
	is(make(p, SHARE_IDENTITY), ERR_POLICY);
	assert_int_equal(p->p.sets, 0);
	is(papers_make(p->d, SHARE_BACKUP, 4, 3, &p->p, p->share), ERR_USAGE);
	assert_int_equal(p->p.sets, 0);
	ok(make(p, SHARE_BACKUP));
	assert_true(p->p.has_backup);
	assert_int_equal(p->p.set[0].day, HOME_TODAY);
}

/* A sheet is of a set if all of it says so */
static void
of_this_set(void **state)
{
	struct place *p = *state;
	struct paper_set *s;
	struct share other;

	ok(make(p, SHARE_BACKUP));
	s = &p->p.set[0];
	ok(paper_fits(s, &p->share[2]));
	other = p->share[0];
	other.kind = SHARE_IDENTITY;
	is(paper_fits(s, &other), ERR_CONFLICT);
	other = p->share[0];
	other.k = 3;
	is(paper_fits(s, &other), ERR_CONFLICT);
	other = p->share[0];
	other.n = 2;
	is(paper_fits(s, &other), ERR_CONFLICT);
	other = p->share[0];
	other.commit[2][0] ^= 1;
	is(paper_fits(s, &other), ERR_CONFLICT);
	assert_false(papers_replaced(&p->p, &other));
	s->proven[0] = s->proven[1] = true;
	assert_false(papers_proven(s));
	s->proven[2] = true;
	assert_true(papers_proven(s));
}

/* The record with ${key} of it, or of its set or sheet, said otherwise */
static enum err
with(struct place *p, const char *where, const char *key, json_t *value)
{
	struct buf doc = buf_new(65536);
	struct papers out;
	json_t *o = NULL, *at;
	enum err e;

	ok(papers_write(&p->p, p->d->ring->org, &doc));
	ok(json_read(doc.p, doc.len, 65536, &o));
	at = o;
	if (where[0] != 0) {
		at = json_array_get(json_object_get(o, "sets"), 0);
	}
	if (strcmp(where, "sheet") == 0) {
		at = json_array_get(json_object_get(at, "sheets"), 0);
	}
	assert_non_null(at);
	if (value == NULL) {
		json_object_del(at, key);
	} else {
		json_object_set_new(at, key, value);
	}
	buf_clear(&doc);
	ok(json_write(o, &doc));
	json_decref(o);
	e = papers_parse(doc.p, doc.len, p->d->ring->org, &out);
	buf_free(&doc);
	return e;
}

static void
no_other_record(void **state)
{
	static const struct {
		const char *where, *key;
	} field[] = {
		{"", "org"}, {"", "sets"}, {"", "type"}, {"set", "kind"},
		{"set", "k"}, {"set", "n"}, {"set", "day"},
		{"set", "sheets"}, {"sheet", "commitment"},
		{"sheet", "keeper"},
	};
	struct place *p = *state;
	char keeper[PAPER_KEEPER + 1];

	ok(make(p, SHARE_BACKUP));
	p->p.set[0].proven[0] = true;
	p->p.set[0].proven_day[0] = HOME_TODAY;
	for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
		assert_int_not_equal(with(p, field[i].where, field[i].key,
		    NULL), OK);
		assert_int_not_equal(with(p, field[i].where, field[i].key,
		    json_true()), OK);
	}
	is(with(p, "", "org", NULL), ERR_FORMAT);
	is(with(p, "", "version", json_integer(2)), ERR_VERSION);
	is(with(p, "", "more", json_true()), ERR_FORMAT);
	is(with(p, "set", "more", json_true()), ERR_FORMAT);
	is(with(p, "sheet", "more", json_true()), ERR_FORMAT);
	is(with(p, "set", "kind", json_string("identitx")), ERR_FORMAT);
	is(with(p, "set", "kind", json_string("backuq")), ERR_FORMAT);
	assert_int_not_equal(with(p, "set", "k", json_integer(4)), OK);
	is(with(p, "set", "n", json_integer(4)), ERR_FORMAT);
	is(with(p, "set", "n", json_integer(2)), ERR_FORMAT);
	assert_int_not_equal(with(p, "set", "n", json_integer(1)), OK);
	assert_int_not_equal(with(p, "set", "day", json_string(
	    "2026-02-30")), OK);
	assert_int_not_equal(with(p, "sheet", "proven", json_string(
	    "2026-02-30")), OK);
	assert_int_not_equal(with(p, "sheet", "proven", json_true()), OK);
	memset(keeper, 'a', PAPER_KEEPER);
	keeper[PAPER_KEEPER] = 0;
	assert_int_not_equal(with(p, "sheet", "keeper", json_string(keeper)),
	    OK);
	ok(with(p, "sheet", "keeper", json_string(keeper + 1)));
	assert_int_not_equal(with(p, "", "backup", json_string("age1pq1")),
	    OK);
	assert_int_not_equal(with(p, "", "backup", json_true()), OK);
	ok(with(p, "", "backup", NULL));
	is(with(p, "", "org", json_string(
	    "00112233445566778899aabbccddeeff")), ERR_FOREIGN);
}

/* One set more than there is room for */
static void
too_many(void **state)
{
	struct place *p = *state;
	json_t *list = json_array(), *o = NULL;
	struct buf doc = buf_new(65536);

	ok(make(p, SHARE_BACKUP));
	ok(papers_write(&p->p, p->d->ring->org, &doc));
	ok(json_read(doc.p, doc.len, 65536, &o));
	for (unsigned i = 0; i <= PAPER_SETS_MAX; i++) {
		json_array_append(list, json_array_get(json_object_get(o,
		    "sets"), 0));
	}
	is(with(p, "", "sets", json_incref(list)), ERR_FORMAT);
	json_array_remove(list, 0);
	ok(with(p, "", "sets", json_incref(list)));
	json_decref(list);
	json_decref(o);
	buf_free(&doc);
}

/* A take-over brings the record of who had the desk, not an older one */
static void
adopted(void **state)
{
	struct place *p = *state;
	struct papers mine, out;
	struct papers_aside as;
	int dir = -1;

	ok(folder_open(p->h->dir, "stick", true, &dir));
	ok(papers_adopt(p->d, dir, &as)); /* none there */
	ok(make(p, SHARE_BACKUP));
	ok(papers_save(p->d, &p->p));
	mine = p->p;
	ok(papers_adopt(p->d, dir, &as));
	ok(papers_load(p->d, &out));
	assert_int_equal(out.sets, 1);
	ok(renameat(p->d->public, "papers.json", dir, "papers.json") == 0 ?
	    OK : ERR_IO);
	ok(papers_adopt(p->d, dir, &as)); /* none here */
	ok(papers_load(p->d, &out));
	ok(paper_fits(&out.set[0], &p->share[0]));
	p->d->today++;
	ok(make(p, SHARE_BACKUP));
	ok(papers_save(p->d, &p->p));
	ok(papers_adopt(p->d, dir, &as)); /* older */
	ok(papers_load(p->d, &out));
	assert_int_equal(out.sets, 2);
	mine.set[0].day = p->d->today; /* as new */
	p->p = mine;
	ok(papers_save(&(struct desk){.ring = p->d->ring, .public = dir},
	    &p->p));
	ok(papers_adopt(p->d, dir, &as));
	ok(papers_load(p->d, &out));
	assert_int_equal(out.sets, 1);
	ok(file_replace(dir, "papers.json", "{", 1));
	ok(papers_adopt(p->d, dir, &as));
	assert_string_equal(as.own, "");
	assert_string_equal(as.theirs, "papers.json.damaged-1");
	ok(papers_load(p->d, &out));
	assert_int_equal(out.sets, 1);
	ok(file_replace(p->d->public, "papers.json", "{", 1));
	ok(papers_adopt(p->d, dir, &as));
	assert_string_equal(as.own, "papers.json.damaged-2");
	ok(papers_load(p->d, &out));
	assert_int_equal(out.sets, 0);
	/* what cannot be kept is left where it lies */
	ok(file_replace(dir, "papers.json", "{", 1));
	is(papers_adopt(&(struct desk){.ring = p->d->ring, .public = -1}, dir,
	    &as), ERR_IO);
	ok(faccessat(dir, "papers.json", F_OK, 0) == 0 ? OK : ERR_IO);
	close(dir);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(newest_of_each_kind_stays),
		CASE(who_may_make),
		CASE(of_this_set),
		CASE(no_other_record),
		CASE(too_many),
		CASE(adopted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
