/* SPDX-License-Identifier: EUPL-1.2 */
/* See aead.h. The subkey is wiped here, and by libcrypto when its context is
 * reset. */
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "aead.h"
#include "meldluik/secret.h"

#define LONG 2048u /* below, setting libcrypto up costs more than it gives */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_CIPHER *cipher;
static _Thread_local EVP_CIPHER_CTX *ctx;

static void setup(void)
{
	/* no file may choose what encrypts here */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	cipher = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
}

/* False: libcrypto cannot; then libsodium does it */
static bool ready(size_t len)
{
	if (len < LONG || len > INT_MAX) {
		return false;
	}
	pthread_once(&once, setup);
	if (ctx == NULL) {
		ctx = EVP_CIPHER_CTX_new();
	}
	return cipher != NULL && ctx != NULL;
}

static void derive(const uint8_t nonce[AEAD_NONCE],
    const uint8_t key[AEAD_KEY], uint8_t sub[AEAD_KEY], uint8_t n12[12])
{
	crypto_core_hchacha20(sub, nonce, key, NULL);
	memset(n12, 0, 4);
	memcpy(n12 + 4, nonce + 16, 8);
}

enum err aead_seal(uint8_t *out, const void *p, size_t len,
    const uint8_t *ad, size_t adlen, const uint8_t nonce[AEAD_NONCE],
    const uint8_t key[AEAD_KEY])
{
	uint8_t sub[AEAD_KEY], n12[12];
	int n = 0;
	bool ok;

	if (!ready(len)) {
		crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, p, len,
		    ad, adlen, NULL, nonce, key);
		return OK;
	}
	derive(nonce, key, sub, n12);
	ok = EVP_EncryptInit_ex2(ctx, cipher, sub, n12, NULL) == 1 &&
	    EVP_EncryptUpdate(ctx, NULL, &n, ad, (int)adlen) == 1 &&
	    EVP_EncryptUpdate(ctx, out, &n, p, (int)len) == 1 &&
	    (size_t)n == len && EVP_EncryptFinal_ex(ctx, out + n, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG,
		out + len) == 1;
	EVP_CIPHER_CTX_reset(ctx);
	secret_wipe(sub, sizeof(sub));
	return ok ? OK : ERR_MEMORY;
}

enum err aead_open(uint8_t *out, const uint8_t *c, size_t len,
    const uint8_t *ad, size_t adlen, const uint8_t nonce[AEAD_NONCE],
    const uint8_t key[AEAD_KEY])
{
	uint8_t sub[AEAD_KEY], n12[12], tag[AEAD_TAG];
	int n = 0;
	bool ok;

	if (len < AEAD_TAG) {
		return ERR_CRYPT;
	}
	len -= AEAD_TAG;
	if (!ready(len)) {
		return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL,
			   NULL, c, len + AEAD_TAG, ad, adlen, nonce,
			   key) == 0 ?
		    OK :
		    ERR_CRYPT;
	}
	derive(nonce, key, sub, n12);
	memcpy(tag, c + len, AEAD_TAG);
	ok = EVP_DecryptInit_ex2(ctx, cipher, sub, n12, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG, tag) ==
		1 &&
	    EVP_DecryptUpdate(ctx, NULL, &n, ad, (int)adlen) == 1 &&
	    EVP_DecryptUpdate(ctx, out, &n, c, (int)len) == 1 &&
	    (size_t)n == len && EVP_DecryptFinal_ex(ctx, out + n, &n) == 1;
	EVP_CIPHER_CTX_reset(ctx);
	secret_wipe(sub, sizeof(sub));
	if (!ok) {
		secret_wipe(out, len);
		return ERR_CRYPT;
	}
	return OK;
}

void aead_forget(void)
{
	EVP_CIPHER_CTX_free(ctx);
	ctx = NULL;
}
