/* SPDX-License-Identifier: EUPL-1.2 */
/* What a request line and a header may be: each rule of guard.c broken once,
 * and what stands just inside it. Over sockets: http/10-guard.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/guard.h"

static void
paths(void **state)
{
	static const char *const good[] = {
		"/", "/healthz", "/v1/keyset.json", "/a.b/.c/..d", "/.well-known",
		"/a/...", "/~!$&'()*+,;=:@-_",
	};
	static const char *const bad[] = {
		"", "healthz", "*", "http://a/", "/a b", "/a\x7f", "/a\x1f",
		"/\xc3\xab", "/a?b", "/a#b", "/a%62", "/a\\b", "//", "/a//b",
		"/.", "/./a", "/a/.", "/..", "/../a", "/a/../b", "/a/..",
	};
	char longest[GUARD_URI_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (!guard_uri(good[i])) {
			fail_msg("refused: %s", good[i]);
		}
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (guard_uri(bad[i])) {
			fail_msg("taken: %s", bad[i]);
		}
	}
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	longest[GUARD_URI_MAX + 1] = '\0';
	assert_false(guard_uri(longest));
	longest[GUARD_URI_MAX] = '\0';
	assert_true(guard_uri(longest));
}

static bool
header(const char *name, size_t name_len, const char *value, size_t len)
{
	struct guard g;

	memset(&g, 0, sizeof(g));
	guard_header(&g, name, name_len, value, len, false);
	return !g.bad;
}

static void
names(void **state)
{
	char name[GUARD_NAME_MAX + 1];

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		bool good = c > 0x20 && c < 0x7f &&
		    strchr("\"(),/:;<=>?@[\\]{}", (int)c) == NULL;

		name[0] = 'X';
		name[1] = (char)c;
		assert_int_equal(header(name, 2, "a", 1), good);
	}
	assert_false(header("", 0, "a", 1));
	memset(name, 'x', sizeof(name));
	assert_true(header(name, GUARD_NAME_MAX, "a", 1));
	assert_false(header(name, GUARD_NAME_MAX + 1, "a", 1));
}

static void
values(void **state)
{
	char value[GUARD_VALUE_MAX + 1];

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		value[0] = 'a';
		value[1] = (char)c;
		assert_int_equal(header("X", 1, value, 2),
		    c == '\t' || (c >= 0x20 && c != 0x7f));
	}
	memset(value, 'a', sizeof(value));
	assert_true(header("X", 1, value, GUARD_VALUE_MAX));
	assert_false(header("X", 1, value, GUARD_VALUE_MAX + 1));
}

/* Lines of a header, folded or not, as a request of ${version} has them */
static bool
request(const char *version, const char *const *lines, bool folded)
{
	struct guard g;

	memset(&g, 0, sizeof(g));
	for (; *lines != NULL; lines += 2) {
		guard_header(&g, lines[0], strlen(lines[0]), lines[1],
		    strlen(lines[1]), folded);
	}
	return guard_end(&g, version);
}

#define HOST "Host", "a"
#define LENGTH(n) "Content-Length", n
#define CHUNKED "Transfer-Encoding", "chunked"

static void
whole_requests(void **state)
{
	static const struct {
		const char *version;
		bool good;
		const char *lines[9];
	} t[] = {
		{"HTTP/1.1", true, {HOST}},
		{"HTTP/1.1", true, {"hOST", "a"}},
		{"HTTP/1.1", false, {"X", "a"}},
		{"HTTP/1.1", false, {"Hos", "a"}},
		{"HTTP/1.1", false, {"Hosts", "a"}},
		{"HTTP/1.1", false, {"Post", "a"}},
		{"HTTP/1.1", false, {HOST, HOST}},
		{"HTTP/1.0", true, {"X", "a"}},
		{"HTTP/1.0", true, {HOST}},
		{"HTTP/1.0", false, {HOST, HOST}},
		{"HTTP/0.9", false, {HOST}},
		{"HTTP/2.0", false, {HOST}},
		{"HTTP/1.1", true, {HOST, LENGTH("0")}},
		{"HTTP/1.1", true, {HOST, LENGTH("18446744073709551614")}},
		{"HTTP/1.1", false, {HOST, LENGTH("18446744073709551615")}},
		{"HTTP/1.1", false, {HOST, LENGTH("3"), LENGTH("3")}},
		{"HTTP/1.1", false, {HOST, LENGTH("03")}},
		{"HTTP/1.1", false, {HOST, LENGTH("+3")}},
		{"HTTP/1.1", false, {HOST, LENGTH("3, 3")}},
		{"HTTP/1.1", false, {HOST, LENGTH("")}},
		{"HTTP/1.1", false, {HOST, LENGTH("000000000000000000000000")}},
		{"HTTP/1.1", true, {HOST, CHUNKED}},
		{"HTTP/1.1", true, {HOST, "transfer-encoding", "Chunked"}},
		{"HTTP/1.1", false, {HOST, CHUNKED, CHUNKED}},
		{"HTTP/1.1", false, {HOST, CHUNKED, LENGTH("3")}},
		{"HTTP/1.1", false, {HOST, "Transfer-Encoding", "xhunked"}},
		{"HTTP/1.1", false, {HOST, "Transfer-Encoding", "chunkedx"}},
		{"HTTP/1.1", false, {HOST, "Transfer-Encoding", "chunke"}},
		{"HTTP/1.0", false, {HOST, CHUNKED}},
		{"HTTP/1.1", false, {HOST, "Trailer", "X"}},
		{"HTTP/1.1", false, {HOST, "Upgrade", "h2c"}},
		{"HTTP/1.1", true, {HOST, "Upgrades", "h2c"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		if (request(t[i].version, t[i].lines, false) != t[i].good) {
			fail_msg("case %zu", i);
		}
		assert_false(request(t[i].version, t[i].lines, true));
	}
}

/* A value of more digits than any number has, in memory of its own */
static void
length_without_end(void **state)
{
	char *digits = malloc(GUARD_VALUE_MAX);
	struct guard g;

	(void)state;
	assert_non_null(digits);
	memset(digits, '1', GUARD_VALUE_MAX);
	memset(&g, 0, sizeof(g));
	guard_header(&g, "Content-Length", 14, digits, GUARD_VALUE_MAX, false);
	assert_true(g.bad);
	free(digits);
}

static void
count_of_headers(void **state)
{
	struct guard g;

	(void)state;
	memset(&g, 0, sizeof(g));
	guard_header(&g, "Host", 4, "a", 1, false);
	for (unsigned i = 1; i < GUARD_HEADERS_MAX; i++) {
		guard_header(&g, "X", 1, "a", 1, false);
	}
	assert_true(guard_end(&g, "HTTP/1.1"));
	guard_header(&g, "X", 1, "a", 1, false);
	assert_false(guard_end(&g, "HTTP/1.1"));
}

static void
decimals(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool good;
	} t[] = {
		{"0", 0, true}, {"1", 0, false}, {"7", 7, true},
		{"8", 7, false}, {"10", 9, false}, {"99", 100, true},
		{"100", 100, true}, {"101", 100, false}, {"110", 100, false},
		{"1000", 100, false}, {"", 9, false}, {"00", 9, false},
		{"01", 9, false}, {"-1", 9, false}, {" 1", 9, false},
		{"1 ", 9, false}, {"1:", 99, false}, {"1/", 99, false},
		{"18446744073709551615", UINT64_MAX, true},
		{"18446744073709551616", UINT64_MAX, false},
		{"184467440737095516150", UINT64_MAX, false},
	};
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		v = 42;
		if (decimal_parse(t[i].text, t[i].max, &v) != t[i].good) {
			fail_msg("%s of at most %llu", t[i].text,
			    (unsigned long long)t[i].max);
		}
		assert_true(v == (t[i].good ? strtoull(t[i].text, NULL, 10) :
		    42));
	}
}

static void
ranges(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t from, to;
	} t[] = {
		{"bytes=0-", true, 0, 99}, {"bytes=0-0", true, 0, 0},
		{"bytes=5-7", true, 5, 7}, {"bytes=99-99", true, 99, 99},
		{"bytes=5-100", true, 5, 99}, {"bytes=5-5000", true, 5, 99},
		{"bytes=100-", false, 0, 0}, {"bytes=7-5", false, 0, 0},
		{"bytes=-5", false, 0, 0}, {"bytes=5", false, 0, 0},
		{"bytes=", false, 0, 0}, {"bytes=a-5", false, 0, 0},
		{"bytes=5-a", false, 0, 0}, {"bytes=0-1,3-4", false, 0, 0},
		{"octets=0-5", false, 0, 0}, {"bytes 0-5", false, 0, 0},
		{"bytes=05-7", false, 0, 0}, {"bytes=5-07", false, 0, 0},
		{"bytes=0000000000000000000000000000001-5", false, 0, 0},
	};
	uint64_t from, to;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		from = to = 0;
		if (range_parse(t[i].text, 100, &from, &to) != t[i].good) {
			fail_msg("%s", t[i].text);
		}
		assert_true(from == t[i].from && to == t[i].to);
	}
	assert_false(range_parse("bytes=0-", 0, &from, &to));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(names),
		cmocka_unit_test(values),
		cmocka_unit_test(whole_requests),
		cmocka_unit_test(length_without_end),
		cmocka_unit_test(count_of_headers),
		cmocka_unit_test(decimals),
		cmocka_unit_test(ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
