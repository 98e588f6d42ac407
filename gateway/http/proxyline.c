/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One line, one way to write it:
 *   PROXY TCP6 fc00:dead:beef:4dad::HIGH:LOW ::1 PORT VIRTUAL CR LF
 * HIGH and LOW are the halves of the number in hexadecimal, PORT is LOW in
 * decimal (1 for 0), VIRTUAL the onion service's port.
 */
#include <string.h>

#include "guard.h"
#include "proxyline.h"

#define BEFORE "PROXY TCP6 fc00:dead:beef:4dad::"
#define BETWEEN " ::1 "

/* Lowercase, no zero in front, at most 16 bits; NULL: not that */
static const char *
half(const char *p, const char *end, uint32_t *out)
{
	const char *from = p;
	uint32_t v = 0;

	for (; p < end && p - from < 5; p++) {
		if (*p >= '0' && *p <= '9') {
			v = v << 4 | (uint32_t)(*p - '0');
		} else if (*p >= 'a' && *p <= 'f') {
			v = v << 4 | (uint32_t)(*p - 'a' + 10);
		} else {
			break;
		}
	}
	if (p == from || v > 0xffff || (*from == '0' && p - from > 1)) {
		return NULL;
	}
	*out = v;
	return p;
}

static enum err
whole(const char *p, const char *end, uint32_t *id)
{
	const size_t before = sizeof(BEFORE) - 1;
	const size_t between = sizeof(BETWEEN) - 1;
	uint32_t high, low;
	uint64_t port, virtual;
	char word[PROXYLINE_MAX + 1], *space;

	if ((size_t)(end - p) < before || memcmp(p, BEFORE, before) != 0 ||
	    (p = half(p + before, end, &high)) == NULL || p == end ||
	    *p != ':' || (p = half(p + 1, end, &low)) == NULL ||
	    (size_t)(end - p) < between || memcmp(p, BETWEEN, between) != 0) {
		return ERR_FORMAT;
	}
	p += between;
	if (memchr(p, '\0', (size_t)(end - p)) != NULL) {
		return ERR_FORMAT;
	}
	memcpy(word, p, (size_t)(end - p));
	word[end - p] = '\0';
	space = strchr(word, ' ');
	if (space == NULL) {
		return ERR_FORMAT;
	}
	*space++ = '\0';
	if (!decimal_parse(word, 0xffff, &port) ||
	    !decimal_parse(space, 0xffff, &virtual) ||
	    port != (low == 0 ? 1 : low)) {
		return ERR_FORMAT;
	}
	*id = high << 16 | low;
	return OK;
}

enum err
proxyline_parse(const char *p, size_t len, uint32_t *id, size_t *used)
{
	size_t n = sizeof(BEFORE) - 1;
	const char *cr;
	enum err e;

	/* What is no such line is told at its first byte */
	if (memcmp(p, BEFORE, len < n ? len : n) != 0) {
		return ERR_FORMAT;
	}
	len = len > PROXYLINE_MAX ? PROXYLINE_MAX : len;
	cr = memchr(p, '\r', len);
	if (memchr(p, '\n', cr == NULL ? len : (size_t)(cr - p)) != NULL) {
		return ERR_FORMAT;
	}
	if (cr == NULL) {
		return len < PROXYLINE_MAX ? ERR_UNKNOWN : ERR_FORMAT;
	}
	n = (size_t)(cr - p);
	if (n + 1 == len) {
		return len < PROXYLINE_MAX ? ERR_UNKNOWN : ERR_FORMAT;
	}
	if (cr[1] != '\n') {
		return ERR_FORMAT;
	}
	e = whole(p, cr, id);
	if (e == OK) {
		*used = n + 2;
	}
	return e;
}
