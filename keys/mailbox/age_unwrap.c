/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From an identity to the file key of one header, and opening of a file of
 * one chunk. Structure is judged for all stanzas before any is tried, so
 * that every recipient calls the same files malformed.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "age_header.h"
#include "age_identity.h"
#include "age_stream.h"
#include "meldluik/secret.h"
#include "mlkem.h"

enum err
age_identity_new(const uint8_t seed[AGE_HYBRID_SEED],
    struct age_identity **out)
{
	struct age_identity *id = secret_new(sizeof(*id));
	enum err e;

	if (id == NULL) {
		return ERR_MEMORY;
	}
	if ((e = hybrid_expand(seed, &id->key, NULL)) != OK ||
	    (e = mlkem_sk_check(id->key.mlkem)) != OK) {
		secret_free(id);
		return e;
	}
	*out = id;
	return OK;
}

void
age_identity_free(struct age_identity *id)
{
	secret_free(id);
}

static enum err
unwrap_structure(const struct age_header *h)
{
	uint8_t enc[AGE_HYBRID_ENC], body[HYBRID_BODY];

	for (unsigned i = 0; i < h->stanzas; i++) {
		const struct age_stanza *st = &h->stanza[i];
		if (age_stanza_is(st, "scrypt") && h->stanzas != 1) {
			return ERR_FORMAT;
		}
		if (age_stanza_is(st, HYBRID_TYPE) && (st->nargs != 1 ||
		    age_base64(st->args[0], enc, sizeof(enc)) != OK ||
		    age_stanza_body(st, body, sizeof(body)) != OK)) {
			return ERR_FORMAT;
		}
	}
	return OK;
}

enum err
age_unwrap(const struct age_header *h, struct age_identity *const *ids,
    size_t n, uint8_t key[AGE_FILE_KEY])
{
	uint8_t enc[AGE_HYBRID_ENC], body[HYBRID_BODY], mac[32];
	enum err e = unwrap_structure(h), tried = ERR_NO_MATCH;

	if (e != OK) {
		return e;
	}
	for (unsigned i = 0; i < h->stanzas; i++) {
		const struct age_stanza *st = &h->stanza[i];
		if (!age_stanza_is(st, HYBRID_TYPE)) {
			continue;
		}
		if (age_base64(st->args[0], enc, sizeof(enc)) != OK ||
		    age_stanza_body(st, body, sizeof(body)) != OK) {
			return ERR_FORMAT;
		}
		for (size_t k = 0; k < n; k++) {
			tried = hybrid_open(&ids[k]->key, enc, body, key);
			if (tried != ERR_NO_MATCH) {
				goto found;
			}
		}
	}
	return ERR_NO_MATCH;
found:
	if (tried == OK) {
		age_header_mac(key, h->maced, mac);
		if (!secret_equal(mac, h->mac, sizeof(mac))) {
			tried = ERR_CRYPT;
		}
	}
	if (tried != OK) {
		secret_wipe(key, AGE_FILE_KEY);
	}
	return tried;
}

enum err
age_open_small(const struct age_identity *id, const uint8_t *p, size_t len,
    struct buf *out)
{
	struct age_identity *const ids[1] = {(struct age_identity *)(uintptr_t)id};
	struct age_header h;
	struct age_stream *stream = NULL;
	uint8_t file_key[AGE_FILE_KEY] = {0}, key[32] = {0};
	uint8_t *plain = NULL;
	enum err e = age_header_parse(p, len, &h);

	if (e != OK) {
		return e == ERR_BUSY ? ERR_FORMAT : e;
	}
	if (age_header_all_hybrid(&h, 1) != OK) {
		return ERR_POLICY;
	}
	size_t rest = len - h.len;
	if (rest < AGE_NONCE + AGE_TAG ||
	    rest > AGE_NONCE + AGE_CHUNK + AGE_TAG) {
		return ERR_FORMAT;
	}
	rest -= AGE_NONCE;
	if ((e = age_unwrap(&h, ids, 1, file_key)) != OK) {
		goto out;
	}
	age_payload_key(file_key, p + h.len, key);
	/* the wipe of a failed batch covers one whole chunk */
	plain = secret_new(AGE_CHUNK);
	if (plain == NULL) {
		e = ERR_MEMORY;
		goto out;
	}
	if ((e = age_stream_new(key, 1, false, &stream)) != OK ||
	    (e = age_stream_run(stream, p + h.len + AGE_NONCE, 1, rest, true,
	    plain)) != OK) {
		goto out;
	}
	buf_put(out, plain, rest - AGE_TAG);
	e = out->failed ? ERR_LIMIT : OK;
out:
	age_stream_free(stream);
	secret_free(plain);
	secret_wipe(file_key, sizeof(file_key));
	secret_wipe(key, sizeof(key));
	return e;
}
