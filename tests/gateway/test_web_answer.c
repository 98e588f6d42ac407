/* SPDX-License-Identifier: EUPL-1.2 */
/* What an answer carries: the headers of a page and of what may be kept, the
 * onion's address where it belongs, the words of every error; and that there
 * is one answer only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/exchange_private.h"
#include "http/headers.h"
#include "http/snapshot.h"
#include "meldluik/secret.h"

#define ONION "http://abc.onion"

void
watchdog_wait(struct watched *w)
{
	(void)w;
}

void
watchdog_body(struct watched *w)
{
	(void)w;
}

void
snapshot_release(const struct snapshot *s)
{
	(void)s;
}

static const char *
said(const struct exchange *x, const char *name)
{
	return x->response == NULL ? NULL :
	    MHD_get_response_header(x->response, name);
}

static struct exchange
asked(const char *host)
{
	struct exchange x = {.path = "/nl", .host = host};

	return x;
}

static void
end(struct exchange *x)
{
	if (x->response != NULL) {
		MHD_destroy_response(x->response);
	}
	free(x->header);
	x->header = NULL;
}

static void
site_with(const char *onion)
{
	struct engine_site site = {.onion = onion, .https = "",
		.contact = "", .languages = "nl"};

	exchange_setup(&site);
}

static void
of_a_page(void **state)
{
	static const char *const all[] = {"Content-Security-Policy",
		"X-Content-Type-Options", "X-Frame-Options",
		"Referrer-Policy", "Permissions-Policy"};
	struct exchange x = asked("melden.example");

	(void)state;
	site_with(ONION);
	exchange_answer(&x, 200, "text/html; charset=utf-8", "<p>", 3, 0);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		assert_non_null(said(&x, all[i]));
	}
	assert_string_equal(said(&x, "Cache-Control"), "no-store");
	assert_string_equal(said(&x, "Onion-Location"), ONION "/nl");
	assert_null(said(&x, "Connection"));
	end(&x);
	x = asked("abc.onion"); /* who is there already */
	exchange_answer(&x, 200, "text/html; charset=utf-8", "<p>", 3, 0);
	assert_null(said(&x, "Onion-Location"));
	end(&x);
	x = asked("melden.example");
	exchange_answer(&x, 200, "application/json", "{}", 2, ANSWER_CLOSE);
	assert_null(said(&x, "Onion-Location"));
	assert_string_equal(said(&x, "Connection"), "close");
	end(&x);
	site_with("");
	x = asked("melden.example");
	exchange_answer(&x, 200, "text/html; charset=utf-8", "<p>", 3, 0);
	assert_null(said(&x, "Onion-Location"));
	end(&x);
}

/* A style sheet may be kept, and says less with it */
static void
of_a_file(void **state)
{
	struct exchange x = asked("melden.example");

	(void)state;
	site_with(ONION);
	exchange_answer(&x, 200, "text/html; charset=utf-8", "p {}", 4,
	    ANSWER_STORE);
	assert_string_equal(said(&x, "Cache-Control"),
	    "public, max-age=3600");
	assert_null(said(&x, "Onion-Location"));
	assert_null(said(&x, "Permissions-Policy"));
	assert_non_null(said(&x, "X-Content-Type-Options"));
	end(&x);
}

static void
one_answer(void **state)
{
	struct exchange x = asked(NULL);
	struct MHD_Response *first;

	(void)state;
	exchange_answer(&x, 201, "text/plain", "secret", 6, ANSWER_SECRET);
	first = x.response;
	assert_non_null(first);
	assert_int_equal(x.answer_len, 6);
	exchange_error(&x, 500, "io");
	assert_ptr_equal(x.response, first);
	assert_int_equal(x.status, 201);
	end(&x);
}

/* One that is made once for everybody: by its host each gets the right one,
 * and it lives until the last of them is done */
static void
kept_answers(void **state)
{
	struct exchange maker = asked(NULL), x[3] = {asked("melden.example"),
		asked("abc.onion"), asked(NULL)};
	struct answer *a, *plain;

	(void)state;
	site_with(ONION);
	answer_free(NULL);
	a = answer_keep(&maker, 200, "text/html; charset=utf-8", "<p>", 3, 0);
	assert_non_null(a);
	assert_false(maker.answered);
	for (unsigned i = 0; i < 3; i++) {
		exchange_answer_kept(&x[i], a);
		assert_int_equal(said(&x[i], "Onion-Location") != NULL,
		    i != 1);
	}
	answer_free(a); /* by who made it; the others still have it */
	plain = answer_keep(&maker, 200, "text/css", "p {}", 4, ANSWER_STORE);
	assert_non_null(plain);
	exchange_answer_kept(&x[2], plain); /* it has its answer already */
	assert_ptr_equal(x[2].kept, a);
	answer_free(plain);
	for (unsigned i = 0; i < 3; i++) {
		assert_string_equal(said(&x[i], "Cache-Control"), "no-store");
		exchange_drop_answer(&x[i]);
		assert_null(x[i].response);
	}
	/* of a file there is one for all hosts */
	plain = answer_keep(&maker, 200, "text/css", "p {}", 4, ANSWER_STORE);
	x[0] = asked("melden.example");
	exchange_answer_kept(&x[0], plain);
	assert_null(said(&x[0], "Onion-Location"));
	exchange_drop_answer(&x[0]);
	answer_free(plain);
}

/* One body for many answers that differ in a header: it is not copied, and it
 * is there until the last of them went */
static void
a_kept_body(void **state)
{
	struct exchange maker = asked(NULL), x[2] = {asked(NULL), asked(NULL)};
	struct answer *a;

	(void)state;
	site_with("");
	a = answer_keep(&maker, 405, "text/html; charset=utf-8", "<p>", 3, 0);
	assert_non_null(a);
	exchange_add_header(&x[0], "Allow", "GET, HEAD");
	exchange_add_header(&x[1], "Allow", "PUT");
	exchange_answer_body_of(&x[0], a, 405, "text/html; charset=utf-8");
	exchange_answer_body_of(&x[1], a, 405, "text/html; charset=utf-8");
	answer_free(a);
	assert_string_equal(said(&x[0], "Allow"), "GET, HEAD");
	assert_string_equal(said(&x[1], "Allow"), "PUT");
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(x[i].status, 405);
		assert_int_equal(x[i].answer_len, 3);
		exchange_drop_answer(&x[i]);
		free(x[i].header);
	}
	assert_null(maker.header); /* none was added: none takes memory */
}

static void
errors(void **state)
{
	static const struct {
		int err;
		const char *stale;
		unsigned status;
	} t[] = {
		{ERR_FORMAT, "epoch", 400}, {ERR_SIGNATURE, "epoch", 403},
		{ERR_STALE, "epoch", 410}, {ERR_STALE, "stale", 409},
		{ERR_CHAIN, "stale", 409}, {ERR_UNKNOWN, "epoch", 404},
		{ERR_BUSY, "epoch", 503}, {ERR_FULL, "epoch", 507},
		{OK, "epoch", 500}, {-1, "epoch", 500},
		{ERR_COUNT, "epoch", 500},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct exchange x = asked(NULL);

		exchange_error_of(&x, t[i].err, t[i].stale);
		assert_int_equal(x.status, t[i].status);
		assert_int_equal(said(&x, "Retry-After") != NULL,
		    t[i].status == 503 || t[i].status == 507);
		end(&x);
	}
	/* no error is without a status and a word of its own */
	for (int e = 1; e < ERR_COUNT; e++) {
		struct exchange x = asked(NULL);

		exchange_error_of(&x, e, "epoch");
		assert_true(x.status >= 400 && x.status < 600);
		end(&x);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_page),
		cmocka_unit_test(of_a_file),
		cmocka_unit_test(one_answer),
		cmocka_unit_test(kept_answers),
		cmocka_unit_test(a_kept_body),
		cmocka_unit_test(errors),
	};

	return secret_setup() != OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
