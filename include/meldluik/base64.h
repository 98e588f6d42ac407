/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Base64 (RFC 4648 section 4) of a known number of bytes, in its one
 * canonical writing. Every decoder of this project goes through here:
 * libsodium 1.0.18 reads 0xab as '+' and 0xaf as '/' where char is signed,
 * so that the same bytes would have several texts.
 */
#ifndef MELDLUIK_BASE64_H
#define MELDLUIK_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meldluik/err.h"

/*
 * base64_exact(s, slen, padded, out, len): the ${slen} characters at ${s},
 * with or without '=' at the end as ${padded} says, must be ${len} bytes,
 * written to ${out}. Constant-time for right letters. ERR_FORMAT: anything
 * else; ${out} then holds nothing of use.
 */
enum err base64_exact(const char *s, size_t slen, bool padded, uint8_t *out,
    size_t len);

#endif
