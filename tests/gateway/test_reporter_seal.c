/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * message_seal: what was written and chosen, all of it and nothing else, to
 * the holders of one desk, in a file that has no name; or no envelope at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "meldluik/envelope_open.h"
#include "reporter.h"
#include "store_cmocka.h"
#include "../unit/said.h"

/* Calls that fail when the test says so */
static bool named, interrupted; /* no O_TMPFILE here; a read, once */
static unsigned writes_left;    /* before the disk is full; 0: enough */
static bool unreadable;
static const char *swapped, *for_what; /* since it was looked at */

int __real_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode);
ssize_t __real_read(int fd, void *p, size_t len);
ssize_t __wrap_read(int fd, void *p, size_t len);
ssize_t __real_write(int fd, const void *p, size_t len);
ssize_t __wrap_write(int fd, const void *p, size_t len);

int
__wrap_open(const char *path, int flags, mode_t mode)
{
	if (named && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (swapped != NULL && strcmp(path, swapped) == 0) {
		path = for_what;
	}
	return __real_open(path, flags, mode);
}

ssize_t
__wrap_read(int fd, void *p, size_t len)
{
	if (interrupted || unreadable) {
		errno = interrupted ? EINTR : EIO;
		interrupted = false;
		return -1;
	}
	return __real_read(fd, p, len);
}

ssize_t
__wrap_write(int fd, const void *p, size_t len)
{
	if (fd > 2 && writes_left > 0 && --writes_left == 0) {
		writes_left = 1;
		errno = ENOSPC;
		return -1;
	}
	return __real_write(fd, p, len);
}

static struct kit_org org;
static struct epoch week;
static uint8_t seed[2][AGE_HYBRID_SEED]; /* of desks 1 and 2 */
static struct reporter_options o;
static struct reporter r;
static struct sealed s;
static struct buf text, came; /* of the first attachment */
static char folder[64], first[80], second[80], answer[128];

static int
begin(void **state)
{
	(void)state;
	ok(secret_setup());
	memset(&o, 0, sizeof(o));
	memset(&s, 0, sizeof(s));
	named = interrupted = unreadable = false;
	writes_left = 0;
	swapped = NULL;
	kit_folder(folder);
	assert_int_equal(setenv("TMPDIR", folder, 1), 0);
	kit_org_make(&org, "one", KIT_DAY);
	memset(&week, 0, sizeof(week));
	week.week = week_of(KIT_DAY);
	for (unsigned i = 0; i < 2; i++) {
		seed[i][0] = (uint8_t)(i + 1);
		week.block[i].desk = i + 1;
		ok(age_identity_recipient(seed[i], &week.block[i].recipient));
	}
	week.blocks = 2;
	o.language = "nl";
	o.relation = "employee";
	r = (struct reporter){.o = &o, .k = &org.keyset, .epoch = &week};
	text = buf_new(64);
	buf_text(&text, "Er klopt iets niet.");
	came = buf_new(1u << 20);
	snprintf(first, sizeof(first), "%s/een.txt", folder);
	snprintf(second, sizeof(second), "%s/twee.txt", folder);
	ok(file_write_path(first, "bewijs", 6, 0600));
	ok(file_write_path(second, "", 0, 0600));
	snprintf(answer, sizeof(answer), "where=%s", first);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	buf_free(&text);
	buf_free(&came);
	kit_org_clear(&org);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	kit_remove(folder);
	return 0;
}

static enum err
part(void *arg, unsigned number, const uint8_t *p, size_t len)
{
	(void)arg;
	if (number == 1) {
		buf_put(&came, p, len);
	}
	return OK;
}

/* Seals; if it was, opens it as desk ${desk} does */
static enum err
seals(enum report_kind kind, unsigned desk, const struct code *code,
    struct envelope_content *out)
{
	struct age_identity *id = NULL;
	struct envelope_open *v = NULL;
	struct buf all = buf_new(4u << 20);
	uint8_t hash[HASH_LEN];
	char path[64];
	unsigned files = kit_files_open();
	enum err e = message_seal(&r, kind, desk, &text, code, &s);

	buf_clear(&came);
	assert_int_equal(kit_files_open(), files + (e == OK));
	if (e != OK) {
		assert_int_equal(s.fd, 0);
		assert_int_equal(s.size, 0);
		return e;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", s.fd);
	ok(file_read_path(path, &all));
	hash_bytes(all.p, all.len, hash);
	assert_memory_equal(hash, s.hash, HASH_LEN);
	assert_int_equal(all.len, s.size);
	assert_string_equal(s.epoch, "2026-W48");
	ok(age_identity_new(seed[desk - 1], &id));
	ok(envelope_open_new(&id, 1, part, NULL, 1, &v));
	ok(envelope_open_write(v, all.p, all.len));
	e = envelope_open_end(v, out);
	assert_int_equal(e, OK);
	envelope_open_free(v);
	age_identity_free(id);
	buf_free(&all);
	close(s.fd);
	memset(&s, 0, sizeof(s));
	return OK;
}

/* No envelope, and ${words} said why */
static void
not_sealed(enum err want, const char *words)
{
	struct envelope_content c;
	enum err e;

	said_begin();
	e = seals(REPORT_REPORT, 1, NULL, &c);
	if (!said_end(words) || e != want) {
		fail_msg("%s, or not said: %s", err_text(e), words);
	}
}

static void
all_of_it(void **state)
{
	struct envelope_content c;
	struct report *t;

	(void)state;
	o.about = "coordinator";
	o.attach[0] = first;
	o.attach[1] = second;
	o.attachments = 2;
	o.answer[0] = answer;
	o.answers = 1;
	ok(seals(REPORT_ADVICE, 2, NULL, &c));
	t = c.report;
	assert_int_equal(t->kind, REPORT_ADVICE);
	assert_memory_equal(t->org, org.keyset.org, ORG_LEN);
	assert_memory_equal(t->keyset, org.keyset.hash, HASH_LEN);
	assert_string_equal(t->epoch, "2026-W48");
	assert_int_equal(t->desk, 2);
	assert_int_equal(t->sealed_by, SEALED_CLI);
	assert_string_equal(t->language, "nl");
	assert_string_equal(t->relation, "employee");
	assert_string_equal(t->about, "coordinator");
	assert_int_equal(t->answers, 2);
	assert_string_equal(t->answer[0].key, "what");
	assert_string_equal(t->answer[0].text, "Er klopt iets niet.");
	assert_string_equal(t->answer[1].key, "where");
	assert_string_equal(t->answer[1].text, "bewijs");
	assert_int_equal(t->attachments, 2);
	assert_string_equal(t->attachment[0].name, "een.txt");
	assert_string_equal(t->attachment[0].media_type,
	    "application/octet-stream");
	assert_int_equal(t->attachment[0].size, 6);
	assert_int_equal(t->attachment[1].size, 0);
	assert_int_equal(came.len, 6);
	assert_memory_equal(came.p, "bewijs", 6);
	assert_int_equal(t->thread, THREAD_NONE);
	envelope_content_free(&c);
	o = (struct reporter_options){.language = "en", .relation = "employee"};
	buf_clear(&text);
	ok(seals(REPORT_WITHDRAWAL, 1, &(struct code){{1, 2}}, &c));
	assert_int_equal(c.report->answers, 0); /* no word is none */
	assert_string_equal(c.report->about, "");
	assert_int_equal(c.report->attachments, 0);
	envelope_content_free(&c);
}

/* A file beside this one goes by its name too */
static void
name_without_folder(void **state)
{
	struct envelope_content c;
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(chdir(folder), 0);
	o.attach[0] = "een.txt";
	o.attachments = 1;
	ok(seals(REPORT_REPORT, 1, NULL, &c));
	assert_string_equal(c.report->attachment[0].name, "een.txt");
	envelope_content_free(&c);
	assert_int_equal(fchdir(here), 0);
	close(here);
}

/* The first message brings what answers go to, a later one is signed */
static void
with_a_code(void **state)
{
	static const char last[] = "00112233445566778899aabbccddeeff";
	static const enum report_kind firsts[] = {REPORT_REPORT,
		REPORT_ADVICE}, laters[] = {REPORT_FOLLOW_UP,
		REPORT_WITHDRAWAL};
	struct code code = {{1, 7, 7}};
	struct envelope_content c;
	struct code_keys keys;
	struct sign_pk pk;

	(void)state;
	code_derive(&code, org.keyset.org, &keys);
	sign_pk_of(keys.thread, &pk);
	for (unsigned i = 0; i < 2; i++) {
		ok(seals(firsts[i], 1, &code, &c));
		assert_int_equal(c.report->thread, THREAD_FIRST);
		assert_memory_equal(c.report->tag_key, keys.tag_key, 32);
		assert_int_equal(c.signature.len, 0);
		envelope_content_free(&c);
		ok(seals(laters[i], 1, &code, &c));
		assert_int_equal(c.report->thread, THREAD_LATER);
		assert_true(sign_pk_equal(&c.report->signer, &pk));
		assert_true(c.signature.len > 0);
		assert_int_equal(c.report->last_reply[1], 0);
		envelope_content_free(&c);
	}
	o.last_reply = last;
	ok(seals(REPORT_FOLLOW_UP, 1, &code, &c));
	assert_int_equal(c.report->last_reply[15], 0xff);
	envelope_content_free(&c);
	o.last_reply = "00112233445566778899aabbccddeefg";
	said_begin();
	assert_int_equal(seals(REPORT_FOLLOW_UP, 1, &code, &c), ERR_USAGE);
	assert_true(said_end("cannot be sealed"));
	ok(seals(REPORT_REPORT, 1, &code, &c)); /* which answers nothing */
	envelope_content_free(&c);
}

static void
nobody_reads(void **state)
{
	struct envelope_content c;
	enum err e;

	(void)state;
	week.block[1].desk = 3;
	said_begin();
	e = seals(REPORT_REPORT, 2, NULL, &c);
	assert_true(said_end("desk 2 has no keys this week"));
	assert_int_equal(e, ERR_UNKNOWN);
}

static void
words_too_long(void **state)
{
	static char word[64];

	(void)state;
	memset(word, 'a', 17);
	o.language = word;
	not_sealed(ERR_USAGE, "cannot be sealed");
	o.language = "nl";
	o.relation = word; /* 16 with the end of it */
	word[16] = '\0';
	not_sealed(ERR_USAGE, "cannot be sealed");
	o.relation = "employee";
	memset(word, 'a', 33);
	o.about = word;
	not_sealed(ERR_USAGE, "cannot be sealed");
}

static void
answers(void **state)
{
	struct envelope_content c;
	char empty[128], none[128];

	(void)state;
	snprintf(empty, sizeof(empty), "when=%s", second);
	snprintf(none, sizeof(none), "when=%s/none", folder);
	o.answer[0] = empty;
	o.answer[1] = answer;
	o.answers = 2;
	ok(seals(REPORT_REPORT, 1, NULL, &c));
	assert_int_equal(c.report->answers, 3);
	assert_string_equal(c.report->answer[1].text, "");
	envelope_content_free(&c);
	o.answer[0] = none;
	not_sealed(ERR_UNKNOWN, "--answer when: ");
	o.answer[0] = answer;
	not_sealed(ERR_CONFLICT, "--answer where: is given twice");
	o.answers = 1;
	o.answer[0] = "whence=/dev/null";
	not_sealed(ERR_USAGE, "cannot be sealed");
	o.answer[0] = "where";
	not_sealed(ERR_USAGE, "cannot be sealed");
	said_begin(); /* nor with a code */
	assert_int_equal(seals(REPORT_REPORT, 1, &(struct code){{1}}, &c),
	    ERR_USAGE);
	assert_true(said_end("cannot be sealed"));
}

static void
no_such_files(void **state)
{
	char pipe_at[80], large[80];
	int fd;

	(void)state;
	snprintf(pipe_at, sizeof(pipe_at), "%s/pipe", folder);
	snprintf(large, sizeof(large), "%s/large", folder);
	assert_int_equal(mkfifo(pipe_at, 0600), 0);
	fd = open(large, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(fd, 2147483648 - 5), 0);
	close(fd);
	o.attachments = 2;
	o.attach[0] = first;
	o.attach[1] = "/nowhere";
	not_sealed(ERR_USAGE, "/nowhere: is not a file that can be read");
	o.attach[1] = pipe_at;
	not_sealed(ERR_USAGE, "pipe: is not a file that can be read");
	o.attach[1] = folder;
	not_sealed(ERR_USAGE, "is not a file that can be read");
	o.attach[1] = large;
	not_sealed(ERR_LIMIT, "together the files are larger than 2 GiB");
}

/* A disk that is full, and what does not read */
static void
failing(void **state)
{
	struct envelope_content c;

	(void)state;
	o.attachments = 1;
	o.attach[0] = first;
	interrupted = true;
	ok(seals(REPORT_REPORT, 1, NULL, &c));
	assert_int_equal(came.len, 6);
	envelope_content_free(&c);
	unreadable = true;
	not_sealed(ERR_IO, "cannot be sealed");
	unreadable = false;
	writes_left = 1;
	not_sealed(ERR_FULL, "there is no room for the sealed message");
	writes_left = 2;
	not_sealed(ERR_FULL, "there is no room for the sealed message");
	writes_left = 0;
	swapped = first; /* between the look at its size and here */
	for_what = "/nowhere";
	not_sealed(ERR_IO, "cannot be sealed");
	for_what = "/dev/null";
	not_sealed(ERR_IO, "cannot be sealed");
}

/* Where a file without a name cannot be made it has lost it at once */
static void
nameless(void **state)
{
	static char deep[5000];
	struct envelope_content c;

	(void)state;
	named = true;
	ok(seals(REPORT_REPORT, 1, NULL, &c));
	envelope_content_free(&c);
	assert_int_equal(unlink(first), 0);
	assert_int_equal(unlink(second), 0);
	assert_int_equal(rmdir(folder), 0); /* nothing is left in it */
	not_sealed(ERR_IO, "set TMPDIR");
	assert_int_equal(mkdir(folder, 0700), 0);
	memset(deep, '/', sizeof(deep) - 1);
	assert_int_equal(setenv("TMPDIR", deep, 1), 0);
	not_sealed(ERR_IO, "set TMPDIR");
	named = false;
	assert_int_equal(setenv("TMPDIR", "somewhere", 1), 0);
	ok(seals(REPORT_REPORT, 1, NULL, &c)); /* in /tmp */
	envelope_content_free(&c);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	ok(seals(REPORT_REPORT, 1, NULL, &c));
	envelope_content_free(&c);
}

static void
too_much(void **state)
{
	(void)state;
	buf_free(&text);
	text = buf_new(REPORT_JSON_MAX + 1);
	while (text.len < REPORT_JSON_MAX) {
		buf_u8(&text, 'a');
	}
	not_sealed(ERR_LIMIT, "longer than 48 KiB");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(all_of_it),
		CASE(name_without_folder),
		CASE(with_a_code),
		CASE(nobody_reads),
		CASE(words_too_long),
		CASE(answers),
		CASE(no_such_files),
		CASE(failing),
		CASE(nameless),
		CASE(too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
