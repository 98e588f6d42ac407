/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * minisign signatures, prehashed form only, and signed notes. Guards the
 * meaning of a signature: purpose, organisation and desk are signed with it
 * (trusted comment) and compared whole, never parsed. May hold a secret key
 * on the stack, which is wiped; must never keep one.
 */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "crockford.h"
#include "meldluik/base64.h"
#include "meldluik/code.h"
#include "meldluik/minisign.h"
#include "meldluik/secret.h"

#define ALGORITHM_KEY "Ed"  /* a key */
#define ALGORITHM_SIGN "ED" /* a signature over BLAKE2b-512 of the file */
#define KEY_ID SIGN_ID
#define SIG_BYTES crypto_sign_BYTES
#define SIG_BLOB (2 + KEY_ID + SIG_BYTES)
#define KEY_BLOB (2 + KEY_ID + SIGN_PK)
#define SIG_TEXT 100u    /* base64 of SIG_BLOB */
#define GLOBAL_TEXT 88u  /* base64 of SIG_BYTES */
#define PREHASH 64u
#define COMMENT_MAX 128u /* our trusted comment, with NUL */
#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "
#define FINGERPRINT_BYTES 20u
#define FINGERPRINT_CHARS 32u

void
sign_keypair(uint8_t seed[SIGN_SEED], struct sign_pk *pk)
{
	randombytes_buf(seed, SIGN_SEED);
	sign_pk_of(seed, pk);
}

void
sign_pk_of(const uint8_t seed[SIGN_SEED], struct sign_pk *pk)
{
	uint8_t sk[SIGN_SK];

	crypto_sign_seed_keypair(pk->pk, sk, seed);
	secret_wipe(sk, sizeof(sk));
}

_Static_assert(SIGN_SK == crypto_sign_SECRETKEYBYTES &&
    SIGN_SK == SIGN_SEED + SIGN_PK, "a secret key is the seed and the key");

void
sign_sk_of(const uint8_t seed[SIGN_SEED], uint8_t sk[SIGN_SK])
{
	struct sign_pk pk;

	crypto_sign_seed_keypair(pk.pk, sk, seed);
}

static void
key_id(const struct sign_pk *pk, uint8_t out[KEY_ID])
{
	uint8_t h[HASH_LEN];

	hash_bytes(pk->pk, SIGN_PK, h);
	memcpy(out, h, KEY_ID);
}

/* The trusted comment without its prefix; ERR_USAGE for a senseless one */
static enum err
purpose_text(const struct sign_purpose *why, char out[COMMENT_MAX])
{
	char org[2 * ORG_LEN + 1];
	int n;

	hex_encode(why->org, ORG_LEN, org);
	n = snprintf(out, COMMENT_MAX, "meldluik %s org=%s desk=%u",
	    why->purpose, org, why->desk);
	return n < 0 || (size_t)n >= COMMENT_MAX ? ERR_USAGE : OK;
}

enum err
sign_make(const uint8_t seed[SIGN_SEED], const struct sign_purpose *why,
    const void *p, size_t len, struct buf *out)
{
	uint8_t sk[SIGN_SK];
	enum err e;

	sign_sk_of(seed, sk);
	e = sign_make_sk(sk, why, p, len, out);
	secret_wipe(sk, sizeof(sk));
	return e;
}

enum err
sign_make_sk(const uint8_t sk[SIGN_SK], const struct sign_purpose *why,
    const void *p, size_t len, struct buf *out)
{
	uint8_t hash[PREHASH];
	uint8_t blob[SIG_BLOB], global[SIG_BYTES];
	uint8_t bound[SIG_BYTES + COMMENT_MAX];
	char comment[COMMENT_MAX], text[SIG_TEXT + 1];
	struct sign_pk pk;
	size_t comment_len;
	enum err e;

	if ((e = purpose_text(why, comment)) != OK) {
		return e;
	}
	comment_len = strlen(comment);
	memcpy(pk.pk, sk + SIGN_SEED, SIGN_PK);
	crypto_generichash(hash, sizeof(hash), p, len, NULL, 0);
	memcpy(blob, ALGORITHM_SIGN, 2);
	key_id(&pk, blob + 2);
	crypto_sign_detached(blob + 2 + KEY_ID, NULL, hash, sizeof(hash), sk);
	memcpy(bound, blob + 2 + KEY_ID, SIG_BYTES);
	memcpy(bound + SIG_BYTES, comment, comment_len);
	crypto_sign_detached(global, NULL, bound, SIG_BYTES + comment_len,
	    sk);
	secret_wipe(hash, sizeof(hash));

	buf_text(out, UNTRUSTED "meldluik ");
	buf_text(out, why->purpose);
	buf_u8(out, '\n');
	sodium_bin2base64(text, sizeof(text), blob, sizeof(blob),
	    sodium_base64_VARIANT_ORIGINAL);
	buf_text(out, text);
	buf_text(out, "\n" TRUSTED);
	buf_text(out, comment);
	buf_u8(out, '\n');
	sodium_bin2base64(text, sizeof(text), global, sizeof(global),
	    sodium_base64_VARIANT_ORIGINAL);
	buf_text(out, text);
	buf_u8(out, '\n');
	return out->failed ? ERR_LIMIT : OK;
}

/* Takes a line without its LF; false if there is none or it holds a NUL */
static bool
line_take(struct bytes *in, struct bytes *line)
{
	const uint8_t *lf = memchr(in->p, '\n', in->len);

	if (lf == NULL) {
		return false;
	}
	line->p = in->p;
	line->len = (size_t)(lf - in->p);
	in->p = lf + 1;
	in->len -= line->len + 1;
	return memchr(line->p, '\0', line->len) == NULL;
}

static bool
line_starts(const struct bytes *line, const char *prefix)
{
	return line->len >= strlen(prefix) &&
	    memcmp(line->p, prefix, strlen(prefix)) == 0;
}

struct minisig {
	uint8_t blob[SIG_BLOB];
	uint8_t global[SIG_BYTES];
	struct bytes comment; /* trusted; a view into the input */
};

static enum err
minisig_read(const void *sig, size_t siglen, struct minisig *out)
{
	struct bytes in = { sig, siglen }, line;

	if (siglen >= SIGN_TEXT_MAX || siglen == 0) {
		return ERR_FORMAT;
	}
	if (!line_take(&in, &line) || !line_starts(&line, UNTRUSTED)) {
		return ERR_FORMAT;
	}
	if (!line_take(&in, &line) || line.len != SIG_TEXT ||
	    base64_exact((const char *)line.p, line.len, true,
	    out->blob, SIG_BLOB) != OK) {
		return ERR_FORMAT;
	}
	if (!line_take(&in, &out->comment) ||
	    !line_starts(&out->comment, TRUSTED)) {
		return ERR_FORMAT;
	}
	out->comment.p += strlen(TRUSTED);
	out->comment.len -= strlen(TRUSTED);
	if (!line_take(&in, &line) || line.len != GLOBAL_TEXT ||
	    base64_exact((const char *)line.p, line.len, true,
	    out->global, SIG_BYTES) != OK || in.len != 0) {
		return ERR_FORMAT;
	}
	return OK;
}

enum err
sign_program_check(const struct sign_program_pk *pk,
    const struct sign_purpose *why, const void *p, size_t len,
    const void *sig, size_t siglen)
{
	uint8_t hash[PREHASH], bound[SIG_BYTES + COMMENT_MAX];
	char comment[COMMENT_MAX];
	struct minisig m;
	enum err e;

	if ((e = purpose_text(why, comment)) != OK ||
	    (e = minisig_read(sig, siglen, &m)) != OK) {
		return e;
	}
	if (memcmp(m.blob, ALGORITHM_SIGN, 2) != 0 ||
	    memcmp(m.blob + 2, pk->id, KEY_ID) != 0 ||
	    m.comment.len != strlen(comment) ||
	    memcmp(m.comment.p, comment, m.comment.len) != 0) {
		return ERR_SIGNATURE;
	}
	memcpy(bound, m.blob + 2 + KEY_ID, SIG_BYTES);
	memcpy(bound + SIG_BYTES, m.comment.p, m.comment.len);
	if (crypto_sign_verify_detached(m.global, bound,
	    SIG_BYTES + m.comment.len, pk->key.pk) != 0) {
		return ERR_SIGNATURE;
	}
	crypto_generichash(hash, sizeof(hash), p, len, NULL, 0);
	if (crypto_sign_verify_detached(m.blob + 2 + KEY_ID, hash,
	    sizeof(hash), pk->key.pk) != 0) {
		return ERR_SIGNATURE;
	}
	return OK;
}

enum err
sign_check(const struct sign_pk *pk, const struct sign_purpose *why,
    const void *p, size_t len, const void *sig, size_t siglen)
{
	struct sign_program_pk own;

	own.key = *pk;
	key_id(pk, own.id);
	return sign_program_check(&own, why, p, len, sig, siglen);
}

enum err
sign_program_pk_parse(const char *s, struct sign_program_pk *out)
{
	uint8_t blob[KEY_BLOB];

	if (strnlen(s, SIGN_KEY_TEXT) != SIGN_KEY_TEXT - 1 ||
	    base64_exact(s, SIGN_KEY_TEXT - 1, true, blob, sizeof(blob)) != OK ||
	    memcmp(blob, ALGORITHM_KEY, 2) != 0 ||
	    crypto_core_ed25519_is_valid_point(blob + 2 + KEY_ID) != 1) {
		return ERR_FORMAT;
	}
	memcpy(out->id, blob + 2, KEY_ID);
	memcpy(out->key.pk, blob + 2 + KEY_ID, SIGN_PK);
	return OK;
}

enum err
sign_pk_parse(const char *s, struct sign_pk *out)
{
	struct sign_program_pk pk;
	uint8_t id[KEY_ID];
	enum err e = sign_program_pk_parse(s, &pk);

	if (e != OK) {
		return e;
	}
	key_id(&pk.key, id);
	if (memcmp(pk.id, id, KEY_ID) != 0) {
		return ERR_FORMAT;
	}
	*out = pk.key;
	return OK;
}

enum err
sign_program_pk_read(const void *p, size_t len, struct sign_program_pk *out)
{
	struct bytes in = { p, len }, line;
	char text[SIGN_KEY_TEXT];

	if (!line_take(&in, &line) || !line_starts(&line, UNTRUSTED) ||
	    !line_take(&in, &line) || line.len != SIGN_KEY_TEXT - 1 ||
	    in.len != 0) {
		return ERR_FORMAT;
	}
	memcpy(text, line.p, line.len);
	text[line.len] = 0;
	return sign_program_pk_parse(text, out);
}

void
sign_program_pk_text(const struct sign_program_pk *pk,
    char out[SIGN_KEY_TEXT])
{
	uint8_t blob[KEY_BLOB];

	memcpy(blob, ALGORITHM_KEY, 2);
	memcpy(blob + 2, pk->id, KEY_ID);
	memcpy(blob + 2 + KEY_ID, pk->key.pk, SIGN_PK);
	sodium_bin2base64(out, SIGN_KEY_TEXT, blob, sizeof(blob),
	    sodium_base64_VARIANT_ORIGINAL);
}

void
sign_pk_text(const struct sign_pk *pk, char out[SIGN_KEY_TEXT])
{
	struct sign_program_pk own;

	own.key = *pk;
	key_id(pk, own.id);
	sign_program_pk_text(&own, out);
}

enum err
sign_pk_file(const struct sign_pk *pk, struct buf *out)
{
	char text[SIGN_KEY_TEXT], print[FINGERPRINT_TEXT];

	sign_pk_text(pk, text);
	sign_fingerprint(pk, print);
	buf_text(out, UNTRUSTED "meldluik key ");
	buf_text(out, print);
	buf_u8(out, '\n');
	buf_text(out, text);
	buf_u8(out, '\n');
	return out->failed ? ERR_LIMIT : OK;
}

void
sign_fingerprint(const struct sign_pk *pk, char out[FINGERPRINT_TEXT])
{
	uint8_t h[HASH_LEN];
	char text[FINGERPRINT_CHARS + 1];

	hash_bytes(pk->pk, SIGN_PK, h);
	crockford_encode(h, FINGERPRINT_BYTES, text);
	crockford_group(text, FINGERPRINT_CHARS, out);
}

bool
sign_fingerprint_is(const struct sign_pk *pk, const char *typed)
{
	uint8_t h[HASH_LEN], got[FINGERPRINT_BYTES];

	if (crockford_decode(typed, strnlen(typed, CROCKFORD_TYPED_MAX + 1),
	    got, 8 * FINGERPRINT_BYTES) != OK) {
		return false;
	}
	hash_bytes(pk->pk, SIGN_PK, h);
	return secret_equal(h, got, FINGERPRINT_BYTES);
}

bool
sign_pk_equal(const struct sign_pk *a, const struct sign_pk *b)
{
	return secret_equal(a->pk, b->pk, SIGN_PK);
}

enum err
note_make(const uint8_t seed[SIGN_SEED], const struct sign_purpose *why,
    const void *doc, size_t len, struct buf *out)
{
	uint8_t sk[SIGN_SK];
	enum err e;

	sign_sk_of(seed, sk);
	e = note_make_sk(sk, why, doc, len, out);
	secret_wipe(sk, sizeof(sk));
	return e;
}

enum err
note_make_sk(const uint8_t sk[SIGN_SK], const struct sign_purpose *why,
    const void *doc, size_t len, struct buf *out)
{
	enum err e;

	if (len == 0 || memchr(doc, '\0', len) != NULL) {
		return ERR_USAGE; /* a zero byte would end the document */
	}
	if ((e = sign_make_sk(sk, why, doc, len, out)) != OK) {
		return e;
	}
	buf_u8(out, '\n');
	buf_put(out, doc, len);
	return out->failed ? ERR_LIMIT : OK;
}

enum err
note_split(const void *p, size_t len, struct bytes *sig, struct bytes *doc)
{
	struct bytes in = { p, len }, line;
	const uint8_t *end;
	size_t siglen, doclen;

	if (len == 0) {
		return ERR_FORMAT;
	}
	for (unsigned i = 0; i < 4; i++) {
		if (!line_take(&in, &line)) {
			return ERR_FORMAT;
		}
	}
	siglen = len - in.len;
	if (siglen >= SIGN_TEXT_MAX || in.len < 2 || in.p[0] != '\n') {
		return ERR_FORMAT;
	}
	in.p++;
	in.len--;
	end = memchr(in.p, '\0', in.len);
	doclen = end == NULL ? in.len : (size_t)(end - in.p);
	if (doclen == 0 || !sodium_is_zero(in.p + doclen, in.len - doclen)) {
		return ERR_FORMAT;
	}
	sig->p = p;
	sig->len = siglen;
	doc->p = in.p;
	doc->len = doclen;
	return OK;
}
