/* SPDX-License-Identifier: EUPL-1.2 */
/* The key file: numbers, rotation, damage, and a crash before every single
 * step of a rotation. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <sodium.h>

#include "meldluik/secret.h"
#include "store/recordkeys.h"
#include "store_crashpoint.h"
#include "store_kit.h"

#define ok(x) assert_int_equal((x), OK)

struct folder {
	char path[64];
	int dir;
	struct record_keys *k;
};

static int setup(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));

	assert_int_equal(secret_setup(), OK);
	kit_folder(f->path);
	f->dir = open(f->path, O_RDONLY | O_DIRECTORY);
	ok(record_keys_open(f->dir, true, &f->k));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct folder *f = *state;

	record_keys_free(f->k);
	close(f->dir);
	kit_remove(f->path);
	free(f);
	return 0;
}

static void reopen(struct folder *f)
{
	record_keys_free(f->k);
	f->k = NULL;
	ok(record_keys_open(f->dir, false, &f->k));
}

static void file_read_all(struct folder *f, const char *name, uint8_t *p,
    size_t max, size_t *n)
{
	int fd = openat(f->dir, name, O_RDONLY);
	ssize_t r;

	*n = 0;
	if (fd < 0) {
		return;
	}
	while ((r = read(fd, p + *n, max - *n)) > 0) {
		*n += (size_t)r;
	}
	close(fd);
}

static void keys_last_and_differ(void **state)
{
	struct folder *f = *state;
	uint8_t a[32], b[32], st[32];

	assert_int_equal(record_keys_end(f->k), RECORD_KEYS_BLOCK + 1);
	assert_null(record_keys_get(f->k, 0));
	assert_null(record_keys_get(f->k, RECORD_KEYS_BLOCK + 1));
	memcpy(a, record_keys_get(f->k, 1), 32);
	memcpy(b, record_keys_get(f->k, RECORD_KEYS_BLOCK), 32);
	memcpy(st, record_keys_state(f->k), 32);
	assert_memory_not_equal(a, b, 32);
	assert_memory_not_equal(st, record_keys_index(f->k), 32);
	ok(record_keys_extend(f->k));
	reopen(f);
	assert_int_equal(record_keys_end(f->k), 2 * RECORD_KEYS_BLOCK + 1);
	assert_memory_equal(a, record_keys_get(f->k, 1), 32);
	assert_memory_equal(b, record_keys_get(f->k, RECORD_KEYS_BLOCK), 32);
	assert_memory_equal(st, record_keys_state(f->k), 32);
}

static void rotation_destroys_what_is_not_live(void **state)
{
	struct folder *f = *state;
	const uint64_t live[] = { 2, 5, 9 };
	uint8_t five[32], root[4096], page[8192];
	size_t n;

	memcpy(five, record_keys_get(f->k, 5), 32);
	file_read_all(f, "root.bin", page, sizeof(page), &n);
	memcpy(root, page, 40); /* the first root is in the first slot */
	ok(record_keys_rotate(f->k, live, 3, 10));
	for (unsigned i = 0; i < 2; i++) {
		assert_non_null(record_keys_get(f->k, 2));
		assert_non_null(record_keys_get(f->k, 9));
		assert_non_null(record_keys_get(f->k, 10));
		assert_null(record_keys_get(f->k, 1));
		assert_null(record_keys_get(f->k, 8));
		assert_memory_equal(record_keys_get(f->k, 5), five, 32);
		assert_int_equal(record_keys_end(f->k),
		    RECORD_KEYS_BLOCK + 1);
		reopen(f);
	}
	file_read_all(f, "root.bin", page, sizeof(page), &n);
	assert_int_equal(n, 8192);
	assert_null(memmem(page, n, root, 40));
	ok(record_keys_rotate(f->k, NULL, 0, 10));
	assert_null(record_keys_get(f->k, 5));
	ok(record_keys_extend(f->k));
	reopen(f);
	assert_non_null(record_keys_get(f->k, 2 * RECORD_KEYS_BLOCK));
}

/* Every byte of the file is covered by the tag. */
static void damage_is_seen(void **state)
{
	struct folder *f = *state;
	static const char *const name[] = { "keys.bin", "root.bin" };
	struct record_keys *k = NULL;

	for (unsigned i = 0; i < 2; i++) {
		for (off_t at = 0; at < 40; at += 13) {
			int fd = openat(f->dir, name[i], O_RDWR);
			uint8_t b, c;

			assert_int_equal(pread(fd, &b, 1, at), 1);
			c = b ^ 1;
			assert_int_equal(pwrite(fd, &c, 1, at), 1);
			assert_int_equal(record_keys_open(f->dir, false, &k),
			    ERR_CRYPT);
			assert_int_equal(pwrite(fd, &b, 1, at), 1);
			close(fd);
		}
	}
	reopen(f);
}

/* An end in the midst of a rotation leaves all old keys, or all new ones;
 * after the next start one root is on the disk. */
static void crash_before_every_step(void **state)
{
	struct folder *f = *state;
	const uint64_t live[] = { 2 };
	long steps;
	bool old_seen = false, new_seen = false;

	for (steps = 0;; steps++) {
		struct folder g;
		uint8_t page[8192], keep[32], gone[32], old[40];
		bool rotated;
		size_t n;
		int status;
		pid_t pid;

		kit_folder(g.path);
		g.dir = open(g.path, O_RDONLY | O_DIRECTORY);
		ok(record_keys_open(g.dir, true, &g.k));
		memcpy(keep, record_keys_get(g.k, 2), 32);
		memcpy(gone, record_keys_get(g.k, 3), 32);
		file_read_all(&g, "root.bin", page, sizeof(page), &n);
		memcpy(old, page, 40);
		pid = fork();
		if (pid == 0) {
			crash_at = steps;
			_exit(record_keys_rotate(g.k, live, 1, 4) == OK ? 0 :
									  1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), 1);
		reopen(&g);
		assert_memory_equal(record_keys_get(g.k, 2), keep, 32);
		assert_non_null(record_keys_get(g.k, 4));
		rotated = record_keys_get(g.k, 3) == NULL;
		old_seen = old_seen || !rotated;
		new_seen = new_seen || rotated;
		if (!rotated) {
			assert_memory_equal(record_keys_get(g.k, 3), gone, 32);
		}
		file_read_all(&g, "root.bin", page, sizeof(page), &n);
		/* One root: the old one iff nothing was rotated */
		assert_true((memmem(page, n, old, 40) == NULL) == rotated);
		assert_true((memcmp(page, "MLDROOT1", 8) == 0) !=
		    (memcmp(page + 4096, "MLDROOT1", 8) == 0));
		assert_int_not_equal(faccessat(g.dir, "keys.new", F_OK, 0),
		    0);
		/* and it can still rotate */
		ok(record_keys_rotate(g.k, live, 1, 4));
		reopen(&g);
		assert_null(record_keys_get(g.k, 3));
		record_keys_free(g.k);
		close(g.dir);
		kit_remove(g.path);
		if (WEXITSTATUS(status) == 0) {
			break;
		}
		assert_int_equal(WEXITSTATUS(status), CRASH_EXIT);
	}
	assert_true(steps >= 8);
	assert_true(old_seen && new_seen);
	(void)f;
}

/* A disk that fails once: it is said, and what was there before or what was
 * to be is there after the next start, whole */
static void each_call_that_fails(void **state)
{
	const uint64_t live[] = { 2 };
	long last[3] = { 0 };

	(void)state;
	for (unsigned act = 0; act < 3; act++) {
		bool done = false;

		for (long n = 0; !done; n++) {
			struct folder g = { .k = NULL };
			enum err r;

			kit_folder(g.path);
			g.dir = open(g.path, O_RDONLY | O_DIRECTORY);
			fail_at = act == 0 ? n : -1;
			r = record_keys_open(g.dir, true, &g.k);
			if (act == 0 && r != OK) {
				fail_at = -1;
				ok(record_keys_open(g.dir, true, &g.k));
			}
			fail_at = act == 0 ? fail_at : n;
			if (act == 1) {
				r = record_keys_extend(g.k);
			} else if (act == 2) {
				r = record_keys_rotate(g.k, live, 1, 4);
			}
			done = fail_at >= 0; /* there was no such call */
			fail_at = -1;
			assert_int_equal(r == OK, done);
			last[act] = n;
			reopen(&g);
			assert_non_null(record_keys_get(g.k, 2));
			assert_non_null(record_keys_get(g.k, 4));
			ok(record_keys_extend(g.k));
			record_keys_free(g.k);
			close(g.dir);
			kit_remove(g.path);
		}
	}
	assert_true(last[0] >= 6 && last[1] >= 3 && last[2] >= 6);
}

/* A signal is no failure */
static void interrupted_calls(void **state)
{
	struct folder *f = *state;

	fail_with = EINTR;
	record_keys_free(NULL);
	fail_at = 0; /* the first is a write */
	ok(record_keys_extend(f->k));
	assert_int_equal(fail_at, -1);
	fail_with = EIO;
	reopen(f);
	assert_int_equal(record_keys_end(f->k), 2 * RECORD_KEYS_BLOCK + 1);
}

static void files_of_another_size(void **state)
{
	struct folder *f = *state;
	struct record_keys *k = NULL;
	int fd = openat(f->dir, "keys.bin", O_RDWR);
	int root = openat(f->dir, "root.bin", O_RDWR);
	uint8_t all[4096], slots[8192];
	struct stat st;
	size_t n, len;

	/* without a key in it, as after everything was erased */
	ok(record_keys_rotate(f->k, NULL, 0, record_keys_end(f->k)));
	close(fd);
	fd = openat(f->dir, "keys.bin", O_RDWR);
	assert_int_equal(fstat(fd, &st), 0);
	n = (size_t)st.st_size;
	assert_int_equal(n, 8 + 24 + 72 + 16);
	assert_int_equal(pread(fd, all, n, 0), (ssize_t)n);
	for (len = 0; len < n + 80; len++) {
		if (len == n) {
			continue;
		}
		assert_int_equal(ftruncate(fd, (off_t)len), 0);
		assert_int_equal(record_keys_open(f->dir, false, &k),
		    ERR_CRYPT);
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, all, n, 0), (ssize_t)n);
	}
	all[40] ^= 1;
	assert_int_equal(pwrite(fd, all, n, 0), (ssize_t)n);
	assert_int_equal(record_keys_open(f->dir, false, &k), ERR_CRYPT);
	all[40] ^= 1;
	assert_int_equal(pwrite(fd, all, n, 0), (ssize_t)n);
	/* half a root file, the half with the root in it */
	ok(record_keys_rotate(f->k, NULL, 0, record_keys_end(f->k)));
	assert_int_equal(pread(root, slots, 8192, 0), 8192);
	assert_memory_equal(slots, "MLDROOT1", 8);
	assert_int_equal(ftruncate(root, 4096), 0);
	assert_int_equal(record_keys_open(f->dir, false, &k), ERR_CRYPT);
	assert_int_equal(pwrite(root, slots, 8192, 0), 8192);
	reopen(f);
	/* no file at all */
	assert_int_equal(unlinkat(f->dir, "keys.bin", 0), 0);
	assert_int_equal(record_keys_open(f->dir, false, &k), ERR_CRYPT);
	assert_int_equal(ftruncate(root, 0), 0);
	assert_int_equal(record_keys_open(f->dir, false, &k), ERR_CRYPT);
	assert_int_equal(unlinkat(f->dir, "root.bin", 0), 0);
	assert_int_equal(record_keys_open(f->dir, false, &k), ERR_CRYPT);
	close(fd);
	close(root);
}

/* Sealed with the right root and wrong inside: numbers rise and end before
 * the next one that is given */
static void numbers_out_of_order(void **state)
{
	static const struct {
		uint8_t a, b, end;
		enum err want;
	} t[] = {
		{ 1, 2, 3, OK }, { 1, 9, 10, OK }, { 2, 2, 9, ERR_CRYPT },
		{ 2, 1, 9, ERR_CRYPT }, { 0, 1, 9, ERR_CRYPT },
		{ 1, 9, 9, ERR_CRYPT }, { 1, 9, 8, ERR_CRYPT },
	};
	struct folder *f = *state;
	struct record_keys *k = NULL;
	uint8_t plain[72 + 2 * 40] = { 0 }, root[8192];
	uint8_t file[8 + 24 + sizeof(plain) + 16] = "MLDKEYS1";
	size_t n;

	file_read_all(f, "root.bin", root, sizeof(root), &n);
	assert_memory_equal(root, "MLDROOT1", 8);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		int fd = openat(f->dir, "keys.bin", O_WRONLY | O_TRUNC);

		plain[71] = t[i].end;
		plain[72 + 7] = t[i].a;
		plain[72 + 40 + 7] = t[i].b;
		crypto_aead_xchacha20poly1305_ietf_encrypt(file + 32, NULL,
		    plain, sizeof(plain), file, 8, NULL, file + 8, root + 8);
		assert_int_equal(write(fd, file, sizeof(file)),
		    (ssize_t)sizeof(file));
		close(fd);
		assert_int_equal(record_keys_open(f->dir, false, &k),
		    t[i].want);
		if (t[i].want == OK) {
			record_keys_free(k);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(keys_last_and_differ),
		T(rotation_destroys_what_is_not_live),
		T(damage_is_seen),
		T(crash_before_every_step),
		cmocka_unit_test(each_call_that_fails),
		T(interrupted_calls),
		T(files_of_another_size),
		T(numbers_out_of_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
