/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What surrounds the tools that read a hostile attachment: a program of the
 * test takes the place of scrub_left.py, looks around, and writes what it can
 * reach into the copy. The same program outside sees all of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decryptor/files.h"
#include "decryptor/scrub.h"
#include "meldluik/secret.h"

/* In the place of the one that the library would bring */
const char scrub_left[] =
    "import os, socket, sys\n"
    "seen = []\n"
    "if [n for _, n in socket.if_nameindex() if n != 'lo']:\n"
    "    seen.append('network')\n"
    "seen += [f for f in ('/etc/passwd', '/home', '/root', '/sys', '/run',\n"
    "                     sys.argv[2]) if os.path.exists(f)]\n"
    "if len([p for p in os.listdir('/proc') if p.isdigit()]) > 4:\n"
    "    seen.append('processes')\n"
    "if set(os.environ) - {'PATH', 'LC_ALL', 'HOME', 'PWD'}:\n"
    "    seen.append('environment')\n"
    "try:\n"
    "    open('/usr/meldluik-must-not-be', 'w').close()\n"
    "    os.unlink('/usr/meldluik-must-not-be')\n"
    "    seen.append('write')\n"
    "except OSError:\n"
    "    pass\n"
    "for n in os.listdir('/proc/self/fd'):\n"
    "    try:\n"
    "        if os.readlink('/proc/self/fd/' + n).endswith('secret'):\n"
    "            seen.append('descriptor')\n"
    "    except OSError:\n"
    "        pass\n"
    "open(sys.argv[1], 'w').write('seen: ' + ' '.join(seen))\n";

static char folder[] = "/tmp/scrub_box.XXXXXX";
static int dir = -1;

static int
setup(void **state)
{
	struct buf b = buf_new(1u << 20);

	(void)state;
	if (secret_setup() != OK || mkdtemp(folder) == NULL) {
		return -1;
	}
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file_read_path(TESTS_DIR "/data/factuur.jpg", &b) == OK) {
		file_create(dir, "a.jpg", b.p, b.len);
	}
	buf_free(&b);
	return setenv("MELDLUIK_OUTSIDE", "1", 1);
}

static int
teardown(void **state)
{
	(void)state;
	unlinkat(dir, "a.jpg", 0);
	unlinkat(dir, "copy", 0);
	unlinkat(dir, "secret", 0);
	close(dir);
	return rmdir(folder);
}

static void
seen(char *out, size_t size)
{
	struct buf b = buf_new(4096);

	assert_int_equal(file_read(dir, "copy", &b), OK);
	snprintf(out, size, "%.*s", (int)b.len, (const char *)b.p);
	buf_free(&b);
	unlinkat(dir, "copy", 0);
}

static void
nothing_around(void **state)
{
	struct buf report = buf_new(SCRUB_REPORT_MAX);
	uint8_t hash[HASH_LEN];
	char path[96], said[4096];
	int secret, status = 0;
	pid_t child;

	(void)state;
	if (!scrub_available() || access(SCRUB_PYTHON, X_OK) != 0) {
		skip();
	}
	secret = openat(dir, "secret", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(secret >= 0);
	snprintf(path, sizeof path, "%s/copy", folder);
	assert_int_equal(scrub_here(dir, "a.jpg", "copy", "jpg", &report,
	    hash), SCRUB_DONE);
	seen(said, sizeof said);
	assert_string_equal(said, "seen: ");

	/* the control: outside it sees what there is */
	child = fork();
	if (child == 0) {
		execl(SCRUB_PYTHON, SCRUB_PYTHON, "-I", "-c", scrub_left, path,
		    folder, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	seen(said, sizeof said);
	assert_non_null(strstr(said, "/etc/passwd"));
	assert_non_null(strstr(said, "processes"));
	assert_non_null(strstr(said, "environment"));
	close(secret);
	buf_free(&report);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_around),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
