/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Scrubbed copies, by this process and by the page's helper: what is hidden
 * in the picture is named and not in the copy, the original stays, nothing
 * is left behind; the helper takes no name that leads out of the folder. What
 * mat2 does not take away (vectors/scrub, made by vectors/make-scrub.py) makes
 * no copy.
 */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

#define VECTORS TESTS_DIR "/vectors/scrub"

/* Whether the script finds nothing in the file of folder ${where} */
static bool
clean(const char *where, const char *name)
{
	int status = 0, null;
	pid_t pid = fork();

	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		if (chdir(where) == 0 && dup2(null, 2) == 2) {
			execl(SCRUB_PYTHON, SCRUB_PYTHON, "-I", "-c",
			    scrub_left, name, strrchr(name, '.') + 1, NULL);
		}
		_exit(126);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status) == 0;
}

static void
what_is_left_is_found(void **state)
{
	struct dirent *one;
	unsigned tried = 0;
	DIR *all = opendir(VECTORS);

	(void)state;
	assert_non_null(all);
	if (access(SCRUB_PYTHON, X_OK) != 0) {
		closedir(all);
		skip();
	}
	while ((one = readdir(all)) != NULL) {
		if (one->d_name[0] == '.') {
			continue;
		}
		tried++;
		if (clean(VECTORS, one->d_name) !=
		    (strncmp(one->d_name, "clean-", 6) == 0)) {
			fail_msg("%s", one->d_name);
		}
	}
	closedir(all);
	assert_true(tried >= 48);
}

/* mat2 passes all of these with what they say; a path and a printer can be
 * taken out */
static void
no_copy_that_says_who(void **state)
{
	static const struct {
		const char *name, *ending;
		enum scrub_result want;
	} one[] = {
		{"clean-word.docx", "docx", SCRUB_DONE},
		{"clean-sheet.xlsx", "xlsx", SCRUB_DONE},
		{"clean-writer.odt", "odt", SCRUB_DONE},
		{"left-form-changed.docx", "docx", SCRUB_FAILED},
		{"left-where-it-lay.xlsx", "xlsx", SCRUB_DONE},
		{"left-in-a-choice.xlsx", "xlsx", SCRUB_DONE},
		{"left-in-a-full-choice.xlsx", "xlsx", SCRUB_DONE},
		{"left-lay-and-locked.xlsx", "xlsx", SCRUB_FAILED},
		{"left-printer.odt", "odt", SCRUB_DONE},
		{"left-printer-set.odt", "odt", SCRUB_DONE},
		{"left-printer-and-note.odt", "odt", SCRUB_FAILED},
		{"left-entities.docx", "docx", SCRUB_FAILED},
		{"left-note.odt", "odt", SCRUB_FAILED},
		{"left-tag.mp3", "mp3", SCRUB_DONE}, /* it takes this away */
		{"left-ape.mp3", "mp3", SCRUB_FAILED},
		{"left-behind-the-end.gif", "gif", SCRUB_FAILED},
	};

	(void)state;
	if (!scrub_available()) {
		skip();
	}
	for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
		struct buf b = buf_new(1u << 20),
		    report = buf_new(SCRUB_REPORT_MAX);
		uint8_t hash[HASH_LEN];
		char path[sizeof VECTORS + 40], made[24];
		snprintf(path, sizeof path, VECTORS "/%s", one[i].name);
		assert_int_equal(file_read_path(path, &b), OK);
		assert_int_equal(file_create(dir, "x", b.p, b.len), OK);
		snprintf(made, sizeof made, "x.clean.%s", one[i].ending);
		if (scrub_here(dir, "x", made, one[i].ending, &report,
		    hash) != one[i].want || (one[i].want == SCRUB_DONE &&
		    !clean(folder, made))) {
			fail_msg("%s", one[i].name);
		}
		assert_int_equal(unlinkat(dir, "x", 0), 0);
		assert_int_equal(unlinkat(dir, made, 0),
		    one[i].want == SCRUB_DONE ? 0 : -1);
		buf_free(&b);
		buf_free(&report);
	}
}

static const char *gone; /* a program that is not there */
static int calls_left = -1; /* until a call of the tool's child fails */
static bool killed; /* so does the tool end */
int __real_access(const char *path, int mode);
int __wrap_access(const char *path, int mode);
int __real_dup2(int from, int to);
int __wrap_dup2(int from, int to);
int __real_setrlimit(int what, const struct rlimit *l);
int __wrap_setrlimit(int what, const struct rlimit *l);
pid_t __real_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);

int
__wrap_access(const char *path, int mode)
{
	return gone != NULL && strcmp(path, gone) == 0 ? -1 :
	    __real_access(path, mode);
}

int
__wrap_dup2(int from, int to)
{
	return calls_left >= 0 && calls_left-- == 0 ? -1 :
	    __real_dup2(from, to);
}

int
__wrap_setrlimit(int what, const struct rlimit *l)
{
	return calls_left >= 0 && calls_left-- == 0 ? -1 :
	    __real_setrlimit(what, l);
}

pid_t
__wrap_waitpid(pid_t pid, int *status, int options)
{
	pid_t got = __real_waitpid(pid, status, options);

	if (killed) {
		*status = SIGKILL;
	}
	return got;
}

static enum scrub_result
again(void)
{
	struct buf report = buf_new(SCRUB_REPORT_MAX);
	uint8_t hash[HASH_LEN];
	enum scrub_result r = scrub_here(dir, "a.jpg", "c.jpg", "jpg",
	    &report, hash);

	assert_int_equal(unlinkat(dir, "c.jpg", 0), r == SCRUB_DONE ? 0 : -1);
	buf_free(&report);
	return r;
}

static void
without_its_programs(void **state)
{
	(void)state;
	if (!scrub_available()) {
		skip();
	}
	gone = "/usr/bin/mat2";
	assert_int_equal(again(), SCRUB_NO_TOOL);
	gone = "/usr/bin/bwrap";
	assert_int_equal(again(), SCRUB_NO_TOOL);
	gone = NULL;
}

/* Three ends of the tool and four limits: it starts with all or not at all */
static void
each_limit_or_nothing(void **state)
{
	(void)state;
	if (!scrub_available()) {
		skip();
	}
	for (int n = 0; n < 7; n++) {
		calls_left = n;
		assert_int_equal(again(), SCRUB_FAILED);
	}
	calls_left = 7;
	assert_int_equal(again(), SCRUB_DONE);
	calls_left = -1;
}

/* Out of time, or of memory */
static void
killed_is_not_done(void **state)
{
	(void)state;
	if (!scrub_available()) {
		skip();
	}
	killed = true;
	assert_int_equal(again(), SCRUB_FAILED);
	killed = false;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(here),
		cmocka_unit_test(helper),
		cmocka_unit_test(what_is_left_is_found),
		cmocka_unit_test(no_copy_that_says_who),
		cmocka_unit_test(without_its_programs),
		cmocka_unit_test(each_limit_or_nothing),
		cmocka_unit_test(killed_is_not_done),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
