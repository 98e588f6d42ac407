/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `recover --keyset`: who can have a machine of a holder by paper sheets, and
 * who cannot is told so before anything is made or asked.
 */
#include "home.h"

#include "decryptor/papers.h"
#include "decryptor/verbs.h"
#include "../unit/said.h"

#define SHEETS 2u

struct place {
	struct home *h;
	struct desk *d;
	char stick[96], fresh[96], pass[96], sheet[SHEETS][96];
	bool withdrawn;      /* the next keyset on the stick */
	struct keyset *made; /* of the new machine, when there is one */
};

static void
name(const struct place *p, char out[96], const char *file)
{
	snprintf(out, 96, "%s/%s", p->h->path, file);
}

static void
sheets_make(struct place *p)
{
	struct papers papers = {.sets = 0};
	struct share share[SHARES_MAX];

	ok(papers_make(p->d, SHARE_IDENTITY, SHEETS, SHEETS + 1, &papers,
	    share));
	for (unsigned i = 0; i < SHEETS; i++) {
		char text[SHARE_TEXT], file[16];
		share_text(&share[i], text);
		snprintf(file, sizeof file, "sheet-%u", i);
		ok(file_replace(p->h->dir, file, text, strlen(text)));
		name(p, p->sheet[i], file);
	}
}

static int
setup(void **state)
{
	struct place *p = home_place(sizeof *p);

	ok(file_replace(p->h->dir, "pass", HOME_PASS, sizeof HOME_PASS - 1));
	ok(folder_open(p->h->dir, "stick", true, &(int){0}));
	name(p, p->stick, "stick");
	name(p, p->fresh, "fresh");
	name(p, p->pass, "pass");
	sheets_make(p);
	p->made = malloc(sizeof *p->made);
	assert_non_null(p->made);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	for (unsigned i = 0; i < SHEETS; i++) {
		unlink(p->sheet[i]);
	}
	unlink(p->pass);
	folder_remove(p->h->dir, "fresh");
	free(p->made);
	home_place_free(p);
	return 0;
}

/* So many people at desk 1, of whom the first are holders; on the stick */
static void
people(struct place *p, unsigned holders, unsigned n)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct keyset *k = malloc(sizeof *k);
	uint8_t seed[SIGN_SEED];
	int stick;

	assert_non_null(k);
	*k = *p->d->keyset;
	k->people = n;
	for (unsigned i = 1; i < n; i++) {
		struct keyset_person *one = &k->person[i];
		*one = (struct keyset_person){.desk = 1, .role = i < holders ?
			PERSON_HOLDER : PERSON_APPROVER};
		snprintf(one->id, sizeof one->id, "p%u", i);
		sign_keypair(seed, &one->key);
	}
	if (p->withdrawn) {
		ok(keyset_revoke(k, &k->identity));
	}
	ok(org_keyset_save(p->d, k));
	ok(org_keyset_files(p->d, &doc, &sig));
	ok(folder_open(p->h->dir, "stick", false, &stick));
	ok(file_replace(stick, "keyset.json", doc.p, doc.len));
	ok(file_replace(stick, "keyset.json.minisig", sig.p, sig.len));
	close(stick);
	buf_free(&doc);
	buf_free(&sig);
	free(k);
}

/* Ends with ${rc} and says ${text}; of one that is refused no home is left,
 * and of one that is not, ${made} is its keyset */
static void
recovers(struct place *p, const char *person, int rc, const char *text)
{
	const char *const words[] = {"recover", "--keyset", p->stick, "--desk",
		"1", "--person", person, "--share", p->sheet[0], "--share",
		p->sheet[1]};
	char *argv[sizeof words / sizeof *words];
	struct desk d = home_desk(p->fresh);
	int got;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		argv[i] = (char *)(uintptr_t)words[i];
	}
	secret_free(d.pass); /* this verb asks for it */
	d.pass = NULL;
	d.passfile = p->pass;
	said_begin();
	got = verb_recover(&d, (int)(sizeof words / sizeof *words), argv);
	if (!said_end(text) || got != rc) {
		fail_msg("%s: %d, or not said: %s", person, got, text);
	}
	assert_int_equal(access(p->fresh, F_OK) == 0, rc == EXIT_OK);
	if (rc == EXIT_OK) {
		*p->made = *d.keyset;
	}
	desk_close(&d);
	folder_remove(p->h->dir, "fresh");
}

static void
room_of_a_desk(void **state)
{
	struct place *p = *state;

	people(p, KEYSET_HOLDERS_MAX, KEYSET_HOLDERS_MAX);
	recovers(p, "cy", EXIT_REFUSED, "it has no room for one more");
	recovers(p, "p1", EXIT_OK, "the key of the lost machine is revoked");
	assert_int_equal(p->made->people, KEYSET_HOLDERS_MAX);
	assert_true(keyset_revoked(p->made, &p->d->keyset->person[1].key));
	people(p, KEYSET_HOLDERS_MAX - 1, KEYSET_HOLDERS_MAX - 1);
	recovers(p, "cy", EXIT_OK, "did not name cy: NO key of a lost machine");
	assert_int_equal(keyset_holders(p->made, 1), KEYSET_HOLDERS_MAX);
	assert_string_equal(p->made->person[KEYSET_HOLDERS_MAX - 1].id, "cy");
	assert_int_equal(p->made->revokeds, p->d->keyset->revokeds);
}

static void
room_of_a_keyset(void **state)
{
	struct place *p = *state;

	people(p, 1, KEYSET_PEOPLE_MAX);
	recovers(p, "cy", EXIT_REFUSED, "it has no room for one more");
	recovers(p, "an", EXIT_OK, "the key of the lost machine is revoked");
	assert_int_equal(p->made->people, KEYSET_PEOPLE_MAX);
	people(p, 1, KEYSET_PEOPLE_MAX - 1);
	recovers(p, "cy", EXIT_OK, "did not name cy: NO key of a lost machine");
	assert_int_equal(p->made->people, KEYSET_PEOPLE_MAX);
	assert_int_equal(keyset_holders(p->made, 1), 2);
}

/* Who signs holds nothing, also where there is room */
static void
who_is_no_holder(void **state)
{
	struct place *p = *state;

	people(p, 1, 2);
	recovers(p, "p1", EXIT_REFUSED, "p1 is not a holder of desk 1");
}

/* And nobody of a keyset that was withdrawn, whoever is named in it */
static void
withdrawn(void **state)
{
	struct place *p = *state;

	p->withdrawn = true;
	people(p, 2, 2);
	recovers(p, "an", EXIT_REFUSED, "was withdrawn for good");
	recovers(p, "cy", EXIT_REFUSED, "was withdrawn for good");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(room_of_a_desk),
		CASE(room_of_a_keyset),
		CASE(who_is_no_holder),
		CASE(withdrawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
