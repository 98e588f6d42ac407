/* SPDX-License-Identifier: EUPL-1.2 */
/* The record cipher is XChaCha20-Poly1305 whichever library did the work,
 * and leaves nothing where it did not verify. */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/secret.h"
#include "store/aead.h"

#define MAX 100000u

static void both_libraries_agree(void **state)
{
	static const size_t len[] = { 0, 1, 15, 16, 2047, 2048, 2049, 65536,
		71866, MAX };
	uint8_t *p = malloc(MAX), *c = malloc(MAX + 16), *q = malloc(MAX + 16);
	uint8_t key[32], nonce[24], ad[13];
	unsigned long long n;

	(void)state;
	randombytes_buf(p, MAX);
	randombytes_buf(key, sizeof(key));
	randombytes_buf(nonce, sizeof(nonce));
	randombytes_buf(ad, sizeof(ad));
	for (size_t i = 0; i < sizeof(len) / sizeof(*len); i++) {
		assert_int_equal(aead_seal(c, p, len[i], ad, sizeof(ad),
				     nonce, key),
		    OK);
		assert_int_equal(crypto_aead_xchacha20poly1305_ietf_decrypt(q,
				     &n, NULL, c, len[i] + 16, ad, sizeof(ad),
				     nonce, key),
		    0);
		assert_memory_equal(q, p, len[i]);
		crypto_aead_xchacha20poly1305_ietf_encrypt(c, &n, p, len[i],
		    ad, sizeof(ad), NULL, nonce, key);
		assert_int_equal(aead_open(q, c, len[i] + 16, ad, sizeof(ad),
				     nonce, key),
		    OK);
		assert_memory_equal(q, p, len[i]);
	}
	free(p);
	free(c);
	free(q);
}

static void changed_bytes_do_not_open(void **state)
{
	static const size_t len[] = { 100, 5000 };
	uint8_t p[5000] = { 1 }, c[5016], q[5000], zero[5000] = { 0 };
	uint8_t key[32] = { 1 }, nonce[24] = { 2 }, ad[3] = { 3 };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		aead_seal(c, p, len[i], ad, 3, nonce, key);
		for (size_t at = 0; at < len[i] + 16; at += 7) {
			memset(q, 9, sizeof(q));
			c[at] ^= 1;
			assert_int_equal(aead_open(q, c, len[i] + 16, ad, 3,
					     nonce, key),
			    ERR_CRYPT);
			c[at] ^= 1;
			assert_memory_not_equal(q, p, len[i]);
			if (i == 1) {
				assert_memory_equal(q, zero, len[i]);
			}
		}
		ad[0] ^= 1;
		assert_int_equal(
		    aead_open(q, c, len[i] + 16, ad, 3, nonce, key),
		    ERR_CRYPT);
		ad[0] ^= 1;
		nonce[i * 20] ^= 1;
		assert_int_equal(
		    aead_open(q, c, len[i] + 16, ad, 3, nonce, key),
		    ERR_CRYPT);
		nonce[i * 20] ^= 1;
		assert_int_equal(aead_open(q, c, 15, ad, 3, nonce, key),
		    ERR_CRYPT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_libraries_agree),
		cmocka_unit_test(changed_bytes_do_not_open),
	};

	if (secret_setup() != OK) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
