/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Texts that people carry and paste. The first byte chooses: a recipient, an
 * identity, base64, a gateway card, a receipt (signed here first, so that
 * the parser behind the signature is reached). What is accepted has one text.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/base64.h"
#include "meldluik/keyset.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static void
recipient(const char *s, size_t len)
{
	char text[AGE_RECIPIENT_TEXT + 1];
	struct age_recipient r;

	if (age_recipient_parse(s, len, &r) == OK) {
		age_recipient_text(&r, text);
		if (len != AGE_RECIPIENT_TEXT || memcmp(text, s, len) != 0) {
			abort();
		}
	}
}

static void
identity(const char *s, size_t len)
{
	char text[AGE_IDENTITY_TEXT_MAX];
	uint8_t seed[AGE_HYBRID_SEED];

	if (age_identity_parse(s, len, seed) == OK) {
		age_identity_text(seed, text);
		if (strlen(text) != len || memcmp(text, s, len) != 0) {
			abort();
		}
	}
}

static void
base64(const char *s, size_t len)
{
	static uint8_t out[16384];
	bool padded = len > 0 && s[len - 1] == '=';
	size_t n = len / 4 * 3 + (padded || len % 4 == 0 ? 0 :
	    len % 4 - 1);

	if (padded) {
		n -= len > 1 && s[len - 2] == '=' ? 2 : 1;
	}
	if (n > sizeof(out) || len % 4 == 1) {
		return;
	}
	if (base64_exact(s, len, padded, out, n) == OK) {
		for (size_t i = 0; i < len; i++) {
			if ((uint8_t)s[i] > 126 || s[i] < '+') {
				abort();
			}
		}
	}
}

static void
card(const uint8_t *p, size_t len)
{
	struct buf b = buf_new(8192);
	struct card c, again;

	if (card_parse(p, len, &c) == OK && (card_write(&c, &b) != OK ||
	    card_parse(b.p, b.len, &again) != OK ||
	    again.generation != c.generation ||
	    strcmp(again.onion, c.onion) != 0 ||
	    strcmp(again.https, c.https) != 0)) {
		abort();
	}
	buf_free(&b);
}

static void
receipt(const uint8_t *p, size_t len)
{
	static const uint8_t seed[SIGN_SEED] = { 1 };
	struct sign_purpose why = { .purpose = "receipt" };
	struct buf note = buf_new(1u << 17);
	struct sign_pk pk;
	struct receipt r;

	sign_pk_of(seed, &pk);
	if (receipt_check(p, len, &pk, &r) == OK) {
		abort(); /* nobody but us has that key */
	}
	if (len > 0 && note_make(seed, &why, p, len, &note) == OK &&
	    receipt_check(note.p, note.len, &pk, &r) == OK &&
	    (r.generation == 0 || strlen(r.epoch) != 8)) {
		abort();
	}
	buf_free(&note);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	if (secret_setup() != OK || len == 0) {
		return 0;
	}
	switch (*p % 5) {
	case 0:
		recipient((const char *)p + 1, len - 1);
		break;
	case 1:
		identity((const char *)p + 1, len - 1);
		break;
	case 2:
		base64((const char *)p + 1, len - 1);
		break;
	case 3:
		card(p + 1, len - 1);
		break;
	default:
		receipt(p + 1, len - 1);
		break;
	}
	return 0;
}
