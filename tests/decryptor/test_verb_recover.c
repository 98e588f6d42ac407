/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `recover`: who can have a machine of a holder by paper sheets, and who cannot
 * is told so before anything is made or asked; what of the other holders' weeks
 * is taken along; back from a backup; and a drill that says which sheets count.
 */
#include "home.h"

#include <sodium.h>

#include "decryptor/backup.h"
#include "decryptor/papers.h"
#include "decryptor/verbs.h"
#include "decryptor/weeks.h"
#include "meldluik/age.h"
#include "../unit/said.h"

#define SHEETS 2u
#define LONG_PATH 4097

struct place {
	struct home *h;
	struct desk *d;
	char stick[96], fresh[96], pass[96], sheet[SHEETS][96];
	char paper[SHEETS][96]; /* sheets of the backup key */
	char backup[96], none[96], other[96];
	struct papers papers;
	bool withdrawn;      /* the next keyset on the stick */
	unsigned second;     /* and its desk 2: 0 none, 1 of p1, 2 retired */
	struct keyset *made; /* of the new machine, when there is one */
	uint8_t p1[SIGN_SEED];
};

static void
name(const struct place *p, char out[96], const char *file)
{
	snprintf(out, 96, "%s/%s", p->h->path, file);
}

static void
sheets_make(struct place *p, enum share_kind kind, char (*to)[96])
{
	struct share share[SHARES_MAX];

	ok(papers_make(p->d, kind, SHEETS, SHEETS + 1, &p->papers, share));
	ok(papers_save(p->d, &p->papers));
	for (unsigned i = 0; i < SHEETS; i++) {
		char text[SHARE_TEXT], file[16];
		share_text(&share[i], text);
		snprintf(file, sizeof file, "sheet-%d-%u", kind, i);
		ok(file_replace(p->h->dir, file, text, strlen(text)));
		name(p, to[i], file);
	}
}

static int
setup(void **state)
{
	struct place *p = home_place(sizeof *p);
	int stick;

	ok(file_replace(p->h->dir, "pass", HOME_PASS, sizeof HOME_PASS - 1));
	ok(folder_open(p->h->dir, "stick", true, &stick));
	close(stick);
	name(p, p->stick, "stick");
	name(p, p->fresh, "fresh");
	name(p, p->pass, "pass");
	name(p, p->backup, "backup");
	name(p, p->none, "none");
	name(p, p->other, "other");
	sheets_make(p, SHARE_IDENTITY, p->sheet);
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
		unlink(p->paper[i]);
	}
	unlink(p->pass);
	unlink(p->backup);
	unlink(p->other);
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
	int stick;

	assert_non_null(k);
	*k = *p->d->keyset;
	k->people = n;
	k->desks = 1;
	for (unsigned i = 1; i < n; i++) {
		struct keyset_person *one = &k->person[i];
		*one = (struct keyset_person){.desk = 1, .role = i < holders ?
			PERSON_HOLDER : PERSON_APPROVER};
		snprintf(one->id, sizeof one->id, "p%u", i);
		sign_keypair(p->p1, &one->key);
	}
	if (p->second > 0) {
		k->desk[k->desks] = k->desk[0];
		k->desk[k->desks].number = 2;
		strcpy(k->desk[k->desks].id, "other");
		k->desk[k->desks++].successor = p->second == 2 ? 1 : 0;
		k->person[n - 1].desk = p->second == 1 ? 2 : 1;
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

/* The verb with these words, up to NULL: ends with ${rc} and says ${text} (not
 * when it begins with "!") */
static void
run(struct place *p, int rc, const char *text, ...)
{
	struct desk d = home_desk(p->fresh);
	char *argv[HOME_WORDS];
	int argc, got;
	bool not = text[0] == '!';
	va_list list;

	va_start(list, text);
	argc = home_words("recover", list, argv);
	va_end(list);
	secret_free(d.pass); /* this verb asks for it */
	d.pass = NULL;
	d.passfile = p->pass;
	said_begin();
	got = verb_recover(&d, argc, argv);
	if (said_end(text + not) == not || got != rc) {
		fail_msg("%d and not %d, or %s", got, rc, text);
	}
	if (rc == EXIT_OK && d.keyset != NULL) {
		*p->made = *d.keyset;
	}
	desk_close(&d);
}

/* Of one that is refused no home is left; another is removed again */
#define made(p, rc, ...) do { \
	run(p, rc, __VA_ARGS__); \
	assert_int_equal(access((p)->fresh, F_OK) == 0, (rc) == EXIT_OK); \
	folder_remove((p)->h->dir, "fresh"); \
} while (0)

static void
recovers(struct place *p, const char *person, int rc, const char *text)
{
	made(p, rc, text, "--keyset", p->stick, "--desk", "1", "--person",
	    person, "--share", p->sheet[0], "--share", p->sheet[1], NULL);
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

/* Who belongs elsewhere, and a desk that is not there or not any more */
static void
which_desk(void **state)
{
	struct place *p = *state;

	people(p, 2, 2);
	made(p, EXIT_REFUSED, "has no desk 2", "--keyset", p->stick, "--desk",
	    "2", "--person", "cy", NULL);
	p->second = 1;
	people(p, 2, 2);
	recovers(p, "p1", EXIT_REFUSED, "p1 is not a holder of desk 1");
	p->second = 2;
	people(p, 2, 2);
	made(p, EXIT_REFUSED, "desk 2 is retired", "--keyset", p->stick,
	    "--desk", "2", "--person", "cy", NULL);
}

/* A keyset that is not there, that says something else, or too far away */
static void
which_keyset(void **state)
{
	static char path[LONG_PATH];
	struct place *p = *state;
	int stick;

	made(p, EXIT_REFUSED, "cannot be used", "--keyset", p->none, "--desk",
	    "1", "--person", "an", NULL);
	people(p, 1, 1);
	ok(folder_open(p->h->dir, "stick", false, &stick));
	ok(file_replace(stick, "keyset.json", "{}", 2));
	close(stick);
	recovers(p, "an", EXIT_REFUSED, "cannot be used");
	memset(path, '/', sizeof path - 1);
	made(p, EXIT_REFUSED, "!the keyset in", "--keyset", path, "--desk",
	    "1", "--person", "an", NULL);
}

/* The week's file on the stick, with the keys of both holders; ${later}: it is
 * that of another week */
static void
week_put(struct place *p, const char *bytes, bool later)
{
	struct epoch *e = calloc(1, sizeof *e);
	struct buf b = buf_new(KEYSET_MAX);
	uint8_t seed[AGE_HYBRID_SEED];
	char file[WEEK_TEXT + 8];
	int stick, epochs;

	assert_non_null(e);
	memcpy(e->org, p->d->ring->org, ORG_LEN);
	e->week = week_of(HOME_TODAY) + (later ? 7 : 0);
	memcpy(e->keyset, p->d->keyset->hash, HASH_LEN);
	for (e->blocks = 0; e->blocks < 2; e->blocks++) {
		struct epoch_block *one = &e->block[e->blocks];
		one->desk = 1;
		strcpy(one->person, p->d->keyset->person[e->blocks].id);
		randombytes_buf(seed, sizeof seed);
		ok(age_identity_recipient(seed, &one->recipient));
		ok(epoch_block_sign(e->org, e->week, e->blocks == 0 ?
		    p->d->ring->operational : p->p1, one));
	}
	ok(bytes == NULL ? epoch_write(e, &b) : OK);
	if (bytes != NULL) {
		buf_text(&b, bytes);
	}
	week_text(week_of(HOME_TODAY), file);
	strcat(file, ".json");
	ok(folder_open(p->h->dir, "stick", false, &stick));
	ok(folder_open(stick, "epochs", true, &epochs));
	ok(file_replace(epochs, file, b.p, b.len));
	close(epochs);
	close(stick);
	buf_free(&b);
	free(e);
}

/* An export without the other holders' week keys would close the page */
static void
weeks_of_the_others(void **state)
{
	static const char lacks[] = "week keys of the other holders are not "
	    "known here";
	struct place *p = *state;

	people(p, 1, 1);
	recovers(p, "an", EXIT_OK, "!week keys of the other");
	people(p, 2, 2);
	recovers(p, "p1", EXIT_OK, lacks);
	week_put(p, "{}", false);
	recovers(p, "p1", EXIT_OK, lacks);
	week_put(p, NULL, true);
	recovers(p, "p1", EXIT_OK, lacks);
	week_put(p, NULL, false);
	recovers(p, "p1", EXIT_OK, "!week keys of the other");
}

/* Which of the three ways is meant */
static void
words(void **state)
{
	struct place *p = *state;
	static const char use[] = "use: recover";

#define no(...) made(p, EXIT_USAGE, use, __VA_ARGS__, NULL)
	people(p, 1, 1);
	run(p, EXIT_USAGE, use, NULL);
	run(p, EXIT_USAGE, "knows no option", "--drill", "--papers", p->none,
	    "--bogus", NULL);
	no("--drill", "--backup", p->backup);
	no("--drill", "--keyset", p->stick, "--desk", "1", "--person", "an");
	no("--backup", p->backup, "--keyset", p->stick);
	no("--desk", "1", "--person", "an");
	no("--keyset", p->stick, "--desk", "1");
	no("--keyset", p->stick, "--desk", "1", "--person", "An!");
	no("--keyset", p->stick, "--person", "an");
	no("--keyset", p->stick, "--desk", "0", "--person", "an");
	no("--keyset", p->stick, "--desk", "64", "--person", "an");
	no("--keyset", p->stick, "--desk", "1x", "--person", "an");
#undef no
}

/* Sheets are proven one by one, each against the set that counts */
static void
drilled(void **state)
{
	struct place *p = *state;
	char papers[128], old[96];

	snprintf(papers, sizeof papers, "%s/public/papers.json", p->h->at);
	run(p, EXIT_OK, "Sheet 2 of 3 of the identity key", "--drill",
	    "--papers", papers, "--share", p->sheet[0], "--share",
	    p->sheet[1], NULL);
	run(p, EXIT_REFUSED, "record of the paper shares cannot be read",
	    "--drill", "--papers", p->none, "--share", p->sheet[0], NULL);
	run(p, EXIT_REFUSED, "record of the paper shares cannot be read",
	    "--drill", "--share", p->sheet[0], NULL); /* no desk is here */
	run(p, EXIT_REFUSED, "record of the paper shares cannot be read",
	    "--drill", "--papers", p->pass, "--share", p->sheet[0], NULL);
	run(p, EXIT_REFUSED, "the share in", "--drill", "--papers", papers,
	    "--share", p->none, NULL);
	/* a sheet of a kind of which there is none, and one that was replaced */
	sheets_make(p, SHARE_BACKUP, p->paper);
	run(p, EXIT_OK, "of the backup key", "--drill", "--papers", papers,
	    "--share", p->paper[0], NULL);
	strcpy(old, p->sheet[0]);
	ok(rename(old, p->other) == 0 ? OK : ERR_IO);
	sheets_make(p, SHARE_IDENTITY, p->sheet);
	run(p, EXIT_REFUSED, "the right set is", "--drill", "--papers",
	    papers, "--share", p->other, NULL);
	p->papers.sets = 0;
	ok(papers_save(p->d, &p->papers));
	run(p, EXIT_REFUSED, "which does not count here", "--drill",
	    "--papers", papers, "--share", p->paper[0], NULL);
}

/* FILE.paper anew, with this as the passphrase */
static void
paper_put(struct place *p, const char *words)
{
	struct buf sealed = buf_new(65536);

	ok(age_seal_buf(&p->papers.backup, 1, (const uint8_t *)words,
	    strlen(words), &sealed));
	ok(file_replace(p->h->dir, "backup.paper", sealed.p, sealed.len));
	buf_free(&sealed);
}

static void
from_backup(struct place *p, const char *file, int rc, const char *text)
{
	made(p, rc, text, "--backup", file, "--share", p->paper[0], "--share",
	    p->paper[1], NULL);
}

static void
backed_up(void **state)
{
	struct place *p = *state;
	struct backup_made how;
	char paper[128], kept[96];

	sheets_make(p, SHARE_BACKUP, p->paper);
	home_again(p->h);
	ok(backup_make(p->d, p->backup, &how));
	assert_true(how.paper);
	from_backup(p, p->none, EXIT_REFUSED, "cannot open");
	from_backup(p, p->backup, EXIT_OK, "Recovered to");
	/* no words to lock it with: nothing is left that refuses another try */
	strcpy(kept, p->pass);
	strcpy(p->pass, p->none);
	from_backup(p, p->backup, EXIT_REFUSED, "!Recovered to");
	strcpy(p->pass, kept);
	paper_put(p, HOME_PASS); /* of no line */
	from_backup(p, p->backup, EXIT_REFUSED, "!is damaged");
	paper_put(p, "\n");
	from_backup(p, p->backup, EXIT_REFUSED, "!is damaged");
	paper_put(p, HOME_PASS "\n");
	from_backup(p, p->backup, EXIT_OK, "Recovered to");
	assert_int_equal(truncate(p->backup, 1000), 0);
	run(p, EXIT_REFUSED, "backup is damaged: it does not open", "--backup",
	    p->backup, "--share", p->paper[0], "--share", p->paper[1], NULL);
	folder_remove(p->h->dir, "fresh");
	sheets_make(p, SHARE_BACKUP, p->paper); /* others, later */
	from_backup(p, p->backup, EXIT_REFUSED, "do not open");
	snprintf(paper, sizeof paper, "%s.paper", p->backup);
	unlink(paper);
	from_backup(p, p->backup, EXIT_REFUSED, "which lies beside the");
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
		CASE(which_desk),
		CASE(which_keyset),
		CASE(weeks_of_the_others),
		CASE(words),
		CASE(drilled),
		CASE(backed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
