/* SPDX-License-Identifier: EUPL-1.2 */
/* HMAC-SHA256 and HKDF-SHA256 (RFC 2104, RFC 5869). Outputs are secret. */
#ifndef MELDLUIK_HKDF_H
#define MELDLUIK_HKDF_H

#include <stddef.h>
#include <stdint.h>

#include "meldluik/bytes.h"

/* HMAC over the ${n} pieces, one after the other */
void hmac_sha256(const void *key, size_t keylen, const struct bytes *piece,
    size_t n, uint8_t out[32]);
/* HKDF-Extract and HKDF-Expand; ${len} <= 32 */
void hkdf_extract(const void *salt, size_t saltlen, const struct bytes *ikm,
    size_t n, uint8_t prk[32]);
void hkdf_expand(const uint8_t prk[32], const struct bytes *info, size_t n,
    uint8_t *out, size_t len);
/* Both, with info a C string */
void hkdf_sha256(const void *ikm, size_t ikmlen, const void *salt,
    size_t saltlen, const char *info, uint8_t *out, size_t len);

#endif
