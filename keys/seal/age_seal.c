/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sealing stream of age v1. Holds one batch of plaintext in secret memory;
 * a chunk is sealed as not-final only when a byte after it has come, so the
 * last chunk is never empty unless the whole file is.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "age_header.h"
#include "age_stream.h"
#include "hybrid.h"
#include "meldluik/secret.h"

#define AGE_INTRO "age-encryption.org/v1\n"

struct age_seal {
	age_sink sink;
	void *arg;
	struct age_stream *stream;
	uint8_t *plain;  /* secret, room bytes */
	uint8_t *sealed; /* a batch of sealed chunks */
	size_t len, room;
	uint64_t taken;
	enum err failed; /* sticky */
	bool ended;
};

static void
put_base64(struct buf *b, const uint8_t *p, size_t len)
{
	char text[1600];

	sodium_bin2base64(text, sizeof(text), p, len,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	buf_text(b, text);
}

/* Ends the header with its MAC, writes it and the nonce, starts the stream */
static enum err
seal_start(struct buf *header, const uint8_t file_key[AGE_FILE_KEY],
    age_sink sink, void *arg, unsigned threads, struct age_seal **out)
{
	struct age_seal *s = NULL;
	uint8_t mac[32], nonce[AGE_NONCE], key[32];
	enum err e = ERR_MEMORY;
	unsigned batch = age_stream_batch(threads);

	buf_text(header, "---");
	age_header_mac(file_key, (struct bytes){header->p, header->len}, mac);
	buf_text(header, " ");
	put_base64(header, mac, sizeof(mac));
	buf_text(header, "\n");
	randombytes_buf(nonce, sizeof(nonce));
	buf_put(header, nonce, sizeof(nonce));
	if (header->failed || (s = calloc(1, sizeof(*s))) == NULL) {
		goto out;
	}
	s->sink = sink;
	s->arg = arg;
	s->room = (size_t)batch * AGE_CHUNK;
	s->plain = secret_new(s->room);
	s->sealed = malloc((size_t)batch * (AGE_CHUNK + AGE_TAG));
	if (s->plain == NULL || s->sealed == NULL) {
		goto out;
	}
	age_payload_key(file_key, nonce, key);
	e = age_stream_new(key, threads, true, &s->stream);
	secret_wipe(key, sizeof(key));
	if (e != OK || (e = sink(arg, header->p, header->len)) != OK) {
		goto out;
	}
	*out = s;
	s = NULL; /* transferred */
out:
	age_seal_free(s);
	return e;
}

enum err
age_seal_new(const struct age_recipient *r, unsigned n, age_sink sink,
    void *arg, unsigned threads, struct age_seal **out)
{
	struct buf header = buf_new(AGE_HEADER_MAX + AGE_NONCE);
	uint8_t file_key[AGE_FILE_KEY], enc[AGE_HYBRID_ENC];
	uint8_t body[HYBRID_BODY];
	enum err e = ERR_USAGE;

	if (n == 0 || n > AGE_STANZAS_MAX || sodium_init() < 0) {
		return e;
	}
	randombytes_buf(file_key, sizeof(file_key));
	buf_text(&header, AGE_INTRO);
	for (unsigned i = 0; i < n; i++) {
		if ((e = hybrid_seal(&r[i], file_key, enc, body)) != OK) {
			goto out;
		}
		buf_text(&header, "-> " HYBRID_TYPE " ");
		put_base64(&header, enc, sizeof(enc));
		buf_text(&header, "\n");
		put_base64(&header, body, sizeof(body));
		buf_text(&header, "\n");
	}
	e = seal_start(&header, file_key, sink, arg, threads, out);
out:
	secret_wipe(file_key, sizeof(file_key));
	buf_free(&header);
	return e;
}

enum err
age_seal_new_scrypt(const char *pass, size_t len, age_sink sink, void *arg,
    struct age_seal **out)
{
	struct buf header = buf_new(1024);
	uint8_t file_key[AGE_FILE_KEY], salt[16], key[32], body[32];
	static const uint8_t nonce[12];
	enum err e;

	if (sodium_init() < 0) {
		return ERR_IO;
	}
	randombytes_buf(file_key, sizeof(file_key));
	randombytes_buf(salt, sizeof(salt));
	e = age_scrypt_key(pass, len, salt, AGE_SCRYPT_WRITE, key);
	if (e == OK) {
		crypto_aead_chacha20poly1305_ietf_encrypt(body, NULL,
		    file_key, AGE_FILE_KEY, NULL, 0, NULL, nonce, key);
		buf_text(&header, AGE_INTRO "-> scrypt ");
		put_base64(&header, salt, sizeof(salt));
		buf_text(&header, " 18\n");
		put_base64(&header, body, sizeof(body));
		buf_text(&header, "\n");
		e = seal_start(&header, file_key, sink, arg, 1, out);
	}
	secret_wipe(key, sizeof(key));
	secret_wipe(file_key, sizeof(file_key));
	buf_free(&header);
	return e;
}

static enum err
seal_flush(struct age_seal *s, bool final)
{
	unsigned chunks = s->len == 0 ? 1
	    : (unsigned)((s->len - 1) / AGE_CHUNK + 1);
	size_t last = s->len - (size_t)(chunks - 1) * AGE_CHUNK;
	enum err e = age_stream_run(s->stream, s->plain, chunks, last, final,
	    s->sealed);

	if (e == OK) {
		e = s->sink(s->arg, s->sealed,
		    s->len + (size_t)chunks * AGE_TAG);
	}
	secret_wipe(s->plain, s->len);
	s->len = 0;
	s->failed = e;
	return e;
}

/* ${p} NULL: zeros */
static enum err
seal_take(struct age_seal *s, const uint8_t *p, uint64_t len)
{
	if (s->failed != OK) {
		return s->failed;
	}
	if (s->ended) {
		return ERR_USAGE;
	}
	while (len > 0) {
		if (s->len == s->room && seal_flush(s, false) != OK) {
			return s->failed;
		}
		size_t n = s->room - s->len;
		n = len < n ? (size_t)len : n;
		if (p != NULL) {
			memcpy(s->plain + s->len, p, n);
			p += n;
		} else {
			memset(s->plain + s->len, 0, n);
		}
		s->len += n;
		s->taken += n;
		len -= n;
	}
	return OK;
}

enum err
age_seal_write(struct age_seal *s, const void *p, size_t len)
{
	return len == 0 ? s->failed : seal_take(s, p, len);
}

enum err
age_seal_zeros(struct age_seal *s, uint64_t len)
{
	return seal_take(s, NULL, len);
}

enum err
age_seal_end(struct age_seal *s)
{
	if (s->failed != OK || s->ended) {
		return s->failed != OK ? s->failed : ERR_USAGE;
	}
	s->ended = true;
	return seal_flush(s, true);
}

uint64_t
age_seal_taken(const struct age_seal *s)
{
	return s->taken;
}

void
age_seal_free(struct age_seal *s)
{
	if (s != NULL) {
		age_stream_free(s->stream);
		secret_free(s->plain);
		free(s->sealed);
		free(s);
	}
}

static enum err
seal_to_buf(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_LIMIT : OK;
}

enum err
age_seal_buf(const struct age_recipient *r, unsigned n, const void *p,
    size_t len, struct buf *out)
{
	struct age_seal *s = NULL;
	enum err e = age_seal_new(r, n, seal_to_buf, out, 1, &s);

	if (e == OK && (e = age_seal_write(s, p, len)) == OK) {
		e = age_seal_end(s);
	}
	age_seal_free(s);
	return e;
}
