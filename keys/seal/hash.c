/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SHA-256 by libcrypto, which uses the processor's SHA instructions. No
 * configuration file and no environment variable of OpenSSL is read: neither
 * may choose what computes a hash here. A hash that cannot be computed is a
 * broken invariant, so it aborts.
 */
#include <pthread.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "meldluik/minisign.h"

struct hash_state {
	EVP_MD_CTX *ctx;
};

static pthread_once_t hash_once = PTHREAD_ONCE_INIT;
static EVP_MD *hash_md; /* for the life of the process */

static void
hash_setup_once(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	hash_md = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (hash_md == NULL) {
		abort();
	}
}

void
hash_bytes(const void *p, size_t len, uint8_t out[HASH_LEN])
{
	pthread_once(&hash_once, hash_setup_once);
	if (EVP_Digest(p, len, out, NULL, hash_md, NULL) != 1) {
		abort();
	}
}

static void
hash_start(struct hash_state *h)
{
	if (EVP_DigestInit_ex2(h->ctx, hash_md, NULL) != 1) {
		abort();
	}
}

struct hash_state *
hash_new(void)
{
	struct hash_state *h = calloc(1, sizeof(*h));

	pthread_once(&hash_once, hash_setup_once);
	if (h == NULL) {
		return NULL;
	}
	h->ctx = EVP_MD_CTX_new();
	if (h->ctx == NULL) {
		free(h);
		return NULL;
	}
	hash_start(h);
	return h;
}

void
hash_write(struct hash_state *h, const void *p, size_t len)
{
	if (EVP_DigestUpdate(h->ctx, p, len) != 1) {
		abort();
	}
}

void
hash_end(struct hash_state *h, uint8_t out[HASH_LEN])
{
	if (EVP_DigestFinal_ex(h->ctx, out, NULL) != 1) {
		abort();
	}
	hash_start(h);
}

void
hash_free(struct hash_state *h)
{
	if (h != NULL) {
		EVP_MD_CTX_free(h->ctx); /* clears its state */
		free(h);
	}
}
