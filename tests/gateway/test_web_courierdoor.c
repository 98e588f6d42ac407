/* SPDX-License-Identifier: EUPL-1.2 */
/* The courier's door, by its table of handlers: no token, each header wrong
 * once, each answer of the store once. Over sockets: http/11-intake.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/credential.h"
#include "kit/web_exchange.h"
#include "meldluik/bundle.h"

#define TOKEN "a-token"

static struct exchange
courier(const char *path)
{
	struct exchange x = {.path = path};

	header(&x, "Authorization", "Bearer " TOKEN);
	header(&x, "Desk", "1");
	header(&x, "Serial", "3");
	header(&x, "Envelope", "0123456789abcdef0123456789abcdef"
	    "0123456789abcdef0123456789abcdef");
	header(&x, "Range", "bytes=0-99");
	header(&x, "Path", "keyset.json");
	header(&x, "Offset", "0");
	return x;
}

static void
tokens(void **state)
{
	char longest[8 + 130] = "Bearer ";

	(void)state;
	assert_true(credential_fits("Bearer " TOKEN, exchange_credential));
	assert_false(credential_fits(NULL, exchange_credential));
	assert_false(credential_fits("Basic  " TOKEN, exchange_credential));
	assert_false(credential_fits("bearer " TOKEN, exchange_credential));
	assert_false(credential_fits("Bearer " TOKEN "x", exchange_credential));
	assert_false(credential_fits("Bearer ", exchange_credential));
	memset(longest + 7, 'a', 129);
	hash_bytes(longest + 7, 129, exchange_credential);
	assert_false(credential_fits(longest, exchange_credential));
	longest[7 + 128] = '\0';
	hash_bytes(longest + 7, 128, exchange_credential);
	assert_true(credential_fits(longest, exchange_credential));
	/* a token of nothing opens nothing */
	hash_bytes("", 0, exchange_credential);
	assert_false(credential_fits("Bearer ", exchange_credential));
	hash_bytes(TOKEN, strlen(TOKEN), exchange_credential);
}

static void
nothing_without_a_token(void **state)
{
	(void)state;
	for (const struct handler *h = courier_handlers; h->path != NULL; h++) {
		struct exchange x = courier(h->path);

		header(&x, "Authorization", "Bearer other");
		assert_int_equal(begun(h, &x), 401);
		assert_int_equal(x.asked, 0);
	}
}

static void
door_headers(void **state)
{
	static const struct {
		enum method method;
		const char *path, *name, *value;
		unsigned status;
	} t[] = {
		{METHOD_POST, "/v1/bundle/cut", "Desk", "63", 0},
		{METHOD_POST, "/v1/bundle/cut", "Desk", "64", 400},
		{METHOD_POST, "/v1/bundle/cut", "Desk", "0", 400},
		{METHOD_POST, "/v1/bundle/cut", "Desk", NULL, 400},
		{METHOD_POST, "/v1/bundle/apply", "Desk", "1", 0},
		{METHOD_POST, "/v1/bundle/apply", "Desk", "0", 400},
		{METHOD_GET, "/v1/bundle/manifest", "Serial", "3", 0},
		{METHOD_GET, "/v1/bundle/manifest", "Serial", NULL, 400},
		{METHOD_GET, "/v1/bundle/manifest", "Serial", "x", 400},
		{METHOD_GET, "/v1/bundle/envelope", "Envelope", NULL, 400},
		{METHOD_GET, "/v1/bundle/envelope", "Envelope", "00", 400},
		{METHOD_GET, "/v1/bundle/envelope", "Range", "bytes=0-99", 0},
		{METHOD_GET, "/v1/bundle/envelope", "Range", NULL, 416},
		{METHOD_GET, "/v1/bundle/envelope", "Range", "bytes=9-8", 416},
		{METHOD_GET, "/v1/bundle/envelope", "Range",
		    "bytes=0-1048575", 0},
		{METHOD_GET, "/v1/bundle/envelope", "Range",
		    "bytes=0-1048576", 416},
		{METHOD_GET, "/v1/bundle/envelope", "Range", "bytes=5-", 0},
		{METHOD_PUT, "/v1/bundle/outbound", "Path", "keyset.json", 0},
		{METHOD_PUT, "/v1/bundle/outbound", "Path", "outbound.json", 0},
		{METHOD_PUT, "/v1/bundle/outbound", "Path",
		    "outbound.json.minisig", 0},
		{METHOD_PUT, "/v1/bundle/outbound", "Path", "../x", 400},
		{METHOD_PUT, "/v1/bundle/outbound", "Path", NULL, 400},
		{METHOD_PUT, "/v1/bundle/outbound", "Desk", NULL, 400},
		{METHOD_PUT, "/v1/bundle/outbound", "Offset", NULL, 400},
		{METHOD_PUT, "/v1/bundle/outbound", "Offset", "-1", 400},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		const struct handler *h = handler_of(courier_handlers,
		    t[i].method, t[i].path);
		struct exchange x = courier(t[i].path);

		header(&x, t[i].name, t[i].value);
		if (begun(h, &x) != t[i].status) {
			fail_msg("%s %s: %s: %u", t[i].path, t[i].name,
			    t[i].value == NULL ? "none" : t[i].value,
			    x.status);
		}
	}
}

static void
cut(void **state)
{
	const struct handler *h = handler_of(courier_handlers, METHOD_POST,
	    "/v1/bundle/cut");
	struct exchange x = courier(h->path);

	(void)state;
	h->begin(&x);
	h->finish(&x);
	assert_int_equal(x.q.what, ASK_MANIFEST_CUT);
	answered(&x, ERR_BUSY, NULL, 0);
	assert_int_equal(x.status, 1000 + ERR_BUSY);
	assert_int_equal(x.asked, 1);
	answered(&x, OK, NULL, 0);
	assert_int_equal(x.q.what, ASK_MANIFEST_FIRST);
	assert_int_equal(x.q.number, 1);
	answered(&x, ERR_IO, NULL, 0);
	assert_int_equal(x.status, 1000 + ERR_IO);
	answered(&x, OK, NULL, 0);
	assert_int_equal(x.status, 200);
	assert_memory_equal(x.body, "{\"serial\":9,\"first\":9}", 22);
	released(h, &x);
}

/* It comes in pieces; the two halves are asked for by two paths */
static void
manifest(void **state)
{
	static const char doc[] = "\0\0\0\3doc", sig[] = "sig";
	const char *path = "/v1/bundle/manifest";

	(void)state;
	for (unsigned i = 0; i < 2; i++, path = "/v1/bundle/manifest.minisig") {
		const struct handler *h = handler_of(courier_handlers,
		    METHOD_GET, path);
		struct exchange x = courier(path);
		struct ask_answer a = {.total = 10, .payload_len = 7,
			.payload = (const uint8_t *)doc};

		h->begin(&x);
		assert_int_equal(x.asked, 1);
		answered(&x, ERR_UNKNOWN, NULL, 0);
		assert_int_equal(x.status, 1000 + ERR_UNKNOWN);
		x.answers = x.status = 0;
		x.done(&x, x.arg, &a);
		assert_int_equal(x.answers, 0);
		assert_int_equal(x.asked, 2);
		assert_int_equal(x.q.offset, 7);
		answered(&x, OK, sig, 10);
		assert_int_equal(x.status, 200);
		assert_int_equal(x.body_len, 3);
		assert_memory_equal(x.body, i == 0 ? doc + 4 : sig, 3);
		released(h, &x);
	}
}

/* A store that answers what cannot be */
static void
broken_manifests(void **state)
{
	const struct handler *h = handler_of(courier_handlers, METHOD_GET,
	    "/v1/bundle/manifest");
	static uint8_t much[SIGN_TEXT_MAX + 64];
	static const uint8_t longer[] = {0, 0, 0, 9, 'd', 'o', 'c'};
	struct ask_answer a = {.total = sizeof(longer), .payload = longer,
		.payload_len = sizeof(longer)};
	struct exchange x = courier(h->path);

	(void)state;
	h->begin(&x);
	answered(&x, OK, "", 10); /* nothing of ten */
	assert_int_equal(x.status, 500);
	released(h, &x);
	x = courier(h->path);
	h->begin(&x);
	x.done(&x, x.arg, &a);
	assert_int_equal(x.status, 500);
	released(h, &x);
	x = courier(h->path); /* more than any manifest */
	a = (struct ask_answer){.total = UINT64_MAX, .payload = much,
		.payload_len = sizeof(much)};
	h->begin(&x);
	for (size_t n = 0; n <= INBOUND_MAX + 2 * sizeof(much) &&
	    x.answers == 0; n += sizeof(much)) {
		x.done(&x, x.arg, &a);
	}
	assert_int_equal(x.status, 500);
	released(h, &x);
}

static void
envelope(void **state)
{
	const struct handler *h = handler_of(courier_handlers, METHOD_GET,
	    "/v1/bundle/envelope");
	struct exchange x = courier(h->path);

	(void)state;
	header(&x, "Range", "bytes=10-12");
	h->begin(&x);
	answered(&x, ERR_UNKNOWN, NULL, 0);
	assert_int_equal(x.status, 1000 + ERR_UNKNOWN);
	answered(&x, OK, NULL, 10); /* past its end */
	assert_int_equal(x.status, 416);
	assert_string_equal(x.range, "bytes */10");
	answered(&x, OK, NULL, 11); /* a store that has nothing to say */
	assert_int_equal(x.status, 1000 + OK);
	answered(&x, OK, "abcdef", 16);
	assert_int_equal(x.status, 206);
	assert_int_equal(x.body_len, 3);
	assert_string_equal(x.range, "bytes 10-12/16");
	released(h, &x);
	x = courier(h->path); /* an open end is a piece */
	header(&x, "Range", "bytes=0-");
	h->begin(&x);
	assert_int_equal(x.status, 0);
	answered(&x, OK, "abcdef", 16);
	assert_string_equal(x.range, "bytes 0-5/16");
	released(h, &x);
	/* bytes whose address is one of a desk's errors */
	x = courier(h->path);
	h->begin(&x);
	answered(&x, ERR_UNKNOWN, "x", 16);
	assert_int_equal(x.status, 1000 + ERR_UNKNOWN);
	released(h, &x);
}

static void
outbound(void **state)
{
	const struct handler *h = handler_of(courier_handlers, METHOD_PUT,
	    "/v1/bundle/outbound");
	struct exchange x = courier(h->path);
	char path[200];
	uint8_t data[6] = "bundle";

	(void)state;
	x.length = 4;
	h->begin(&x);
	x.no_slot = true;
	assert_int_equal(h->body(&x, data, 6), 0);
	x.no_slot = false;
	assert_int_equal(h->body(&x, data, 6), 4);
	h->finish(&x);
	assert_int_equal(x.q.payload_len, 4);
	assert_memory_equal(x.q.payload, "bund", 4);
	assert_string_equal(x.q.path, "keyset.json");
	answered(&x, ERR_CHAIN, NULL, 0);
	assert_int_equal(x.status, 1000 + ERR_CHAIN);
	answered(&x, OK, NULL, 0);
	assert_int_equal(x.status, 204);
	released(h, &x);
	x = courier(h->path);
	x.length = UINT64_MAX;
	assert_int_equal(begun(h, &x), 400);
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	x = courier(h->path);
	header(&x, "Path", path);
	assert_int_equal(begun(h, &x), 400);
}

static void
apply(void **state)
{
	const struct handler *h = handler_of(courier_handlers, METHOD_POST,
	    "/v1/bundle/apply");
	struct exchange x = courier(h->path);

	(void)state;
	h->begin(&x);
	h->finish(&x);
	assert_int_equal(x.q.what, ASK_OUTBOUND_APPLY);
	answered(&x, ERR_SIGNATURE, NULL, 0);
	assert_int_equal(x.status, 1000 + ERR_SIGNATURE);
	answered(&x, OK, NULL, 0);
	assert_int_equal(x.status, 200);
	released(h, &x);
}

static int
begin(void **state)
{
	(void)state;
	hash_bytes(TOKEN, strlen(TOKEN), exchange_credential);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens),
		cmocka_unit_test(nothing_without_a_token),
		cmocka_unit_test(door_headers),
		cmocka_unit_test(cut),
		cmocka_unit_test(manifest),
		cmocka_unit_test(broken_manifests),
		cmocka_unit_test(envelope),
		cmocka_unit_test(outbound),
		cmocka_unit_test(apply),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
