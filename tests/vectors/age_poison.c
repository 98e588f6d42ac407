/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Under valgrind: secrets are marked undefined, so that every branch and
 * every address made of them is reported (the method of ctgrind).
 *
 *   age_poison expand    a seed to its key pair
 *   age_poison open      decapsulation and file key, of a right and of a
 *                        foreign stanza
 *   age_poison seal      encapsulation with poisoned randomness
 *   age_poison mac       header key, MAC and its comparison
 *   age_poison text      an identity as text
 *   age_poison control   a table look-up: must be reported
 *   age_poison branch    a comparison by memcmp: must be reported
 *
 * Public by design, and marked so by the linker's wrappers: the seed of the
 * matrix A (it stands in the public key), and the one bit each of "this
 * share is of low order", "this stanza opened", "this MAC is right".
 */
#include <stdio.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define HAVE_MEMCHECK 1
#endif
#endif

#ifdef HAVE_MEMCHECK
#include <sodium.h>

#include "age_header.h"
#include "fips202.h"
#include "hybrid.h"
#include "meldluik/secret.h"

#define HIDE(p, n) VALGRIND_MAKE_MEM_UNDEFINED(p, n)
#define SHOW(p, n) VALGRIND_MAKE_MEM_DEFINED(p, n)

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

static bool hide_random;

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
	if (hide_random) {
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

static uint8_t seed[32], file_key[16], enc[AGE_HYBRID_ENC], body[32];
static struct hybrid_key key;
static struct age_recipient to, other;
static volatile uint8_t sink;

static void
hide_key(void)
{
	/* s, z and the X25519 scalar; the public key and its hash are not */
	HIDE(key.mlkem, 1152);
	HIDE(key.mlkem + 2368, 32);
	HIDE(key.x25519, 32);
}

static int
run(const char *what)
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	struct bytes text = {(const uint8_t *)"header", 6};
	char out[AGE_IDENTITY_TEXT_MAX];
	uint8_t mac[32], mac2[32] = {0};

	if (strcmp(what, "expand") == 0) {
		HIDE(seed, sizeof(seed));
		return hybrid_expand(seed, &key, to.pk) != OK;
	}
	if (strcmp(what, "open") == 0) {
		int bad;
		hide_key();
		bad = hybrid_open(&key, enc, body, file_key) != OK;
		if (hybrid_seal(&other, file_key, enc, body) != OK) {
			return 1;
		}
		SHOW(enc, sizeof(enc));
		SHOW(body, sizeof(body));
		return bad || hybrid_open(&key, enc, body, file_key) !=
		    ERR_NO_MATCH;
	}
	if (strcmp(what, "seal") == 0) {
		hide_random = true;
		HIDE(file_key, sizeof(file_key));
		return hybrid_seal(&to, file_key, enc, body) != OK;
	}
	if (strcmp(what, "mac") == 0) {
		HIDE(file_key, sizeof(file_key));
		age_header_mac(file_key, text, mac);
		return secret_equal(mac, mac2, 32);
	}
	if (strcmp(what, "text") == 0) {
		HIDE(seed, sizeof(seed));
		age_identity_text(seed, out);
		return 0;
	}
	if (strcmp(what, "control") == 0) {
		HIDE(seed, sizeof(seed));
		sink = (uint8_t)letters[seed[3] & 31];
		return 0;
	}
	if (strcmp(what, "branch") == 0) {
		HIDE(file_key, sizeof(file_key));
		age_header_mac(file_key, text, mac);
		sink = memcmp(mac, mac2, 32) == 0 ? 3 : 4;
		return 0;
	}
	return 2;
}
#endif

int
main(int argc, char **argv)
{
#ifdef HAVE_MEMCHECK
	if (argc != 2 || secret_setup() != OK) {
		return 2;
	}
	randombytes_buf(seed, sizeof(seed));
	randombytes_buf(file_key, sizeof(file_key));
	if (age_recipient_throwaway(&other) != OK ||
	    hybrid_expand(seed, &key, to.pk) != OK ||
	    hybrid_seal(&to, file_key, enc, body) != OK) {
		return 2;
	}
	return run(argv[1]);
#else
	(void)argc;
	(void)argv;
	fputs("built without valgrind's headers\n", stderr);
	return 77;
#endif
}
