/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * XChaCha20-Poly1305 of records. Short ones by libsodium; long ones by
 * libcrypto's ChaCha20-Poly1305 under the HChaCha20 subkey, which is the
 * same cipher at twice the rate. From any thread; ${out} may be where ${p}
 * or ${c} is.
 */
#ifndef STORE_AEAD_H
#define STORE_AEAD_H

#include "meldluik/bytes.h"

#define AEAD_KEY 32u
#define AEAD_NONCE 24u
#define AEAD_TAG 16u

/* Writes ${len} + AEAD_TAG bytes */
enum err aead_seal(uint8_t *out, const void *p, size_t len,
    const uint8_t *ad, size_t adlen, const uint8_t nonce[AEAD_NONCE],
    const uint8_t key[AEAD_KEY]);
/* ${len} counts the tag. On ERR_CRYPT ${out} holds zeros: libcrypto writes
 * before it verifies, and nothing unverified may be left. */
enum err aead_open(uint8_t *out, const uint8_t *c, size_t len,
    const uint8_t *ad, size_t adlen, const uint8_t nonce[AEAD_NONCE],
    const uint8_t key[AEAD_KEY]);
/* What libcrypto keeps for this thread; before the thread ends */
void aead_forget(void);

#endif
