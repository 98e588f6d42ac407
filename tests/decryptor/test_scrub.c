/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Scrubbed copies, by this process and by the page's helper: what is hidden
 * in the picture is named and not in the copy, the original stays, nothing
 * is left behind; the helper takes no name that leads out of the folder.
 */
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

#include "decryptor/files.h"
#include "decryptor/scrub.h"
#include "meldluik/secret.h"

static char folder[] = "/tmp/test_scrub.XXXXXX";
static int dir = -1;

static void
picture(struct buf *out)
{
	assert_int_equal(file_read_path(TESTS_DIR "/data/factuur.jpg", out),
	    OK);
}

static int
setup(void **state)
{
	struct buf b = buf_new(1u << 20);

	(void)state;
	if (secret_setup() != OK || mkdtemp(folder) == NULL) {
		return -1;
	}
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	picture(&b);
	file_create(dir, "a.jpg", b.p, b.len);
	file_create(dir, "b.jpg", "\xff\xd8\xff\xe0 no picture", 15);
	buf_free(&b);
	return dir < 0;
}

static int
teardown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		static const char *const name[] = {"a.jpg", "b.jpg",
			"a.clean.jpg"};
		unlinkat(dir, name[i], 0);
	}
	close(dir);
	return rmdir(folder); /* fails when anything is left */
}

static void
scrub_both(enum scrub_result (*scrub)(int, const char *, const char *,
    const char *, struct buf *, uint8_t *))
{
	struct buf report = buf_new(SCRUB_REPORT_MAX),
	    copy = buf_new(1u << 20), was = buf_new(1u << 20),
	    is = buf_new(1u << 20);
	char path[sizeof folder + 32];
	uint8_t hash[HASH_LEN], again[HASH_LEN];

	if (!scrub_available()) {
		skip();
	}
	assert_int_equal(scrub(dir, "a.jpg", "a.clean.jpg", "jpg", &report,
	    hash), SCRUB_DONE);
	assert_non_null(strstr(buf_cstr(&report), "GPSLatitude"));
	snprintf(path, sizeof path, "%s/a.clean.jpg", folder);
	assert_int_equal(file_read_path(path, &copy), OK);
	assert_null(memmem(copy.p, copy.len, "Exif", 4));
	hash_bytes(copy.p, copy.len, again);
	assert_memory_equal(hash, again, HASH_LEN);
	picture(&was);
	snprintf(path, sizeof path, "%s/a.jpg", folder);
	assert_int_equal(file_read_path(path, &is), OK);
	assert_int_equal(was.len, is.len);
	assert_memory_equal(was.p, is.p, is.len);
	assert_int_equal(scrub(dir, "b.jpg", "b.clean.jpg", "jpg", &report,
	    hash), SCRUB_FAILED);
	assert_int_equal(faccessat(dir, "b.clean.jpg", F_OK, 0), -1);
	buf_free(&report);
	buf_free(&copy);
	buf_free(&was);
	buf_free(&is);
}

static void
here(void **state)
{
	(void)state;
	scrub_both(scrub_here);
}

static void
helper(void **state)
{
	struct buf report = buf_new(SCRUB_REPORT_MAX);
	uint8_t hash[HASH_LEN];

	(void)state;
	assert_int_equal(scrub_helper_start(), OK);
	scrub_both(scrub_file);
	/* it ends rather than to follow such a name, and then says no more */
	assert_int_equal(scrub_file(dir, "../etc/a.jpg", "c.jpg", "jpg",
	    &report, hash), SCRUB_FAILED);
	assert_int_equal(scrub_file(dir, "a.jpg", "c.jpg", "jpg", &report,
	    hash), SCRUB_FAILED);
	assert_int_equal(faccessat(dir, "c.jpg", F_OK, 0), -1);
	scrub_helper_end();
	buf_free(&report);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(here),
		cmocka_unit_test(helper),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
