/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SHA-256 whose state can be written down between two parts of an upload, so
 * that no byte is hashed twice and a restart loses nothing. libcrypto's
 * plain functions are marked old but are the only ones that give the state.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <string.h>

#include "meldluik/secret.h"
#include "store_private.h"

static void state_store(const SHA256_CTX *c, uint8_t out[HASH_SAVED])
{
	for (int i = 0; i < 8; i++) {
		out[4 * i] = (uint8_t)(c->h[i] >> 24);
		out[4 * i + 1] = (uint8_t)(c->h[i] >> 16);
		out[4 * i + 2] = (uint8_t)(c->h[i] >> 8);
		out[4 * i + 3] = (uint8_t)c->h[i];
	}
	key_of((uint64_t)c->Nh << 32 | c->Nl, out + 32);
	memset(out + 40, 0, 64);
	memcpy(out + 40, c->data, c->num);
	out[104] = (uint8_t)c->num;
}

static void state_restore(const uint8_t in[HASH_SAVED], SHA256_CTX *c)
{
	uint64_t bits = key_value(in + 32);

	SHA256_Init(c);
	for (int i = 0; i < 8; i++) {
		c->h[i] = (SHA_LONG)in[4 * i] << 24 |
		    (SHA_LONG)in[4 * i + 1] << 16 |
		    (SHA_LONG)in[4 * i + 2] << 8 | in[4 * i + 3];
	}
	c->Nh = (SHA_LONG)(bits >> 32);
	c->Nl = (SHA_LONG)bits;
	memcpy(c->data, in + 40, 64);
	c->num = in[104] & 63u;
}

void hash_saved_new(uint8_t state[HASH_SAVED])
{
	SHA256_CTX c;

	SHA256_Init(&c);
	state_store(&c, state);
}

void hash_saved_write(uint8_t state[HASH_SAVED], const void *p, size_t len)
{
	SHA256_CTX c;

	state_restore(state, &c);
	SHA256_Update(&c, p, len);
	state_store(&c, state);
}

void hash_saved_end(const uint8_t state[HASH_SAVED], uint8_t out[HASH_LEN])
{
	SHA256_CTX c;

	state_restore(state, &c);
	SHA256_Final(out, &c);
}
