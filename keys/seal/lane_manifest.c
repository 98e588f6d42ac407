/* SPDX-License-Identifier: EUPL-1.2 */
/* The signed manifest of a lane (keys/FORMAT.md section 5). */
#include <stdlib.h>
#include <string.h>

#include "keyset_private.h"
#include "meldluik/board.h"

#define LANE_TYPE "meldluik-lane"

static bool
power_of_two(uint32_t v)
{
	return v != 0 && (v & (v - 1)) == 0;
}

/* Slots and shards fit together as FORMAT.md says */
static bool
lane_shape_ok(uint32_t slots, uint32_t shards)
{
	return power_of_two(slots) && power_of_two(shards) &&
	    slots >= LANE_SLOTS_MIN && shards <= LANE_SHARDS_MAX &&
	    (shards == 1 ? slots <= LANE_SHARD_SLOTS
	    : slots == shards * LANE_SHARD_SLOTS);
}

enum err
lane_write(const struct lane *l, struct buf *out)
{
	json_t *shards = json_array();

	if (!lane_shape_ok(l->slots, l->shards)) {
		json_decref(shards);
		return ERR_USAGE;
	}
	json_setup();
	for (uint32_t i = 0; i < l->shards; i++) {
		json_array_append_new(shards, json_hex(l->shard[i],
		    HASH_LEN));
	}
	return json_finish(json_pack(
	    "{s:s,s:i,s:o,s:i,s:I,s:I,s:o,s:o,s:I,s:o,s:{s:I,s:o}}", "type",
	    LANE_TYPE, "version", 1, "org", json_hex(l->org, ORG_LEN),
	    "desk", (int)l->desk, "tenure", (json_int_t)l->tenure, "serial",
	    (json_int_t)l->serial, "day", json_day(l->day), "nonce",
	    json_hex(l->nonce, LANE_NONCE), "slots", (json_int_t)l->slots,
	    "shards", shards, "intake", "serial",
	    (json_int_t)l->intake_serial, "sha256",
	    json_hex(l->intake, HASH_LEN)), LANE_MANIFEST_MAX, out);
}

static enum err
shards_read(const json_t *shards, struct lane *l)
{
	l->shards = (uint32_t)json_array_size(shards);
	if (!lane_shape_ok(l->slots, l->shards)) {
		return ERR_FORMAT;
	}
	l->shard = calloc(l->shards, HASH_LEN);
	if (l->shard == NULL) {
		return ERR_MEMORY;
	}
	for (uint32_t i = 0; i < l->shards; i++) {
		const char *s = json_string_value(json_array_get(shards, i));
		if (s == NULL || hex_decode(s, l->shard[i], HASH_LEN) != OK) {
			return ERR_FORMAT;
		}
	}
	return OK;
}

static enum err
lane_read(const json_t *o, struct lane *l)
{
	static const char *const keys[] = {"type", "version", "org", "desk",
	    "tenure", "serial", "day", "nonce", "slots", "shards", "intake",
	    NULL};
	static const char *const intake_keys[] = {"serial", "sha256", NULL};
	const json_t *shards = NULL, *intake = NULL;
	int64_t desk = 0, tenure = 0, serial = 0, slots = 0, head = 0;
	enum err e;

	if ((e = json_keys(o, keys)) != OK ||
	    (e = json_hex_field(o, "org", l->org, ORG_LEN)) != OK ||
	    (e = json_int_field(o, "desk", 1, 63, &desk)) != OK ||
	    (e = json_int_field(o, "tenure", 1, INT64_MAX >> 10, &tenure)) !=
	    OK ||
	    (e = json_int_field(o, "serial", 1, INT64_MAX >> 10, &serial)) !=
	    OK ||
	    (e = json_day_field(o, "day", &l->day)) != OK ||
	    (e = json_hex_field(o, "nonce", l->nonce, LANE_NONCE)) != OK ||
	    (e = json_int_field(o, "slots", LANE_SLOTS_MIN,
	    (int64_t)LANE_SHARDS_MAX * LANE_SHARD_SLOTS, &slots)) != OK ||
	    (e = json_array_field(o, "shards", LANE_SHARDS_MAX, &shards)) !=
	    OK ||
	    (e = json_object_field(o, "intake", &intake)) != OK ||
	    (e = json_keys(intake, intake_keys)) != OK ||
	    (e = json_int_field(intake, "serial", 0, INT64_MAX >> 10,
	    &head)) != OK ||
	    (e = json_hex_field(intake, "sha256", l->intake, HASH_LEN)) !=
	    OK) {
		return e;
	}
	l->desk = (unsigned)desk;
	l->tenure = (uint64_t)tenure;
	l->serial = (uint64_t)serial;
	l->slots = (uint32_t)slots;
	l->intake_serial = (uint64_t)head;
	return shards_read(shards, l);
}

enum err
lane_parse(const void *p, size_t len, const void *sig, size_t siglen,
    const struct keyset *k, unsigned desk, struct lane *out)
{
	struct lane l = {.shard = NULL};
	json_t *o = NULL;
	enum err e = keyset_holder_check(k, desk, "lane", p, len, sig,
	    siglen, NULL);

	if (e == OK) {
		e = json_read_type(p, len, LANE_MANIFEST_MAX, LANE_TYPE, &o);
	}
	if (e == OK) {
		e = lane_read(o, &l);
	}
	if (e == OK &&
	    (l.desk != desk || memcmp(l.org, k->org, ORG_LEN) != 0)) {
		e = ERR_FOREIGN;
	}
	if (e == OK) {
		*out = l;
	} else {
		lane_clear(&l);
	}
	json_decref(o);
	return e;
}

uint64_t
lane_shard_bytes(const struct lane *l)
{
	return (uint64_t)(l->slots / l->shards) * SLOT_LEN;
}

uint64_t
lane_bytes(const struct lane *l)
{
	return (uint64_t)l->slots * SLOT_LEN;
}

enum err
lane_shard_check(const struct lane *l, uint32_t shard, const void *p,
    size_t len)
{
	uint8_t h[HASH_LEN];

	if (shard >= l->shards || len != lane_shard_bytes(l)) {
		return ERR_FORMAT;
	}
	hash_bytes(p, len, h);
	return memcmp(h, l->shard[shard], HASH_LEN) == 0 ? OK : ERR_CRYPT;
}
