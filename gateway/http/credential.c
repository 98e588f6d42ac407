/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "credential.h"
#include "meldluik/secret.h"

#define SCHEME "Bearer "
#define TOKEN_MAX 128u

bool
credential_fits(const char *header, const uint8_t hash[HASH_LEN])
{
	uint8_t h[HASH_LEN];
	size_t n;

	if (header == NULL ||
	    strncmp(header, SCHEME, sizeof(SCHEME) - 1) != 0) {
		return false;
	}
	header += sizeof(SCHEME) - 1;
	n = strlen(header);
	if (n == 0 || n > TOKEN_MAX) {
		return false;
	}
	hash_bytes(header, n, h);
	return secret_equal(h, hash, HASH_LEN);
}
