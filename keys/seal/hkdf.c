/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * HMAC-SHA256 and HKDF-SHA256 over libsodium's streaming HMAC, whose state
 * is wiped here. (The one-shot HMAC of libsodium fixes the key at 32 bytes.)
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "hkdf.h"
#include "meldluik/secret.h"

void
hmac_sha256(const void *key, size_t keylen, const struct bytes *piece,
    size_t n, uint8_t out[32])
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, key, keylen);
	for (size_t i = 0; i < n; i++) {
		crypto_auth_hmacsha256_update(&st, piece[i].p, piece[i].len);
	}
	crypto_auth_hmacsha256_final(&st, out);
	secret_wipe(&st, sizeof(st));
}

void
hkdf_extract(const void *salt, size_t saltlen, const struct bytes *ikm,
    size_t n, uint8_t prk[32])
{
	static const uint8_t zeros[32];

	if (saltlen == 0) {
		salt = zeros;
		saltlen = sizeof(zeros);
	}
	hmac_sha256(salt, saltlen, ikm, n, prk);
}

void
hkdf_expand(const uint8_t prk[32], const struct bytes *info, size_t n,
    uint8_t *out, size_t len)
{
	static const uint8_t one = 1;
	struct bytes piece[8];
	uint8_t block[32];

	if (n > 7 || len > sizeof(block)) {
		abort();
	}
	memcpy(piece, info, n * sizeof(*info));
	piece[n] = (struct bytes){&one, 1};
	hmac_sha256(prk, 32, piece, n + 1, block);
	memcpy(out, block, len);
	secret_wipe(block, sizeof(block));
}

void
hkdf_sha256(const void *ikm, size_t ikmlen, const void *salt,
    size_t saltlen, const char *info, uint8_t *out, size_t len)
{
	struct bytes in = {ikm, ikmlen};
	struct bytes label = {(const uint8_t *)info, strlen(info)};
	uint8_t prk[32];

	hkdf_extract(salt, saltlen, &in, 1, prk);
	hkdf_expand(prk, &label, 1, out, len);
	secret_wipe(prk, sizeof(prk));
}
