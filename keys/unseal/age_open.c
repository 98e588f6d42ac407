/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Opening stream of age v1. A chunk is opened as not-final only when a byte
 * after it has come; what is left at the end is the final one. Chunks are
 * released once authentic, the file is believed only after age_open_end.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "age_header.h"
#include "age_open_private.h"
#include "age_stream.h"
#include "meldluik/secret.h"

#define SEALED_CHUNK ((size_t)AGE_CHUNK + AGE_TAG)

struct age_open {
	age_unwrapper unwrap;
	void *unwrap_arg;
	age_plain_sink sink;
	void *arg;
	unsigned threads;
	struct age_identity *const *ids; /* of the usual unwrapper */
	size_t nids;
	char *pass; /* secret, of the scrypt unwrapper */
	size_t passlen;
	unsigned scrypt_least; /* work factor, log2 N */

	struct buf head;   /* header, then nonce */
	size_t header_len; /* 0 until parsed */
	uint8_t file_key[AGE_FILE_KEY];
	struct age_stream *stream; /* NULL until header and nonce are there */
	uint8_t *sealed, *plain;   /* one batch */
	size_t len, room;
	uint64_t chunks; /* opened */
	enum err failed; /* sticky */
	bool ended;
};

static enum err
unwrap_ids(void *arg, const struct age_header *h, uint8_t key[AGE_FILE_KEY])
{
	struct age_open *o = arg;

	return age_unwrap(h, o->ids, o->nids, key);
}

/* age v1: "^[1-9][0-9]*$", bounded before anything is allocated */
static enum err
scrypt_factor(struct bytes s, unsigned least, unsigned *out)
{
	unsigned v = 0;

	if (s.len < 1 || s.len > 2 || s.p[0] == '0') {
		return ERR_FORMAT;
	}
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') {
			return ERR_FORMAT;
		}
		v = v * 10 + (s.p[i] - '0');
	}
	if (v < least || v > AGE_SCRYPT_MAX) {
		return ERR_LIMIT;
	}
	*out = v;
	return OK;
}

static enum err
unwrap_scrypt(void *arg, const struct age_header *h,
    uint8_t key[AGE_FILE_KEY])
{
	struct age_open *o = arg;
	uint8_t salt[16], body[32], wrap[32], mac[32];
	static const uint8_t nonce[12];
	unsigned factor = 0;
	const struct age_stanza *st = &h->stanza[0];
	enum err e;

	for (unsigned i = 0; i < h->stanzas; i++) {
		if (age_stanza_is(&h->stanza[i], "scrypt") &&
		    h->stanzas != 1) {
			return ERR_FORMAT;
		}
	}
	if (!age_stanza_is(st, "scrypt")) {
		return ERR_NO_MATCH;
	}
	if (st->nargs != 2 || age_base64(st->args[0], salt, 16) != OK ||
	    age_stanza_body(st, body, sizeof(body)) != OK) {
		return ERR_FORMAT;
	}
	if ((e = scrypt_factor(st->args[1], o->scrypt_least, &factor)) != OK ||
	    (e = age_scrypt_key(o->pass, o->passlen, salt, factor, wrap)) !=
	    OK) {
		return e;
	}
	if (crypto_aead_chacha20poly1305_ietf_decrypt(key, NULL, NULL, body,
	    sizeof(body), NULL, 0, nonce, wrap) != 0) {
		e = ERR_NO_MATCH;
	} else {
		age_header_mac(key, h->maced, mac);
		e = secret_equal(mac, h->mac, sizeof(mac)) ? OK : ERR_CRYPT;
	}
	secret_wipe(wrap, sizeof(wrap));
	return e;
}

enum err
age_open_new_with(age_unwrapper unwrap, void *unwrap_arg,
    age_plain_sink sink, void *arg, unsigned threads, struct age_open **out)
{
	struct age_open *o;

	if (sodium_init() < 0 || (o = secret_new(sizeof(*o))) == NULL) {
		return ERR_MEMORY;
	}
	o->unwrap = unwrap;
	o->unwrap_arg = unwrap_arg == NULL ? o : unwrap_arg;
	o->sink = sink;
	o->arg = arg;
	o->threads = threads;
	o->head = buf_new(AGE_HEADER_MAX + AGE_NONCE);
	*out = o;
	return OK;
}

enum err
age_open_new(struct age_identity *const *ids, size_t n, age_plain_sink sink,
    void *arg, unsigned threads, struct age_open **out)
{
	enum err e = age_open_new_with(unwrap_ids, NULL, sink, arg, threads,
	    out);

	if (e == OK) {
		(*out)->ids = ids;
		(*out)->nids = n;
	}
	return e;
}

enum err
age_open_new_scrypt(const char *pass, size_t len, age_plain_sink sink,
    void *arg, struct age_open **out)
{
	struct age_open *o = NULL;
	enum err e = age_open_new_with(unwrap_scrypt, NULL, sink, arg, 1, &o);

	if (e != OK) {
		return e;
	}
	o->pass = secret_new(len + 1);
	if (o->pass == NULL) {
		age_open_free(o);
		return ERR_MEMORY;
	}
	memcpy(o->pass, pass, len);
	o->passlen = len;
	o->scrypt_least = AGE_SCRYPT_MIN;
	*out = o;
	return OK;
}

void
age_open_scrypt_least(struct age_open *o, unsigned log_n)
{
	o->scrypt_least = log_n;
}

bool
age_open_in_payload(const struct age_open *o)
{
	return o->stream != NULL;
}

static enum err
open_stream(struct age_open *o)
{
	uint8_t key[32];
	unsigned batch = age_stream_batch(o->threads);
	enum err e;

	o->room = batch * SEALED_CHUNK;
	o->sealed = malloc(o->room);
	o->plain = secret_new((size_t)batch * AGE_CHUNK);
	if (o->sealed == NULL || o->plain == NULL) {
		return ERR_MEMORY;
	}
	age_payload_key(o->file_key, o->head.p + o->header_len, key);
	e = age_stream_new(key, o->threads, false, &o->stream);
	secret_wipe(key, sizeof(key));
	secret_wipe(o->file_key, sizeof(o->file_key));
	return e;
}

/* Header bytes, then nonce bytes; gives back how many it took */
static enum err
open_head(struct age_open *o, const uint8_t *p, size_t len, size_t *took)
{
	struct age_header h;
	size_t had = o->head.len, n = o->head.max - had;
	enum err e;

	n = len < n ? len : n;
	buf_put(&o->head, p, n);
	*took = n;
	if (o->head.failed) {
		return ERR_MEMORY;
	}
	if (o->header_len == 0) {
		/* parse only when its last line may be there */
		size_t from = had < 4 ? 0 : had - 4;
		if (o->head.len < AGE_HEADER_MAX && had > 0 &&
		    memchr(o->head.p + from, '\n', o->head.len - from) ==
		    NULL) {
			return OK;
		}
		if ((e = age_header_parse(o->head.p, o->head.len, &h)) != OK) {
			return e == ERR_BUSY ? OK : e;
		}
		if ((e = o->unwrap(o->unwrap_arg, &h, o->file_key)) != OK) {
			return e;
		}
		o->header_len = h.len;
	}
	if (o->head.len < o->header_len + AGE_NONCE) {
		return OK;
	}
	/* what was taken beyond the nonce belongs to the payload */
	*took = n - (o->head.len - o->header_len - AGE_NONCE);
	return open_stream(o);
}

static enum err
open_flush(struct age_open *o, bool final)
{
	unsigned chunks = (unsigned)((o->len + SEALED_CHUNK - 1) /
	    SEALED_CHUNK);
	enum err e;

	if (chunks == 0) {
		return ERR_CRYPT; /* a payload has at least one chunk */
	}
	size_t last = o->len - (chunks - 1) * SEALED_CHUNK;
	if (last < AGE_TAG ||
	    (last == AGE_TAG && (o->chunks > 0 || chunks > 1))) {
		return ERR_CRYPT; /* only an empty file has an empty chunk */
	}
	e = age_stream_run(o->stream, o->sealed, chunks, last, final,
	    o->plain);
	size_t plain = o->len - (size_t)chunks * AGE_TAG;
	if (e == OK && plain > 0) {
		e = o->sink(o->arg, o->plain, plain);
	}
	secret_wipe(o->plain, plain);
	o->chunks += chunks;
	o->len = 0;
	return e;
}

enum err
age_open_write(struct age_open *o, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t took = 0;

	if (o->ended) {
		return ERR_USAGE;
	}
	while (o->failed == OK && len > 0) {
		if (o->stream == NULL) {
			o->failed = open_head(o, p, len, &took);
		} else if (o->len == o->room) {
			took = 0;
			o->failed = open_flush(o, false);
		} else {
			took = o->room - o->len;
			took = len < took ? len : took;
			memcpy(o->sealed + o->len, p, took);
			o->len += took;
		}
		p += took;
		len -= took;
	}
	return o->failed;
}

enum err
age_open_end(struct age_open *o)
{
	if (o->ended) {
		return ERR_USAGE;
	}
	o->ended = true;
	if (o->failed == OK) {
		o->failed = o->stream == NULL ? ERR_FORMAT
		    : open_flush(o, true);
	}
	return o->failed;
}

void
age_open_free(struct age_open *o)
{
	if (o != NULL) {
		age_stream_free(o->stream);
		buf_free(&o->head);
		free(o->sealed);
		secret_free(o->plain);
		secret_free(o->pass);
		secret_free(o);
	}
}

static enum err
open_to_buf(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_LIMIT : OK;
}

static enum err
open_buf(struct age_open *o, const uint8_t *p, size_t len, struct buf *out)
{
	size_t before = out->len;
	enum err e = age_open_write(o, p, len);

	if (e == OK) {
		e = age_open_end(o);
	}
	if (e != OK && out->len > before) {
		secret_wipe(out->p + before, out->len - before);
		out->len = before;
	}
	age_open_free(o);
	return e;
}

enum err
age_open_buf(struct age_identity *const *ids, size_t n, const uint8_t *p,
    size_t len, struct buf *out)
{
	struct age_open *o = NULL;
	enum err e = age_open_new(ids, n, open_to_buf, out, 1, &o);

	return e != OK ? e : open_buf(o, p, len, out);
}

enum err
age_open_buf_scrypt(const char *pass, size_t passlen, const uint8_t *p,
    size_t len, struct buf *out)
{
	struct age_open *o = NULL;
	enum err e = age_open_new_scrypt(pass, passlen, open_to_buf, out, &o);

	return e != OK ? e : open_buf(o, p, len, out);
}
