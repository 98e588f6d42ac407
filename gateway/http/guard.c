/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The refusals that libmicrohttpd leaves to us: RFC 9112 sections 3.2, 5.2
 * and 6.3 (request smuggling), and queries, which no address of ours has.
 */
#include <string.h>
#include <strings.h>

#include "guard.h"

bool
guard_uri(const char *uri)
{
	size_t i, n = strnlen(uri, GUARD_URI_MAX + 1);

	if (n == 0 || n > GUARD_URI_MAX || uri[0] != '/') {
		return false;
	}
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)uri[i];

		if (c <= 0x20 || c >= 0x7f || strchr("?#%\\", c) != NULL) {
			return false;
		}
		if (c == '/' && (uri[i + 1] == '/' ||
		    (uri[i + 1] == '.' && (uri[i + 2] == '/' ||
		    uri[i + 2] == '\0' || (uri[i + 2] == '.' &&
		    (uri[i + 3] == '/' || uri[i + 3] == '\0')))))) {
			return false;
		}
	}
	return true;
}

static bool
name_is(const char *name, size_t len, const char *want)
{
	return len == strlen(want) && strncasecmp(name, want, len) == 0;
}

/* RFC 9110 token */
static bool
token(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c <= 0x20 || c >= 0x7f ||
		    strchr("\"(),/:;<=>?@[\\]{}", c) != NULL) {
			return false;
		}
	}
	return len > 0 && len <= GUARD_NAME_MAX;
}

bool
decimal_parse(const char *s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (s[0] == '\0' || (s[0] == '0' && s[1] != '\0')) {
		return false;
	}
	for (; *s != '\0'; s++) {
		unsigned d = (unsigned)(*s - '0');

		if (*s < '0' || *s > '9' || d > max || v > max / 10 ||
		    v * 10 > max - d) {
			return false;
		}
		v = v * 10 + d;
	}
	*out = v;
	return true;
}

void
guard_header(struct guard *g, const char *name, size_t name_len,
    const char *value, size_t len, bool folded)
{
	size_t i;

	if (++g->headers > GUARD_HEADERS_MAX || folded ||
	    !token(name, name_len) || len > GUARD_VALUE_MAX) {
		g->bad = true;
		return;
	}
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f) {
			g->bad = true;
			return;
		}
	}
	if (name_is(name, name_len, "Host")) {
		g->hosts++;
	} else if (name_is(name, name_len, "Content-Length")) {
		char digits[24];

		g->lengths++;
		if (len >= sizeof(digits)) {
			g->bad = true;
			return;
		}
		memcpy(digits, value, len);
		digits[len] = '\0';
		if (!decimal_parse(digits, UINT64_MAX - 1, &g->length)) {
			g->bad = true;
		}
	} else if (name_is(name, name_len, "Transfer-Encoding")) {
		g->encodings++;
		if (len != 7 || strncasecmp(value, "chunked", 7) != 0) {
			g->bad = true;
		}
	} else if (name_is(name, name_len, "Trailer") ||
	    name_is(name, name_len, "Upgrade")) {
		g->bad = true; /* nothing of ours has them */
	}
}

bool
guard_end(const struct guard *g, const char *version)
{
	if (g->bad || g->hosts > 1 || g->lengths > 1 || g->encodings > 1 ||
	    (g->lengths > 0 && g->encodings > 0)) {
		return false;
	}
	if (strcmp(version, "HTTP/1.1") == 0) {
		return g->hosts == 1;
	}
	return strcmp(version, "HTTP/1.0") == 0 && g->encodings == 0;
}

bool
range_parse(const char *s, uint64_t total, uint64_t *from,
    uint64_t *to_inclusive)
{
	char part[24];
	const char *dash;
	uint64_t a, b;
	size_t n;

	if (strncmp(s, "bytes=", 6) != 0) {
		return false;
	}
	s += 6;
	dash = strchr(s, '-');
	if (dash == NULL) {
		return false;
	}
	n = (size_t)(dash - s);
	if (n >= sizeof(part)) {
		return false;
	}
	memcpy(part, s, n);
	part[n] = '\0';
	if (!decimal_parse(part, UINT64_MAX - 1, &a) || a >= total) {
		return false;
	}
	b = total - 1;
	if (dash[1] != '\0' &&
	    !decimal_parse(dash + 1, UINT64_MAX - 1, &b)) {
		return false;
	}
	if (b < a) {
		return false;
	}
	*from = a;
	*to_inclusive = b < total ? b : total - 1;
	return true;
}
