/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The verb `keyset`: what it shows, changes, takes in and gives away, and that
 * what was not done is not said to be. Each call opens the desk anew, as the
 * program does.
 */
#include "home.h"

#include "decryptor/verbs.h"
#include "decryptor/weeks.h"
#include "../unit/said.h"


/* Calls that fail when the test says so */
static bool no_journal, no_done, no_note;

enum err __real_journal_keyset(struct desk *d);
enum err __wrap_journal_keyset(struct desk *d);
enum err __real_newgateway_done(struct desk *d, size_t request);
enum err __wrap_newgateway_done(struct desk *d, size_t request);
enum err __real_weeks_note_publish(const struct desk *d, const char *path);
enum err __wrap_weeks_note_publish(const struct desk *d, const char *path);

enum err
__wrap_journal_keyset(struct desk *d)
{
	return no_journal ? ERR_FULL : __real_journal_keyset(d);
}

enum err
__wrap_newgateway_done(struct desk *d, size_t request)
{
	return no_done ? ERR_FULL : __real_newgateway_done(d, request);
}

enum err
__wrap_weeks_note_publish(const struct desk *d, const char *path)
{
	return no_note ? ERR_FULL : __real_weeks_note_publish(d, path);
}

struct place {
	struct home *h;
	struct desk *d;
	char stick[96], card[96], none[96], page[96], pub[96];
	bool json;
	day_t today;
	uint64_t serial, events; /* after the last call */
};

static void
name(const struct place *p, char out[96], const char *file)
{
	snprintf(out, 96, "%s/%s", p->h->path, file);
}

/* Asks the desk itself what is there now */
static void
look(struct place *p)
{
	home_again(p->h);
	p->serial = p->d->keyset->serial;
	p->events = journal_length(p->d->book);
}

static void
card_put(struct place *p, const char *https, uint64_t generation)
{
	struct card card = {.generation = generation};
	struct buf b = buf_new(65536);

	strcpy(card.https, https);
	sign_pk_of(p->h->gateway, &card.key);
	ok(card_write(&card, &b));
	ok(file_replace(p->h->dir, "card", b.p, b.len));
	buf_free(&b);
}

static int
setup(void **state)
{
	struct place *p;

	no_journal = no_done = no_note = false;
	p = home_place(sizeof *p);
	p->today = HOME_TODAY;
	name(p, p->stick, "stick");
	name(p, p->card, "card");
	name(p, p->none, "none");
	name(p, p->page, "page");
	name(p, p->pub, "pub");
	look(p);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	unlink(p->card);
	unlink(p->page);
	unlink(p->pub);
	home_place_free(p);
	return 0;
}

/* The verb with these words, up to NULL: ends with ${rc} and says ${text} */
static void
run(struct place *p, int rc, const char *text, ...)
{
	struct desk d = home_desk(p->h->at);
	char *argv[HOME_WORDS];
	int argc, got;
	va_list list;

	va_start(list, text);
	argc = home_words("keyset", list, argv);
	va_end(list);
	d.json = p->json;
	d.today = p->today;
	desk_close(p->d); /* one program at a time */
	said_begin();
	got = verb_keyset(&d, argc, argv);
	if (!said_end(text) || got != rc) {
		fail_msg("%d and not %d, or not said: %s", got, rc, text);
	}
	desk_close(&d);
	look(p);
}

/* It is refused, and nothing is another than before */
#define nothing(p, rc, ...) do { \
	uint64_t serial_ = (p)->serial, events_ = (p)->events; \
	run(p, rc, __VA_ARGS__, NULL); \
	assert_int_equal((p)->serial, serial_); \
	assert_int_equal((p)->events, events_); \
} while (0)

static void
shown(void **state)
{
	struct place *p = *state;
	char text[FINGERPRINT_TEXT], line[FINGERPRINT_TEXT + 16];

	sign_fingerprint(&p->d->keyset->identity, text);
	run(p, EXIT_OK, "Organisation  Organisatie\n", NULL);
	snprintf(line, sizeof line, "Fingerprint   %s\n", text);
	nothing(p, EXIT_OK, line, "show");
	run(p, EXIT_OK, "Gateway       ", NULL);
	run(p, EXIT_OK, "  an               desk 1  ", NULL);
	run(p, EXIT_OK, "(meldpunt), 1 holder(s)\n", NULL);
	run(p, EXIT_OK, "Weeks with keys of every holder: 26\n", NULL);
	snprintf(line, sizeof line, "%s\n", text);
	nothing(p, EXIT_OK, line, "fingerprint");
	nothing(p, EXIT_OK, "2026-W48", "calendar");
	nothing(p, EXIT_USAGE, "`keyset` knows", "shown");
	nothing(p, EXIT_USAGE, "too many words", "show", "show");
	p->today = p->d->keyset->not_after;
	run(p, EXIT_OK, "Keyset        2, valid until 2027-12-24\n", NULL);
	p->today++;
	run(p, EXIT_OK, "(EXPIRED: `keyset --renew`)", NULL);
}

static void
as_json(void **state)
{
	struct place *p = *state;
	char text[FINGERPRINT_TEXT], line[FINGERPRINT_TEXT + 24];

	p->json = true;
	run(p, EXIT_OK, "\"organisation\": \"Organisatie\"", NULL);
	run(p, EXIT_OK, "\"serial\": 2", NULL);
	run(p, EXIT_OK, "\"https\": \"https://meldpunt.example\"", NULL);
	run(p, EXIT_OK, "\"role\": \"holder\"", NULL);
	run(p, EXIT_OK, "\"role\": \"approver\"", NULL);
	run(p, EXIT_OK, "\"holders\": 1", NULL);
	run(p, EXIT_OK, "\"2026-W48\"", NULL);
	sign_fingerprint(&p->d->keyset->gateway, text);
	snprintf(line, sizeof line, "\"gateway\": \"%s\"", text);
	run(p, EXIT_OK, line, NULL);
	sign_fingerprint(&p->d->keyset->identity, text);
	snprintf(line, sizeof line, "\"fingerprint\": \"%s\"", text);
	run(p, EXIT_OK, line, "fingerprint", NULL); /* among all */
}

/* A week of which a holder's keys are not known does not count */
static void
weeks_of_every_holder(void **state)
{
	struct place *p = *state;
	struct keyset *k = malloc(sizeof *k);

	assert_non_null(k);
	*k = *p->d->keyset;
	k->person[1].role = PERSON_HOLDER;
	ok(org_keyset_save(p->d, k));
	free(k);
	look(p);
	run(p, EXIT_OK, "Weeks with keys of every holder: 0\n", NULL);
	p->json = true;
	run(p, EXIT_OK, "\"weeks\": []", NULL);
}

static void
renewed(void **state)
{
	struct place *p = *state;
	uint64_t events = p->events;

	p->today = HOME_TODAY + 40;
	run(p, EXIT_OK, "Keyset        3, valid until 2028-02-03\n",
	    "--renew", NULL);
	assert_int_equal(p->serial, 3);
	assert_int_equal(p->events, events + 1);
	no_journal = true;
	run(p, EXIT_REFUSED, "", "--renew", NULL);
	assert_int_equal(p->events, events + 1);
}

/* The gateway of now with another address; one of another generation was
 * changed on the way */
static void
card(void **state)
{
	struct place *p = *state;

	nothing(p, EXIT_REFUSED, "the card cannot be used", "--card",
	    p->none);
	card_put(p, "https://elders.example", 2);
	nothing(p, EXIT_REFUSED, "it was changed on the way", "--card",
	    p->card);
	card_put(p, "https://elders.example", 1);
	run(p, EXIT_OK, "", "--card", p->card, NULL);
	assert_int_equal(p->serial, 3);
	assert_string_equal(p->d->keyset->https, "https://elders.example");
	no_done = true;
	run(p, EXIT_REFUSED, "", "--card", p->card, NULL);
}

static void
page_put(struct place *p, const char *release)
{
	char text[256];

	snprintf(text, sizeof text, "{\"type\":\"meldluik-page\","
	    "\"version\":1,\"release\":\"%s\",\"files\":{\"page.js\":"
	    "\"%064d\"}}", release, 7);
	ok(file_replace(p->h->dir, "page", text, strlen(text)));
}

static bool
page_kept(struct place *p, const char *release)
{
	struct buf b = buf_new(4096);
	bool has = file_read(p->d->public, "page.json", &b) == OK &&
	    memmem(b.p, b.len, release, strlen(release)) != NULL;

	buf_free(&b);
	return has;
}

static void
page(void **state)
{
	struct place *p = *state;

	page_put(p, "r-eerste");
	nothing(p, EXIT_OK, "", "--page", p->page);
	assert_true(page_kept(p, "r-eerste"));
	nothing(p, EXIT_REFUSED, "the page file cannot be used", "--page",
	    p->none);
	/* and not when what comes before it fails */
	page_put(p, "r-tweede");
	nothing(p, EXIT_REFUSED, "", "--add-holder", p->none, "--page",
	    p->page);
	nothing(p, EXIT_REFUSED, "is no public key of minisign", "--release",
	    p->none, "--page", p->page, "--add-holder", p->none);
	assert_true(page_kept(p, "r-eerste"));
}

/* The key of who makes the program: shown, asked for, and given up */
static void
release(void **state)
{
	struct place *p = *state;
	uint8_t seed[SIGN_SEED];
	struct sign_pk pk;
	char key[SIGN_KEY_TEXT], text[SIGN_KEY_TEXT + 64];

	sign_keypair(seed, &pk);
	sign_pk_text(&pk, key);
	snprintf(text, sizeof text, "untrusted comment: minisign public key\n"
	    "%s\n", key);
	ok(file_replace(p->h->dir, "pub", text, strlen(text)));
	snprintf(text, sizeof text, "Release key   %s\n", key);
	run(p, EXIT_OK, text, "--release", p->pub, NULL);
	assert_true(p->d->keyset->has_release);
	p->json = true;
	snprintf(text, sizeof text, "\"release\": \"%s\"", key);
	run(p, EXIT_OK, text, NULL);
	p->json = false;
	page_put(p, "r-eerste"); /* which nobody signed */
	nothing(p, EXIT_REFUSED, "the keyset has a release key", "--page",
	    p->page);
	run(p, EXIT_OK, "", "--release", "none", "--page", p->page, NULL);
	assert_false(p->d->keyset->has_release);
	assert_true(page_kept(p, "r-eerste"));
}

static void
old_stick(struct place *p)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	int stick;

	ok(folder_open(p->h->dir, "stick", false, &stick));
	ok(file_read(stick, "keyset.json", &doc));
	ok(file_read(stick, "keyset.json.minisig", &sig));
	run(p, EXIT_OK, "", "--renew", NULL);
	ok(file_replace(stick, "keyset.json", doc.p, doc.len));
	ok(file_replace(stick, "keyset.json.minisig", sig.p, sig.len));
	close(stick);
	buf_free(&doc);
	buf_free(&sig);
}

static void
given_and_taken(void **state)
{
	struct place *p = *state;
	char text[FINGERPRINT_TEXT];
	uint64_t events;

	nothing(p, EXIT_OK, "", "--publish", p->stick);
	events = p->events;
	run(p, EXIT_OK, "", "--accept", p->stick, NULL);
	assert_int_equal(p->events, events + 1);
	sign_fingerprint(&p->d->keyset->identity, text);
	run(p, EXIT_OK, "", "--accept", p->stick, "--fingerprint", text, NULL);
	text[0] = text[0] == 'A' ? 'B' : 'A';
	nothing(p, EXIT_REFUSED, "cannot be accepted", "--accept", p->stick,
	    "--fingerprint", text);
	nothing(p, EXIT_REFUSED, "cannot be accepted", "--accept", p->none);
	no_journal = true;
	nothing(p, EXIT_REFUSED, "", "--accept", p->stick);
	no_journal = false;
	ok(file_replace(p->h->dir, "stick/weeks-1-an.note", "x", 1));
	run(p, EXIT_REFUSED, "no word of a holder", "--accept", p->stick,
	    NULL);
	old_stick(p);
	nothing(p, EXIT_REFUSED, "cannot be accepted", "--accept", p->stick);
}

/* Nor is a stick called written that is not */
static void
not_given(void **state)
{
	struct place *p = *state;
	char below[128];

	snprintf(below, sizeof below, "%s/stick", p->none);
	nothing(p, EXIT_REFUSED, "cannot write to ", "--publish", below);
	no_note = true;
	nothing(p, EXIT_REFUSED, "cannot write to ", "--publish", p->stick);
	no_note = false;
	nothing(p, EXIT_OK, "", "--publish", p->stick);
	nothing(p, EXIT_REFUSED, "", "--add-holder", p->none, "--publish",
	    p->none);
	assert_int_not_equal(access(p->none, F_OK), 0);
}

/* One that is newer than ours lies there: said once, in its own words */
static void
newer_there(void **state)
{
	struct place *p = *state;
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);

	ok(org_keyset_files(p->d, &doc, &sig));
	run(p, EXIT_OK, "", "--renew", "--publish", p->stick, NULL);
	ok(org_keyset_store(p->d, &doc, &sig)); /* a restored machine */
	look(p);
	assert_int_equal(p->serial, 2);
	nothing(p, EXIT_REFUSED, "take that in with `keyset --accept` first, "
	    "or give another folder", "--publish", p->stick);
	buf_free(&doc);
	buf_free(&sig);
}

/* What goes unheeded beside another is refused before the desk is opened */
static void
together(void **state)
{
	struct place *p = *state;
	const char *const beside[][2] = {{"--renew", NULL},
		{"--publish", p->none}, {"--page", p->page},
		{"--release", "none"}, {"--card", p->card},
		{"--add-holder", p->none}};

	nothing(p, EXIT_OK, "", "--publish", p->stick);
	card_put(p, "https://elders.example", 1);
	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
		nothing(p, EXIT_USAGE, "--accept goes with --fingerprint only",
		    "--accept", p->stick, beside[i][0], beside[i][1]);
	}
	nothing(p, EXIT_USAGE, "--fingerprint goes with --accept",
	    "--fingerprint", "x");
	nothing(p, EXIT_USAGE, "--request goes with --card", "--request",
	    p->none);
	run(p, EXIT_OK, "", "--card", p->card, "--request", p->none, NULL);
	nothing(p, EXIT_USAGE, "knows no option", "--force");
	assert_int_not_equal(access(p->none, F_OK), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(shown),
		CASE(as_json),
		CASE(weeks_of_every_holder),
		CASE(renewed),
		CASE(card),
		CASE(page),
		CASE(release),
		CASE(given_and_taken),
		CASE(not_given),
		CASE(newer_there),
		CASE(together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
