/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments at rest: sizes around the piece, truncation, changed bytes. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "decryptor/attachment.h"
#include "decryptor/files.h"
#include "meldluik/secret.h"

static char path[64];
static int dir = -1;

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(secret_setup(), OK);
	strcpy(path, "/tmp/meldluik-attachment.XXXXXX");
	assert_non_null(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	close(dir);
	folder_remove(AT_FDCWD, path);
	return 0;
}

static void
keep(size_t len, struct content_file *f, uint8_t hash[HASH_LEN])
{
	struct attachment_writer *w = NULL;
	uint8_t *data = calloc(1, len + 1);

	for (size_t i = 0; i < len; i++) {
		data[i] = (uint8_t)(i * 31 + i / 251);
	}
	hash_bytes(data, len, hash);
	assert_int_equal(attachment_begin(dir, &w), OK);
	for (size_t at = 0; at < len; at += 10007) {
		size_t n = len - at < 10007 ? len - at : 10007;
		assert_int_equal(attachment_write(w, data + at, n), OK);
	}
	assert_int_equal(attachment_end(w, f), OK);
	attachment_free(w);
	assert_int_equal(attachment_keep(dir, f), OK);
	free(data);
}

static void
never_written(void **state)
{
	struct content_file f = {.id = {1}};

	(void)state;
	assert_int_equal(attachment_keep(dir, &f), ERR_IO);
}

static enum err
back(const struct content_file *f, uint64_t *size, uint8_t hash[HASH_LEN])
{
	int null = open("/dev/null", O_WRONLY);
	enum err e = attachment_read(dir, f, null, size, hash);

	close(null);
	return e;
}

static void
sizes(void **state)
{
	static const size_t len[] = {0, 1, 65535, 65536, 65537, 131072,
		131073, 500000};

	(void)state;
	for (unsigned i = 0; i < sizeof len / sizeof *len; i++) {
		struct content_file f;
		uint8_t want[HASH_LEN], got[HASH_LEN];
		uint64_t size = 99;
		keep(len[i], &f, want);
		assert_int_equal(back(&f, &size, got), OK);
		assert_int_equal(size, len[i]);
		assert_memory_equal(want, got, HASH_LEN);
	}
}

static void
damage(const struct content_file *f, bool cut)
{
	char name[128], hex[33];
	FILE *h;
	long len;

	hex_encode(f->id, sizeof f->id, hex);
	snprintf(name, sizeof name, "%s/%s.bin", path, hex);
	h = fopen(name, "r+b");
	fseek(h, 0, SEEK_END);
	len = ftell(h);
	if (cut) { /* exactly at the end of a piece */
		assert_int_equal(truncate(name, 24 + 65536 + 17), 0);
	} else {
		fseek(h, len - 1, SEEK_SET);
		int c = fgetc(h);
		fseek(h, len - 1, SEEK_SET);
		fputc(c ^ 1, h);
	}
	fclose(h);
}

static void
cut_at_a_piece(void **state)
{
	struct content_file f;
	uint8_t hash[HASH_LEN];
	uint64_t size;

	(void)state;
	keep(200000, &f, hash);
	damage(&f, true);
	assert_int_equal(back(&f, &size, hash), ERR_CRYPT);
}

static void
changed_byte(void **state)
{
	struct content_file f;
	uint8_t hash[HASH_LEN];
	uint64_t size;

	(void)state;
	keep(200000, &f, hash);
	damage(&f, false);
	assert_int_equal(back(&f, &size, hash), ERR_CRYPT);
}

static void
dropped(void **state)
{
	struct content_file f;
	uint8_t hash[HASH_LEN];
	uint64_t size;

	(void)state;
	keep(10, &f, hash);
	attachment_drop(dir, &f);
	assert_int_equal(back(&f, &size, hash), ERR_UNKNOWN);
}

static unsigned reads_left = ~0u; /* until the disk fails */
static bool sync_fails;
ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);
int __real_fsync(int fd);
int __wrap_fsync(int fd);

ssize_t
__wrap_read(int fd, void *p, size_t n)
{
	if (reads_left == 0) {
		errno = EIO;
		return -1;
	}
	reads_left -= reads_left != ~0u;
	return __real_read(fd, p, n);
}

int
__wrap_fsync(int fd)
{
	if (sync_fails) {
		errno = EIO;
		return -1;
	}
	return __real_fsync(fd);
}

static void
disk_fails_while_reading(void **state)
{
	struct content_file f;
	uint8_t hash[HASH_LEN];
	uint64_t size;

	(void)state;
	keep(200000, &f, hash);
	for (unsigned n = 1; n < 4; n++) {
		reads_left = n; /* the first is of the header */
		assert_int_equal(back(&f, &size, hash), ERR_IO);
	}
	reads_left = ~0u;
	assert_int_equal(back(&f, &size, hash), OK);
}

static void
not_on_the_disk(void **state)
{
	struct attachment_writer *w = NULL;
	struct content_file f;

	(void)state;
	assert_int_equal(attachment_begin(dir, &w), OK);
	assert_int_equal(attachment_write(w, (const uint8_t *)"x", 1), OK);
	sync_fails = true;
	assert_int_equal(attachment_end(w, &f), ERR_IO);
	sync_fails = false;
	attachment_free(w);
}

static void
no_room_to_begin(void **state)
{
	struct attachment_writer *w = NULL;
	struct rlimit old, none;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = old;
	none.rlim_cur = 10; /* half a header */
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(attachment_begin(dir, &w), ERR_FULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_null(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_written),
		cmocka_unit_test(sizes),
		cmocka_unit_test(cut_at_a_piece),
		cmocka_unit_test(changed_byte),
		cmocka_unit_test(dropped),
		cmocka_unit_test(disk_fails_while_reading),
		cmocka_unit_test(not_on_the_disk),
		cmocka_unit_test(no_room_to_begin),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
