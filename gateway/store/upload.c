/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Large envelopes in parts of 1 MiB, whole or not at all. An id that was
 * never fed is no record: it carries its week and a MAC, so asking for ids
 * by the million costs nothing here.
 *
 * A part is taken when its number is right and there is room; hashing,
 * sealing and the disk come after the answer. What is lost in between is
 * found: the session then expects an earlier part, or is not there, and
 * nothing is receipted whose digest is not that of all parts.
 *
 * id: random (6) | week number since 1970 (2) | MAC (8).
 */
#include <sodium.h>
#include <string.h>

#include "store_private.h"

#define ID_RANDOM 6u
#define ID_CLEAR 8u

static void id_mac(struct store *s, const uint8_t *id, uint8_t mac[8])
{
	uint8_t whole[32];

	key_hidden(s, "upload-id", id, ID_CLEAR, whole);
	memcpy(mac, whole, 8);
}

/* ERR_UNKNOWN: not made here */
static enum err id_week(struct store *s, const uint8_t id[UPLOAD_ID],
    day_t *week)
{
	uint8_t mac[8];

	id_mac(s, id, mac);
	if (sodium_memcmp(mac, id + ID_CLEAR, sizeof(mac)) != 0) {
		return ERR_UNKNOWN;
	}
	/* 1970-01-05 was the first Monday. */
	*week = (id[6] << 8 | id[7]) * 7 + 4;
	return OK;
}

enum err store_upload_begin(struct store *s, day_t week,
    uint8_t id[UPLOAD_ID])
{
	unsigned number;

	if (s->keyset == NULL || !week_accepts(s, week)) {
		return ERR_STALE;
	}
	if (!space_bulk(s, ENVELOPE_PART)) {
		return ERR_FULL;
	}
	number = (unsigned)(week - 4) / 7;
	randombytes_buf(id, ID_RANDOM);
	id[6] = (uint8_t)(number >> 8);
	id[7] = (uint8_t)number;
	id_mac(s, id, id + ID_CLEAR);
	return OK;
}

/* The last part again? Its bytes hashed from the state before it must give
 * the state after it. */
static bool part_repeated(struct store *s, const uint8_t id[UPLOAD_ID],
    uint32_t number, const uint8_t *p, size_t len)
{
	const struct session *u = session_find(s, id);
	uint8_t state[HASH_SAVED];

	if (u == NULL || number != u->next - 1 || len != u->last_len ||
	    flight_settle(s) != OK || (u = session_find(s, id)) == NULL ||
	    number != u->next - 1) {
		return false;
	}
	memcpy(state, u->before, HASH_SAVED);
	hash_saved_write(state, p, len);
	return memcmp(state, u->state, HASH_SAVED) == 0;
}

static enum err session_start(struct store *s, const uint8_t id[UPLOAD_ID],
    uint32_t number, const uint8_t *p, size_t len, struct session *u)
{
	uint64_t keyno;
	day_t week;
	enum err r;

	if ((r = id_week(s, id, &week)) != OK) {
		return r;
	}
	if (s->keyset == NULL || !week_accepts(s, week)) {
		return ERR_STALE;
	}
	if (number != 1) {
		return ERR_UNKNOWN; /* expired, or never begun */
	}
	if (len < ENVELOPE_HEADER) {
		return ERR_FORMAT;
	}
	/* The number of an upload that is given up comes back with the next
	 * daily batch only: whoever begins a million leaves some for texts. */
	if (record_keys_count(s->keys) >= s->upload_keys) {
		return ERR_FULL;
	}
	if ((r = envelope_header_check(p, ENVELOPE_HEADER)) != OK ||
	    (r = session_make_room(s)) != OK ||
	    (r = key_take(s, &keyno)) != OK) {
		return r;
	}
	memset(u, 0, sizeof(*u)); /* keeps nothing but what follows */
	u->keyno = keyno;
	memcpy(u->id, id, UPLOAD_ID);
	u->week = week;
	u->next = 1;
	hash_saved_new(u->state);
	return OK;
}

/* A place for one more part. ERR_FULL and the like: what was taken before
 * could not be kept. */
static enum err room_ahead(struct store *s)
{
	enum err r = flight_room(s);

	if (s->parts_lost != OK) {
		r = s->parts_lost;
		s->parts_lost = OK;
	}
	return r;
}

enum err store_upload_part(struct store *s, const uint8_t id[UPLOAD_ID],
    uint32_t number, const uint8_t *p, size_t len, uint32_t *next)
{
	const struct session *known;
	struct session u = { 0 };
	enum err r;

	if (len == 0 || len > ENVELOPE_PART) {
		return ERR_LIMIT;
	}
	if ((r = room_ahead(s)) != OK) {
		return r;
	}
	known = session_find(s, id);
	if (known != NULL) {
		u = *known;
		if (u.done || number != u.next) {
			if (part_repeated(s, id, number, p, len)) {
				return OK;
			}
			known = session_find(s, id);
			if (known == NULL) {
				return ERR_UNKNOWN;
			}
			*next = known->next;
			return ERR_CONFLICT;
		}
		if (u.last_len != ENVELOPE_PART ||
		    u.size + len > ENVELOPE_SIZE_MAX) {
			return ERR_LIMIT; /* a short part is the last one */
		}
	}
	if (!space_bulk(s, len)) {
		return ERR_FULL;
	}
	if (known == NULL &&
	    (r = session_start(s, id, number, p, len, &u)) != OK) {
		return r;
	}
	if ((r = flight_add(s, &u, number, p, len)) != OK) {
		return r;
	}
	u.size += len;
	u.last_len = (uint32_t)len;
	u.day = s->today;
	u.next++;
	return session_keep(s, &u);
}

/* The same upload, finished before: the same receipt */
static enum err finish_again(struct store *s, const struct session *u,
    const uint8_t digest[HASH_LEN], struct store_receipt *out)
{
	struct entry e;
	enum err r = entry_get(s, u->number, &e);

	if (r == OK && memcmp(e.sha256, digest, HASH_LEN) != 0) {
		r = ERR_CONFLICT;
	}
	return r == OK ? entry_receipt(s, &e, out) : r;
}

enum err store_upload_finish(struct store *s, const uint8_t id[UPLOAD_ID],
    const uint8_t digest[HASH_LEN], day_t week, struct store_receipt *out)
{
	const struct session *known;
	struct session u;
	struct entry e = { .bulk = true };
	enum err r;

	if ((r = flight_settle(s)) != OK) {
		return r;
	}
	if ((known = session_find(s, id)) == NULL) {
		return ERR_UNKNOWN;
	}
	u = *known;
	if (u.week != week) {
		return ERR_CONFLICT;
	}
	if (u.done) {
		return finish_again(s, &u, digest, out);
	}
	hash_saved_end(u.state, e.sha256);
	if (memcmp(e.sha256, digest, HASH_LEN) != 0) {
		return ERR_CRYPT;
	}
	if ((r = envelope_size_check(u.size)) != OK) {
		return r;
	}
	r = entry_find(s, e.sha256, &e);
	if (r == OK) {
		/* Sent before in another way: one copy is enough. */
		s->now.bulk_used -= u.bulk_bytes;
		r = parts_delete(s, u.keyno);
		u.bulk_bytes = 0;
	} else if (r == ERR_UNKNOWN) {
		e.keyno = u.keyno;
		e.size = u.size;
		e.week = u.week;
		e.bulk = true;
		e.bulk_bytes = u.bulk_bytes;
		s->now.bulk_used -= u.bulk_bytes; /* entry_add counts it */
		r = entry_add(s, &e);
	}
	if (r != OK) {
		return r;
	}
	u.done = true;
	u.number = e.number;
	if ((r = session_put(s, &u)) != OK) {
		return r;
	}
	return entry_receipt(s, &e, out);
}
