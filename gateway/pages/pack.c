/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * gzip for what is the same for everybody: a page with a code or a text is
 * never compressed, since its length would tell of its content.
 */
#include <string.h>
#include <zlib.h>

#include "pages.h"

#define GZIP_WINDOW (15 + 16)
#define GZIP_MEMORY 7 /* shorter blocks: text and code of a script differ */
#define GZIP_TAIL 8u /* CRC and length, RFC 1952 2.3.1 */

bool
pack_wanted(const struct exchange *x)
{
	const char *s = exchange_header(x, "Accept-Encoding");
	const char *p = s == NULL ? NULL : strstr(s, "gzip");

	if (p == NULL) {
		return false;
	}
	/* "gzip;q=0" refuses it, and so does "gzip; q=0.0" */
	p += 4 + strspn(p + 4, " ");
	if (*p != ';') {
		return true;
	}
	p += 1 + strspn(p + 1, " ");
	return strncmp(p, "q=", 2) != 0 || strpbrk(p + 2, "123456789") ==
	    p + 2 || (p[2] == '0' && p[3] == '.' && p[4 + strspn(p + 4,
	    "0")] >= '1' && p[4 + strspn(p + 4, "0")] <= '9');
}

bool
pack_gzip(const uint8_t *p, size_t len, struct buf *out)
{
	z_stream z;
	size_t bound;
	bool good;

	memset(&z, 0, sizeof(z));
	if (deflateInit2(&z, 9, Z_DEFLATED, GZIP_WINDOW,
	    GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
		return false;
	}
	bound = deflateBound(&z, (uLong)len);
	buf_zeros(out, bound);
	if (out->failed) {
		deflateEnd(&z);
		return false;
	}
	z.next_in = (Bytef *)(uintptr_t)p;
	z.avail_in = (uInt)len;
	z.next_out = out->p;
	z.avail_out = (uInt)bound;
	good = deflate(&z, Z_FINISH) == Z_STREAM_END;
	out->len = z.total_out;
	deflateEnd(&z);
	return good;
}

bool
pack_gunzip(const uint8_t *p, size_t len, struct buf *out)
{
	z_stream z;
	uint32_t size;
	bool good;

	if (len < GZIP_TAIL) {
		return false;
	}
	size = (uint32_t)p[len - 4] | (uint32_t)p[len - 3] << 8 |
	    (uint32_t)p[len - 2] << 16 | (uint32_t)p[len - 1] << 24;
	memset(&z, 0, sizeof(z));
	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK) {
		return false;
	}
	buf_zeros(out, size);
	if (out->failed) {
		inflateEnd(&z);
		return false;
	}
	z.next_in = (Bytef *)(uintptr_t)p;
	z.avail_in = (uInt)len;
	z.next_out = out->p;
	z.avail_out = size;
	good = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == size;
	inflateEnd(&z);
	return good;
}
