/* SPDX-License-Identifier: EUPL-1.2 */
/* The configuration of a gateway: each value at its ends, and doors that would
 * be open to nobody or to everybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "process/config.h"

#define HASH "0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"
#define STORE "[store]\npath = /var/lib/x\n"

static enum err
parse(const char *text, struct config *c)
{
	int line = 0;
	enum err e = config_parse(text, c, &line);

	assert_int_equal(e == ERR_FORMAT, line > 0);
	return e;
}

/* One line in its section; a path of the store is always there */
static enum err
one(const char *section, const char *line)
{
	char text[70000];
	struct config c;

	snprintf(text, sizeof(text), STORE "[%s]\n%s\n", section, line);
	return parse(text, &c);
}

static void
values(void **state)
{
	static const struct {
		const char *section, *line;
		enum err want;
	} t[] = {
		{"store", "bulk = 0", OK}, {"store", "bulk = 17592186044416", OK},
		{"store", "bulk = 17592186044417", ERR_FORMAT},
		{"store", "bulk = 16384G", OK},
		{"store", "bulk = 16385G", ERR_FORMAT},
		{"store", "bulk = 1K", OK}, {"store", "bulk = 1M", OK},
		{"store", "bulk = 1T", ERR_FORMAT},
		{"store", "bulk = 1k", ERR_FORMAT},
		{"store", "bulk = 1GB", ERR_FORMAT},
		{"store", "bulk = -1", ERR_FORMAT},
		{"store", "bulk = 0x10", ERR_FORMAT},
		{"store", "bulk = 99999999999999999999999", ERR_FORMAT},
		/* past 64 bits these would be 1, and nothing */
		{"store", "bulk = 18446744073709551617", ERR_FORMAT},
		{"store", "bulk = 17179869184G", ERR_FORMAT},
		{"store", "bulk =", ERR_FORMAT}, {"store", "bulk = G", ERR_FORMAT},
		{"store", "grace = 365", OK}, {"store", "grace = 366", ERR_FORMAT},
		{"store", "grace = 14K", ERR_FORMAT},
		{"store", "grace = many", ERR_FORMAT},
		{"store", "depth = 1", ERR_FORMAT},
		{"cellar", "path = /x", ERR_FORMAT},
		{"store", "path =", ERR_FORMAT},
		{"site", "contact = mailto:a@b", OK},
		{"site", "contact = a\x01" "b", ERR_FORMAT},
		{"site", "contact = a\x7f", ERR_FORMAT},
		{"site", "https = https://melden.example", OK},
		{"site", "https = http://melden.example:8080", OK},
		{"site", "https = ftp://melden.example", ERR_FORMAT},
		{"site", "https = https://", ERR_FORMAT},
		{"site", "https = https://melden.example/x", ERR_FORMAT},
		{"site", "https = https://a b", ERR_FORMAT},
		{"site", "https = https://a\"b", ERR_FORMAT},
		{"site", "onion = http://abc.onion", OK},
		{"courier", "credential_hash = 00", ERR_FORMAT},
		{"courier", "credential_hash = " HASH, ERR_CONFLICT},
		{"listen", "courier = unix:/x", ERR_CONFLICT},
		{"identity", "key = RWxyz", ERR_FORMAT},
		{"listen", "public =", ERR_FORMAT},
		{"listen", "public = a b,c, d", OK},
		{"listen", "public = a b c d e", ERR_FORMAT},
		{"listen", "circuits = unix:/c", ERR_NO_MATCH},
		{"listen", "public = unix:/c\ncircuits = unix:/d",
		    ERR_NO_MATCH},
		{"listen", "public = 127.0.0.1:1\ncircuits = 127.0.0.1:1",
		    ERR_NO_MATCH},
		{"listen", "public = a unix:/c\ncircuits = unix:/c", OK},
		{"listen", "metrics = unix:/m", OK},
		{"listen", "metrics = 127.0.0.1:9", ERR_POLICY},
		{"listen", "metrics = unix:m", ERR_POLICY},
		{"listen", "public = unix:/m\nmetrics = unix:/m", ERR_POLICY},
		{"listen", "courier = unix:/m\nmetrics = unix:/m\n"
		    "[courier]\ncredential_hash = " HASH, ERR_POLICY},
		{"listen", "courier = unix:/c\nmetrics = unix:/m\n"
		    "[courier]\ncredential_hash = " HASH, OK},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		enum err e = one(t[i].section, t[i].line);

		if (e != t[i].want) {
			fail_msg("[%s] %s: %s", t[i].section, t[i].line,
			    err_text(e));
		}
	}
}

static void
the_whole(void **state)
{
	struct config c;

	(void)state;
	assert_int_equal(parse("", &c), ERR_USAGE);
	assert_int_equal(parse("[store]\npath = var/x\n", &c), ERR_USAGE);
	assert_int_equal(parse("[store]\npath /x\n", &c), ERR_FORMAT);
	assert_int_equal(parse(STORE "[listen]\npublic = a unix:/c\n"
	    "circuits = unix:/c\n[limits]\nconnections = 7\n", &c), OK);
	assert_string_equal(c.store_path, "/var/lib/x");
	assert_int_equal(c.listeners, 2);
	assert_int_equal(config_circuits(&c), 1);
	assert_int_equal(c.connections, 7);
	assert_false(c.has_credential || c.has_identity);
}

/* A value or an address that is longer than its room */
static void
too_long(void **state)
{
	char line[600], value[400];

	(void)state;
	memset(value, 'a', sizeof(value));
	for (size_t n = CONFIG_VALUE; n <= CONFIG_VALUE + 100; n++) {
		value[n] = '\0';
		snprintf(line, sizeof(line), "public = %s", value);
		assert_int_equal(one("listen", line), ERR_FORMAT);
		snprintf(line, sizeof(line), "organisation = %s", value);
		assert_int_equal(one("site", line), ERR_FORMAT);
		value[n] = 'a';
	}
}

static enum err
loaded(const char *text, size_t len)
{
	int fd = memfd_create("config", MFD_CLOEXEC);
	struct buf b;
	enum err e;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	e = config_load(fd, &b);
	buf_free(&b);
	close(fd);
	return e;
}

static void
files(void **state)
{
	char *much = malloc(CONFIG_MAX + 1);
	struct buf b;

	(void)state;
	assert_non_null(much);
	memset(much, '\n', CONFIG_MAX + 1);
	assert_int_equal(loaded(much, CONFIG_MAX), OK);
	assert_int_equal(loaded(much, CONFIG_MAX + 1), ERR_LIMIT);
	much[5000] = '\0';
	assert_int_equal(loaded(much, 6000), ERR_FORMAT);
	assert_int_equal(config_load(-1, &b), ERR_IO);
	free(much);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(the_whole),
		cmocka_unit_test(too_long),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
