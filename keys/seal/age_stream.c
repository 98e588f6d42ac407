/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * STREAM chunks by libcrypto, whose ChaCha20-Poly1305 uses the wide vector
 * instructions. It writes plaintext before it verified the tag: the output
 * of a batch is wiped unless every tag of it held.
 *
 * Threads: the caller and ${threads} - 1 helpers take chunks of a batch by
 * an atomic index; `epoch` tells helpers that a batch is there.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "age_stream.h"
#include "meldluik/secret.h"

#define AGE_THREADS_MAX 16u

struct age_stream {
	bool seal;
	uint64_t counter; /* of the first chunk of the batch */
	unsigned threads;
	EVP_CIPHER_CTX *ctx[AGE_THREADS_MAX];
	pthread_t helper[AGE_THREADS_MAX];
	unsigned helpers;
	pthread_mutex_t lock;
	pthread_cond_t wake, done;
	unsigned epoch, busy;
	bool stop;
	/* the batch */
	const uint8_t *in;
	uint8_t *out;
	unsigned chunks;
	size_t last;
	bool final;
	atomic_uint next;
	atomic_bool failed;
};

struct age_helper {
	struct age_stream *s;
	unsigned number;
};

static pthread_once_t cipher_once = PTHREAD_ONCE_INIT;
static EVP_CIPHER *cipher; /* for the life of the process */

static void
cipher_setup(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	cipher = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
	if (cipher == NULL) {
		abort();
	}
}

unsigned
age_stream_batch(unsigned threads)
{
	return threads <= 1 ? 1 : 4 * threads;
}

static bool
chunk_run(struct age_stream *s, EVP_CIPHER_CTX *ctx, unsigned i)
{
	bool last = i + 1 == s->chunks;
	size_t in_full = s->seal ? AGE_CHUNK : AGE_CHUNK + AGE_TAG;
	size_t out_full = s->seal ? AGE_CHUNK + AGE_TAG : AGE_CHUNK;
	size_t len = last ? s->last : in_full;
	const uint8_t *in = s->in + i * in_full;
	uint8_t *out = s->out + i * out_full;
	uint8_t nonce[12] = {0};
	uint64_t n = s->counter + i;
	int got = 0, rest = 0;

	for (int k = 10; k >= 3; k--) {
		nonce[k] = (uint8_t)n;
		n >>= 8;
	}
	nonce[11] = last && s->final;
	if (s->seal) {
		return EVP_EncryptInit_ex2(ctx, NULL, NULL, nonce, NULL) &&
		    EVP_EncryptUpdate(ctx, out, &got, in, (int)len) &&
		    EVP_EncryptFinal_ex(ctx, out + got, &rest) &&
		    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, AGE_TAG,
		    out + len);
	}
	if (len < AGE_TAG) {
		return false;
	}
	len -= AGE_TAG;
	uint8_t tag[AGE_TAG];
	memcpy(tag, in + len, AGE_TAG);
	return EVP_DecryptInit_ex2(ctx, NULL, NULL, nonce, NULL) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, AGE_TAG, tag) &&
	    EVP_DecryptUpdate(ctx, out, &got, in, (int)len) &&
	    EVP_DecryptFinal_ex(ctx, out + got, &rest) > 0;
}

static void
chunks_take(struct age_stream *s, unsigned number)
{
	unsigned i;

	while ((i = atomic_fetch_add(&s->next, 1)) < s->chunks) {
		if (!chunk_run(s, s->ctx[number], i)) {
			atomic_store(&s->failed, true);
		}
	}
}

static void *
helper_main(void *arg)
{
	struct age_helper *h = arg;
	struct age_stream *s = h->s;
	unsigned number = h->number, seen = 0;

	free(h);
	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (!s->stop && s->epoch == seen) {
			pthread_cond_wait(&s->wake, &s->lock);
		}
		if (s->stop) {
			break;
		}
		seen = s->epoch;
		pthread_mutex_unlock(&s->lock);
		chunks_take(s, number);
		pthread_mutex_lock(&s->lock);
		if (--s->busy == 0) {
			pthread_cond_signal(&s->done);
		}
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

enum err
age_stream_new(const uint8_t key[32], unsigned threads, bool seal,
    struct age_stream **out)
{
	struct age_stream *s = calloc(1, sizeof(*s));

	pthread_once(&cipher_once, cipher_setup);
	if (s == NULL) {
		return ERR_MEMORY;
	}
	s->seal = seal;
	s->threads = threads == 0 ? 1
	    : threads > AGE_THREADS_MAX ? AGE_THREADS_MAX : threads;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	pthread_cond_init(&s->done, NULL);
	for (unsigned i = 0; i < s->threads; i++) {
		s->ctx[i] = EVP_CIPHER_CTX_new();
		if (s->ctx[i] == NULL ||
		    !EVP_CipherInit_ex2(s->ctx[i], cipher, key, NULL, seal,
		    NULL)) {
			age_stream_free(s);
			return ERR_MEMORY;
		}
	}
	/* a helper that does not start only costs speed */
	for (unsigned i = 1; i < s->threads; i++) {
		struct age_helper *h = malloc(sizeof(*h));
		if (h == NULL) {
			break;
		}
		*h = (struct age_helper){s, i};
		if (pthread_create(&s->helper[s->helpers], NULL, helper_main,
		    h) != 0) {
			free(h);
			break;
		}
		s->helpers++;
	}
	*out = s;
	return OK;
}

enum err
age_stream_run(struct age_stream *s, const uint8_t *in, unsigned chunks,
    size_t last, bool final, uint8_t *out)
{
	pthread_mutex_lock(&s->lock);
	s->in = in;
	s->out = out;
	s->chunks = chunks;
	s->last = last;
	s->final = final;
	atomic_store(&s->next, 0);
	atomic_store(&s->failed, false);
	s->busy = chunks > 1 ? s->helpers : 0;
	if (s->busy > 0) {
		s->epoch++;
		pthread_cond_broadcast(&s->wake);
	}
	pthread_mutex_unlock(&s->lock);
	chunks_take(s, 0);
	pthread_mutex_lock(&s->lock);
	while (s->busy > 0) {
		pthread_cond_wait(&s->done, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	s->counter += chunks;
	if (atomic_load(&s->failed)) {
		if (!s->seal) {
			secret_wipe(out, (size_t)chunks * AGE_CHUNK);
		}
		return ERR_CRYPT;
	}
	return OK;
}

void
age_stream_free(struct age_stream *s)
{
	if (s == NULL) {
		return;
	}
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->helpers; i++) {
		pthread_join(s->helper[i], NULL);
	}
	for (unsigned i = 0; i < s->threads; i++) {
		EVP_CIPHER_CTX_free(s->ctx[i]); /* wipes the key */
	}
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->wake);
	pthread_cond_destroy(&s->done);
	free(s);
}
