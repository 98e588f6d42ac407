/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * X-Wing under HPKE. Both halves of a recipient are checked before use; the
 * shared secret goes straight into the HPKE key schedule.
 */
#include <string.h>

#include <sodium.h>

#include "hkdf.h"
#include "hybrid.h"
#include "labels.h"
#include "meldluik/secret.h"
#include "mlkem.h"

#define PIECE(s) ((struct bytes){(const uint8_t *)(s), sizeof(s) - 1})

static const uint8_t hpke_suite[10] = {'H', 'P', 'K', 'E', 0x64, 0x7a, 0, 1, 0,
    3};
static const uint8_t xwing_label[6] = {0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c};

static void
hpke_extract(const void *salt, size_t saltlen, struct bytes label,
    struct bytes ikm, uint8_t prk[32])
{
	struct bytes piece[4] = {PIECE(LABEL_HPKE_VERSION),
	    {hpke_suite, sizeof(hpke_suite)}, label, ikm};

	hkdf_extract(salt, saltlen, piece, 4, prk);
}

static void
hpke_expand(const uint8_t prk[32], struct bytes label, struct bytes info,
    uint8_t *out, size_t len)
{
	uint8_t size[2] = {0, (uint8_t)len};
	struct bytes piece[5] = {{size, 2}, PIECE(LABEL_HPKE_VERSION),
	    {hpke_suite, sizeof(hpke_suite)}, label, info};

	hkdf_expand(prk, piece, 5, out, len);
}

/* RFC 9180 5.1, base mode: key and first nonce from a shared secret */
static void
hpke_schedule(const uint8_t shared[32], uint8_t key[32], uint8_t nonce[12])
{
	struct bytes none = {(const uint8_t *)"", 0};
	uint8_t context[65] = {0}, secret[32];

	hpke_extract(NULL, 0, PIECE("psk_id_hash"), none, context + 1);
	hpke_extract(NULL, 0, PIECE("info_hash"), PIECE(LABEL_AGE_HYBRID),
	    context + 33);
	hpke_extract(shared, 32, PIECE("secret"), none, secret);
	struct bytes info = {context, sizeof(context)};
	hpke_expand(secret, PIECE("key"), info, key, 32);
	hpke_expand(secret, PIECE("base_nonce"), info, nonce, 12);
	secret_wipe(secret, sizeof(secret));
}

/* SHA3-256(ssM || ssX || ctX || pkX || label) */
static void
xwing_combine(const uint8_t mlkem[32], const uint8_t x25519[32],
    const uint8_t share[32], const uint8_t pk[32], uint8_t out[32])
{
	uint8_t in[134];

	memcpy(in, mlkem, 32);
	memcpy(in + 32, x25519, 32);
	memcpy(in + 64, share, 32);
	memcpy(in + 96, pk, 32);
	memcpy(in + 128, xwing_label, 6);
	mlkem_sha3_256(in, sizeof(in), out);
	secret_wipe(in, sizeof(in));
}

enum err
age_recipient_check(const struct age_recipient *r)
{
	static const uint8_t one[32] = {1};
	uint8_t shared[32];
	enum err e = mlkem_pk_check(r->pk);

	/* libsodium reports a point of low order by an all-zero result */
	if (e == OK &&
	    crypto_scalarmult(shared, one, r->pk + MLKEM_PK) != 0) {
		e = ERR_FORMAT;
	}
	return e;
}

enum err
hybrid_expand(const uint8_t seed[AGE_HYBRID_SEED], struct hybrid_key *key,
    uint8_t *pk)
{
	uint8_t expanded[96], mlkem_pk[MLKEM_PK];

	mlkem_shake256(seed, AGE_HYBRID_SEED, expanded, sizeof(expanded));
	mlkem_keypair(expanded, mlkem_pk, key->mlkem);
	memcpy(key->x25519, expanded + 64, 32);
	secret_wipe(expanded, sizeof(expanded));
	if (crypto_scalarmult_base(key->x25519_pk, key->x25519) != 0) {
		return ERR_CRYPT;
	}
	if (pk != NULL) {
		memcpy(pk, mlkem_pk, MLKEM_PK);
		memcpy(pk + MLKEM_PK, key->x25519_pk, 32);
	}
	return OK;
}

enum err
hybrid_seal(const struct age_recipient *r,
    const uint8_t file_key[AGE_FILE_KEY], uint8_t enc[AGE_HYBRID_ENC],
    uint8_t body[HYBRID_BODY])
{
	uint8_t random[64], mlkem[32], x25519[32], shared[32], key[32];
	uint8_t nonce[12];
	enum err e = age_recipient_check(r);

	if (e != OK) {
		return e;
	}
	randombytes_buf(random, sizeof(random));
	mlkem_enc(r->pk, random, enc, mlkem);
	if (crypto_scalarmult_base(enc + MLKEM_CT, random + 32) != 0 ||
	    crypto_scalarmult(x25519, random + 32, r->pk + MLKEM_PK) != 0) {
		e = ERR_FORMAT;
		goto out;
	}
	xwing_combine(mlkem, x25519, enc + MLKEM_CT, r->pk + MLKEM_PK,
	    shared);
	hpke_schedule(shared, key, nonce);
	crypto_aead_chacha20poly1305_ietf_encrypt(body, NULL, file_key,
	    AGE_FILE_KEY, NULL, 0, NULL, nonce, key);
out:
	secret_wipe(random, sizeof(random));
	secret_wipe(mlkem, sizeof(mlkem));
	secret_wipe(x25519, sizeof(x25519));
	secret_wipe(shared, sizeof(shared));
	secret_wipe(key, sizeof(key));
	secret_wipe(nonce, sizeof(nonce));
	return e;
}

enum err
hybrid_open(const struct hybrid_key *k, const uint8_t enc[AGE_HYBRID_ENC],
    const uint8_t body[HYBRID_BODY], uint8_t file_key[AGE_FILE_KEY])
{
	uint8_t mlkem[32], x25519[32], shared[32], key[32], nonce[12];
	enum err e = OK;

	mlkem_dec(k->mlkem, enc, mlkem);
	if (crypto_scalarmult(x25519, k->x25519, enc + MLKEM_CT) != 0) {
		e = ERR_FORMAT;
		goto out;
	}
	xwing_combine(mlkem, x25519, enc + MLKEM_CT, k->x25519_pk, shared);
	hpke_schedule(shared, key, nonce);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(file_key, NULL, NULL,
		body, HYBRID_BODY, NULL, 0, nonce, key) != 0) {
		e = ERR_NO_MATCH;
	}
out:
	secret_wipe(mlkem, sizeof(mlkem));
	secret_wipe(x25519, sizeof(x25519));
	secret_wipe(shared, sizeof(shared));
	secret_wipe(key, sizeof(key));
	secret_wipe(nonce, sizeof(nonce));
	return e;
}
