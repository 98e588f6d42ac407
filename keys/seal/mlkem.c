/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ML-KEM-768 with key checks and wiping. The packaged sources keep secrets
 * on the stack and in SHAKE contexts on the heap: contexts pass through
 * mlkem_free, the stack is overwritten after every call.
 * When memory runs out the packaged sources end the process; a context is
 * 208 bytes, and a process without that is lost anyway.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "fips202.h"
#include "kem.h"
#include "meldluik/secret.h"
#include "mlkem.h"
#include "randombytes.h"

#define MLKEM_Q 3329
#define MLKEM_STACK 49152 /* more than any call below uses (measured 25 KiB) */

void *mlkem_malloc(size_t len);
void mlkem_free(void *p);

/* The length stands before the block, so that free can wipe it. */
struct mlkem_block {
	_Alignas(16) size_t len;
};

void *
mlkem_malloc(size_t len)
{
	struct mlkem_block *b = malloc(sizeof(*b) + len);

	if (b == NULL) {
		return NULL;
	}
	b->len = len;
	return b + 1;
}

void
mlkem_free(void *p)
{
	if (p != NULL) {
		struct mlkem_block *b = (struct mlkem_block *)p - 1;
		sodium_memzero(p, b->len);
		free(b);
	}
}

int
randombytes(uint8_t *out, size_t len)
{
	randombytes_buf(out, len);
	return 0;
}

__attribute__((noinline)) static void
mlkem_wipe_stack(void)
{
	uint8_t below[MLKEM_STACK];

	sodium_memzero(below, sizeof(below));
}

void
mlkem_keypair(const uint8_t coins[64], uint8_t pk[MLKEM_PK],
    uint8_t sk[MLKEM_SK])
{
	PQCLEAN_MLKEM768_CLEAN_crypto_kem_keypair_derand(pk, sk, coins);
	mlkem_wipe_stack();
}

enum err
mlkem_pk_check(const uint8_t pk[MLKEM_PK])
{
	for (size_t i = 0; i < 1152; i += 3) {
		unsigned a = pk[i] | (pk[i + 1] & 15u) << 8;
		unsigned b = pk[i + 1] >> 4 | (unsigned)pk[i + 2] << 4;
		if (a >= MLKEM_Q || b >= MLKEM_Q) {
			return ERR_FORMAT;
		}
	}
	return OK;
}

enum err
mlkem_sk_check(const uint8_t sk[MLKEM_SK])
{
	uint8_t h[32];

	mlkem_sha3_256(sk + 1152, MLKEM_PK, h);
	return secret_equal(h, sk + 2336, 32) ? OK : ERR_FORMAT;
}

void
mlkem_enc(const uint8_t pk[MLKEM_PK], const uint8_t m[32],
    uint8_t ct[MLKEM_CT], uint8_t ss[32])
{
	PQCLEAN_MLKEM768_CLEAN_crypto_kem_enc_derand(ct, ss, pk, m);
	mlkem_wipe_stack();
}

void
mlkem_dec(const uint8_t sk[MLKEM_SK], const uint8_t ct[MLKEM_CT],
    uint8_t ss[32])
{
	PQCLEAN_MLKEM768_CLEAN_crypto_kem_dec(ss, ct, sk);
	mlkem_wipe_stack();
}

void
mlkem_shake256(const uint8_t *in, size_t len, uint8_t *out, size_t outlen)
{
	shake256(out, outlen, in, len);
	mlkem_wipe_stack();
}

void
mlkem_sha3_256(const uint8_t *in, size_t len, uint8_t out[32])
{
	sha3_256(out, in, len);
	mlkem_wipe_stack();
}
