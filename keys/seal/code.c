/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The reporter's code: drawn, written, read, and the keys that hang from it
 * (keys/FORMAT.md section 4). All of it is secret; nothing here is kept, and
 * what is worked out on the way is wiped.
 */
#include <string.h>

#include <sodium.h>

#include "crockford.h"
#include "hkdf.h"
#include "labels.h"
#include "meldluik/code.h"
#include "meldluik/secret.h"

#define CODE_VERSION_SHIFT 6
#define CODE_DESK_MASK 0x3fu
#define CODE_CHARS 24u      /* of the 15 bytes */
#define CODE_CHECK_CHARS 4u /* the first 20 bits of a hash */
#define CODE_CHECK_BYTES 3u
#define CODE_BITS ((CODE_CHARS + CODE_CHECK_CHARS) * 5)
#define CODE_TYPED_BYTES ((CODE_BITS + 7) / 8)

/* The 20 check bits, high end first, in three bytes */
static void
code_check(const uint8_t b[CODE_LEN], uint8_t out[CODE_CHECK_BYTES])
{
	uint8_t in[sizeof(LABEL_CODE_CHECK) - 1 + CODE_LEN], h[HASH_LEN];

	memcpy(in, LABEL_CODE_CHECK, sizeof(LABEL_CODE_CHECK) - 1);
	memcpy(in + sizeof(LABEL_CODE_CHECK) - 1, b, CODE_LEN);
	hash_bytes(in, sizeof(in), h);
	memcpy(out, h, CODE_CHECK_BYTES);
	out[CODE_CHECK_BYTES - 1] &= 0xf0;
	secret_wipe(in, sizeof(in));
	secret_wipe(h, sizeof(h));
}

enum err
code_new(unsigned desk, struct code *out)
{
	if (desk < 1 || desk > CODE_DESK_MAX) {
		return ERR_USAGE;
	}
	out->b[0] = (uint8_t)desk; /* version bits 0 */
	randombytes_buf(out->b + 1, CODE_LEN - 1);
	return OK;
}

unsigned
code_desk(const struct code *c)
{
	return c->b[0] & CODE_DESK_MASK;
}

void
code_text(const struct code *c, char out[CODE_TEXT])
{
	uint8_t all[CODE_TYPED_BYTES];
	char text[CODE_CHARS + CODE_CHECK_CHARS + 2];

	memcpy(all, c->b, CODE_LEN);
	code_check(c->b, all + CODE_LEN);
	crockford_encode(all, sizeof(all), text);
	crockford_group(text, CODE_CHARS + CODE_CHECK_CHARS, out);
	secret_wipe(all, sizeof(all));
	secret_wipe(text, sizeof(text));
}

enum err
code_parse(const char *s, size_t len, struct code *out)
{
	uint8_t all[CODE_TYPED_BYTES], check[CODE_CHECK_BYTES];
	enum err e;

	if ((e = crockford_decode(s, len, all, CODE_BITS)) != OK) {
		goto out;
	}
	/* First the check characters: a typing mistake in the first
	 * character must not look like a code of the future. */
	code_check(all, check);
	if (!secret_equal(check, all + CODE_LEN, CODE_CHECK_BYTES)) {
		e = ERR_CRYPT;
		goto out;
	}
	if (all[0] >> CODE_VERSION_SHIFT != 0) {
		e = ERR_VERSION;
		goto out;
	}
	if ((all[0] & CODE_DESK_MASK) == 0) {
		e = ERR_FORMAT;
		goto out;
	}
	memcpy(out->b, all, CODE_LEN);
out:
	secret_wipe(all, sizeof(all));
	secret_wipe(check, sizeof(check));
	return e;
}

void
code_derive(const struct code *c, const uint8_t org[ORG_LEN],
    struct code_keys *out)
{
	hkdf_sha256(c->b, CODE_LEN, org, ORG_LEN, LABEL_MAILBOX,
	    out->mailbox, sizeof(out->mailbox));
	hkdf_sha256(c->b, CODE_LEN, org, ORG_LEN, LABEL_THREAD, out->thread,
	    sizeof(out->thread));
	hkdf_sha256(c->b, CODE_LEN, org, ORG_LEN, LABEL_TAG, out->tag_key,
	    sizeof(out->tag_key));
	hkdf_sha256(c->b, CODE_LEN, org, ORG_LEN, LABEL_MESSAGE_ID,
	    out->message_id, sizeof(out->message_id));
}
