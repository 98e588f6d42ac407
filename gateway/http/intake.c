/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * PUT /v1/envelopes, POST and PUT /v1/uploads. Bodies are ciphertext and go
 * straight into memory shared with the store. Holds nothing of a request
 * after it; no answer says more than keys/FORMAT.md section 12.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "guard.h"
#include "meldluik/base64.h"
#include "meldluik/calendar.h"
#include "meldluik/envelope.h"
#include "meldluik/minisign.h"

struct intake {
	struct ask_request q;
	uint8_t *slot;
	uint8_t early[EXCHANGE_EARLY]; /* what came before the slot */
	uint8_t digest[HASH_LEN]; /* of a part, if given */
	bool has_digest, by_upload;
	size_t got;
};

/* RFC 9530: exactly "sha-256=:" base64 of 32 bytes ":" */
static bool
digest_parse(const char *s, uint8_t out[HASH_LEN])
{
	return s != NULL && strncmp(s, "sha-256=:", 9) == 0 &&
	    strlen(s) == 9 + 44 + 1 && s[53] == ':' &&
	    base64_exact(s + 9, 44, true, out, HASH_LEN) == OK;
}

static bool
week_header(const struct exchange *x, int32_t *out)
{
	const char *s = exchange_header(x, "Epoch");
	day_t monday;

	if (s == NULL || week_parse(s, &monday) != OK) {
		return false;
	}
	*out = monday;
	return true;
}

static bool
id_header(const struct exchange *x, uint8_t out[16])
{
	const char *s = exchange_header(x, "Upload-Id");

	return s != NULL && hex_decode(s, out, 16) == OK;
}

static struct intake *
state_new(struct exchange *x, enum ask what)
{
	struct intake *i = calloc(1, sizeof(*i));

	if (i == NULL) {
		exchange_error(x, 503, "busy");
		return NULL;
	}
	i->q.what = what;
	exchange_set(x, i);
	return i;
}

static void
put_begin(struct exchange *x)
{
	struct intake *i = state_new(x, ASK_PUT);
	const char *type = exchange_header(x, "Content-Type");

	if (i == NULL) {
		return;
	}
	i->by_upload = exchange_header(x, "Upload-Id") != NULL;
	if (!week_header(x, &i->q.week) ||
	    !digest_parse(exchange_header(x, "Content-Digest"),
	    i->q.digest)) {
		exchange_error(x, 400, "header");
	} else if (exchange_length(x) == UINT64_MAX) {
		exchange_error(x, 400, "header"); /* its size is a class */
	} else if (i->by_upload) {
		i->q.what = ASK_UPLOAD_FINISH;
		if (!id_header(x, i->q.id) || exchange_length(x) != 0) {
			exchange_error(x, 400, "header");
		}
	} else if (type == NULL ||
	    strcmp(type, "application/octet-stream") != 0) {
		exchange_error(x, 400, "header");
	} else if (envelope_size_check(exchange_length(x)) != OK) {
		exchange_error(x, 400, "size");
	}
}

/* A body into its slot; declared lengths only, so the slot always holds it */
static size_t
slot_body(struct exchange *x, uint8_t *p, size_t len)
{
	struct intake *i = exchange_get(x);
	size_t want = (size_t)exchange_length(x);

	if (i->slot == NULL && len < EXCHANGE_EARLY - i->got &&
	    len < want - i->got) {
		memcpy(i->early + i->got, p, len);
		i->got += len;
		return len;
	}
	if (i->slot == NULL) {
		i->slot = exchange_slot(x, want);
		if (i->slot == NULL) {
			return 0;
		}
		memcpy(i->slot, i->early, i->got);
	}
	if (len > want - i->got) {
		len = want - i->got;
	}
	memcpy(i->slot + i->got, p, len);
	i->got += len;
	return len;
}

static void
receipt_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	(void)arg;
	if (a->err != OK) {
		exchange_error_of(x, a->err, "epoch");
		return;
	}
	exchange_answer(x, 201, "text/plain; charset=utf-8", a->payload,
	    a->payload_len, 0);
}

static void
put_finish(struct exchange *x)
{
	struct intake *i = exchange_get(x);

	i->q.payload = i->slot;
	i->q.payload_len = i->got;
	ask_store(x, &i->q, receipt_done, NULL);
}

static void
upload_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	char hex[33], body[64];
	int n;

	(void)arg;
	if (a->err != OK) {
		exchange_error_of(x, a->err, "epoch");
		return;
	}
	hex_encode(a->id, 16, hex);
	n = snprintf(body, sizeof(body), "{\"upload\":\"%s\"}\n", hex);
	exchange_answer(x, 201, "application/json", body, (size_t)n, 0);
}

static void
upload_begin(struct exchange *x)
{
	struct intake *i = state_new(x, ASK_UPLOAD_BEGIN);

	if (i != NULL && !week_header(x, &i->q.week)) {
		exchange_error(x, 400, "header");
	}
}

static void
upload_finish(struct exchange *x)
{
	struct intake *i = exchange_get(x);

	ask_store(x, &i->q, upload_done, NULL);
}

static void
part_begin(struct exchange *x)
{
	struct intake *i = state_new(x, ASK_UPLOAD_PART);
	const char *number = exchange_header(x, "Upload-Part");
	const char *digest = exchange_header(x, "Content-Digest");
	uint64_t n = 0;

	if (i == NULL) {
		return;
	}
	if (!id_header(x, i->q.id) || number == NULL ||
	    !decimal_parse(number, 1u << 20, &n) || n == 0 ||
	    exchange_length(x) == UINT64_MAX || exchange_length(x) == 0) {
		exchange_error(x, 400, "header");
		return;
	}
	i->q.number = (uint32_t)n;
	if (digest != NULL) {
		i->has_digest = true;
		if (!digest_parse(digest, i->digest)) {
			exchange_error(x, 400, "header");
		}
	}
}

static void
part_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	char body[64];
	int n;

	(void)arg;
	if (a->err == OK) {
		exchange_answer(x, 204, "application/json", "", 0, 0);
	} else if (a->err == ERR_CONFLICT) {
		n = snprintf(body, sizeof(body), "{\"next\":%u}\n",
		    (unsigned)a->next);
		exchange_answer(x, 409, "application/json", body, (size_t)n,
		    0);
	} else {
		exchange_error_of(x, a->err, "epoch");
	}
}

static void
part_finish(struct exchange *x)
{
	struct intake *i = exchange_get(x);
	uint8_t h[HASH_LEN];

	if (i->has_digest) {
		hash_bytes(i->slot, i->got, h);
		if (memcmp(h, i->digest, HASH_LEN) != 0) {
			exchange_error(x, 400, "digest");
			return;
		}
	}
	i->q.payload = i->slot;
	i->q.payload_len = i->got;
	ask_store(x, &i->q, part_done, NULL);
}

const struct handler intake_handlers[] = {
	{METHOD_PUT, "/v1/envelopes", ENVELOPE_WHOLE_MAX, put_begin,
	    slot_body, put_finish, free},
	{METHOD_POST, "/v1/uploads", 0, upload_begin, NULL, upload_finish,
	    free},
	{METHOD_PUT, "/v1/uploads", ENVELOPE_PART, part_begin, slot_body,
	    part_finish, free},
	{METHOD_GET, NULL, 0, NULL, NULL, NULL, NULL},
};
