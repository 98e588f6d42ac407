/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ML-KEM-768 with key checks and wiping. The packaged sources keep secrets
 * on the stack and in SHAKE contexts on the heap: here contexts come from a
 * pool that is wiped, and the stack is overwritten after every call.
 */
#include <stdbool.h>
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

/*
 * Room for the few contexts that live at one time. A pool and no heap: the
 * packaged sources call exit() when malloc fails, in the middle of a request.
 */
#define MLKEM_CONTEXTS 4
#define MLKEM_CONTEXT_LEN 208 /* PQC_SHAKEINCCTX_BYTES, the larger one */

static _Thread_local struct mlkem_context {
	uint64_t state[MLKEM_CONTEXT_LEN / 8];
	bool used;
} contexts[MLKEM_CONTEXTS];

void *
mlkem_malloc(size_t len)
{
	for (size_t i = 0; i < MLKEM_CONTEXTS; i++) {
		if (!contexts[i].used && len <= MLKEM_CONTEXT_LEN) {
			contexts[i].used = true;
			return contexts[i].state;
		}
	}
	abort(); /* a context was not given back */
}

void
mlkem_free(void *p)
{
	struct mlkem_context *c = p; /* its first member */

	if (c != NULL) {
		secret_wipe(c, sizeof(*c));
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
