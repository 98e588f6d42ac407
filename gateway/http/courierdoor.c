/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The courier's door (keys/FORMAT.md section 12): own listener, bearer
 * token compared by its hash in constant time. The token opens nothing but
 * this; bundles are signed, and the store judges them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../process/events.h"
#include "credential.h"
#include "engine.h"
#include "exchange.h"
#include "guard.h"
#include "meldluik/bundle.h"
#include "meldluik/envelope.h"
#include "meldluik/secret.h"

#define MANIFEST_MAX (INBOUND_MAX + SIGN_TEXT_MAX + 4u)

struct courier {
	struct ask_request q;
	uint8_t *slot;
	size_t got;
	uint64_t want;      /* bytes of the piece asked for */
	uint64_t cut;       /* serial after a cut */
	struct buf file;    /* a manifest as it comes */
	bool wants_signature;
};

static void
courier_release(void *state)
{
	struct courier *k = state;

	if (k != NULL) {
		buf_free(&k->file);
		free(k);
	}
}

static struct courier *
enter(struct exchange *x, enum ask what)
{
	struct courier *k;

	if (!credential_fits(exchange_header(x, "Authorization"),
	    engine_credential())) {
		log_event(EVENT_COURIER_REFUSED);
		exchange_add_header(x, "WWW-Authenticate", "Bearer");
		exchange_error(x, 401, "credential");
		return NULL;
	}
	k = calloc(1, sizeof(*k));
	if (k == NULL) {
		exchange_error(x, 503, "busy");
		return NULL;
	}
	k->q.what = what;
	k->file = buf_new(MANIFEST_MAX);
	exchange_set(x, k);
	return k;
}

static bool
number_header(const struct exchange *x, const char *name, uint64_t max,
    uint64_t *out)
{
	const char *s = exchange_header(x, name);

	return s != NULL && decimal_parse(s, max, out);
}

static bool
desk_header(const struct exchange *x, uint32_t *out)
{
	uint64_t v;

	if (!number_header(x, "Desk", 63, &v) || v == 0) {
		return false;
	}
	*out = (uint32_t)v;
	return true;
}

/* --- cut --- */

static void
first_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	struct courier *k = arg;
	char body[96];
	int n;

	if (a->err != OK) {
		exchange_error_of(x, a->err, "stale");
		return;
	}
	n = snprintf(body, sizeof(body), "{\"serial\":%llu,\"first\":%llu}\n",
	    (unsigned long long)k->cut, (unsigned long long)a->serial);
	exchange_answer(x, 200, "application/json", body, (size_t)n, 0);
}

static void
cut_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	struct courier *k = arg;

	if (a->err != OK) {
		exchange_error_of(x, a->err, "stale");
		return;
	}
	k->cut = a->serial;
	k->q.what = ASK_MANIFEST_FIRST;
	ask_store(x, &k->q, first_done, k);
}

static void
cut_begin(struct exchange *x)
{
	struct courier *k = enter(x, ASK_MANIFEST_CUT);

	if (k != NULL && !desk_header(x, &k->q.number)) {
		exchange_error(x, 400, "header");
	}
}

static void
cut_finish(struct exchange *x)
{
	struct courier *k = exchange_get(x);

	ask_store(x, &k->q, cut_done, k);
}

/* --- manifest --- */

static void
manifest_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	struct courier *k = arg;
	struct reader r;
	struct bytes doc;

	if (a->err != OK) {
		exchange_error_of(x, a->err, "stale");
		return;
	}
	buf_put(&k->file, a->payload, a->payload_len);
	if (k->file.failed || a->payload_len == 0) {
		exchange_error(x, 500, "io");
		return;
	}
	if (k->file.len < a->total) {
		k->q.offset = k->file.len;
		ask_store(x, &k->q, manifest_done, k);
		return;
	}
	r = reader_of(k->file.p, k->file.len);
	doc = reader_take(&r, reader_u32(&r));
	if (r.failed) {
		exchange_error(x, 500, "io");
	} else if (k->wants_signature) {
		exchange_answer(x, 200, "text/plain; charset=utf-8", r.p,
		    r.left, 0);
	} else {
		exchange_answer(x, 200, "application/json", doc.p, doc.len,
		    0);
	}
}

static void
manifest_begin(struct exchange *x)
{
	struct courier *k = enter(x, ASK_MANIFEST);

	if (k == NULL) {
		return;
	}
	if (!number_header(x, "Serial", UINT64_C(1) << 53, &k->q.serial)) {
		exchange_error(x, 400, "header");
		return;
	}
	k->wants_signature =
	    strcmp(exchange_path(x), "/v1/bundle/manifest.minisig") == 0;
	ask_store(x, &k->q, manifest_done, k);
}

/* --- envelope --- */

static void
envelope_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	struct courier *k = arg;
	char text[80];
	size_t n = a->payload_len;

	if (a->err == OK && a->total <= k->q.offset) {
		snprintf(text, sizeof(text), "bytes */%llu",
		    (unsigned long long)a->total);
		exchange_add_header(x, "Content-Range", text);
		exchange_error(x, 416, "range");
		return;
	}
	if (a->err != OK || n == 0) {
		exchange_error_of(x, a->err, "stale");
		return;
	}
	if (n > k->want) {
		n = (size_t)k->want;
	}
	snprintf(text, sizeof(text), "bytes %llu-%llu/%llu",
	    (unsigned long long)k->q.offset,
	    (unsigned long long)(k->q.offset + n - 1),
	    (unsigned long long)a->total);
	exchange_add_header(x, "Content-Range", text);
	exchange_answer(x, 206, "application/octet-stream", a->payload, n, 0);
}

static void
envelope_begin(struct exchange *x)
{
	struct courier *k = enter(x, ASK_ENVELOPE);
	const char *hex = exchange_header(x, "Envelope");
	const char *range = exchange_header(x, "Range");
	uint64_t to;

	if (k == NULL) {
		return;
	}
	if (hex == NULL || hex_decode(hex, k->q.digest, HASH_LEN) != OK) {
		exchange_error(x, 400, "header");
		return;
	}
	if (range == NULL ||
	    !range_parse(range, ENVELOPE_SIZE_MAX, &k->q.offset, &to)) {
		exchange_error(x, 416, "range");
		return;
	}
	/* An open end is how other programs go on with a file they have a
	 * part of; they get the next piece and its Content-Range */
	if (range[strlen(range) - 1] == '-' &&
	    to - k->q.offset >= ASK_PAYLOAD_MAX) {
		to = k->q.offset + ASK_PAYLOAD_MAX - 1;
	}
	if (to - k->q.offset >= ASK_PAYLOAD_MAX) {
		exchange_error(x, 416, "range");
		return;
	}
	k->want = to - k->q.offset + 1;
	ask_store(x, &k->q, envelope_done, k);
}

/* --- outbound --- */

/* A file of an outbound bundle: what its manifest lists, or the manifest */
static bool
bundle_path_ok(const char *path)
{
	return outbound_path_ok(path) || strcmp(path, "outbound.json") == 0 ||
	    strcmp(path, "outbound.json.minisig") == 0;
}

static void
outbound_begin(struct exchange *x)
{
	struct courier *k = enter(x, ASK_OUTBOUND_PUT);
	const char *path = exchange_header(x, "Path");

	if (k == NULL) {
		return;
	}
	if (!desk_header(x, &k->q.number) || path == NULL ||
	    strlen(path) >= sizeof(k->q.path) || !bundle_path_ok(path) ||
	    !number_header(x, "Offset", UINT64_C(1) << 40, &k->q.offset) ||
	    exchange_length(x) == UINT64_MAX) {
		exchange_error(x, 400, "header");
		return;
	}
	memcpy(k->q.path, path, strlen(path) + 1);
}

static size_t
outbound_body(struct exchange *x, uint8_t *p, size_t len)
{
	struct courier *k = exchange_get(x);
	size_t want = (size_t)exchange_length(x);

	if (k->slot == NULL) {
		k->slot = exchange_slot(x, want);
		if (k->slot == NULL) {
			return 0;
		}
	}
	if (len > want - k->got) {
		len = want - k->got;
	}
	memcpy(k->slot + k->got, p, len);
	k->got += len;
	return len;
}

static void
outbound_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	(void)arg;
	if (a->err != OK) {
		exchange_error_of(x, a->err, "stale");
		return;
	}
	exchange_answer(x, 204, "application/json", "", 0, 0);
}

static void
outbound_finish(struct exchange *x)
{
	struct courier *k = exchange_get(x);

	k->q.payload = k->slot;
	k->q.payload_len = k->got;
	ask_store(x, &k->q, outbound_done, k);
}

static void
apply_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	static const char body[] = "{\"applied\":true}\n";

	(void)arg;
	if (a->err != OK) {
		exchange_error_of(x, a->err, "stale");
		return;
	}
	exchange_answer(x, 200, "application/json", body, sizeof(body) - 1,
	    0);
}

static void
apply_begin(struct exchange *x)
{
	struct courier *k = enter(x, ASK_OUTBOUND_APPLY);

	if (k != NULL && !desk_header(x, &k->q.number)) {
		exchange_error(x, 400, "header");
	}
}

static void
apply_finish(struct exchange *x)
{
	struct courier *k = exchange_get(x);

	ask_store(x, &k->q, apply_done, k);
}

const struct handler courier_handlers[] = {
	{METHOD_POST, "/v1/bundle/cut", 0, cut_begin, NULL, cut_finish,
	    courier_release},
	{METHOD_GET, "/v1/bundle/manifest", 0, manifest_begin, NULL, NULL,
	    courier_release},
	{METHOD_GET, "/v1/bundle/manifest.minisig", 0, manifest_begin, NULL,
	    NULL, courier_release},
	{METHOD_GET, "/v1/bundle/envelope", 0, envelope_begin, NULL, NULL,
	    courier_release},
	{METHOD_PUT, "/v1/bundle/outbound", ASK_PAYLOAD_MAX, outbound_begin,
	    outbound_body, outbound_finish, courier_release},
	{METHOD_POST, "/v1/bundle/apply", 0, apply_begin, NULL, apply_finish,
	    courier_release},
	{METHOD_GET, NULL, 0, NULL, NULL, NULL, NULL},
};
