/* SPDX-License-Identifier: EUPL-1.2 */
/* Inbound manifests: the gateway's signed chain of what it took in
 * (keys/FORMAT.md section 9). */
#include <stdlib.h>
#include <string.h>

#include "keyset_private.h"
#include "meldluik/bundle.h"
#include "meldluik/envelope.h"

#define INBOUND_TYPE "meldluik-inbound"
#define CLOSED_MAX 4096u

enum err
inbound_write(struct inbound *m, struct buf *out)
{
	json_t *envelopes = json_array(), *closed = json_array();
	json_t *applied = json_array();
	size_t before = out->len;
	enum err e;

	if (generation_of(m->serial) != m->generation) {
		json_decref(envelopes);
		json_decref(closed);
		json_decref(applied);
		return ERR_LIMIT;
	}
	json_setup();
	for (size_t i = 0; i < m->envelopes; i++) {
		const struct inbound_envelope *v = &m->envelope[i];
		json_array_append_new(envelopes, json_pack(
		    "{s:o,s:I,s:o,s:o}", "sha256", json_hex(v->sha256,
		    HASH_LEN), "size", (json_int_t)v->size, "day",
		    json_day(v->day), "epoch", json_week(v->week)));
	}
	for (size_t i = 0; i < m->closeds; i++) {
		json_array_append_new(closed, json_week(m->closed[i]));
	}
	for (unsigned i = 0; i < m->applieds; i++) {
		const struct inbound_applied *a = &m->applied[i];
		json_array_append_new(applied, json_pack(
		    "{s:i,s:I,s:I,s:o,s:o}", "desk", (int)a->desk, "tenure",
		    (json_int_t)a->tenure, "serial", (json_int_t)a->serial,
		    "sha256", json_hex(a->sha256, HASH_LEN), "day",
		    json_day(a->day)));
	}
	e = json_finish(json_pack(
	    "{s:s,s:i,s:o,s:I,s:I,s:o,s:o,s:o,s:o,s:o}", "type",
	    INBOUND_TYPE, "version", 1, "org", json_hex(m->org, ORG_LEN),
	    "generation", (json_int_t)m->generation, "serial",
	    (json_int_t)m->serial, "previous",
	    json_hex(m->previous, HASH_LEN), "day", json_day(m->day),
	    "envelopes", envelopes, "closed", closed, "applied", applied),
	    INBOUND_MAX, out);
	if (e == OK) {
		hash_bytes(out->p + before, out->len - before, m->hash);
	}
	return e;
}

static enum err
envelopes_read(const json_t *list, struct inbound *m)
{
	static const char *const keys[] = {"sha256", "size", "day", "epoch",
	    NULL};
	size_t n = json_array_size(list);

	m->envelope = calloc(n + 1, sizeof(*m->envelope));
	if (m->envelope == NULL) {
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);
		struct inbound_envelope *v = &m->envelope[i];
		int64_t size = 0;
		enum err e;
		if ((e = json_keys(o, keys)) != OK ||
		    (e = json_hex_field(o, "sha256", v->sha256, HASH_LEN)) !=
		    OK ||
		    (e = json_int_field(o, "size", 1, ENVELOPE_SIZE_MAX,
		    &size)) != OK ||
		    (e = json_day_field(o, "day", &v->day)) != OK ||
		    (e = json_week_field(o, "epoch", &v->week)) != OK) {
			return e;
		}
		v->size = (uint64_t)size;
		m->envelopes++;
	}
	return OK;
}

static enum err
closed_read(const json_t *list, struct inbound *m)
{
	size_t n = json_array_size(list);

	m->closed = calloc(n + 1, sizeof(*m->closed));
	if (m->closed == NULL) {
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));
		if (s == NULL || week_parse(s, &m->closed[i]) != OK) {
			return ERR_FORMAT;
		}
		m->closeds++;
	}
	return OK;
}

static enum err
applied_read(const json_t *list, struct inbound *m)
{
	static const char *const keys[] = {"desk", "tenure", "serial",
	    "sha256", "day", NULL};

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		struct inbound_applied *a = &m->applied[i];
		int64_t desk = 0, tenure = 0, serial = 0;
		enum err e;
		if ((e = json_keys(o, keys)) != OK ||
		    (e = json_int_field(o, "desk", 1, 63, &desk)) != OK ||
		    (e = json_int_field(o, "tenure", 1, INT64_MAX >> 10,
		    &tenure)) != OK ||
		    (e = json_int_field(o, "serial", 1, INT64_MAX >> 10,
		    &serial)) != OK ||
		    (e = json_hex_field(o, "sha256", a->sha256, HASH_LEN)) !=
		    OK ||
		    (e = json_day_field(o, "day", &a->day)) != OK) {
			return e;
		}
		a->desk = (unsigned)desk;
		a->tenure = (uint64_t)tenure;
		a->serial = (uint64_t)serial;
		m->applieds++;
	}
	return OK;
}

static enum err
inbound_read(const json_t *o, struct inbound *m)
{
	static const char *const keys[] = {"type", "version", "org",
	    "generation", "serial", "previous", "day", "envelopes", "closed",
	    "applied", NULL};
	const json_t *envelopes = NULL, *closed = NULL, *applied = NULL;
	int64_t generation = 0, serial = 0;
	enum err e;

	if ((e = json_keys(o, keys)) != OK ||
	    (e = json_hex_field(o, "org", m->org, ORG_LEN)) != OK ||
	    (e = json_int_field(o, "generation", 1, GENERATION_MAX,
	    &generation)) != OK ||
	    (e = json_int_field(o, "serial", 1, INT64_MAX >> 10, &serial)) !=
	    OK ||
	    (e = json_hex_field(o, "previous", m->previous, HASH_LEN)) !=
	    OK ||
	    (e = json_day_field(o, "day", &m->day)) != OK ||
	    (e = json_array_field(o, "envelopes", INBOUND_ENVELOPES,
	    &envelopes)) != OK ||
	    (e = json_array_field(o, "closed", CLOSED_MAX, &closed)) != OK ||
	    (e = json_array_field(o, "applied", KEYSET_DESKS_MAX,
	    &applied)) != OK ||
	    (e = envelopes_read(envelopes, m)) != OK ||
	    (e = closed_read(closed, m)) != OK) {
		return e;
	}
	m->generation = (uint64_t)generation;
	m->serial = (uint64_t)serial;
	if (generation_of(m->serial) != m->generation) {
		return ERR_FORMAT;
	}
	return applied_read(applied, m);
}

enum err
inbound_parse(const void *p, size_t len, const void *sig, size_t siglen,
    const struct sign_pk *gateway, const uint8_t org[ORG_LEN],
    struct inbound **out)
{
	struct sign_purpose why = {.purpose = "inbound"};
	struct inbound *m = NULL;
	json_t *o = NULL;
	enum err e;

	if (len > INBOUND_MAX) {
		return ERR_LIMIT;
	}
	memcpy(why.org, org, ORG_LEN);
	if ((e = sign_check(gateway, &why, p, len, sig, siglen)) != OK ||
	    (e = json_read_type(p, len, INBOUND_MAX, INBOUND_TYPE, &o)) !=
	    OK) {
		return e;
	}
	m = calloc(1, sizeof(*m));
	e = m == NULL ? ERR_MEMORY : inbound_read(o, m);
	if (e == OK && memcmp(m->org, org, ORG_LEN) != 0) {
		e = ERR_FOREIGN;
	}
	if (e == OK) {
		hash_bytes(p, len, m->hash);
		*out = m;
		m = NULL; /* transferred */
	}
	json_decref(o);
	inbound_free(m);
	return e;
}

void
inbound_free(struct inbound *m)
{
	if (m != NULL) {
		free(m->envelope);
		free(m->closed);
		free(m);
	}
}

uint64_t
generation_base(uint64_t generation)
{
	return (generation - 1) * GENERATION_SERIALS;
}

uint64_t
generation_of(uint64_t serial)
{
	return serial == 0 ? 1 : (serial - 1) / GENERATION_SERIALS + 1;
}

enum err
inbound_follows(uint64_t prev_serial, const uint8_t *prev_hash,
    uint64_t generation, const struct inbound *m)
{
	static const uint8_t zeros[HASH_LEN];

	if (m->generation != generation) {
		return ERR_FOREIGN;
	}
	if (prev_hash == NULL) {
		return m->serial == generation_base(generation) + 1 &&
		    memcmp(m->previous, zeros, HASH_LEN) == 0 ? OK : ERR_CHAIN;
	}
	return m->serial == prev_serial + 1 &&
	    memcmp(m->previous, prev_hash, HASH_LEN) == 0 ? OK : ERR_CHAIN;
}
