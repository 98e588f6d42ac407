/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * First byte even: the rest is a file. Odd: the rest are edits of a right
 * file of three chunks (four bytes each: operation, offset, value), which
 * must not open unless they cancel out. Either way whole and in pieces, with
 * one thread and two, must give the same verdict.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/age_open.h"
#include "meldluik/secret.h"

#define FILE_MAX (1u << 20)
#define PLAIN 140000u

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static struct age_identity *id;
static struct buf right;
static uint8_t plain[PLAIN];

static void
must(bool so)
{
	if (!so) {
		abort();
	}
}

static void
stop(void)
{
	age_identity_free(id);
}

static void
start(void)
{
	uint8_t seed[AGE_HYBRID_SEED] = {7};
	struct age_recipient to[2];

	must(secret_setup() == OK && age_identity_new(seed, &id) == OK &&
	    age_identity_recipient(seed, &to[1]) == OK &&
	    age_recipient_throwaway(&to[0]) == OK);
	must(atexit(stop) == 0);
	right = buf_new(FILE_MAX);
	randombytes_buf(plain, sizeof(plain));
	must(age_seal_buf(to, 2, plain, sizeof(plain), &right) == OK);
}

static enum err
take(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_LIMIT : OK;
}

static enum err
open_pieces(const struct buf *f, size_t piece, unsigned threads,
    struct buf *out)
{
	struct age_open *o = NULL;
	enum err e = age_open_new(&id, 1, take, out, threads, &o);

	for (size_t i = 0; e == OK && i < f->len; i += piece) {
		e = age_open_write(o, f->p + i,
		    f->len - i < piece ? f->len - i : piece);
	}
	if (e == OK) {
		e = age_open_end(o);
	}
	age_open_free(o);
	return e;
}

static void
edit(struct buf *f, const uint8_t *op)
{
	const size_t chunk = AGE_CHUNK + AGE_TAG;
	const size_t first = AGE_HEADER_LEN(2) + AGE_NONCE;
	size_t at = (size_t)op[1] << 8 | op[2];
	uint8_t t;

	switch (op[0] % 5) {
	case 0: /* change a byte near the start */
		if (at < f->len) {
			f->p[at] ^= op[3];
		}
		break;
	case 1: /* change a byte counted from the end */
		if (at < f->len) {
			f->p[f->len - 1 - at] ^= op[3];
		}
		break;
	case 2: /* cut */
		f->len -= at < f->len ? at : f->len;
		break;
	case 3: /* append */
		for (size_t i = 0; i < at % 100; i++) {
			buf_u8(f, op[3]);
		}
		break;
	default: /* swap the first two chunks */
		for (size_t i = 0; i < chunk && first + 2 * chunk <= f->len;
		    i++) {
			t = f->p[first + i];
			f->p[first + i] = f->p[first + chunk + i];
			f->p[first + chunk + i] = t;
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct buf f = buf_new(FILE_MAX), a = buf_new(FILE_MAX);
	struct buf b = buf_new(FILE_MAX);
	enum err one, two;

	if (id == NULL) {
		start();
	}
	if (len == 0 || len > FILE_MAX) {
		return 0;
	}
	if (p[0] % 2 == 0) {
		buf_put(&f, p + 1, len - 1);
	} else {
		buf_put(&f, right.p, right.len);
		for (size_t i = 1; i + 4 <= len && i < 64; i += 4) {
			edit(&f, p + i);
		}
	}
	one = open_pieces(&f, FILE_MAX, 1, &a);
	two = open_pieces(&f, 1 + p[0] * 37u, 2, &b);
	must(one == two);
	if (one == OK) {
		must(f.len == right.len &&
		    memcmp(f.p, right.p, f.len) == 0 && a.len == PLAIN &&
		    memcmp(a.p, plain, PLAIN) == 0 && b.len == a.len &&
		    memcmp(b.p, plain, PLAIN) == 0);
	}
	must(a.len <= PLAIN && (a.len == 0 ||
	    memcmp(a.p, plain, a.len) == 0));
	buf_free(&f);
	buf_free(&a);
	buf_free(&b);
	return 0;
}
