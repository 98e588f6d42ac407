/* SPDX-License-Identifier: EUPL-1.2 */
/* Base64 by libsodium, with what it lets pass refused first. */
#include "meldluik/base64.h"

#include <sodium.h>

enum err
base64_exact(const char *s, size_t slen, bool padded, uint8_t *out,
    size_t len)
{
	int variant = padded ? sodium_base64_VARIANT_ORIGINAL :
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
	const char *end = NULL;
	uint8_t high = 0;
	size_t got = 0;

	for (size_t i = 0; i < slen; i++) {
		high |= (uint8_t)s[i];
	}
	if (high > 127 ||
	    slen != sodium_base64_encoded_len(len, variant) - 1 ||
	    sodium_base642bin(out, len, s, slen, NULL, &got, &end,
	    variant) != 0 || got != len || end != s + slen) {
		return ERR_FORMAT;
	}
	return OK;
}
