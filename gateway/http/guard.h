/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Judges a request line and header before anything uses them, because
 * libmicrohttpd lets ambiguous requests pass that a proxy in front may read
 * otherwise. Pure functions, no library types, so that a fuzzer can have
 * them.
 */
#ifndef MELDLUIK_GATEWAY_GUARD_H
#define MELDLUIK_GATEWAY_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUARD_URI_MAX 255u
#define GUARD_HEADERS_MAX 64u
#define GUARD_VALUE_MAX 2048u
#define GUARD_NAME_MAX 64u

struct guard {
	unsigned headers, hosts, lengths, encodings;
	uint64_t length; /* of the one Content-Length */
	bool bad;        /* sticky */
};

/* Path only: starts with a slash, printable ASCII, no query, fragment,
 * percent sign, backslash or empty, "." or ".." segment */
bool guard_uri(const char *uri);
/* ${value} of ${len} bytes, with possible zero bytes; ${folded}: it came on
 * more than one line */
void guard_header(struct guard *g, const char *name, size_t name_len,
    const char *value, size_t len, bool folded);
/* After the last: may the request be used? */
bool guard_end(const struct guard *g, const char *version);

/* One range "bytes=A-B" or "bytes=A-" of ${total} bytes; false: malformed or
 * past the end. Suffix and several ranges are refused. */
bool range_parse(const char *s, uint64_t total, uint64_t *from,
    uint64_t *to_inclusive);
/* Decimal without sign and leading zeros, whole string, <= max */
bool decimal_parse(const char *s, uint64_t max, uint64_t *out);

#endif
