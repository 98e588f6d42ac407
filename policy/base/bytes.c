/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bounded reading and writing. What is claimed is never added to anything:
 * it is compared with what remains. A buffer marked secret is wiped before
 * its memory is given back; growing moves it by hand, because realloc would
 * leave the old copy behind.
 */
#include "meldluik/bytes.h"

#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 64u /* first allocation: a short line */

struct reader reader_of(const void *p, size_t len)
{
	struct reader r = {.p = p, .left = len, .failed = false};

	return r;
}

struct bytes reader_take(struct reader *r, size_t len)
{
	struct bytes b = {NULL, 0};

	if (r->failed || len > r->left) {
		r->failed = true;
		return b;
	}
	b.p = r->p;
	b.len = len;
	if (len > 0) {
		r->p += len;
		r->left -= len;
	}
	return b;
}

void reader_copy(struct reader *r, void *to, size_t len)
{
	struct bytes b = reader_take(r, len);

	if (len == 0) {
		return;
	}
	if (r->failed) {
		memset(to, 0, len);
		return;
	}
	memcpy(to, b.p, len);
}

static uint64_t reader_uint(struct reader *r, size_t len)
{
	struct bytes b = reader_take(r, len);
	uint64_t v = 0;

	for (size_t i = 0; i < b.len; i++) {
		v = v << 8 | b.p[i];
	}
	return v;
}

uint8_t reader_u8(struct reader *r)
{
	return (uint8_t)reader_uint(r, 1);
}

uint16_t reader_u16(struct reader *r)
{
	return (uint16_t)reader_uint(r, 2);
}

uint32_t reader_u32(struct reader *r)
{
	return (uint32_t)reader_uint(r, 4);
}

uint64_t reader_u64(struct reader *r)
{
	return reader_uint(r, 8);
}

bool reader_done(const struct reader *r)
{
	return !r->failed && r->left == 0;
}

/* explicit_bzero is the C library's: this layer has no libsodium */
static void buf_wipe(struct buf *b, size_t from, size_t len)
{
	if (b->secret && len > 0) {
		explicit_bzero(b->p + from, len);
	}
}

struct buf buf_new(size_t max)
{
	struct buf b = {.max = max};

	return b;
}

struct buf buf_new_secret(size_t max)
{
	struct buf b = {.max = max, .secret = true};

	return b;
}

void buf_free(struct buf *b)
{
	buf_wipe(b, 0, b->cap);
	free(b->p);
	b->p = NULL;
	b->len = 0;
	b->cap = 0;
	b->failed = false;
}

void buf_clear(struct buf *b)
{
	buf_wipe(b, 0, b->cap);
	b->len = 0;
	b->failed = false;
}

/* Room for ${len} more bytes, or false and the buffer has failed. */
static bool buf_room(struct buf *b, size_t len)
{
	size_t cap = b->cap > 0 ? b->cap : BUF_FIRST;
	uint8_t *p;

	if (b->failed) {
		return false;
	}
	if (len > b->max || b->len > b->max - len) {
		b->failed = true;
		return false;
	}
	if (len <= b->cap - b->len) {
		return true;
	}
	while (cap < b->len + len) {
		cap = cap > SIZE_MAX / 2 ? b->len + len : cap * 2;
	}
	if (cap > b->max) {
		cap = b->max;
	}
	if (!b->secret) {
		p = realloc(b->p, cap);
	} else {
		p = malloc(cap);
		if (p != NULL && b->len > 0) {
			memcpy(p, b->p, b->len);
		}
	}
	if (p == NULL) {
		b->failed = true;
		return false;
	}
	if (b->secret) {
		buf_wipe(b, 0, b->cap);
		free(b->p);
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_put(struct buf *b, const void *p, size_t len)
{
	if (len == 0 || !buf_room(b, len)) {
		return;
	}
	memcpy(b->p + b->len, p, len);
	b->len += len;
}

void buf_text(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

static void buf_uint(struct buf *b, uint64_t v, size_t len)
{
	uint8_t be[8];

	for (size_t i = 0; i < len; i++) {
		be[i] = (uint8_t)(v >> 8 * (len - 1 - i));
	}
	buf_put(b, be, len);
	if (b->secret) {
		explicit_bzero(be, sizeof be);
	}
}

void buf_u8(struct buf *b, uint8_t v)
{
	buf_uint(b, v, 1);
}

void buf_u16(struct buf *b, uint16_t v)
{
	buf_uint(b, v, 2);
}

void buf_u32(struct buf *b, uint32_t v)
{
	buf_uint(b, v, 4);
}

void buf_u64(struct buf *b, uint64_t v)
{
	buf_uint(b, v, 8);
}

void buf_zeros(struct buf *b, size_t len)
{
	if (len == 0 || !buf_room(b, len)) {
		return;
	}
	memset(b->p + b->len, 0, len);
	b->len += len;
}

/*
 * The NUL stands outside ${len} and may go one past ${max}, so that a full
 * buffer can still be read as a string.
 */
const char *buf_cstr(struct buf *b)
{
	size_t max = b->max;
	bool room;

	if (b->failed) {
		return NULL;
	}
	if (b->len == max && max < SIZE_MAX) {
		b->max = max + 1;
	}
	room = buf_room(b, 1);
	b->max = max;
	if (!room) {
		return NULL;
	}
	b->p[b->len] = '\0';
	return (const char *)b->p;
}

void hex_encode(const uint8_t *p, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * len] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return -1;
}

enum err hex_decode(const char *s, uint8_t *out, size_t len)
{
	size_t n = strlen(s);

	if (n % 2 != 0 || n / 2 != len) {
		return ERR_FORMAT;
	}
	for (size_t i = 0; i < n; i++) {
		if (hex_value(s[i]) < 0) {
			return ERR_FORMAT;
		}
	}
	for (size_t i = 0; i < len; i++) {
		out[i] = (uint8_t)(hex_value(s[2 * i]) << 4 |
		    hex_value(s[2 * i + 1]));
	}
	return OK;
}

bool utf8_valid(const void *p, size_t len)
{
	const uint8_t *s = p;
	size_t more;
	uint32_t c, low;

	for (size_t i = 0; i < len; i++) {
		c = s[i];
		if (c == 0) {
			return false;
		}
		if (c < 0x80) {
			continue;
		}
		if (c >= 0xc2 && c <= 0xdf) {
			more = 1;
			low = 0x80;
			c &= 0x1f;
		} else if (c >= 0xe0 && c <= 0xef) {
			more = 2;
			low = 0x800;
			c &= 0x0f;
		} else if (c >= 0xf0 && c <= 0xf4) {
			more = 3;
			low = 0x10000;
			c &= 0x07;
		} else {
			return false;
		}
		if (more > len - 1 - i) {
			return false;
		}
		for (; more > 0; more--) {
			i++;
			if ((s[i] & 0xc0) != 0x80) {
				return false;
			}
			c = c << 6 | (s[i] & 0x3f);
		}
		if (c < low || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
			return false;
		}
	}
	return true;
}
