/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The first byte chooses: a signature, a note, a key, a fingerprint, a file
 * with a key of the minisign program. No
 * input may verify under a key whose seed it does not hold; what is accepted
 * has one text.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/minisign.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

/* ${p} instead of the signature or, at ${at}, over a right one */
static void
signature(const uint8_t *p, size_t len, size_t at)
{
	static const uint8_t seed[SIGN_SEED] = { 1 };
	struct sign_purpose why = { .purpose = "reply", .desk = 1 };
	struct buf b = buf_new(SIGN_TEXT_MAX);
	struct sign_pk pk;
	enum err e;

	sign_pk_of(seed, &pk);
	if (sign_check(&pk, &why, "x", 1, p, len) == OK) {
		abort();
	}
	if (sign_make(seed, &why, "x", 1, &b) != OK) {
		abort();
	}
	at %= b.len;
	if (at > 33 && len > 0 && len <= b.len - at &&
	    memcmp(b.p + at, p, len) != 0) {
		memcpy(b.p + at, p, len);
		e = sign_check(&pk, &why, "x", 1, b.p, b.len);
		if (e != ERR_FORMAT && e != ERR_SIGNATURE) {
			abort();
		}
	}
	buf_free(&b);
}

static void
note(const uint8_t *p, size_t len)
{
	struct bytes sig, doc;

	if (note_split(p, len, &sig, &doc) == OK && (sig.p != p ||
	    sig.len + 1 + doc.len > len || doc.p != p + sig.len + 1 ||
	    doc.len == 0)) {
		abort();
	}
}

static void
key(const uint8_t *p, size_t len)
{
	char text[128], back[SIGN_KEY_TEXT], print[FINGERPRINT_TEXT];
	struct sign_pk pk;

	len = len < sizeof(text) - 1 ? len : sizeof(text) - 1;
	memcpy(text, p, len);
	text[len] = '\0';
	if (sign_pk_parse(text, &pk) == OK) {
		sign_pk_text(&pk, back);
		sign_fingerprint(&pk, print);
		if (strcmp(text, back) != 0 ||
		    !sign_fingerprint_is(&pk, print)) {
			abort();
		}
	}
	memset(&pk, 7, sizeof(pk));
	if (sign_fingerprint_is(&pk, text)) {
		abort();
	}
}

/* The key of a .pub file stands in it as it is written again */
static void
pub(const uint8_t *p, size_t len)
{
	char back[SIGN_KEY_TEXT];
	struct sign_program_pk pk;

	if (sign_program_pk_read(p, len, &pk) != OK) {
		return;
	}
	sign_program_pk_text(&pk, back);
	if (len < SIGN_KEY_TEXT || memcmp(p + len - SIGN_KEY_TEXT, back,
	    SIGN_KEY_TEXT - 1) != 0) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	if (len < 3) {
		return 0;
	}
	switch (p[0] % 4) {
	case 0:
		signature(p + 3, len - 3, (size_t)p[1] << 8 | p[2]);
		break;
	case 1:
		note(p + 1, len - 1);
		break;
	case 2:
		key(p + 1, len - 1);
		break;
	case 3:
		pub(p + 1, len - 1);
		break;
	}
	return 0;
}
