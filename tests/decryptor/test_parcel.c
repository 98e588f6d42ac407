/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A case goes to another desk: whole, to nobody else, and destroyed here only
 * when it is there. Two real desks of one organisation, each with its home.
 */
#include "home.h"

#include "decryptor/org.h"
#include "decryptor/parcel.h"

static bool no_sync; /* the stick is gone */

int __real_fsync(int fd);
int __wrap_fsync(int fd);

int
__wrap_fsync(int fd)
{
	return no_sync ? -1 : __real_fsync(fd);
}

struct place {
	struct home *h;
	struct desk *d, their; /* desk 1, desk 2 */
	char at[96], path[96], code[20];
	const char *ref; /* of the case that is told of */
	size_t k;
	struct refusal why;
	struct parcel_taken taken;
};

/* Desk 2 of `cy`, in the keyset and the blocks of both */
static void
second_desk(struct place *p)
{
	struct keyset *k = malloc(sizeof *k);
	struct keyset_person *cy;
	struct org_blocks mine = {NULL, 0, 0}, theirs = {NULL, 0, 0};
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);

	assert_non_null(k);
	snprintf(p->at, sizeof p->at, "%s/theirs", p->h->path);
	p->their = home_desk(p->at);
	ok(desk_make(&p->their));
	ok(founding_home(&p->their, p->d->ring->org, 2, "cy", PERSON_HOLDER,
	    false));
	*k = *p->d->keyset;
	ok(founding_desk(p->d, k, 2));
	cy = &k->person[k->people++];
	*cy = (struct keyset_person){.desk = 2, .role = PERSON_HOLDER};
	strcpy(cy->id, "cy");
	sign_pk_of(p->their.ring->operational, &cy->key);
	ok(org_keyset_save(p->d, k));
	ok(org_keyset_files(p->d, &doc, &sig));
	ok(org_keyset_store(&p->their, &doc, &sig));
	ok(blocks_load(p->d, &mine));
	ok(blocks_load(&p->their, &theirs));
	for (size_t i = 0; i < theirs.count; i++) {
		ok(blocks_put(&mine, theirs.block[i].week,
		    &theirs.block[i].block));
	}
	ok(blocks_save(p->d, &mine));
	blocks_free(&mine);
	blocks_free(&theirs);
	buf_free(&doc);
	buf_free(&sig);
	free(k);
}

static bool lies; /* the file is not as the report says */
static void
told(struct place *p, const char *what, const char *file)
{
	struct content *c = home_content();
	struct code_keys keys;
	struct code code;

	c->report->message_id[0] = (uint8_t)(p->d->state->messages + 1);
	ok(report_answer_add(c->report, "what", what, strlen(what)));
	if (p->d->state->messages == 0) {
		ok(code_new(1, &code));
		code_derive(&code, p->d->ring->org, &keys);
		ok(report_thread_first(c->report, &keys));
	}
	if (file != NULL) {
		home_file(p->h, c, file, lies);
	}
	home_message(p->h, p->ref, REPORT_REPORT, c);
	content_free(c);
}

static int
setup(void **state)
{
	struct place *p = home_place(sizeof *p);

	second_desk(p);
	p->ref = "2026-7K3Q";
	told(p, "GEHEIM", "bewijs");
	told(p, "NOG IETS", NULL);
	p->k = state_case(p->d->state, "2026-7K3Q");
	ok(act_step(p->d, p->k, CASE_OPENED, NULL, 0, &p->why));
	snprintf(p->path, sizeof p->path, "%s/parcel", p->h->path);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	no_sync = lies = false;
	desk_close(&p->their);
	folder_remove(p->h->dir, "theirs");
	unlink(p->path);
	home_place_free(p);
	return 0;
}

static void
two_sign(struct place *p, const char *desk)
{
	size_t r = 0;

	ok(act_request(p->d, ACT_RECUSE, p->k, desk, NULL, &r, &p->why));
	ok(act_paper(p->d, r, "bo", HOME_TODAY, &p->why));
}

static enum err
recuse(struct place *p, unsigned to)
{
	return act_recuse(p->d, p->k, to, "Reden", 5, p->path, p->code,
	    &p->why);
}

static void
gone_out(struct place *p)
{
	two_sign(p, "2");
	ok(recuse(p, 2));
	assert_true(p->d->state->kase[p->k].resealed);
}

/* A parsing child has room for the map of one casebook */
static enum err
take(struct place *p)
{
	enum err e;

	desk_close(p->d);
	memset(&p->taken, 0, sizeof p->taken);
	e = act_parcel_take(&p->their, p->path, &p->taken, &p->why);
	home_again(p->h);
	return e;
}

static void
again(struct place *p)
{
	ok(unlink(p->path) == 0 ? OK : ERR_IO);
	ok(recuse(p, 2));
}

static enum err
to_buf(void *arg, const uint8_t *bytes, size_t len)
{
	buf_put(arg, bytes, len);
	return OK;
}

/* Is there a file of this name and with these bytes in it, at desk 2? */
static bool
has(struct place *p, const char *name, const char *bytes)
{
	struct desk *t = &p->their;
	bool is = false;

	for (size_t i = 0; i < t->state->messages; i++) {
		struct content *c = NULL;
		ok(desk_content(t, &t->state->message[i], &c));
		for (unsigned j = 0; j < c->files; j++) {
			struct buf b = buf_new(1u << 20);
			uint8_t hash[HASH_LEN];
			uint64_t size;
			ok(attachment_stream(t->attachments, &c->file[j],
			    to_buf, &b, &size, hash));
			is = is || (strcmp(c->report->attachment[j].name,
			    name) == 0 && memmem(b.p, b.len, bytes,
			    strlen(bytes)) != NULL);
			buf_free(&b);
		}
		content_free(c);
	}
	return is;
}

static void
whole(void **state)
{
	struct place *p = *state;
	struct content *c = NULL;
	struct message *m;

	gone_out(p);
	assert_false(desk_text_shown(p->d, &p->d->state->message[0]));
	ok(take(p));
	assert_false(p->taken.before);
	assert_string_equal(p->taken.code, p->code);
	assert_int_equal(p->their.state->kases, 1);
	assert_int_equal(p->their.state->kase[0].from_desk, 1);
	assert_true(has(p, "message-01.txt", "GEHEIM"));
	assert_true(has(p, "van-Jan-Jansen.txt", "bewijs"));
	assert_true(has(p, "message-02.txt", "NOG IETS"));
	ok(take(p)); /* the same: nothing new */
	assert_true(p->taken.before);
	assert_int_equal(p->their.state->messages, 1);
	again(p); /* written anew, with the same in it */
	ok(take(p));
	assert_true(p->taken.before);
	assert_int_equal(p->their.state->messages, 1);
	ok(act_handed_over(p->d, p->k, p->code, &p->why));
	assert_true(p->d->state->kase[p->k].destroyed);
	m = &p->d->state->message[0];
	is(desk_content(p->d, m, &c), ERR_UNKNOWN);
	is(act_handed_over(p->d, p->k, p->code, &p->why), ERR_CONFLICT);
	is(recuse(p, 2), ERR_POLICY); /* nothing of it is here */
}

/* Read before, and cannot be read again */
static void
key_gone(void **state)
{
	struct place *p = *state;

	gone_out(p);
	ok(take(p));
	ok(keyring_week_destroy(p->their.ring, week_of(HOME_TODAY)));
	is(take(p), ERR_STALE);
	again(p); /* that one was never read */
	is(take(p), ERR_NO_MATCH);
}

/* Written anew with nothing new in it: it was read all the same */
static void
key_gone_nothing_new(void **state)
{
	struct place *p = *state;

	gone_out(p);
	ok(take(p));
	again(p);
	ok(take(p));
	assert_true(p->taken.before);
	ok(desk_refold(&p->their));
	ok(keyring_week_destroy(p->their.ring, week_of(HOME_TODAY)));
	is(take(p), ERR_STALE);
}

/* The very same parcel brings back what was lost of it here, but nothing that
 * was destroyed here */
static void
read_before_and_lost(void **state)
{
	struct place *p = *state;

	gone_out(p);
	ok(take(p));
	p->their.state->message[0].record[0] ^= 1;
	ok(take(p));
	assert_false(p->taken.before);
	assert_int_equal(p->their.state->messages, 2);
	ok(desk_refold(&p->their));
	assert_true(has(p, "van-Jan-Jansen.txt", "bewijs"));
	p->their.state->kase[0].destroyed = true;
	p->their.state->message[0].record[0] ^= 1;
	p->their.state->message[1].record[0] ^= 1;
	ok(take(p));
	assert_true(p->taken.before);
	assert_int_equal(p->their.state->messages, 2);
}

/* Only by the last parcel's code, and not when more came since */
static void
handed_over(void **state)
{
	struct place *p = *state;
	char code[20];

	is(act_handed_over(p->d, p->k, "00", &p->why), ERR_CONFLICT);
	assert_non_null(strstr(p->why.en, "does not wait"));
	gone_out(p);
	is(act_handed_over(p->d, p->k, "0000000000000000", &p->why),
	    ERR_CONFLICT);
	strcpy(code, p->code);
	again(p);
	told(p, "LATER", NULL);
	is(act_handed_over(p->d, p->k, p->code, &p->why), ERR_CONFLICT);
	p->d->state->applied_tenure = 9;
	is(act_handed_over(p->d, p->k, p->code, &p->why), ERR_STALE);
	p->d->state->applied_tenure = 0;
	assert_false(p->d->state->kase[p->k].destroyed);
	again(p);
	is(act_handed_over(p->d, p->k, code, &p->why), ERR_CONFLICT);
	ok(act_handed_over(p->d, p->k, p->code, &p->why));
	ok(take(p));
	assert_true(has(p, "message-03.txt", "LATER"));
	told(p, "TE LAAT", NULL); /* it goes the same way, alone */
	again(p);
	ok(take(p));
	assert_false(p->taken.before);
	assert_int_equal(p->their.state->kases, 1);
	assert_int_equal(p->their.state->messages, 2);
	assert_true(has(p, "message-01.txt", "TE LAAT"));
	ok(act_handed_over(p->d, p->k, p->code, &p->why));
}

/* Another case at the other desk has the file that is new in this one; and one
 * that nobody can read there any more does not count as being there */
static void
held(void **state)
{
	struct act_answer a = {.kind = REPLY_QUESTION, .language = "nl",
		.text = "VRAAG", .len = 5};
	struct place *p = *state;
	struct keyset *k = p->their.keyset;
	size_t first = p->k;

	ok(act_reply(p->d, p->k, &a, &p->why));
	gone_out(p);
	p->their.keyset = NULL;
	is(take(p), ERR_FOREIGN);
	p->their.keyset = k;
	ok(take(p));
	p->ref = "2026-AAAA";
	told(p, "LATER", NULL);
	p->k = state_case(p->d->state, p->ref);
	ok(act_step(p->d, p->k, CASE_OPENED, NULL, 0, &p->why));
	ok(unlink(p->path) == 0 ? OK : ERR_IO);
	gone_out(p);
	ok(take(p));
	assert_int_equal(p->their.state->kases, 2);
	p->k = first;
	p->ref = "2026-7K3Q";
	told(p, "LATER", NULL);
	again(p);
	ok(take(p));
	assert_false(p->taken.before);
	assert_int_equal(p->their.state->messages, 3);
	again(p);
	ok(take(p));
	assert_true(p->taken.before);
	p->their.state->message[2].record[0] ^= 1;
	ok(take(p));
	assert_false(p->taken.before);
	assert_int_equal(p->their.state->messages, 4);
	told(p, "BEHALVE DIT", NULL); /* the last of it, the answer, is there */
	again(p);
	ok(take(p));
	assert_false(p->taken.before);
	lies = true; /* what is not as its report says goes to nobody */
	told(p, "ANDERS", "vals");
	ok(unlink(p->path) == 0 ? OK : ERR_IO);
	is(recuse(p, 2), ERR_CRYPT);
}

static bool
says(const struct place *p, const char *words)
{
	return strstr(p->why.en, words) != NULL;
}

static void
refused(struct place *p, unsigned to, enum err want)
{
	is(recuse(p, to), want);
	assert_int_not_equal(access(p->path, F_OK), 0);
	assert_false(p->d->state->kase[p->k].resealed);
	assert_int_equal(p->d->state->kase[p->k].state, CASE_OPENED);
}

static void
to_whom(void **state)
{
	struct place *p = *state;
	struct keyset *k = p->d->keyset;
	struct keyset_desk *two = &k->desk[1];
	struct keyset_person *cy = &k->person[2];

	refused(p, 2, ERR_POLICY); /* nobody signed */
	two_sign(p, "2");
	two_sign(p, "1");
	two_sign(p, "9");
	refused(p, 1, ERR_UNKNOWN); /* this one */
	refused(p, 9, ERR_UNKNOWN);
	two->successor = 1;
	refused(p, 2, ERR_UNKNOWN);
	two->successor = 0;
	cy->role = PERSON_APPROVER; /* nobody reads there */
	refused(p, 2, ERR_UNKNOWN);
	assert_true(says(p, "no such other desk"));
	cy->role = PERSON_HOLDER;
	p->d->keyset = NULL;
	refused(p, 2, ERR_UNKNOWN);
	p->d->keyset = k;
	is(act_recuse(p->d, p->k, 2, "", 0, p->path, p->code, &p->why),
	    ERR_FORMAT);
	p->d->state->applied_tenure = 9;
	refused(p, 2, ERR_STALE);
	p->d->state->applied_tenure = 0;
	no_sync = true;
	refused(p, 2, ERR_IO);
	no_sync = false;
	ok(recuse(p, 2));
	is(recuse(p, 2), ERR_IO); /* that file is there */
	two->successor = 1; /* it was retired; the rest goes there yet */
	again(p);
	p->d->state->kase[p->k].moved_to = 3;
	is(recuse(p, 2), ERR_UNKNOWN);
	two->successor = 0;
	p->d->state->kase[p->k].moved_to = 3;
	is(recuse(p, 2), ERR_CONFLICT);
}

/* Without keys of that desk for this week it is sealed to nobody */
static void
no_keys(void **state)
{
	struct place *p = *state;

	two_sign(p, "2");
	p->d->today += 7 * 40;
	refused(p, 2, ERR_UNKNOWN);
	assert_true(says(p, "no keys"));
	p->d->today = HOME_TODAY;
	ok(recuse(p, 2));
}

/* Answers that reached the reporter or will; not those taken back, nor of
 * another case */
static void
answers(void **state)
{
	struct place *p = *state;
	struct act_answer a = {.kind = REPLY_QUESTION, .language = "nl",
		.text = "WAAROM", .len = 6};
	struct state *s = p->d->state;

	ok(act_reply(p->d, p->k, &a, &p->why));
	a.text = "NIET DIT";
	a.len = 8;
	ok(act_reply(p->d, p->k, &a, &p->why));
	s = p->d->state;
	ok(act_reply_withdraw(p->d, p->k, s->answer[1].reply_id, 16,
	    &p->why));
	a.text = "ANDER";
	a.len = 5;
	ok(act_reply(p->d, p->k, &a, &p->why));
	gone_out(p);
	p->d->state->answer[2].kase = 7;
	again(p);
	ok(take(p));
	assert_true(has(p, "answers.txt", "WAAROM"));
	assert_false(has(p, "answers.txt", "NIET DIT"));
	assert_false(has(p, "answers.txt", "ANDER"));
	p->d->state->answer[2].kase = p->k;
	ok(act_handed_over(p->d, p->k, p->code, &p->why));
	told(p, "TE LAAT", NULL); /* the answers are destroyed */
	again(p);
	ok(take(p));
	assert_int_equal(p->their.state->messages, 2);
}

/* What cannot be read here is not left out of a parcel */
static void
not_whole(void **state)
{
	struct place *p = *state;
	struct content *c = NULL;
	char name[64];

	two_sign(p, "2");
	ok(desk_content(p->d, &p->d->state->message[0], &c));
	hex_encode(c->file[0].id, sizeof c->file[0].id, name);
	strcat(name, ".bin");
	content_free(c);
	ok(renameat(p->d->attachments, name, p->d->dir, "aside") == 0 ? OK :
	    ERR_IO);
	assert_int_not_equal(recuse(p, 2), OK);
	assert_int_not_equal(access(p->path, F_OK), 0);
	ok(renameat(p->d->dir, "aside", p->d->attachments, name) == 0 ? OK :
	    ERR_IO);
	p->d->state->message[1].record[0] ^= 1;
	assert_int_not_equal(recuse(p, 2), OK);
	assert_int_not_equal(access(p->path, F_OK), 0);
	assert_int_equal(p->d->state->kase[p->k].state, CASE_OPENED);
	ok(recuse(p, 2));
}

/* ${bytes} of the parcel from ${at} on, otherwise */
static void
spoilt(struct place *p, size_t len, size_t at, const char *bytes,
    enum err want)
{
	struct buf b = buf_new(1u << 20);
	struct buf keep = buf_new(1u << 20);

	ok(file_read_path(p->path, &keep));
	buf_put(&b, keep.p, len == 0 ? keep.len : len);
	memcpy(b.p + at, bytes, strlen(bytes));
	ok(file_replace(p->h->dir, "parcel", b.p, b.len));
	is(take(p), want);
	assert_int_equal(p->their.state->messages, 0);
	ok(file_replace(p->h->dir, "parcel", keep.p, keep.len));
	buf_free(&b);
	buf_free(&keep);
}

static size_t
place_of(struct place *p, const char *text)
{
	struct buf b = buf_new(1u << 20);
	const uint8_t *at;
	size_t n;

	ok(file_read_path(p->path, &b));
	at = memmem(b.p, b.len, text, strlen(text));
	assert_non_null(at);
	n = (size_t)(at - b.p);
	buf_free(&b);
	return n;
}

static void
hostile(void **state)
{
	struct place *p = *state;
	char org[2 * ORG_LEN + 1];
	size_t at;

	gone_out(p);
	hex_encode(p->d->ring->org, ORG_LEN, org);
	at = place_of(p, org);
	spoilt(p, 0, at, org[0] == '0' ? "1" : "0", ERR_FOREIGN);
	spoilt(p, 0, place_of(p, "2026-W48"), "2020-W01", ERR_NO_MATCH);
	spoilt(p, 0, place_of(p, "2026-W48"), "2026-W49", ERR_NO_MATCH);
	spoilt(p, 700, 0, "", ERR_FORMAT);
	spoilt(p, 60000, 0, "", ERR_FORMAT);
	spoilt(p, 0, place_of(p, "age-encryption.org/v1"), "b", ERR_FORMAT);
	p->their.keyset->person[0].role = PERSON_APPROVER; /* who signed it */
	is(take(p), ERR_SIGNATURE);
	p->their.keyset->person[0].role = PERSON_HOLDER;
	p->their.ring->desk = 3;
	is(take(p), ERR_FOREIGN);
	p->their.ring->desk = 2;
	assert_int_equal(p->their.state->messages, 0);
	unlink(p->path);
	is(take(p), ERR_IO);
	assert_true(says(p, "cannot be opened"));
}

/* A case that was destroyed here, and not moved, does not go anywhere with
 * what came late to it */
static void
destroyed_here(void **state)
{
	struct place *p = *state;

	p->d->state->kase[p->k].destroyed = true;
	p->d->state->message[1].late = true;
	is(recuse(p, 2), ERR_POLICY);
	assert_true(says(p, "not here any more"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(whole),
		CASE(key_gone),
		CASE(key_gone_nothing_new),
		CASE(read_before_and_lost),
		CASE(handed_over),
		CASE(to_whom),
		CASE(no_keys),
		CASE(answers),
		CASE(not_whole),
		CASE(held),
		CASE(hostile),
		CASE(destroyed_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
