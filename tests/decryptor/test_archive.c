/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A backup file: all that the desk has is in it, or there is none; and of one
 * that somebody else made only what a backup holds becomes a file here.
 */
#include "home.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>

#include "decryptor/archive_age.h"
#include "decryptor/heir.h"

/* Calls that fail when the test says so: the how many-th; 0: none */
enum call { FSYNC, RENAMEAT, READDIR, READ, LSEEK, CALLS };
static unsigned made[CALLS], failing_at[CALLS];

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat(int from, const char *a, int to, const char *b);
int __wrap_renameat(int from, const char *a, int to, const char *b);
struct dirent *__real_readdir(DIR *list);
struct dirent *__wrap_readdir(DIR *list);
ssize_t __real_read(int fd, void *p, size_t len);
ssize_t __wrap_read(int fd, void *p, size_t len);
off_t __real_lseek(int fd, off_t at, int from);
off_t __wrap_lseek(int fd, off_t at, int from);

static bool
refused(enum call c)
{
	errno = ++made[c] == failing_at[c] ? EIO : errno;
	return made[c] == failing_at[c];
}

int
__wrap_fsync(int fd)
{
	return refused(FSYNC) ? -1 : __real_fsync(fd);
}

int
__wrap_renameat(int from, const char *a, int to, const char *b)
{
	return refused(RENAMEAT) ? -1 : __real_renameat(from, a, to, b);
}

struct dirent *
__wrap_readdir(DIR *list)
{
	return refused(READDIR) ? NULL : __real_readdir(list);
}

ssize_t
__wrap_read(int fd, void *p, size_t len)
{
	return refused(READ) ? -1 : __real_read(fd, p, len);
}

off_t
__wrap_lseek(int fd, off_t at, int from)
{
	return refused(LSEEK) ? -1 : __real_lseek(fd, at, from);
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
	struct desk *d, there; /* where a backup is read */
	char at[80];
	int fd; /* of the backup */
	uint8_t hash[HASH_LEN];
};

/* A folder for a desk, in which there is nothing */
static void
fresh(struct place *p)
{
	desk_close(&p->there);
	folder_remove(p->h->dir, "new");
	p->there = home_desk(p->at);
	ok(desk_make(&p->there));
}

static int
setup(void **state)
{
	struct place *p;
	struct content *c;

	fail_at(FSYNC, 0);
	p = home_place(sizeof *p);
	c = home_content();
	home_file(p->h, c, "bewijs", false);
	home_message(p->h, "2026-7K3Q", REPORT_REPORT, c);
	content_free(c);
	snprintf(p->at, sizeof p->at, "%s/new", p->h->path);
	p->there = home_desk(p->at);
	ok(desk_make(&p->there));
	p->fd = openat(p->h->dir, ".", O_RDWR | O_TMPFILE, 0600);
	assert_true(p->fd >= 0);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	fail_at(FSYNC, 0);
	close(p->fd);
	desk_close(&p->there);
	folder_remove(p->h->dir, "new");
	home_place_free(p);
	return 0;
}

static enum err
to_fd(void *arg, const uint8_t *bytes, size_t len)
{
	return fd_write(*(int *)arg, bytes, len);
}

static void
start_again(struct place *p)
{
	assert_int_equal(ftruncate(p->fd, 0), 0);
	assert_int_equal(lseek(p->fd, 0, SEEK_SET), 0);
}

/* ${tar} as somebody who knows the passphrase seals it; ${to} NULL: with it */
static void
sealed(struct place *p, const struct buf *tar, const struct age_recipient *to)
{
	struct age_seal *s = NULL;

	start_again(p);
	hash_bytes(tar->p, tar->len, p->hash);
	ok(to == NULL ? age_seal_new_scrypt(HOME_PASS, sizeof HOME_PASS - 1,
	    to_fd, &p->fd, &s) : age_seal_new(to, 1, to_fd, &p->fd, 1, &s));
	ok(age_seal_write(s, tar->p, tar->len));
	ok(age_seal_end(s));
	age_seal_free(s);
}

struct member {
	const char *path, *bytes;
	mode_t type; /* 0: a file */
};

static void
pack(const struct member *m, size_t n, struct buf *out)
{
	static char all[1u << 20];
	struct archive *a = archive_write_new();
	size_t used = 0;

	assert_non_null(a);
	archive_write_set_format_pax_restricted(a);
	archive_write_set_bytes_in_last_block(a, 1);
	ok(archive_write_open_memory(a, all, sizeof all, &used));
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *e = archive_entry_new();
		size_t len = m[i].type == 0 ? strlen(m[i].bytes) : 0;
		archive_entry_set_pathname(e, m[i].path);
		archive_entry_set_filetype(e, m[i].type == 0 ||
		    m[i].type == S_IFIFO ? AE_IFREG : m[i].type);
		archive_entry_set_size(e, (la_int64_t)len);
		archive_entry_set_perm(e, 0600);
		if (m[i].type == S_IFLNK) {
			archive_entry_set_symlink(e, m[i].bytes);
		} else if (m[i].type == S_IFIFO) { /* here: a hard link */
			archive_entry_set_hardlink(e, m[i].bytes);
		}
		ok(archive_write_header(a, e));
		assert_int_equal(archive_write_data(a, m[i].bytes, len), len);
		archive_entry_free(e);
	}
	ok(archive_write_close(a));
	archive_write_free(a);
	buf_put(out, all, used);
}

static enum err
restore(struct place *p)
{
	assert_int_equal(__real_lseek(p->fd, 0, SEEK_SET), 0);
	return backup_read(&p->there, p->fd);
}

/* What becomes of a backup with these members in a fresh folder */
static enum err
read_of(struct place *p, const struct member *m, size_t n)
{
	struct buf tar = buf_new(1u << 20);

	pack(m, n, &tar);
	sealed(p, &tar, NULL);
	buf_free(&tar);
	fresh(p);
	return restore(p);
}

static unsigned
files_in(int dir)
{
	DIR *list = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY));
	unsigned n = 0;
	struct dirent *e;

	assert_non_null(list);
	while ((e = __real_readdir(list)) != NULL) {
		n += e->d_name[0] != '.';
	}
	closedir(list);
	return n;
}

static bool
has(int dir, const char *name, const char *bytes)
{
	struct buf b = buf_new(4096);
	bool same = file_read(dir, name, &b) == OK &&
	    b.len == strlen(bytes) && memcmp(b.p, bytes, b.len) == 0;

	buf_free(&b);
	return same;
}

/* A backup of this desk, read elsewhere, is this desk */
static void
comes_back(void **state)
{
	struct place *p = *state;
	uint8_t hash[HASH_LEN];

	start_again(p);
	ok(file_replace(p->d->attachments, "cut.tmp", "x", 1));
	ok(backup_write(p->d, p->fd, p->hash));
	ok(backup_check(p->d, p->fd, p->hash));
	memcpy(hash, p->hash, HASH_LEN);
	hash[HASH_LEN - 1] ^= 1; /* the stick gave back another one */
	is(backup_check(p->d, p->fd, hash), ERR_CHAIN);
	ok(restore(p));
	assert_int_equal(faccessat(p->there.dir, ROOM_BACKUP, F_OK, 0), -1);
	assert_int_equal(faccessat(p->there.dir, "keyring.age", F_OK, 0), -1);
	assert_int_equal(files_in(p->there.attachments), 1);
	ok(backup_use(&p->there));
	desk_close(&p->there);
	p->there = home_desk(p->at);
	ok(desk_open(&p->there, DESK_CASEBOOK));
	assert_int_equal(p->there.state->messages, 1);
	ok(backup_messages_check(&p->there, &(size_t){0}));
}

static void
names(void **state)
{
	static char long_name[] = "public/.........................."
	    "................................................................"
	    "................................................................"
	    "...............................................";
	static const char *const none[] = {"casekey", "keyring.restoring",
		"keyring.age.tmp", "journal", "/casekeys", "./casekeys",
		"../casekeys", "public/.a", "public/a/b", "attachments/.a",
		"attachments/a/b", "attachments/../casekeys", "other/a",
		"publicly/a", "casebook/lock.mdb", "casebook/data.mdb/a",
		"casebook/.a", "casekeys/a", long_name};
	struct place *p = *state;
	struct member m = {.bytes = "x"};

	memset(long_name + 7, 'a', sizeof long_name - 8);
	assert_int_equal(strlen(long_name), 7 + 201);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		m.path = none[i];
		if (read_of(p, &m, 1) != ERR_FORMAT) {
			fail_msg("%s", m.path);
		}
		assert_int_equal(files_in(p->there.public), 0);
		assert_int_equal(files_in(p->there.attachments), 0);
		assert_int_equal(faccessat(p->there.dir, "casekeys", F_OK,
		    0), -1);
	}
	long_name[7 + 200] = '\0';
	ok(read_of(p, &m, 1));
	assert_true(has(p->there.public, long_name + 7, "x"));
	m.path = "keyring.age"; /* waits until all of it is here */
	ok(read_of(p, &m, 1));
	assert_true(has(p->there.dir, KEYRING_WAITS, "x"));
}

/* A file is one, and it is there once */
static void
kinds(void **state)
{
	static const struct member odd[][2] = {
		{{"public/b", "x", 0}, {"public/a", "b", S_IFLNK}},
		{{"public/b", "x", 0}, {"public/a", "public/b", S_IFIFO}},
		{{"public/b", "x", 0}, {"public/a", "", S_IFDIR}},
		{{"public/b", "x", 0}, {"public/b", "y", 0}},
		{{"keyring.age", "x", 0}, {"keyring.age", "y", 0}},
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		is(read_of(p, odd[i], 2), ERR_FORMAT);
		assert_int_equal(faccessat(p->there.public, "a", F_OK,
		    AT_SYMLINK_NOFOLLOW), -1);
		ok(read_of(p, odd[i], 1));
	}
	assert_true(has(p->there.dir, KEYRING_WAITS, "x"));
}

static void
no_backup(void **state)
{
	static const struct member one = {"public/a", "x", 0};
	static char text[4096];
	struct member large = {"public/a", text, 0};
	struct place *p = *state;
	struct buf tar = buf_new(1u << 20);
	static uint8_t noise[512];
	off_t end;

	memset(noise, 0xa5, sizeof noise);
	buf_put(&tar, noise, sizeof noise); /* no tar at all */
	sealed(p, &tar, NULL);
	assert_int_not_equal(restore(p), OK);
	buf_clear(&tar);
	pack(&one, 1, &tar);
	tar.len = 1024; /* a member, and then none */
	buf_put(&tar, noise, sizeof noise);
	sealed(p, &tar, NULL);
	fresh(p);
	is(restore(p), ERR_FORMAT);
	buf_clear(&tar);
	memset(text, 'x', sizeof text - 1);
	pack(&large, 1, &tar);
	tar.len = 1024; /* it ends within a member */
	sealed(p, &tar, NULL);
	fresh(p);
	is(restore(p), ERR_IO);
	assert_int_equal(files_in(p->there.public), 0);
	ok(read_of(p, &one, 1));
	is(backup_use(&p->there), ERR_FORMAT); /* without a keyring */
	end = lseek(p->fd, 0, SEEK_END);
	assert_int_equal(ftruncate(p->fd, end - 1), 0);
	fresh(p);
	is(restore(p), ERR_CRYPT);
	assert_int_equal(files_in(p->there.public), 0);
	is(backup_check(p->d, p->fd, p->hash), ERR_CRYPT);
	ok(read_of(p, &one, 1));
	fresh(p);
	p->there.pass[0] ^= 1;
	is(restore(p), ERR_NO_MATCH);
	buf_free(&tar);
}

/* Each call that fails: no backup, and nothing that is read of one */
static void
each_call(void **state)
{
	struct place *p = *state;
	unsigned most[CALLS], tried = 0;

	start_again(p);
	fail_at(FSYNC, 0);
	ok(backup_write(p->d, p->fd, p->hash));
	memcpy(most, made, sizeof most);
	for (enum call c = READDIR; c < CALLS; c++) {
		for (unsigned n = 1; n <= most[c]; n++, tried++) {
			start_again(p);
			fail_at(c, n);
			assert_int_not_equal(backup_write(p->d, p->fd,
			    p->hash), OK);
		}
	}
	start_again(p);
	fail_at(FSYNC, 0);
	ok(backup_write(p->d, p->fd, p->hash));
	fail_at(FSYNC, 0);
	ok(backup_check(p->d, p->fd, p->hash));
	memcpy(most, made, sizeof most);
	for (enum call c = 0; c < CALLS; c++) {
		for (unsigned n = 1; n <= most[c]; n++, tried++) {
			fail_at(c, n);
			assert_int_not_equal(backup_check(p->d, p->fd,
			    p->hash), OK);
		}
	}
	fresh(p);
	fail_at(FSYNC, 0);
	ok(restore(p));
	memcpy(most, made, sizeof most);
	for (enum call c = 0; c < CALLS; c++) {
		for (unsigned n = 1; n <= most[c]; n++, tried++) {
			fresh(p);
			fail_at(c, n);
			if (restore(p) == OK) {
				fail_msg("call %u, the %u. time", c, n);
			}
		}
	}
	assert_true(tried > 20);
	fail_at(FSYNC, 0);
}

/* A file that is not what its report says is damage */
static void
whose_file(void **state)
{
	struct place *p = *state;
	struct content *c = home_content();
	size_t at = 9;

	ok(backup_messages_check(p->d, &at));
	c->report->message_id[0] = 1;
	home_file(p->h, c, "anders", true);
	home_message(p->h, "2026-7K3Q", REPORT_REPORT, c);
	content_free(c);
	is(backup_messages_check(p->d, &at), ERR_CRYPT);
	assert_int_equal(at, 1);
}

#define KEY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* What a deputy's file holds, to whom it is sealed: anybody can make one.
 * ${m} may go on with what stands behind it in the tar, and is no member */
static enum err
deputy(struct place *p, const struct member *m, size_t n, bool is_signed,
    uint8_t key[32])
{
	struct buf tar = buf_new(1u << 20);
	uint8_t seed[AGE_HYBRID_SEED];
	struct age_recipient to;
	int stage = -1;
	enum err e;

	pack(m, n, &tar);
	if (m[n].path != NULL) {
		tar.len -= 1024;
		buf_put(&tar, m[n].path, 512);
	}
	heir_seed(p->d->ring, seed);
	ok(age_identity_recipient(seed, &to));
	sealed(p, &tar, &to);
	p->hash[0] ^= m[n].bytes != NULL;
	buf_free(&tar);
	folder_remove(p->h->dir, "stick");
	ok(folder_open(p->h->dir, "stick", true, &stage));
	assert_int_equal(lseek(p->fd, 0, SEEK_SET), 0);
	e = heirs_read(p->d, p->fd, stage, is_signed ? p->hash : NULL, key);
	close(stage);
	return e;
}

static void
deputies(void **state)
{
	static const struct member whole[] = {{"casebook.key", KEY_A, 0},
		{"casekeys", "x", 0}, {"public/papers.json", "p", 0},
		{"public/keyset.note", "k", 0}, {"attachments/a", "b", 0},
		{0}};
	static const struct member other[] = {{"casebook.key", KEY_A, 0},
		{NULL, "not what was signed", 0}};
	static char noise[512];
	static const struct member more[] = {{"casebook.key", KEY_A, 0},
		{noise, NULL, 0}};
	static const struct member bad[][2] = {
		{{"casebook.key", "aa", 0}, {0}},
		{{"casebook.key", "gaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0}, {0}},
		{{"casekeys", "x", 0}, {0}}, /* and no key */
		{{"casebook.key", "", S_IFDIR}, {0}},
		{{"casebook.kez", KEY_A, 0}, {0}},
	};
	struct place *p = *state;
	uint8_t key[32], want[32];
	int stage;

	memset(want, 0xaa, 32);
	memset(key, 0, 32);
	ok(deputy(p, whole, 5, true, key));
	assert_memory_equal(key, want, 32);
	ok(folder_open(p->h->dir, "stick", false, &stage));
	assert_true(has(stage, "casekeys", "x"));
	assert_true(has(stage, "papers.json", "p"));
	assert_int_equal(files_in(stage), 3); /* no keyset but its own */
	close(stage);
	ok(deputy(p, whole, 5, false, key)); /* of anybody: no sheets */
	ok(folder_open(p->h->dir, "stick", false, &stage));
	assert_int_equal(files_in(stage), 2);
	close(stage);
	is(deputy(p, other, 1, true, key), ERR_SIGNATURE);
	ok(deputy(p, other, 1, false, key));
	memset(noise, 0xa5, sizeof noise);
	is(deputy(p, more, 1, true, key), ERR_FORMAT);
	start_again(p); /* for nobody: never with the passphrase */
	is(backup_write_heirs(p->d, NULL, 0, p->fd, p->hash, want), ERR_USAGE);
	assert_int_equal(lseek(p->fd, 0, SEEK_END), 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		is(deputy(p, bad[i], 1, true, key), ERR_FORMAT);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(comes_back),
		CASE(names),
		CASE(kinds),
		CASE(no_backup),
		CASE(each_call),
		CASE(whose_file),
		CASE(deputies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
