/* SPDX-License-Identifier: EUPL-1.2 */
/* What an answer means, and which requests of courier and reporter come again,
 * when and how often. */
#include <time.h>

#include "one_gateway.h"

#define MUCH 33554432u /* more than a connection takes unread */

static time_t slept; /* seconds between two tries, in all */

int __wrap_nanosleep(const struct timespec *t, struct timespec *left);
int __wrap_nanosleep(const struct timespec *t, struct timespec *left)
{
	(void)left;
	slept += t->tv_sec;
	return 0;
}

static unsigned waits;
static enum err waits_for;

static void waiting(void *arg, enum err why, unsigned seconds)
{
	assert_ptr_equal(arg, &waits);
	assert_true(seconds > 0);
	waits++;
	waits_for = why;
}

/* ${first} to all but the last try, if there are ${tries} of them; how often
 * it was asked */
static unsigned asked(unsigned tries, const char *first, const char *last,
    enum err *e, long *status)
{
	struct transfer_options o = { .base = gateway.base, .tries = 3,
		.waiting = waiting, .arg = &waits };
	struct request q = { "GET", "/v1/a", NULL, NULL, 0, 100 };
	struct transfer *t;
	struct answer a;

	ok(transfer_new(&o, &t));
	waits = 0;
	slept = 0;
	gateway_changes(first, tries - 1, last);
	*e = transfer_patient(t, &q, &a);
	*status = a.status;
	answer_clear(&a);
	transfer_free(t);
	gateway_end();
	return gateway.come;
}

#define SAYS(what) "HTTP/1.1 " what "\r\nContent-Length: 0\r\n\r\n"

static void what_comes_again(void **state)
{
	static const char *const again[] = { SAYS("429 A"), SAYS("500 A"),
		SAYS("502 A"), SAYS("503 A"), SAYS("504 A"), "no HTTP" };
	static const char *const not[] = { SAYS("200 A"), SAYS("404 A"),
		SAYS("410 A"), SAYS("501 A"), SAYS("505 A"), SAYS("507 A") };
	long status;
	enum err e;

	(void)state;
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++) {
		assert_int_equal(asked(2, again[i], SAYS("204 A"), &e,
		    &status), 2);
		ok(e);
		assert_int_equal(status, 204);
		assert_int_equal(waits, 1);
		assert_true(slept >= 1);
	}
	is(waits_for, ERR_IO);
	for (size_t i = 0; i < sizeof(not) / sizeof(not[0]); i++) {
		assert_int_equal(asked(2, not[i], SAYS("204 A"), &e, &status),
		    1);
		assert_int_equal(slept, 0);
	}
	/* and not for ever; as late as was asked */
	assert_int_equal(asked(9, SAYS("503 A"), "", &e, &status), 3);
	ok(e);
	assert_int_equal(status, 503);
	is(waits_for, ERR_BUSY);
	assert_int_equal(asked(2, "HTTP/1.1 503 A\r\nRetry-After: 20\r\n"
	    "Content-Length: 0\r\n\r\n", SAYS("204 A"), &e, &status), 2);
	assert_in_range(slept, 20, 31);
}

/* What became of a request that went out whole is known by an answer only */
static void what_is_unsure(void **state)
{
	static const struct {
		const char *first, *last;
		size_t len;
		bool unsure;
	} all[] = { { SAYS("204 A"), "", 3, false },
		{ SAYS("503 A"), SAYS("204 A"), 3, false },
		{ "no HTTP", SAYS("503 A"), 3, true },
		{ "no HTTP", SAYS("204 A"), 0, true },
		{ SAYS("502 A"), SAYS("503 A"), 3, true },
		{ SAYS("504 A"), SAYS("503 A"), 3, true },
		{ "no HTTP", SAYS("503 A"), MUCH, false } };
	uint8_t *much = calloc(1, MUCH);

	(void)state;
	assert_non_null(much);
	for (size_t i = 0; i <= sizeof(all) / sizeof(all[0]); i++) {
		bool nobody = i == sizeof(all) / sizeof(all[0]);
		struct transfer_options o = { .tries = 2, .base = nobody ?
			"http://127.0.0.1:1" : gateway.base };
		struct request q = { "PUT", "/v1/a", NULL, much,
			nobody ? 0 : all[i].len, 100 };
		struct transfer *t;
		struct answer a;

		ok(transfer_new(&o, &t));
		gateway.body = q.len == MUCH ? 0 : q.len;
		gateway_changes(nobody ? "" : all[i].first, 1,
		    nobody ? "" : all[i].last);
		(void)transfer_patient(t, &q, &a);
		if (a.unsure != (nobody ? false : all[i].unsure)) {
			fail_msg("case %zu", i);
		}
		answer_clear(&a);
		transfer_free(t);
		gateway_end();
		gateway.body = 0;
	}
	free(much);
}

static enum err got(const char *answer, struct buf *out)
{
	struct transfer_options o = { .base = gateway.base, .tries = 1 };
	struct transfer *t;
	enum err e;

	ok(transfer_new(&o, &t));
	gateway_begin(answer);
	e = transfer_get(t, "/v1/a", 100, out);
	transfer_free(t);
	gateway_end();
	return e;
}

static void a_whole_document(void **state)
{
	struct buf out = buf_new(100), small = buf_new(2);

	(void)state;
	ok(got("HTTP/1.1 200 A\r\nContent-Length: 3\r\n\r\nabc", &out));
	assert_int_equal(out.len, 3);
	is(got("HTTP/1.1 200 A\r\nContent-Length: 3\r\n\r\nabc", &small),
	    ERR_LIMIT);
	is(got("HTTP/1.1 206 A\r\nContent-Length: 1\r\n\r\na", &out),
	    ERR_FORMAT);
	is(got(SAYS("404 A"), &out), ERR_UNKNOWN);
	is(got("no HTTP", &out), ERR_IO);
	assert_int_equal(out.len, 3);
	buf_free(&out);
	buf_free(&small);
}

/* Its word, where it has one of ours, else its number */
static void what_an_answer_means(void **state)
{
	static const struct {
		long status;
		const char *body;
		enum err e;
	} all[] = { { 200, "", OK }, { 299, "no", OK }, { 199, "",
		ERR_FORMAT }, { 300, "", ERR_FORMAT }, { 404, "",
		ERR_UNKNOWN }, { 409, "{\"error\":\"chain\"}", ERR_CHAIN },
		{ 409, "{\"error\":\"other\"}", ERR_CONFLICT },
		{ 410, "{\"error\":1}", ERR_STALE },
		{ 507, "<html>", ERR_FULL }, { 599, "", ERR_IO } };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct answer a = { .status = all[i].status,
			.body = buf_new(100) };

		buf_text(&a.body, all[i].body);
		is(answer_err(&a), all[i].e);
		answer_clear(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, gateway_up, gateway_down)
		T(what_comes_again),
		T(what_is_unsure),
		T(a_whole_document),
		T(what_an_answer_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
