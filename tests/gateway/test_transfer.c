/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Where a request of courier and reporter may go and what it says there, with
 * libcurl as it is.
 */
#include <curl/curl.h>

#include "one_gateway.h"

#define PROXY "socks5h://127.0.0.1:9050"
#define ONION "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad"

static bool no_library, no_handle, no_address;
static int no_part = -1; /* of an address: for want of memory */
static unsigned lines_left = 100; /* a header line more fails */

CURLcode __real_curl_global_init(long flags);
CURLcode __wrap_curl_global_init(long flags);
CURL *__real_curl_easy_init(void);
CURL *__wrap_curl_easy_init(void);
CURLU *__real_curl_url(void);
CURLU *__wrap_curl_url(void);
CURLUcode __real_curl_url_get(const CURLU *u, CURLUPart what, char **part,
    unsigned flags);
CURLUcode __wrap_curl_url_get(const CURLU *u, CURLUPart what, char **part,
    unsigned flags);
struct curl_slist *__real_curl_slist_append(struct curl_slist *l,
    const char *line);
struct curl_slist *__wrap_curl_slist_append(struct curl_slist *l,
    const char *line);

CURLcode __wrap_curl_global_init(long flags)
{
	return no_library ? CURLE_FAILED_INIT : __real_curl_global_init(flags);
}

CURL *__wrap_curl_easy_init(void)
{
	return no_handle ? NULL : __real_curl_easy_init();
}

CURLU *__wrap_curl_url(void)
{
	return no_address ? NULL : __real_curl_url();
}

CURLUcode __wrap_curl_url_get(const CURLU *u, CURLUPart what, char **part,
    unsigned flags)
{
	return (int)what == no_part ? CURLUE_OUT_OF_MEMORY :
	    __real_curl_url_get(u, what, part, flags);
}

struct curl_slist *__wrap_curl_slist_append(struct curl_slist *l,
    const char *line)
{
	return lines_left-- == 0 ? NULL : __real_curl_slist_append(l, line);
}

static struct transfer *opened(const char *token)
{
	struct transfer_options o = { .base = gateway.base, .token = token };
	struct transfer *t;

	ok(transfer_new(&o, &t));
	return t;
}

/* One request that the gateway answers; "" in asked: none came there */
static enum err once(struct transfer *t, const struct request *q,
    const char *answer, struct answer *a)
{
	enum err e;

	gateway_begin(answer);
	e = transfer_once(t, q, a);
	transfer_renew(t); /* closes the connection */
	gateway_end();
	return e;
}

static enum err tried(const char *base, const char *proxy,
    const char *token)
{
	struct transfer_options o = { base, proxy, NULL, token, 0, 0, NULL,
		NULL };
	struct transfer *t = NULL;
	enum err e = transfer_new(&o, &t);

	assert_int_equal(t != NULL, e == OK);
	transfer_free(t);
	return e;
}

/* Encrypted to anywhere, plain to an onion address or this machine */
static void where_it_may_go(void **state)
{
	(void)state;
	ok(tried("https://meld.example", NULL, NULL));
	ok(tried("HTTPS://Meld.example:8443/", NULL, NULL));
	is(tried("http://meld.example", NULL, NULL), ERR_POLICY);
	is(tried("http://meld.example", PROXY, NULL), ERR_POLICY);
	is(tried("ftp://127.0.0.1", NULL, NULL), ERR_POLICY);
	ok(tried("http://127.0.0.1:8080", NULL, NULL));
	ok(tried("http://[::1]:8080/", NULL, NULL));
	ok(tried("http://LocalHost", NULL, NULL));
	is(tried("http://localhost.example", NULL, NULL), ERR_POLICY);
	is(tried("http://127.0.0.1.example", NULL, NULL), ERR_POLICY);
	ok(tried("http://" ONION ".onion", PROXY, NULL));
	ok(tried("http://" ONION ".ONION", PROXY, NULL));
	/* no other name, and none that the network would be asked for */
	is(tried("http://onion.example", PROXY, NULL), ERR_POLICY);
	is(tried("http://" ONION ".onion.example", PROXY, NULL), ERR_POLICY);
	is(tried("http://example", PROXY, NULL), ERR_POLICY);
	is(tried("http://.onion", PROXY, NULL), ERR_POLICY);
	is(tried("http://" ONION ".onion", NULL, NULL), ERR_POLICY);
	is(tried("https://" ONION ".onion", NULL, NULL), ERR_POLICY);
}

static void addresses_that_are_none(void **state)
{
	static const char *const bad[] = { "", "meld.example", "https://",
		"https://meld.example/nl", "https://meld.example/?a=b",
		"https://meld.example/#a", "https://who@meld.example",
		"https://who:word@meld.example", "https://:word@meld.example",
		"http://[fe80::1%25eth0]", "file:///", "https://a b" };
	char large[320] = "https://";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		is(tried(bad[i], PROXY, NULL), ERR_USAGE);
	}
	memset(large + 8, 'a', sizeof(large) - 9);
	is(tried(large, NULL, NULL), ERR_USAGE);
	large[300] = '\0';
	is(tried(large, NULL, NULL), ERR_USAGE);
	for (int part = CURLUPART_URL; part <= CURLUPART_PATH; part++) {
		no_part = part;
		is(tried("https://meld.example", NULL, NULL),
		    part == CURLUPART_SCHEME || part == CURLUPART_HOST ||
		    part == CURLUPART_PATH ? ERR_USAGE : OK);
	}
	no_part = -1;
	no_address = true;
	is(tried("https://meld.example", NULL, NULL), ERR_MEMORY);
	no_address = false;
	no_library = true;
	is(tried("https://meld.example", NULL, NULL), ERR_MEMORY);
	no_library = false;
	transfer_free(NULL);
}

/* libcurl names neither part when it is empty, and every path that follows
 * the address would have been in it */
static void an_empty_query_or_fragment(void **state)
{
	(void)state;
	is(tried("https://meld.example/?", NULL, NULL), ERR_USAGE);
	is(tried("https://meld.example/#", NULL, NULL), ERR_USAGE);
	is(tried("https://meld.example?", NULL, NULL), ERR_USAGE);
}

/* The resolver of this machine would have been asked for it */
static void an_onion_name_with_the_dot_of_the_root(void **state)
{
	(void)state;
	is(tried("https://" ONION ".onion.", NULL, NULL), ERR_POLICY);
	is(tried("https://" ONION ".onion..", NULL, NULL), ERR_POLICY);
	is(tried("https://" ONION ".%6fnion", NULL, NULL), ERR_POLICY);
	ok(tried("http://" ONION ".onion.", PROXY, NULL));
	is(tried("http://...", PROXY, NULL), ERR_POLICY);
}

/* One that resolves the name itself; its user names are ours */
static void proxies(void **state)
{
	(void)state;
	ok(tried("https://meld.example", PROXY, NULL));
	is(tried("https://meld.example", "socks5://127.0.0.1:9050", NULL),
	    ERR_POLICY);
	is(tried("https://meld.example", "http://127.0.0.1:9050", NULL),
	    ERR_POLICY);
	is(tried("https://meld.example", "socks5h://who@127.0.0.1:9050",
	    NULL), ERR_POLICY);
	is(tried("https://meld.example", "", NULL), ERR_POLICY);
}

static void tokens(void **state)
{
	char large[TRANSFER_TOKEN_MAX + 2];

	(void)state;
	ok(tried("https://meld.example", NULL, "abcXYZ_-019"));
	is(tried("https://meld.example", NULL, ""), ERR_USAGE);
	is(tried("https://meld.example", NULL, "a b"), ERR_USAGE);
	is(tried("https://meld.example", NULL, "a\r\nX-A: b"), ERR_USAGE);
	memset(large, 'a', sizeof(large));
	large[TRANSFER_TOKEN_MAX + 1] = '\0';
	is(tried("https://meld.example", NULL, large), ERR_USAGE);
	large[TRANSFER_TOKEN_MAX] = '\0';
	ok(tried("https://meld.example", NULL, large));
}

/* Nothing of who asks, nothing of the environment, no way elsewhere */
static void what_a_request_says(void **state)
{
	static const char *const headers[] = { "X-One: 1", NULL };
	struct request get = { "GET", "/v1/../a", headers, NULL, 0, 100 };
	struct request put = { "PUT", "/v1/b", NULL, "bytes", 5, 100 };
	struct transfer *t = opened("secret-word");
	struct answer a;

	(void)state;
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:9", 1), 0);
	assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:9", 1), 0);
	ok(once(t, &get, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"
	    "Set-Cookie: a=b\r\nContent-Length: 2\r\n\r\nno", &a));
	assert_int_equal(a.status, 302);
	assert_int_equal(a.body.len, 2);
	answer_clear(&a);
	assert_ptr_equal(strstr(gateway.asked, "GET /v1/../a HTTP/1.1\r\n"),
	    gateway.asked);
	assert_non_null(strstr(gateway.asked, "\r\nX-One: 1\r\n"));
	assert_non_null(strstr(gateway.asked,
	    "\r\nAuthorization: Bearer secret-word\r\n"));
	assert_null(strcasestr(gateway.asked, "user-agent"));
	assert_null(strcasestr(gateway.asked, "accept-encoding"));
	assert_null(strcasestr(gateway.asked, "content-type"));
	ok(once(t, &put, "HTTP/1.1 204 No Content\r\n\r\n", &a));
	answer_clear(&a);
	assert_ptr_equal(strstr(gateway.asked, "PUT /v1/b HTTP/1.1\r\n"),
	    gateway.asked);
	assert_non_null(strstr(gateway.asked,
	    "\r\nContent-Type: application/octet-stream\r\n"));
	assert_null(strcasestr(gateway.asked, "expect"));
	assert_null(strcasestr(gateway.asked, "cookie"));
	put.len = 0;
	ok(once(t, &put, "HTTP/1.1 204 No Content\r\n\r\n", &a));
	answer_clear(&a);
	assert_null(strcasestr(gateway.asked, "content-type"));
	assert_non_null(strstr(gateway.asked, "\r\nContent-Length: 0\r\n"));
	transfer_free(t);
}

/* Half a request is none: no line of it may be lost for want of memory */
static void requests_that_are_not_made(void **state)
{
	static const char *const headers[] = { "X-One: 1", NULL };
	static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";
	char path[500];
	struct request q = { "PUT", path, headers, "bytes", 5, 100 };
	struct transfer *t = opened("word");
	struct answer a;

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	is(once(t, &q, answer, &a), ERR_USAGE);
	answer_clear(&a);
	assert_string_equal(gateway.asked, "");
	path[TRANSFER_PATH_MAX] = '\0';
	for (unsigned n = 0; n < 4; n++) { /* X-One, the token, two of PUT */
		lines_left = n;
		is(once(t, &q, answer, &a), ERR_MEMORY);
		answer_clear(&a);
		assert_string_equal(gateway.asked, "");
	}
	lines_left = 100;
	no_handle = true;
	is(once(t, &q, answer, &a), ERR_MEMORY);
	answer_clear(&a);
	no_handle = false;
	ok(once(t, &q, answer, &a));
	answer_clear(&a);
	transfer_free(t);
}

static const struct range {
	const char *said;
	bool right;
} ranges[] = {
	{ "bytes 2-4/10", true }, { "bytes 2-4/5", true },
	{ "bytes 2-5/10", false }, { "bytes 2-3/10", false },
	{ "bytes 8-10/10", false }, { "bytes 4-2/10", false },
	{ "bytes -2/10", false }, { "bytes 0-/10", false },
	{ "bytes 0-2/", false }, { "bytes 0-2/*", false },
	{ "bytes 0-2/10 ", true }, /* white space is none of the value */
	{ "bytes 0-2/10x", false }, { "bytes 0+2/10", false },
	{ "bytes 0-2-10", false },
	{ "bytes 999999999999999999-1/10", false },
	{ "bits 0-2/10", false },
	{ "bytes 18446744073709551616-18446744073709551618/99", false },
};

static void ranges_of_an_answer(void **state)
{
	struct request q = { "GET", "/v1/a", NULL, NULL, 0, 100 };
	struct transfer *t = opened(NULL);
	struct answer a;
	char said[300];

	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		snprintf(said, sizeof(said), "HTTP/1.1 206 Partial\r\n"
		    "Content-Range: %s\r\nContent-Length: 3\r\n\r\nabc",
		    ranges[i].said);
		ok(once(t, &q, said, &a));
		assert_int_equal(a.ranged, ranges[i].right);
		answer_clear(&a);
	}
	transfer_free(t);
}

static void answers(void **state)
{
	struct request q = { "GET", "/v1/a", NULL, NULL, 0, 3 };
	struct transfer *t = opened(NULL);
	struct answer a;

	(void)state;
	assert_null(transfer_header(t, "X-One"));
	gateway_begin("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nX-One: 1\r\n"
	    "X-Two: 1\r\nX-Two: 2\r\nContent-Length: 3\r\n\r\nabc");
	ok(transfer_once(t, &q, &a));
	assert_int_equal(a.status, 503);
	assert_int_equal(a.retry_after, 7);
	assert_int_equal(a.body.len, 3);
	assert_string_equal(transfer_header(t, "x-one"), "1");
	assert_string_equal(transfer_header(t, "X-Two"), "");
	assert_null(transfer_header(t, "X-Three"));
	transfer_renew(t);
	assert_null(transfer_header(t, "X-One"));
	gateway_end();
	answer_clear(&a);
	ok(once(t, &q, "HTTP/1.1 503 Busy\r\nRetry-After: 7000\r\n\r\n", &a));
	assert_int_equal(a.retry_after, TRANSFER_WAIT_MAX);
	answer_clear(&a);
	ok(once(t, &q, "HTTP/1.1 503 Busy\r\nRetry-After: 7x\r\n\r\n", &a));
	assert_int_equal(a.retry_after, 0);
	answer_clear(&a);
	/* longer than allowed; not what it says; no HTTP at all */
	is(once(t, &q, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd",
	    &a), ERR_LIMIT);
	answer_clear(&a);
	is(once(t, &q, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", &a),
	    ERR_IO);
	answer_clear(&a);
	is(once(t, &q, "abc", &a), ERR_IO);
	assert_string_not_equal(transfer_trouble(t), "");
	answer_clear(&a);
	transfer_free(t);
}

/* A minute's answer, a byte at a time; in time it is none */
static void who_drips(void **state)
{
	struct transfer_options o = { .base = gateway.base, .stall = 1 };
	struct request q = { "GET", "/v1/a", NULL, NULL, 0, 3000 };
	char text[4096] = "HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n";
	struct transfer *t;
	struct answer a;

	(void)state;
	memset(text + strlen(text), 'a', 3000);
	ok(transfer_new(&o, &t));
	gateway.drips = 3000;
	gateway_begin(text);
	is(transfer_once(t, &q, &a), ERR_IO);
	assert_in_range(a.body.len, 1, 2000);
	assert_non_null(strstr(transfer_trouble(t), "imeout"));
	answer_clear(&a);
	transfer_renew(t);
	gateway_end();
	gateway.drips = 0;
	transfer_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, gateway_up, gateway_down)
		T(where_it_may_go),
		T(addresses_that_are_none),
		T(an_empty_query_or_fragment),
		T(an_onion_name_with_the_dot_of_the_root),
		T(proxies),
		T(tokens),
		T(what_a_request_says),
		T(requests_that_are_not_made),
		T(ranges_of_an_answer),
		T(answers),
		T(who_drips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
