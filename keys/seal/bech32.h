/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bech32 (BIP 173 checksum) without its 90-character limit, for age keys.
 * Encoding is branch-free on the data, which may be a secret identity.
 */
#ifndef MELDLUIK_BECH32_H
#define MELDLUIK_BECH32_H

#include <stddef.h>
#include <stdint.h>

#include "meldluik/err.h"

/*
 * bech32_encode(hrp, p, len, upper, out): ${hrp} in lower case; ${out} holds
 * strlen(hrp) + 1 + (8 * len + 4) / 5 + 6 + 1 characters.
 */
void bech32_encode(const char *hrp, const uint8_t *p, size_t len, int upper,
    char *out);
/*
 * bech32_decode(hrp, s, slen, upper, out, len): exactly ${len} bytes, all
 * of ${s} in the one letter case, ${hrp} compared whole. ERR_FORMAT else.
 */
enum err bech32_decode(const char *hrp, const char *s, size_t slen,
    int upper, uint8_t *out, size_t len);

#endif
