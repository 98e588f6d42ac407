/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A backup is whole and durable before the journal says that there is one,
 * and sealed to nobody but the other holders of the desk, who said so.
 */
#include "home.h"

#include <limits.h>

#include "decryptor/backup.h"
#include "decryptor/medium.h"
#include "decryptor/papers.h"
#include "../unit/said.h"

/* Calls that fail when the test says so: the how many-th; 0: none */
enum call { FSYNC, RENAME, CALLS };
static unsigned made[CALLS], failing_at[CALLS];

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_posix_fadvise(int fd, off_t from, off_t len, int advice);
bool __wrap_medium_second(int home, int there);

static bool
refused(enum call c)
{
	return ++made[c] == failing_at[c];
}

/* The end of the name of a file whose last byte a stick that lies keeps as
 * another, and says nothing; NULL: none */
static const char *lying;

static void
lie(int fd)
{
	char link[64], path[PATH_MAX];
	uint8_t last = 0;
	ssize_t n;
	off_t end;
	int again;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	path[n < 0 ? 0 : n] = 0;
	if ((size_t)n < strlen(lying) || strcmp(path + n - strlen(lying),
	    lying) != 0) {
		return;
	}
	again = open(path, O_RDWR);
	end = lseek(again, 0, SEEK_END);
	assert_int_equal(pread(again, &last, 1, end - 1), 1);
	last ^= 1;
	assert_int_equal(pwrite(again, &last, 1, end - 1), 1);
	close(again);
}

int
__wrap_fsync(int fd)
{
	return refused(FSYNC) ? -1 : __real_fsync(fd);
}

/* Until it is told to forget, the system gives back what was written */
int
__wrap_posix_fadvise(int fd, off_t from, off_t len, int advice)
{
	if (lying != NULL && from == 0 && len == 0 &&
	    advice == POSIX_FADV_DONTNEED) {
		lie(fd);
	}
	return 0;
}

int
__wrap_rename(const char *from, const char *to)
{
	return refused(RENAME) ? -1 : __real_rename(from, to);
}

bool
__wrap_medium_second(int home, int there)
{
	return home >= 0 && there >= 0;
}

static void
fail_at(enum call c, unsigned n)
{
	memset(made, 0, sizeof made);
	memset(failing_at, 0, sizeof failing_at);
	failing_at[c] = n;
}

struct place {
	struct home *h;
	struct desk *d;
	struct keyset_person *bo, *cy;
	uint8_t seed[SIGN_SEED]; /* of cy */
	char path[96];
	struct backup_made out;
};

static int
setup(void **state)
{
	struct place *p;

	fail_at(FSYNC, 0);
	p = home_place(sizeof *p);
	home_person(p->h, "cy", p->seed);
	p->bo = &p->d->keyset->person[1];
	p->cy = &p->d->keyset->person[2];
	ok(folder_open(p->h->dir, "stick", true, &(int){0}));
	snprintf(p->path, sizeof p->path, "%s/stick/copy", p->h->path);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	fail_at(FSYNC, 0);
	home_place_free(p);
	return 0;
}

static bool
there(const struct place *p, const char *end)
{
	char path[128];

	snprintf(path, sizeof path, "%s%s", p->path, end);
	return access(path, F_OK) == 0;
}

static void
clear(const struct place *p)
{
	static const char *const end[] = {"", ".tmp", ".paper", ".deputy",
		".deputy.tmp", ".deputy.note"};
	char path[128];

	for (size_t i = 0; i < sizeof end / sizeof *end; i++) {
		snprintf(path, sizeof path, "%s%s", p->path, end[i]);
		unlink(path);
	}
}

/* The note of ${id}, who signs with ${seed}, given to ${p} */
static enum err
note(struct place *p, const char *id, const uint8_t seed[SIGN_SEED])
{
	struct desk their = {.ring = keyring_new(), .keyset = p->d->keyset};
	struct buf b = buf_new(HEIR_MAX);
	char person[KEYSET_ID] = "";
	enum err e;

	assert_non_null(their.ring);
	memcpy(their.ring->org, p->d->ring->org, ORG_LEN);
	strcpy(their.ring->person, id);
	their.ring->desk = 1;
	memcpy(their.ring->operational, seed, SIGN_SEED);
	ok(heir_note(&their, &b));
	e = heir_store(p->d, b.p, b.len, person);
	if (e == OK) {
		assert_string_equal(person, id);
	}
	keyring_free(their.ring);
	buf_free(&b);
	return e;
}

static void
heirs_are(struct place *p, const char *who, const char *lacks)
{
	char text[HEIRS_TEXT];
	struct heirs h;

	heirs_load(p->d, &h);
	assert_string_equal(heirs_text(h.who, h.n, text), who);
	assert_string_equal(heirs_text(h.lacks, h.without, text), lacks);
}

static void
for_whom(void **state)
{
	struct place *p = *state;
	struct sign_pk key;

	heirs_are(p, "", ""); /* they sign, and read nothing */
	assert_int_not_equal(note(p, "bo", p->h->bo), OK);
	p->bo->role = p->cy->role = PERSON_HOLDER;
	heirs_are(p, "", "bo, cy");
	ok(note(p, "bo", p->h->bo));
	heirs_are(p, "bo", "cy");
	is(note(p, "an", p->d->ring->operational), ERR_CONFLICT);
	assert_int_not_equal(note(p, "bo", p->seed), OK); /* as another */
	ok(note(p, "cy", p->seed));
	heirs_are(p, "bo, cy", "");
	p->cy->desk = 2;
	heirs_are(p, "bo", "");
	p->cy->desk = 1;
	p->cy->role = PERSON_APPROVER;
	heirs_are(p, "bo", "");
	key = p->bo->key; /* of whom the keyset has another key now */
	p->bo->key = p->cy->key;
	heirs_are(p, "", "bo");
	p->bo->key = key;
	ok(keyset_revoke(p->d->keyset, &key));
	heirs_are(p, "", "bo");
}

/* No keyset: nobody is a holder of this desk */
static void
no_keyset(void **state)
{
	struct place *p = *state;
	struct buf b = buf_new(HEIR_MAX);
	struct keyset *k = p->d->keyset;
	struct age_recipient to;
	char person[KEYSET_ID];

	p->bo->role = PERSON_HOLDER;
	ok(note(p, "bo", p->h->bo));
	ok(file_read(p->d->public, "heir-bo.note", &b));
	p->d->keyset = NULL;
	is(heir_parse(p->d, b.p, b.len, person, &to), ERR_FOREIGN);
	p->d->keyset = k;
	ok(heir_parse(p->d, b.p, b.len, person, &to));
	buf_free(&b);
}

static void
as_another(struct place *p)
{
	struct buf b = buf_new(HEIR_MAX);

	ok(note(p, "bo", p->h->bo));
	ok(file_read(p->d->public, "heir-bo.note", &b));
	ok(file_replace(p->d->public, "heir-cy.note", b.p, b.len));
	buf_free(&b);
}

static void
made_for_them(void **state)
{
	struct place *p = *state;
	uint64_t events = journal_length(p->d->book);
	struct buf b = buf_new(HEIR_MAX);
	uint8_t hash[HASH_LEN];
	char path[128];

	p->bo->role = p->cy->role = PERSON_HOLDER;
	as_another(p); /* a note under a name that is not its own */
	heirs_are(p, "bo", "cy");
	ok(backup_make(p->d, p->path, &p->out));
	assert_true(p->out.second);
	assert_int_equal(p->out.heirs.n, 1);
	assert_int_equal(journal_length(p->d->book), events + 1);
	assert_int_equal(p->d->state->last_backup, HOME_TODAY);
	assert_true(there(p, "") && there(p, ".deputy"));
	assert_false(there(p, ".tmp") || there(p, ".deputy.tmp"));
	snprintf(path, sizeof path, "%s.deputy.note", p->path);
	ok(file_read_path(path, &b));
	ok(heir_backup_check(p->d, b.p, b.len, hash));
	p->d->keyset->person[0].role = PERSON_APPROVER; /* who made it */
	is(heir_backup_check(p->d, b.p, b.len, hash), ERR_SIGNATURE);
	buf_free(&b);
}

/* Each call of the disk that fails: then no backup counts */
static void
each_call(void **state)
{
	struct place *p = *state;
	uint64_t events = journal_length(p->d->book);
	unsigned most[CALLS], tried = 0;

	p->bo->role = PERSON_HOLDER;
	ok(note(p, "bo", p->h->bo));
	fail_at(FSYNC, 0);
	ok(backup_make(p->d, p->path, &p->out));
	memcpy(most, made, sizeof most);
	events++;
	clear(p);
	for (enum call c = 0; c < CALLS; c++) {
		for (unsigned n = 1; n <= most[c]; n++) {
			enum err e;
			fail_at(c, n);
			e = backup_make(p->d, p->path, &p->out);
			assert_int_not_equal(e, OK);
			assert_int_equal(journal_length(p->d->book), events);
			assert_false(there(p, ".tmp"));
			assert_false(there(p, ".deputy.tmp"));
			clear(p);
			tried++;
		}
	}
	assert_true(tried >= 5);
}

/* No file of a backup is what the stick says, but what it gives back */
static void
stick_that_lies(void **state)
{
	static const char *const ends[] = {"copy.tmp", "copy.paper",
		"copy.deputy.tmp", "copy.deputy.note"};
	struct place *p = *state;
	struct share share[SHARES_MAX];
	struct papers papers = {.sets = 0};
	uint64_t events;

	p->bo->role = PERSON_HOLDER;
	ok(note(p, "bo", p->h->bo));
	ok(papers_make(p->d, SHARE_BACKUP, 2, 3, &papers, share));
	ok(papers_save(p->d, &papers));
	events = journal_length(p->d->book);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		bool said;
		enum err e;
		lying = ends[i];
		said_begin();
		e = backup_make(p->d, p->path, &p->out);
		said = said_end("gave back something else");
		lying = NULL;
		if (e != ERR_CHAIN || !said) {
			fail_msg("%s: %d", ends[i], e);
		}
		assert_int_equal(journal_length(p->d->book), events);
		assert_false(there(p, "") || there(p, ".deputy"));
	}
	ok(backup_make(p->d, p->path, &p->out));
	assert_true(p->out.paper && there(p, ".paper"));
	assert_true(there(p, "") && there(p, ".deputy"));
	assert_int_equal(journal_length(p->d->book), events + 1);
}

/* A damaged record of the paper sheets is named, and stops no backup */
static void
damaged_papers(void **state)
{
	struct place *p = *state;

	ok(file_replace(p->d->public, "papers.json", "{", 1));
	said_begin();
	ok(backup_make(p->d, p->path, &p->out));
	assert_true(said_end("public/papers.json, the record of paper "
	    "sheets, is damaged"));
	assert_false(p->out.paper);
	assert_true(there(p, "") && !there(p, ".paper"));
	assert_int_equal(p->d->state->last_backup, HOME_TODAY);
}

static void
no_such_place(void **state)
{
	struct place *p = *state;
	char path[4200];
	size_t at;

	ok(file_replace(p->h->dir, "stick/copy", "mine", 4));
	is(backup_make(p->d, p->path, &p->out), ERR_CONFLICT);
	clear(p);
	snprintf(path, sizeof path, "%s/none/copy", p->h->path);
	is(backup_make(p->d, path, &p->out), ERR_IO);
	at = (size_t)snprintf(path, sizeof path, "%s/stick", p->h->path);
	memset(path + at, '/', 4093 - at);
	memcpy(path + 4089, "copy", 5);
	is(backup_make(p->d, path, &p->out), ERR_LIMIT);
	p->bo->role = PERSON_HOLDER;
	ok(note(p, "bo", p->h->bo));
	/* room for .tmp, and not for .deputy.tmp */
	memset(path + at, '/', 4088 - at);
	memcpy(path + 4084, "copy", 5);
	is(backup_make(p->d, path, &p->out), ERR_LIMIT);
	assert_false(there(p, "") || there(p, ".tmp"));
	assert_int_equal(p->d->state->last_backup, DAY_NONE);
}

/* What lacks a file is written, for what it holds, and does not count: the
 * gateway may have the rest yet, and would erase it */
static void
not_whole(void **state)
{
	struct place *p = *state;
	struct content *c = home_content();
	char name[64];
	uint64_t events;

	home_file(p->h, c, "abc", false);
	home_message(p->h, "2026-7K3Q", REPORT_REPORT, c);
	p->bo->role = PERSON_HOLDER;
	ok(note(p, "bo", p->h->bo));
	ok(backup_whole(p->d));
	ok(backup_make(p->d, p->path, &p->out));
	clear(p);
	hex_encode(c->file[0].id, sizeof c->file[0].id, name);
	content_free(c);
	strcat(name, ".bin");
	ok(unlinkat(p->d->attachments, name, 0) == 0 ? OK : ERR_IO);
	events = journal_length(p->d->book);
	for (unsigned n = 0; n < 2; n++) {
		enum err e;
		fail_at(RENAME, n);
		said_begin();
		e = backup_make(p->d, p->path, &p->out);
		assert_true(said_end("missing (2026-7K3Q)"));
		assert_int_not_equal(e, OK);
		assert_int_equal(there(p, ""), n == 0);
		assert_false(there(p, ".tmp"));
		assert_false(there(p, ".deputy"));
		assert_int_equal(journal_length(p->d->book), events);
		clear(p);
	}
}

/* What cannot be read is not in a backup either: the gateway may have its
 * envelope yet, and would erase it. What was destroyed is no damage. */
static void
message_that_does_not_open(void **state)
{
	struct place *p = *state;
	struct message *m;
	size_t k = home_case(p->h);
	uint64_t events;
	enum err e;

	m = &p->d->state->message[0];
	assert_int_equal(m->attachments, 0);
	ok(backup_whole(p->d));
	m->record[0] ^= 1;
	said_begin();
	e = backup_make(p->d, p->path, &p->out);
	assert_true(said_end(p->d->state->kase[k].ref));
	is(e, ERR_UNKNOWN);
	assert_int_equal(p->d->state->last_backup, DAY_NONE);
	clear(p);
	m->record[0] ^= 1;
	events = journal_length(p->d->book);
	assert_true(casekey_drop(p->d->book, m->key));
	is(backup_make(p->d, p->path, &p->out), ERR_UNKNOWN);
	assert_int_equal(journal_length(p->d->book), events);
	clear(p);
	p->d->state->kase[k].destroyed = true;
	ok(backup_make(p->d, p->path, &p->out));
	clear(p);
	m->late = true;
	is(backup_whole(p->d), ERR_UNKNOWN);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(for_whom),
		CASE(no_keyset),
		CASE(made_for_them),
		CASE(each_call),
		CASE(stick_that_lies),
		CASE(damaged_papers),
		CASE(no_such_place),
		CASE(not_whole),
		CASE(message_that_does_not_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
