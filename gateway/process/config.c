/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reads the ini text. Runs before anything hostile is touched; still
 * bounded, so that a wrong file is told and not guessed at.
 */
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

enum kind { TEXT, SIZE, COUNT, URL, KEY, HEX, LISTEN };

struct rule {
	const char *section, *name;
	enum kind kind;
	size_t offset;
	uint64_t max;
};

#define AT(field) offsetof(struct config, field)
static const struct rule rules[] = {
	{"store", "path", TEXT, AT(store_path), 0},
	{"store", "bulk", SIZE, AT(bulk), UINT64_C(1) << 44},
	{"store", "reserve", SIZE, AT(reserve), UINT64_C(1) << 44},
	{"store", "floor", SIZE, AT(floor), UINT64_C(1) << 44},
	{"store", "generation", COUNT, AT(generation), GENERATION_MAX},
	{"store", "ballast", SIZE, AT(ballast), UINT64_C(1) << 34},
	{"store", "grace", COUNT, AT(grace), 365},
	{"store", "chaff", COUNT, AT(chaff), 100},
	{"store", "uploads", COUNT, AT(uploads), 65536},
	{"listen", "public", LISTEN, 0, 0},
	{"listen", "circuits", TEXT, AT(listen_circuits), 0},
	{"listen", "courier", TEXT, AT(listen_courier), 0},
	{"listen", "metrics", TEXT, AT(listen_metrics), 0},
	{"courier", "credential_hash", HEX, AT(credential), 0},
	{"identity", "key", KEY, AT(identity), 0},
	{"site", "onion", URL, AT(onion), 0},
	{"site", "https", URL, AT(https), 0},
	{"site", "contact", TEXT, AT(contact), 0},
	{"site", "languages", TEXT, AT(languages), 0},
	{"site", "checked", TEXT, AT(checked), 0},
	{"site", "organisation", TEXT, AT(organisation), 0},
	{"limits", "header_seconds", COUNT, AT(header_seconds), 600},
	{"limits", "idle_seconds", COUNT, AT(idle_seconds), 600},
	{"limits", "body_rate", COUNT, AT(body_rate), 1u << 30},
	{"limits", "body_grace", COUNT, AT(body_grace), 600},
	{"limits", "connections", COUNT, AT(connections), 60000},
	{"limits", "circuit_connections", COUNT, AT(circuit_connections),
	    60000},
	{"limits", "circuit_requests", COUNT, AT(circuit_requests), 1000000},
	{"limits", "circuit_bytes", SIZE, AT(circuit_bytes),
	    UINT64_C(1) << 44},
	{"limits", "circuit_texts", COUNT, AT(circuit_texts), 60000},
	{"limits", "texts_minute", COUNT, AT(texts_minute), 60000},
	{"limits", "texts_burst", COUNT, AT(texts_burst), 1000000},
};

/* Decimal digits, and for a size one of K, M, G (powers of 1024) */
static bool
number(const char *s, bool size, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	unsigned shift = 0;

	if (*s < '0' || *s > '9') {
		return false;
	}
	for (; *s >= '0' && *s <= '9'; s++) {
		if (v > (max - (uint64_t)(*s - '0')) / 10) {
			return false;
		}
		v = v * 10 + (uint64_t)(*s - '0');
	}
	if (size && *s != '\0') {
		shift = *s == 'K' ? 10 : *s == 'M' ? 20 : *s == 'G' ? 30 : 0;
		if (shift == 0 || v > max >> shift) {
			return false;
		}
		s++;
	}
	*out = v << shift;
	return *s == '\0' && *out <= max;
}

static bool
copy_text(char *to, size_t max, const char *s)
{
	size_t i, n = strlen(s);

	if (n == 0 || n >= max) {
		return false;
	}
	for (i = 0; i < n; i++) {
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f) {
			return false;
		}
	}
	memcpy(to, s, n + 1);
	return true;
}

/* "http://" or "https://", a host, no path, printable ASCII */
static bool
copy_url(char *to, const char *s)
{
	const char *p;

	if (strncmp(s, "http://", 7) != 0 && strncmp(s, "https://", 8) != 0) {
		return false;
	}
	p = strchr(s, ':') + 3;
	if (*p == '\0' || strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-:") != strlen(p)) {
		return false;
	}
	return copy_text(to, KEYSET_URL, s);
}

static bool
add_listeners(struct config *c, const char *s)
{
	size_t n;

	while (*(s += strspn(s, " ,")) != '\0') {
		n = strcspn(s, " ,");
		if (c->listeners == CONFIG_LISTENERS || n >= CONFIG_VALUE) {
			return false;
		}
		memcpy(c->listen_public[c->listeners], s, n);
		c->listen_public[c->listeners++][n] = '\0';
		s += n;
	}
	return c->listeners > 0;
}

unsigned
config_circuits(const struct config *c)
{
	unsigned i = 0;

	while (i < c->listeners &&
	    strcmp(c->listen_public[i], c->listen_circuits) != 0) {
		i++;
	}
	return i;
}

/* Whether the counters have a UNIX socket that nothing else has */
static bool
metrics_apart(const struct config *c)
{
	unsigned i;

	for (i = 0; i < c->listeners; i++) {
		if (strcmp(c->listen_public[i], c->listen_metrics) == 0) {
			return false;
		}
	}
	return strncmp(c->listen_metrics, "unix:/", 6) == 0 &&
	    strcmp(c->listen_courier, c->listen_metrics) != 0;
}

static bool
set(struct config *c, const struct rule *r, const char *value)
{
	uint8_t *field = (uint8_t *)c + r->offset;
	uint64_t v;

	switch (r->kind) {
	case TEXT:
		return copy_text((char *)field, CONFIG_VALUE, value);
	case URL:
		return copy_url((char *)field, value);
	case SIZE:
		if (!number(value, true, r->max, &v)) {
			return false;
		}
		memcpy(field, &v, sizeof(v));
		return true;
	case COUNT:
		if (!number(value, false, r->max, &v)) {
			return false;
		}
		*(unsigned *)(void *)field = (unsigned)v;
		return true;
	case HEX:
		c->has_credential = true;
		return hex_decode(value, c->credential, HASH_LEN) == OK;
	case KEY:
		c->has_identity = true;
		return sign_pk_parse(value, &c->identity) == OK;
	case LISTEN:
		return add_listeners(c, value);
	}
	return false;
}

static int
on_pair(void *arg, const char *section, const char *name, const char *value)
{
	const struct rule *r;

	for (r = rules; r < rules + sizeof(rules) / sizeof(*rules); r++) {
		if (strcmp(section, r->section) == 0 &&
		    strcmp(name, r->name) == 0) {
			return set(arg, r, value);
		}
	}
	return 0;
}

enum err
config_parse(const char *text, struct config *out, int *line)
{
	struct config c;

	memset(&c, 0, sizeof(c));
	/* A machine of 16 GB: OPERATING.md has the arithmetic */
	c.bulk = 8 * GIB;
	c.reserve = 2 * GIB;
	c.floor = 1 * GIB;
	c.ballast = 16 * MIB;
	c.grace = 14;
	c.chaff = 2;
	c.uploads = 256;
	c.header_seconds = 10;
	c.idle_seconds = 15;
	c.body_rate = 1024;
	c.body_grace = 15;
	c.connections = 12000;
	c.circuit_connections = 16;
	c.circuit_requests = 600;
	c.circuit_bytes = 4 * GIB;
	c.circuit_texts = 12; /* as often as the pages and programs try */
	*line = ini_parse_string(text, on_pair, &c);
	if (*line != 0) {
		return *line > 0 ? ERR_FORMAT : ERR_MEMORY;
	}
	if (c.store_path[0] != '/') {
		return ERR_USAGE;
	}
	/* A door that nobody can open, or everybody, is a mistake */
	if ((c.listen_courier[0] != '\0') != c.has_credential) {
		return ERR_CONFLICT;
	}
	if (c.listen_circuits[0] != '\0' &&
	    (strncmp(c.listen_circuits, "unix:", 5) != 0 ||
	    config_circuits(&c) == c.listeners)) {
		return ERR_NO_MATCH;
	}
	if (c.listen_metrics[0] != '\0' && !metrics_apart(&c)) {
		return ERR_POLICY;
	}
	*out = c;
	return OK;
}

enum err
config_load(int fd, struct buf *out)
{
	uint8_t piece[4096];
	ssize_t n;
	off_t at = 0;

	*out = buf_new(CONFIG_MAX);
	while ((n = pread(fd, piece, sizeof(piece), at)) > 0) {
		if (memchr(piece, 0, (size_t)n) != NULL) {
			buf_free(out);
			return ERR_FORMAT;
		}
		buf_put(out, piece, (size_t)n);
		at += n;
	}
	if (n < 0) {
		buf_free(out);
		return ERR_IO;
	}
	if (buf_cstr(out) == NULL) {
		buf_free(out);
		return ERR_LIMIT;
	}
	return OK;
}
