/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files of a stick and of a state folder: what is read is a file and all of
 * it, what is written is there whole or not at all. Each call fails once.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"

#define ok(x) assert_int_equal((x), OK)
#define is(x, e) assert_int_equal((x), (e))

/* What the next calls say; 0: what they say themselves */
static int read_says, pread_says, fsync_says, close_says, mkdir_says;

ssize_t __real_read(int fd, void *p, size_t len);
ssize_t __wrap_read(int fd, void *p, size_t len);
ssize_t __real_pread(int fd, void *p, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *p, size_t len, off_t at);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_close(int fd);
int __wrap_close(int fd);
int __real_mkdirat(int dir, const char *name, mode_t mode);
int __wrap_mkdirat(int dir, const char *name, mode_t mode);

/* One that was interrupted is made again */
static bool
refused(int *says)
{
	if (*says == 0) {
		return false;
	}
	errno = *says;
	if (*says == EINTR) {
		*says = 0;
	}
	return true;
}

ssize_t
__wrap_read(int fd, void *p, size_t len)
{
	return refused(&read_says) ? -1 : __real_read(fd, p, len);
}

ssize_t
__wrap_pread(int fd, void *p, size_t len, off_t at)
{
	return refused(&pread_says) ? -1 : __real_pread(fd, p, len, at);
}

int
__wrap_fsync(int fd)
{
	return refused(&fsync_says) ? -1 : __real_fsync(fd);
}

int
__wrap_close(int fd)
{
	int n = __real_close(fd);

	return refused(&close_says) ? -1 : n;
}

int
__wrap_mkdirat(int dir, const char *name, mode_t mode)
{
	return refused(&mkdir_says) ? -1 : __real_mkdirat(dir, name, mode);
}

static char path[64];
static int dir;

static int
begin(void **state)
{
	(void)state;
	strcpy(path, "/tmp/meldluik-files.XXXXXX");
	assert_non_null(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0);
	read_says = pread_says = fsync_says = close_says = mkdir_says = 0;
	return 0;
}

static int
end(void **state)
{
	static const char *const names[] = {"a", "a.tmp", "link", "pipe"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		unlinkat(dir, names[i], 0);
	}
	unlinkat(dir, "folder", AT_REMOVEDIR);
	close(dir);
	rmdir(path);
	return 0;
}

static bool
holds(const char *name, const char *bytes)
{
	struct buf b = buf_new(4096);
	bool same = file_read(dir, name, &b) == OK &&
	    b.len == strlen(bytes) && memcmp(b.p, bytes, b.len) == 0;

	buf_free(&b);
	return same;
}

static void
what_is_read(void **state)
{
	struct buf b = buf_new(100), small = buf_new(2);
	char name[80];

	(void)state;
	is(file_read(dir, "a", &b), ERR_UNKNOWN);
	ok(file_write(dir, "a", "abc", 3, 0600));
	ok(file_read(dir, "a", &b));
	assert_int_equal(b.len, 3);
	is(file_read(dir, "a", &small), ERR_LIMIT);
	ok(symlinkat("a", dir, "link"));
	assert_int_not_equal(file_read(dir, "link", &b), OK);
	ok(mkfifoat(dir, "pipe", 0600));
	is(file_read(dir, "pipe", &b), ERR_POLICY); /* and never waits */
	ok(mkdirat(dir, "folder", 0700));
	is(file_read(dir, "folder", &b), ERR_POLICY);
	assert_int_equal(b.len, 3);
	buf_clear(&b);
	read_says = EINTR;
	ok(file_read(dir, "a", &b));
	assert_int_equal(b.len, 3);
	read_says = EIO;
	is(file_read(dir, "a", &b), ERR_IO);
	read_says = 0;
	buf_clear(&b);
	snprintf(name, sizeof(name), "%s/link", path); /* one's own business */
	ok(file_read_path(name, &b));
	assert_int_equal(b.len, 3);
	snprintf(name, sizeof(name), "%s/none", path);
	is(file_read_path(name, &b), ERR_UNKNOWN);
	buf_free(&b);
	buf_free(&small);
}

static void
standard_input(void **state)
{
	struct buf b = buf_new(100);
	int kept = dup(STDIN_FILENO), ends[2];

	(void)state;
	ok(pipe(ends));
	assert_int_equal(write(ends[1], "typed", 5), 5);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	ok(file_read_path("-", &b));
	dup2(kept, STDIN_FILENO);
	close(kept);
	close(ends[0]);
	assert_int_equal(b.len, 5);
	buf_free(&b);
}

static void
at_a_place(void **state)
{
	uint8_t got[4] = {0}, hash[HASH_LEN], want[HASH_LEN];
	uint64_t size = 0;
	int fd;

	(void)state;
	ok(file_write(dir, "a", "abcdef", 6, 0600));
	fd = openat(dir, "a", O_RDONLY);
	ok(fd_read_at(fd, 2, got, 4));
	assert_memory_equal(got, "cdef", 4);
	is(fd_read_at(fd, 3, got, 4), ERR_FORMAT);
	pread_says = EINTR;
	ok(fd_read_at(fd, 0, got, 4));
	assert_memory_equal(got, "abcd", 4);
	hash_bytes("abcdef", 6, want);
	pread_says = EINTR;
	ok(fd_hash(fd, &size, hash));
	assert_int_equal(size, 6);
	assert_memory_equal(hash, want, HASH_LEN);
	pread_says = EIO;
	is(fd_read_at(fd, 0, got, 4), ERR_IO);
	size = 9;
	is(fd_hash(fd, &size, hash), ERR_IO);
	assert_int_equal(size, 9);
	pread_says = 0;
	close(fd);
}

/* The old file stays, and nothing beside it */
static void
not_written(enum err want)
{
	is(file_write(dir, "a", "new", 3, 0600), want);
	fsync_says = close_says = 0;
	assert_true(holds("a", "old"));
	assert_int_not_equal(faccessat(dir, "a.tmp", F_OK, 0), 0);
}

static void
whole_or_not(void **state)
{
	char name[170];
	struct stat st;

	(void)state;
	ok(file_write(dir, "a", "old", 3, 0640));
	assert_true(fstatat(dir, "a", &st, 0) == 0);
	assert_int_equal(st.st_mode & 0737, 0600);
	fsync_says = EIO;
	not_written(ERR_IO);
	fsync_says = ENOSPC;
	not_written(ERR_FULL);
	fsync_says = EDQUOT;
	not_written(ERR_FULL);
	fsync_says = EFBIG;
	not_written(ERR_FULL);
	close_says = ENOSPC; /* some say it only then */
	not_written(ERR_FULL);
	ok(symlinkat("a", dir, "a.tmp")); /* written through by no stick */
	ok(file_write(dir, "a", "new", 3, 0600));
	assert_true(holds("a", "new"));
	ok(mkdirat(dir, "folder", 0700));
	assert_int_not_equal(file_write(dir, "folder", "x", 1, 0600), OK);
	assert_int_not_equal(faccessat(dir, "folder.tmp", F_OK, 0), 0);
	memset(name, 'a', sizeof(name));
	name[156] = '\0';
	is(file_write(dir, name, "x", 1, 0600), ERR_USAGE);
	is(file_write(-1, "a", "x", 1, 0600), ERR_IO);
}

static void
folders(void **state)
{
	char name[5000];
	int fd = -1;

	(void)state;
	is(folder_open(dir, "folder", false, &fd), ERR_UNKNOWN);
	assert_int_equal(fd, -1);
	mkdir_says = EROFS;
	is(folder_open(dir, "folder", true, &fd), ERR_IO);
	mkdir_says = 0;
	ok(folder_open(dir, "folder", true, &fd));
	close(fd);
	ok(folder_open(dir, "folder", true, &fd)); /* it is there */
	ok(folder_sync(fd));
	fsync_says = EINVAL; /* as FAT has it */
	ok(folder_sync(fd));
	fsync_says = EIO;
	is(folder_sync(fd), ERR_IO);
	fsync_says = 0;
	close(fd);
	ok(symlinkat("folder", dir, "link"));
	assert_int_not_equal(folder_open(dir, "link", false, &fd), OK);
	snprintf(name, sizeof(name), "%s/link", path);
	ok(folder_open(AT_FDCWD, name, false, &fd)); /* as it was typed */
	close(fd);
	snprintf(name, sizeof(name), "%s/a", path);
	ok(file_write_path(name, "x", 1, 0600));
	assert_true(holds("a", "x"));
	is(file_write_path("/none/a", "x", 1, 0600), ERR_UNKNOWN);
	memset(name, '/', sizeof(name));
	strcpy(name + 4096, "a");
	is(file_write_path(name, "x", 1, 0600), ERR_USAGE);
	ok(fchdir(dir));
	ok(file_write_path("a", "here", 4, 0600));
	ok(chdir("/"));
	assert_true(holds("a", "here"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_read),
		CASE(standard_input),
		CASE(at_a_place),
		CASE(whole_or_not),
		CASE(folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
