/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The courier's configuration: every setting once, each of them wrong once. A
 * mistyped one never means that there is none.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "courier.h"
#include "files.h"

#define ok(x) assert_int_equal((x), OK)
#define is(x, e) assert_int_equal((x), (e))

#define LEAST "[gateway]\nurl = https://a.example\n" \
	"door = https://b.example\ncredential_file = token\ndesk = 1\n"
#define MAIL "[notify]\nserver = smtps://m.example\nfrom = a@b\nto = c@d\n"

static char path[64];
static struct courier_config c;

static enum err
read_of(const char *text)
{
	memset(&c, 0, sizeof(c));
	ok(file_write_path(path, text, strlen(text), 0600));
	return courier_config_read(path, &c);
}

static int
begin(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/meldluik-courier.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void
all_of_it(void **state)
{
	(void)state;
	ok(read_of(LEAST));
	assert_null(c.proxy);
	assert_null(c.mail_server);
	courier_config_clear(&c);
	assert_null(c.url);
	ok(read_of(LEAST "proxy = socks5h://p\nfingerprint = 1 2\n"
	    "gateway_key = key\nca_file = /ca\nstall_seconds = 3600\n"
	    "tries = 100\n" MAIL "user = u\npassword_file = pw\n"
	    "deputy = e@f\nca_file = /other\npatience = 30\n"));
	assert_string_equal(c.url, "https://a.example");
	assert_string_equal(c.door, "https://b.example");
	assert_string_equal(c.credential, "token");
	assert_string_equal(c.proxy, "socks5h://p");
	assert_string_equal(c.fingerprint, "1 2");
	assert_string_equal(c.gateway_key, "key");
	assert_string_equal(c.ca_file, "/ca");
	assert_int_equal(c.desk, 1);
	assert_int_equal(c.stall, 3600);
	assert_int_equal(c.tries, 100);
	assert_string_equal(c.mail_server, "smtps://m.example");
	assert_string_equal(c.mail_user, "u");
	assert_string_equal(c.mail_password, "pw");
	assert_string_equal(c.mail_from, "a@b");
	assert_string_equal(c.mail_to, "c@d");
	assert_string_equal(c.mail_deputy, "e@f");
	assert_string_equal(c.mail_ca, "/other");
	assert_int_equal(c.mail_patience, 30);
	courier_config_clear(&c);
	ok(read_of(LEAST MAIL));
	courier_config_clear(&c);
}

static void
refused(void **state)
{
	static const char *const all[] = {
		"",
		/* each of the four lacks */
		"[gateway]\ndoor = a\ncredential_file = b\ndesk = 1\n",
		"[gateway]\nurl = a\ncredential_file = b\ndesk = 1\n",
		"[gateway]\nurl = a\ndoor = b\ndesk = 1\n",
		"[gateway]\nurl = a\ndoor = b\ncredential_file = c\n",
		/* a word that is none, and one of the other part */
		LEAST "proxi = socks5h://p\n",
		LEAST "server = smtps://a\n",
		LEAST "patience = 3\n",
		LEAST "[notify]\nurl = https://a\n",
		LEAST "[notify]\ndesk = 1\n",
		LEAST "[other]\nproxy = socks5h://p\n",
		"proxy = socks5h://p\n" LEAST,
		LEAST "proxy\n",
		/* twice, or nothing */
		LEAST "proxy = a\nproxy = b\n",
		LEAST "desk = 1\n",
		LEAST "proxy =\n",
		LEAST "tries =\n",
		/* numbers */
		LEAST "tries = 0\n", LEAST "tries = 101\n",
		LEAST "tries = -1\n", LEAST "tries = 1x\n",
		LEAST "tries = 4294967297\n", LEAST "stall_seconds = 3601\n",
		LEAST MAIL "patience = 31\n", LEAST MAIL "patience = 0\n",
		"[gateway]\nurl = a\ndoor = b\ncredential_file = c\n"
		"desk = 64\n",
		/* mail in part */
		LEAST "[notify]\nserver = a\nfrom = b\n",
		LEAST "[notify]\nserver = a\nto = b\n",
		LEAST "[notify]\nfrom = a\nto = b\n",
		LEAST MAIL "user = a\n", LEAST MAIL "password_file = a\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (read_of(all[i]) != ERR_USAGE) {
			fail_msg("taken: %s", all[i]);
		}
		assert_null(c.url);
	}
	unlink(path);
	is(courier_config_read(path, &c), ERR_USAGE);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(all_of_it),
		CASE(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
