/* SPDX-License-Identifier: EUPL-1.2 */
/* Intake, the public files and the counters, by their tables of handlers:
 * each header wrong once, each answer of the store once. Over sockets:
 * http/11-intake.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kit/web_exchange.h"
#include "meldluik/envelope.h"
#include "meldluik/keyset.h"

#define WEEK "2026-W48"
/* SHA-256 of no byte, and the same with a bit that means nothing */
#define NOTHING "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define OTHER "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV="

static struct exchange
put(void)
{
	struct exchange x = {.path = "/v1/envelopes",
		.length = ENVELOPE_TEXT_SIZE};

	header(&x, "Content-Type", "application/octet-stream");
	header(&x, "Epoch", WEEK);
	header(&x, "Content-Digest", "sha-256=:" NOTHING ":");
	return x;
}

static void
envelope_headers(void **state)
{
	static const struct {
		const char *name, *value;
	} bad[] = {
		{"Content-Type", NULL}, {"Content-Type", "text/plain"},
		{"Epoch", NULL}, {"Epoch", "2026-W54"}, {"Epoch", "2026-48"},
		{"Content-Digest", NULL}, {"Content-Digest", "sha-256=:"},
		{"Content-Digest", "sha-512=:" NOTHING ":"},
		{"Content-Digest", "sha-256=:" NOTHING ":x"},
		{"Content-Digest", "sha-256=:" NOTHING ";"},
		{"Content-Digest", "sha-256=:" OTHER ":"},
		{"Upload-Id", "00"}, {"Upload-Id", "zz"},
	};
	const struct handler *h = handler_of(intake_handlers, METHOD_PUT,
	    "/v1/envelopes");
	struct exchange x = put();

	(void)state;
	assert_int_equal(begun(h, &x), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		x = put();
		header(&x, bad[i].name, bad[i].value);
		assert_int_equal(begun(h, &x), 400);
		assert_string_equal(x.word, "header");
	}
	x = put();
	x.length = UINT64_MAX; /* chunked */
	assert_int_equal(begun(h, &x), 400);
	assert_string_equal(x.word, "header");
	x.length = ENVELOPE_TEXT_SIZE - 1;
	x.answers = 0;
	assert_int_equal(begun(h, &x), 400);
	assert_string_equal(x.word, "size");
	/* the end of an upload has no body */
	x = put();
	header(&x, "Upload-Id", "00112233445566778899aabbccddeeff");
	assert_int_equal(begun(h, &x), 400);
	x.answers = x.status = 0;
	x.length = 0;
	assert_int_equal(begun(h, &x), 0);
	header(&x, "Upload-Id", "0011");
	assert_int_equal(begun(h, &x), 400);
}

static void
envelope_body(void **state)
{
	static uint8_t sent[ENVELOPE_TEXT_SIZE + 1];
	const struct handler *h = handler_of(intake_handlers, METHOD_PUT,
	    "/v1/envelopes");
	struct exchange x = put();
	size_t at = 0, n;

	(void)state;
	memset(sent, 'e', sizeof(sent));
	h->begin(&x);
	exchange_slot_asked = 0;
	assert_int_equal(h->body(&x, sent, 100), 100); /* before it has one */
	assert_int_equal(exchange_slot_asked, 0);
	x.no_slot = true;
	assert_int_equal(h->body(&x, sent, 1000), 0); /* waits for one */
	x.no_slot = false;
	for (at = 100; at < sizeof(sent); at += n) {
		n = h->body(&x, sent + at, sizeof(sent) - at < 30000 ?
		    sizeof(sent) - at : 30000);
		if (n == 0) {
			break;
		}
	}
	assert_int_equal(at, ENVELOPE_TEXT_SIZE); /* and not one more */
	assert_int_equal(exchange_slot_asked, ENVELOPE_TEXT_SIZE);
	h->finish(&x);
	assert_int_equal(x.asked, 1);
	assert_int_equal(x.q.what, ASK_PUT);
	assert_int_equal(x.q.payload_len, ENVELOPE_TEXT_SIZE);
	assert_memory_equal(x.q.payload, sent, ENVELOPE_TEXT_SIZE);
	answered(&x, ERR_FULL, NULL, 0);
	assert_int_equal(x.status, 1000 + ERR_FULL);
	assert_string_equal(x.word, "epoch");
	answered(&x, OK, "note", 0);
	assert_int_equal(x.status, 201);
	assert_memory_equal(x.body, "note", 4);
	released(h, &x);
}

static void
upload_start(void **state)
{
	const struct handler *h = handler_of(intake_handlers, METHOD_POST,
	    "/v1/uploads");
	struct exchange x = {.path = "/v1/uploads"};

	(void)state;
	assert_int_equal(begun(h, &x), 400);
	x = (struct exchange){.path = "/v1/uploads"};
	header(&x, "Epoch", WEEK);
	h->begin(&x);
	assert_int_equal(x.status, 0);
	h->finish(&x);
	assert_int_equal(x.q.what, ASK_UPLOAD_BEGIN);
	answered(&x, ERR_STALE, NULL, 0);
	assert_int_equal(x.status, 1000 + ERR_STALE);
	answered(&x, OK, NULL, 0);
	assert_int_equal(x.status, 201);
	released(h, &x);
}

static struct exchange
part(void)
{
	struct exchange x = {.path = "/v1/uploads", .length = 4};

	header(&x, "Upload-Id", "00112233445566778899aabbccddeeff");
	header(&x, "Upload-Part", "1");
	return x;
}

static void
parts(void **state)
{
	static const struct {
		const char *name, *value;
	} bad[] = {
		{"Upload-Id", NULL}, {"Upload-Id", "0011"},
		{"Upload-Part", NULL}, {"Upload-Part", "0"},
		{"Upload-Part", "01"}, {"Upload-Part", "1048577"},
		{"Content-Digest", "sha-256=::"},
	};
	const struct handler *h = handler_of(intake_handlers, METHOD_PUT,
	    "/v1/uploads");
	struct exchange x = part();
	uint8_t data[4] = "part";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		x = part();
		header(&x, bad[i].name, bad[i].value);
		assert_int_equal(begun(h, &x), 400);
		assert_string_equal(x.word, "header");
	}
	for (unsigned i = 0; i < 2; i++) {
		x = part();
		x.length = i == 0 ? 0 : UINT64_MAX;
		assert_int_equal(begun(h, &x), 400);
	}
	x = part(); /* with a digest of other bytes */
	header(&x, "Content-Digest", "sha-256=:" NOTHING ":");
	h->begin(&x);
	assert_int_equal(h->body(&x, data, 4), 4);
	h->finish(&x);
	assert_int_equal(x.status, 400);
	assert_string_equal(x.word, "digest");
	assert_int_equal(x.asked, 0);
	released(h, &x);
	x = part();
	h->begin(&x);
	assert_int_equal(h->body(&x, data, 4), 4);
	h->finish(&x);
	assert_int_equal(x.asked, 1);
	answered(&x, ERR_CONFLICT, NULL, 0);
	assert_int_equal(x.status, 409);
	assert_memory_equal(x.body, "{\"next\":7}", 10);
	answered(&x, ERR_UNKNOWN, NULL, 0);
	assert_int_equal(x.status, 1000 + ERR_UNKNOWN);
	answered(&x, OK, NULL, 0);
	assert_int_equal(x.status, 204);
	released(h, &x);
}

/* --- what everybody may read --- */

static unsigned
fetched(struct exchange *x, const char *pattern, const char *path,
    const char *range)
{
	*x = (struct exchange){.path = path};
	if (range != NULL) {
		header(x, "Range", range);
	}
	return begun(handler_of(public_handlers, METHOD_GET, pattern), x);
}

static void
files(void **state)
{
	struct exchange x;

	(void)state;
	assert_int_equal(fetched(&x, "/v1/board/*", "/v1/board/2", NULL), 404);
	assert_int_equal(fetched(&x, "/v1/board/*", "/v1/board/1", NULL), 200);
	assert_int_equal(x.body_len, 10);
	assert_int_equal(fetched(&x, "/v1/board/*", "/v1/board/1",
	    "bytes=2-4"), 206);
	assert_int_equal(x.body_len, 3);
	assert_string_equal(x.range, "bytes 2-4/10");
	assert_int_equal(fetched(&x, "/v1/board/*", "/v1/board/1",
	    "bytes=10-"), 416);
	assert_string_equal(x.range, "bytes */10");
	/* only a board has ranges */
	assert_int_equal(fetched(&x, "/v1/keyset.json", "/v1/keyset.json",
	    "bytes=2-4"), 200);
	assert_string_equal(x.type, "application/json");
	assert_int_equal(fetched(&x, "/v1/board/*", "/v1/board/1.json",
	    "bytes=2-4"), 200);
	assert_int_equal(fetched(&x, "/v1/epochs/*", "/v1/epochs/1",
	    "bytes=2-4"), 200);
	assert_string_equal(x.type, "application/octet-stream");
	assert_int_equal(fetched(&x, "/v1/keyset.json.minisig",
	    "/v1/keyset.json.minisig", NULL), 200);
	assert_string_equal(x.type, "text/plain; charset=utf-8");
}

/* Asks for the figures; a store that is away is told as such */
static void
told_by_figures(const struct handler *h, struct exchange *x)
{
	h->finish(x);
	assert_int_equal(x->q.what, ASK_FIGURES);
	answered(x, ERR_BUSY, NULL, 0);
	assert_int_equal(x->status, 1000 + ERR_BUSY);
	answered(x, OK, NULL, 0);
	assert_int_equal(x->status, 200);
}

static void
health_and_contact(void **state)
{
	const struct handler *h = handler_of(public_handlers, METHOD_GET,
	    "/healthz");
	struct exchange x = {.path = h->path};

	(void)state;
	told_by_figures(h, &x);
	h = handler_of(public_handlers, METHOD_GET,
	    "/.well-known/security.txt");
	x = (struct exchange){.path = h->path};
	assert_int_equal(begun(h, &x), 404);
	exchange_contact_text = "mailto:a@b";
	x = (struct exchange){.path = h->path};
	assert_int_equal(begun(h, &x), 200);
	exchange_contact_text = "";
}

/* Weeks count from this one on until one is missing */
static void
counters(void **state)
{
	const struct handler *h = handler_of(metrics_handlers, METHOD_GET,
	    "/metrics");
	struct exchange x = {.path = h->path};

	(void)state;
	told_by_figures(h, &x);
	x.body[x.body_len] = '\0';
	assert_non_null(strstr((char *)x.body, "\nmeldluik_weeks 1\n"));
	released(h, &x);
}

/* Open is where there are keys to seal to, and whose they are is known */
static void
open_or_not(void **state)
{
	const struct handler *h = handler_of(metrics_handlers, METHOD_GET,
	    "/metrics");
	struct keyset *k = calloc(1, sizeof(*k));
	struct epoch *e = calloc(1, sizeof(*e));

	(void)state;
	assert_true(k != NULL && e != NULL);
	for (unsigned i = 0; i < 4; i++) {
		struct exchange x = {.path = h->path};

		exchange_keyset = i & 1 ? k : NULL;
		exchange_epoch = i & 2 ? e : NULL;
		told_by_figures(h, &x);
		x.body[x.body_len] = '\0';
		assert_non_null(strstr((char *)x.body, i == 3 ?
		    "\nmeldluik_open 1\n" : "\nmeldluik_open 0\n"));
		released(h, &x);
	}
	exchange_keyset = NULL;
	exchange_epoch = NULL;
	free(e);
	free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(envelope_headers),
		cmocka_unit_test(envelope_body),
		cmocka_unit_test(upload_start),
		cmocka_unit_test(parts),
		cmocka_unit_test(files),
		cmocka_unit_test(health_and_contact),
		cmocka_unit_test(counters),
		cmocka_unit_test(open_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
