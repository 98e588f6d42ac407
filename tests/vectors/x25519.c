/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * X25519 stanzas of age v1, beside the product's own unwrapping, so that all
 * unarmored conformance vectors run against the product's parser and stream.
 */
#include <string.h>

#include <sodium.h>

#include "age_header.h"
#include "bech32.h"
#include "hkdf.h"
#include "meldluik/secret.h"
#include "x25519.h"

#define X25519_TYPE "X25519"
#define X25519_LABEL "age-encryption.org/v1/X25519"

enum err
vector_key_add(struct vector_keys *k, const char *s, size_t len)
{
	uint8_t seed[AGE_HYBRID_SEED];
	enum err e;

	if (k->hybrids == VECTOR_IDS || k->x25519s == VECTOR_IDS) {
		return ERR_LIMIT;
	}
	if (age_identity_parse(s, len, seed) == OK) {
		e = age_identity_new(seed, &k->hybrid[k->hybrids]);
		k->hybrids += e == OK;
		return e;
	}
	e = bech32_decode("age-secret-key-", s, len, 1,
	    k->x25519[k->x25519s], 32);
	k->x25519s += e == OK;
	return e;
}

void
vector_keys_free(struct vector_keys *k)
{
	for (size_t i = 0; i < k->hybrids; i++) {
		age_identity_free(k->hybrid[i]);
	}
	secret_wipe(k, sizeof(*k));
}

static enum err
stanza_read(const struct age_stanza *st, uint8_t share[32], uint8_t body[32])
{
	if (st->nargs != 1 || age_base64(st->args[0], share, 32) != OK ||
	    age_stanza_body(st, body, 32) != OK) {
		return ERR_FORMAT;
	}
	return OK;
}

static enum err
stanza_open(const uint8_t sk[32], const uint8_t share[32],
    const uint8_t body[32], uint8_t key[AGE_FILE_KEY])
{
	static const uint8_t nonce[12];
	uint8_t salt[64], shared[32], wrap[32];

	if (crypto_scalarmult(shared, sk, share) != 0) {
		return ERR_FORMAT;
	}
	memcpy(salt, share, 32);
	crypto_scalarmult_base(salt + 32, sk);
	hkdf_sha256(shared, 32, salt, 64, X25519_LABEL, wrap, 32);
	return crypto_aead_chacha20poly1305_ietf_decrypt(key, NULL, NULL,
	    body, 32, NULL, 0, nonce, wrap) == 0 ? OK : ERR_NO_MATCH;
}

enum err
vector_unwrap(void *arg, const struct age_header *h,
    uint8_t key[AGE_FILE_KEY])
{
	struct vector_keys *k = arg;
	uint8_t share[32], body[32], mac[32];
	enum err e;

	for (unsigned i = 0; i < h->stanzas; i++) {
		if (age_stanza_is(&h->stanza[i], X25519_TYPE) &&
		    stanza_read(&h->stanza[i], share, body) != OK) {
			return ERR_FORMAT;
		}
	}
	e = age_unwrap(h, k->hybrid, k->hybrids, key);
	for (unsigned i = 0; e == ERR_NO_MATCH && i < h->stanzas; i++) {
		if (!age_stanza_is(&h->stanza[i], X25519_TYPE)) {
			continue;
		}
		e = stanza_read(&h->stanza[i], share, body);
		for (size_t n = 0; n < k->x25519s && e != ERR_FORMAT; n++) {
			e = stanza_open(k->x25519[n], share, body, key);
			if (e != ERR_NO_MATCH) {
				break;
			}
		}
		e = k->x25519s == 0 && e == OK ? ERR_NO_MATCH : e;
		if (e == OK) {
			age_header_mac(key, h->maced, mac);
			return secret_equal(mac, h->mac, 32) ? OK : ERR_CRYPT;
		}
	}
	return e;
}
