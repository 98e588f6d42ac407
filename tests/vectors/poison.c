/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Public by design, and marked so here: the seed of the matrix A (it stands
 * in the public key), a public key and a signature, and the one bit each of
 * "this share is of low order", "this stanza opened", "these are equal".
 */
#include <stdio.h>

#include "poison.h"

#ifdef HAVE_MEMCHECK
#include <sodium.h>
#include <string.h>

#include "fips202.h"
#include "meldluik/secret.h"

int __real_crypto_scalarmult(unsigned char *q, const unsigned char *n,
    const unsigned char *p);
int __wrap_crypto_scalarmult(unsigned char *q, const unsigned char *n,
    const unsigned char *p);
int __real_crypto_aead_chacha20poly1305_ietf_decrypt(unsigned char *m,
    unsigned long long *mlen, unsigned char *nsec, const unsigned char *c,
    unsigned long long clen, const unsigned char *ad,
    unsigned long long adlen, const unsigned char *npub,
    const unsigned char *k);
int __wrap_crypto_aead_chacha20poly1305_ietf_decrypt(unsigned char *m,
    unsigned long long *mlen, unsigned char *nsec, const unsigned char *c,
    unsigned long long clen, const unsigned char *ad,
    unsigned long long adlen, const unsigned char *npub,
    const unsigned char *k);
bool __real_secret_equal(const void *a, const void *b, size_t len);
bool __wrap_secret_equal(const void *a, const void *b, size_t len);
void __real_randombytes_buf(void *p, size_t len);
void __wrap_randombytes_buf(void *p, size_t len);
void __real_PQCLEAN_MLKEM768_CLEAN_kyber_shake128_absorb(shake128ctx *s,
    const uint8_t seed[32], uint8_t x, uint8_t y);
void __wrap_PQCLEAN_MLKEM768_CLEAN_kyber_shake128_absorb(shake128ctx *s,
    const uint8_t seed[32], uint8_t x, uint8_t y);

bool poison_random;

void
poison_text(char *s)
{
	for (; *s != 0; s++) {
		uint8_t bits = *s >= 'A' ? 0x1f : *s >= '8' ? 1 : 7;

		(void)VALGRIND_SET_VBITS(s, &bits, 1);
	}
}

int
__wrap_crypto_scalarmult(unsigned char *q, const unsigned char *n,
    const unsigned char *p)
{
	int r = __real_crypto_scalarmult(q, n, p);

	SHOW(&r, sizeof(r));
	return r;
}

int
__wrap_crypto_aead_chacha20poly1305_ietf_decrypt(unsigned char *m,
    unsigned long long *mlen, unsigned char *nsec, const unsigned char *c,
    unsigned long long clen, const unsigned char *ad,
    unsigned long long adlen, const unsigned char *npub,
    const unsigned char *k)
{
	int r = __real_crypto_aead_chacha20poly1305_ietf_decrypt(m, mlen, nsec,
	    c, clen, ad, adlen, npub, k);

	SHOW(&r, sizeof(r));
	return r;
}

bool
__wrap_secret_equal(const void *a, const void *b, size_t len)
{
	bool r = __real_secret_equal(a, b, len);

	SHOW(&r, sizeof(r));
	return r;
}

void
__wrap_randombytes_buf(void *p, size_t len)
{
	__real_randombytes_buf(p, len);
	if (poison_random) {
		HIDE(p, len);
	}
}

void
__wrap_PQCLEAN_MLKEM768_CLEAN_kyber_shake128_absorb(shake128ctx *s,
    const uint8_t seed[32], uint8_t x, uint8_t y)
{
	SHOW(seed, 32);
	__real_PQCLEAN_MLKEM768_CLEAN_kyber_shake128_absorb(s, seed, x, y);
}

int __real_crypto_sign_detached(unsigned char *sig, unsigned long long *len,
    const unsigned char *m, unsigned long long mlen, const unsigned char *sk);
int __wrap_crypto_sign_detached(unsigned char *sig, unsigned long long *len,
    const unsigned char *m, unsigned long long mlen, const unsigned char *sk);
int __real_crypto_sign_seed_keypair(unsigned char *pk, unsigned char *sk,
    const unsigned char *seed);
int __wrap_crypto_sign_seed_keypair(unsigned char *pk, unsigned char *sk,
    const unsigned char *seed);

int
__wrap_crypto_sign_detached(unsigned char *sig, unsigned long long *len,
    const unsigned char *m, unsigned long long mlen, const unsigned char *sk)
{
	int r = __real_crypto_sign_detached(sig, len, m, mlen, sk);

	SHOW(sig, crypto_sign_BYTES);
	return r;
}

int
__wrap_crypto_sign_seed_keypair(unsigned char *pk, unsigned char *sk,
    const unsigned char *seed)
{
	int r = __real_crypto_sign_seed_keypair(pk, sk, seed);

	SHOW(pk, crypto_sign_PUBLICKEYBYTES);
	SHOW(sk + crypto_sign_SEEDBYTES, crypto_sign_PUBLICKEYBYTES);
	return r;
}
#endif

int
main(int argc, char **argv)
{
#ifdef HAVE_MEMCHECK
	const struct poison_case *c = poison_cases;

	if (argc != 2 || secret_setup() != OK || !poison_ready()) {
		return 2;
	}
	for (; c->name != NULL; c++) {
		if (strcmp(argv[1], c->name) == 0) {
			return c->run() ? 0 : 1;
		}
	}
	return 2;
#else
	(void)argc;
	(void)argv;
	fputs("built without valgrind's headers\n", stderr);
	return 77;
#endif
}
