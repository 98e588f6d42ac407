/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bounded reading and writing of bytes. Hostile bytes are read only through
 * `struct reader`: failure is sticky, and reader_done() demands the exact
 * end. Integers are big-endian. `struct buf` grows up to a stated maximum.
 */
#ifndef MELDLUIK_BYTES_H
#define MELDLUIK_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meldluik/err.h"

/* A view of bytes somebody else owns. */
struct bytes {
	const uint8_t *p;
	size_t len;
};

struct reader {
	const uint8_t *p; /* next byte */
	size_t left;      /* bytes that remain */
	bool failed;      /* once true, every read yields zeros */
};

struct reader reader_of(const void *p, size_t len);
uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);
/* A view of the next ${len} bytes; {NULL, 0} and failed if too few remain */
struct bytes reader_take(struct reader *r, size_t len);
/* Copies the next ${len} bytes to ${to}; zeros if too few remain */
void reader_copy(struct reader *r, void *to, size_t len);
/* True if nothing failed and nothing is left */
bool reader_done(const struct reader *r);

/*
 * Invariants: len <= cap <= max; p is NULL iff cap is 0; failed is sticky.
 * A failed buffer holds what it held before the failing call.
 */
struct buf {
	uint8_t *p;
	size_t len, cap, max;
	bool failed; /* over max, or no memory */
	bool secret; /* wiped when grown and freed */
};

/* An empty buffer that may grow to ${max} bytes */
struct buf buf_new(size_t max);
struct buf buf_new_secret(size_t max);
void buf_free(struct buf *b);
void buf_clear(struct buf *b); /* empties (wipes if secret), keeps memory */
void buf_put(struct buf *b, const void *p, size_t len);
void buf_text(struct buf *b, const char *s); /* without its NUL */
void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);
void buf_zeros(struct buf *b, size_t len);
/* The content as a C string: adds a NUL that ${len} does not count; NULL
 * when failed */
const char *buf_cstr(struct buf *b);

/* Lowercase hex; ${out} holds 2 * len + 1. Not for secrets. */
void hex_encode(const uint8_t *p, size_t len, char *out);
/* Exactly ${len} bytes from 2 * len lowercase hex digits and the end of the
 * string; anything else is ERR_FORMAT */
enum err hex_decode(const char *s, uint8_t *out, size_t len);

/* Valid UTF-8 without overlong forms, surrogates or NUL */
bool utf8_valid(const void *p, size_t len);

#endif
