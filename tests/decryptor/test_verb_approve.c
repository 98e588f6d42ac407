/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The verb `approve`: each way to ask for, give and bring back the second
 * signature, and what it refuses before anything is signed. Each call opens
 * the desk anew, as the program does.
 */
#include "home.h"

#include "decryptor/verbs.h"
#include "../unit/said.h"

#define TWICE "abcdef0000000000000000000000000000000000000000000000000000000000"

struct place {
	struct home *h;
	char ref[REF_TEXT], id[2 * HASH_LEN + 1]; /* case; last request */
	char theirs[96], bo[96], pass[96], bad[96], file[96], back[96];
	bool there, json, wrong_pass; /* there: on the machine of bo */
	size_t requests;
	unsigned signers; /* of the last request */
	char act[33], detail[DETAIL_TEXT]; /* of it */
};

/* Asks the desk itself what is there now */
static void
look(struct place *p)
{
	struct desk *d = &p->h->d;
	struct signer s[SIGNERS_MAX];
	const struct request *r;

	home_again(p->h);
	p->requests = d->state->requests;
	p->signers = 0;
	if (p->requests > 0) {
		r = &d->state->request[p->requests - 1];
		p->signers = (unsigned)act_signers_of(d, p->requests - 1, s);
		hex_encode(r->id, HASH_LEN, p->id);
		strcpy(p->act, act_code(r->act));
		strcpy(p->detail, r->detail);
	}
	desk_close(d);
}

/* bo's machine: keyring and keyset are enough */
static void
machine(struct place *p)
{
	struct buf note = buf_new(KEYSET_MAX), ring = buf_new(KEYRING_MAX);
	int dir, public, none;

	ok(file_read(p->h->d.public, "keyset.note", &note));
	ok(file_read(p->h->dir, "bo.age", &ring));
	ok(folder_open(p->h->dir, "theirs", true, &dir));
	ok(folder_open(dir, "public", true, &public));
	ok(folder_open(dir, "attachments", true, &none));
	ok(file_replace(public, "keyset.note", note.p, note.len));
	ok(file_replace(dir, "keyring.age", ring.p, ring.len));
	close(none);
	close(public);
	close(dir);
	buf_free(&note);
	buf_free(&ring);
}

static void
name(const struct place *p, char out[96], const char *file)
{
	snprintf(out, 96, "%s/%s", p->h->path, file);
}

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	size_t k;

	assert_non_null(p);
	p->h = home_new();
	k = home_case(p->h);
	strcpy(p->ref, p->h->d.state->kase[k].ref);
	home_ring(p->h, "bo", p->h->bo, "bo.age");
	ok(file_replace(p->h->dir, "pass", HOME_PASS, sizeof HOME_PASS - 1));
	ok(file_replace(p->h->dir, "bad", "een andere zin", 14));
	machine(p);
	name(p, p->theirs, "theirs");
	name(p, p->bo, "bo.age");
	name(p, p->pass, "pass");
	name(p, p->bad, "bad");
	name(p, p->file, "request");
	name(p, p->back, "back");
	look(p);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	unlink(p->bo);
	unlink(p->pass);
	unlink(p->bad);
	unlink(p->file);
	unlink(p->back);
	folder_remove(p->h->dir, "theirs");
	home_free(p->h);
	free(p);
	return 0;
}

/* The verb with these words, up to NULL: ends with ${rc} and says ${text} */
static void
run(struct place *p, int rc, const char *text, ...)
{
	struct desk d = home_desk(p->there ? p->theirs : p->h->at);
	char *argv[HOME_WORDS];
	int argc, got;
	va_list list;

	va_start(list, text);
	argc = home_words("approve", list, argv);
	va_end(list);
	d.json = p->json;
	d.pass[0] ^= p->wrong_pass;
	said_begin();
	got = verb_approve(&d, argc, argv);
	assert_true(said_end(text));
	desk_close(&d);
	assert_int_equal(got, rc);
	look(p);
}

static void
ask(struct place *p)
{
	run(p, EXIT_OK, "abort (afgebroken), signed by: an\n", "--case",
	    p->ref, "--act", "abort", "--request", p->file, NULL);
	assert_int_equal(p->signers, 1);
}

static void
asked(void **state)
{
	struct place *p = *state;

	ask(p);
	assert_string_equal(p->act, "abort");
	assert_string_equal(p->detail, "afgebroken"); /* nothing was said */
	run(p, EXIT_OK, "recuse (2)", "--case", p->ref, "--act", "recuse",
	    "--detail", "2", NULL);
	assert_string_equal(p->act, "recuse");
	assert_string_equal(p->detail, "2");
	run(p, EXIT_OK, "destroy (x)", "--case", p->ref, "--act", "destroy",
	    "--detail", "x", NULL);
	run(p, EXIT_OK, "(no_route)", "--case", p->ref, "--act",
	    "feedback_without_route", NULL);
	run(p, EXIT_OK, "  - year", "--act", "year_closing", "--detail",
	    "2026", NULL);
	run(p, EXIT_OK, "), signed by: an\n", NULL); /* all of them */
	assert_int_equal(p->requests, 5);
	p->json = true;
	run(p, EXIT_OK, "\"detail\": \"2026\"", NULL);
	run(p, EXIT_OK, "\"signed_by\": [", "--act", "year_closing",
	    "--detail", "2027", NULL);
}

/* Not understood or not possible: then nothing is asked for */
static void
asked_in_vain(void **state)
{
	struct place *p = *state;

	run(p, EXIT_USAGE, "--act is one of:", "--case", p->ref, "--act",
	    "shred", "--detail", "x", NULL);
	run(p, EXIT_USAGE, "use: approve", "--case", p->ref, "--act",
	    "recuse", NULL); /* where to? */
	run(p, EXIT_USAGE, "use: approve", "--act", "abort", NULL);
	run(p, EXIT_USAGE, "use: approve", "--case", p->ref, "--act",
	    "year_closing", "--detail", "2026", NULL);
	run(p, EXIT_REFUSED, "no case", "--case", "2026-0000", "--act",
	    "abort", NULL);
	run(p, EXIT_REFUSED, "", "--case", p->ref, "--act", "abort",
	    "--summary", p->file, NULL); /* there is no such text */
	run(p, EXIT_USAGE, "knows no option", "--case", p->ref, "--act",
	    "abort", "--force", "1", NULL);
	run(p, EXIT_USAGE, "Say what", "--case", p->ref, "--act", "abort",
	    "--detail", "", NULL);
	run(p, EXIT_REFUSED, "name the plan with --plan", "--case", p->ref,
	    "--act", "forward", NULL); /* none is kept */
	run(p, EXIT_REFUSED, "plan cannot be read", "--case", p->ref, "--act",
	    "forward", "--plan", p->back, NULL);
	run(p, EXIT_USAGE, "use: approve", "--case", p->ref, "--act", "abort",
	    "--plan", p->pass, NULL); /* it has none */
	p->wrong_pass = true;
	run(p, EXIT_REFUSED, "", "--case", p->ref, "--act", "abort", NULL);
	run(p, EXIT_REFUSED, "", NULL);
	assert_int_equal(p->requests, 0);
}

/* By a file that is carried there and back */
static void
carried(void **state)
{
	struct place *p = *state;

	ask(p);
	p->there = true;
	run(p, EXIT_REFUSED, "request cannot be read", "--sign", p->back,
	    "--out", p->back, NULL);
	run(p, EXIT_REFUSED, "This is no request", "--sign", p->pass, "--out",
	    p->back, NULL);
	assert_int_not_equal(access(p->back, F_OK), 0);
	run(p, EXIT_OK, "an of desk 1 asks, on 2026-11-24:\n  act   abort "
	    "(afgebroken)", "--sign", p->file, NULL);
	run(p, EXIT_OK, "Nothing was signed", "--sign", p->file, NULL);
	p->json = true;
	run(p, EXIT_OK, "\"act\": \"abort\"", "--sign", p->file, NULL);
	p->json = false;
	run(p, EXIT_OK, "Carry", "--sign", p->file, "--out", p->back, NULL);
	run(p, EXIT_REFUSED, "is there already", "--sign", p->file, "--out",
	    p->back, NULL);
	p->there = false;
	assert_int_equal(p->signers, 1);
	run(p, EXIT_REFUSED, "own; somebody else", "--sign", p->file, NULL);
	run(p, EXIT_REFUSED, "signed request cannot be read", "--take",
	    p->h->path, NULL);
	run(p, EXIT_REFUSED, "no signed request", "--take", p->pass, NULL);
	assert_int_equal(p->signers, 1);
	run(p, EXIT_OK, "signed by: an bo\n", "--take", p->back, NULL);
	assert_int_equal(p->signers, 2);
	run(p, EXIT_REFUSED, "signed already", "--take", p->back, NULL);
	assert_int_equal(p->requests, 1);
}

static void
here(void **state)
{
	struct place *p = *state;
	char id[7];

	ask(p);
	memcpy(id, p->id, 6);
	id[6] = 0;
	run(p, EXIT_REFUSED, "no passphrase for the second", id, "--keyring",
	    p->bo, "--second-passphrase-file", p->back, NULL);
	run(p, EXIT_REFUSED, "passphrase is wrong", id, "--keyring", p->bo,
	    "--second-passphrase-file", p->bad, NULL);
	run(p, EXIT_USAGE, "use: approve", id, NULL); /* by whom? */
	run(p, EXIT_USAGE, "use: approve", "--keyring", p->bo, NULL);
	assert_int_equal(p->signers, 1);
	run(p, EXIT_OK, "signed by: an bo\n", id, "--keyring", p->bo,
	    "--second-passphrase-file", p->pass, NULL);
	assert_int_equal(p->signers, 2);
	run(p, EXIT_REFUSED, "signed already", id, "--keyring", p->bo,
	    "--second-passphrase-file", p->pass, NULL);
}

static void
on_paper(void **state)
{
	struct place *p = *state;

	ask(p);
	run(p, EXIT_USAGE, "--on takes a day", p->id, "--paper", "bo", "--on",
	    "2026-11-25", NULL);
	run(p, EXIT_USAGE, "--on takes a day", p->id, "--paper", "bo", "--on",
	    "today", NULL);
	run(p, EXIT_REFUSED, "before the request", p->id, "--paper", "bo",
	    "--on", "2026-11-23", NULL);
	run(p, EXIT_REFUSED, "does not name", p->id, "--paper", "ed", NULL);
	assert_int_equal(p->signers, 1);
	run(p, EXIT_OK, "signed by: an bo\n", p->id, "--paper", "bo", "--on",
	    "2026-11-24", NULL);
	assert_int_equal(p->signers, 2);
}

/* A request whose words are not in the casebook */
static void
request_of(struct place *p, char last, char id[sizeof TWICE])
{
	struct desk *d = &p->h->d;
	json_t *o;

	home_again(p->h);
	o = event_new(d, "request");
	strcpy(id, TWICE);
	id[2 * HASH_LEN - 1] = last;
	json_object_set_new(o, "id", json_string(id));
	json_object_set_new(o, "act", json_string("abort"));
	json_object_set_new(o, "case", json_string(p->ref));
	json_object_set_new(o, "detail", json_string("afgebroken"));
	event_hex(o, "record", (const uint8_t[RECORD_ID]){1}, RECORD_ID);
	ok(desk_record(d, o));
	desk_close(d);
}

/* A request is named so that it is no other */
static void
which_one(void **state)
{
	struct place *p = *state;
	char id[sizeof TWICE];

	run(p, EXIT_REFUSED, "no such request", TWICE, "--paper", "bo", NULL);
	ask(p);
	run(p, EXIT_REFUSED, "no such request", TWICE, "--paper", "bo", NULL);
	p->id[5] = 0;
	run(p, EXIT_REFUSED, "no such request", p->id, "--paper", "bo", NULL);
	request_of(p, '1', id);
	request_of(p, '2', id);
	run(p, EXIT_REFUSED, "more than one", "abcdef", "--paper", "bo",
	    NULL);
	run(p, EXIT_REFUSED, "request cannot be read", id, "--keyring", p->bo,
	    "--second-passphrase-file", p->pass, NULL);
	home_again(p->h);
	assert_int_equal(p->h->d.state->requests, 3);
	assert_int_equal(p->h->d.state->approvals, 1);
	desk_close(&p->h->d);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(asked),
		CASE(asked_in_vain),
		CASE(carried),
		CASE(here),
		CASE(on_paper),
		CASE(which_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
