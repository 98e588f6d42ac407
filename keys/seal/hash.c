/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SHA-256 by libcrypto, which uses the processor's SHA instructions. Its
 * plain functions are marked old, but need none of its providers: those cost
 * each process a megabyte, and read a configuration file that may choose what
 * computes a hash.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stdlib.h>

#include "meldluik/minisign.h"
#include "meldluik/secret.h"

struct hash_state {
	SHA256_CTX ctx;
};

void
hash_bytes(const void *p, size_t len, uint8_t out[HASH_LEN])
{
	SHA256_CTX c;

	SHA256_Init(&c);
	SHA256_Update(&c, p, len);
	SHA256_Final(out, &c); /* wipes the state */
}

struct hash_state *
hash_new(void)
{
	struct hash_state *h = calloc(1, sizeof(*h));

	if (h != NULL) {
		SHA256_Init(&h->ctx);
	}
	return h;
}

void
hash_write(struct hash_state *h, const void *p, size_t len)
{
	SHA256_Update(&h->ctx, p, len);
}

void
hash_end(struct hash_state *h, uint8_t out[HASH_LEN])
{
	SHA256_Final(out, &h->ctx);
	SHA256_Init(&h->ctx);
}

void
hash_free(struct hash_state *h)
{
	if (h != NULL) {
		secret_wipe(h, sizeof(*h));
		free(h);
	}
}
