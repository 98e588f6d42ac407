/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Parts between being taken and being in the transaction: a short queue in
 * order of arrival, hashed and sealed by the crew. The parts of one upload
 * are hashed one after the other, on one running state; everything else goes
 * side by side.
 *
 * Holds: ciphertext of reporters, and for the time of sealing the record key
 * of each, in secret memory.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "store_private.h"

struct part {
	struct work work; /* first: work.run gets its address */
	uint8_t id[UPLOAD_ID];
	uint64_t keyno;
	uint32_t number;
	size_t len, size; /* of the plain bytes, of the value */
	uint8_t *value;   /* room for the largest, kept for the next */
	uint8_t *secret;  /* in the flight's secret memory */
	uint8_t *line;    /* running hash of its upload: HASH_SAVED bytes */
	uint8_t before[HASH_SAVED], after[HASH_SAVED];
	enum err err;
};

/* Invariant: part[(first + i) % PARTS_AHEAD], i < n, in order of arrival;
 * two parts of one upload share a line, others do not. */
struct flight {
	struct part part[PARTS_AHEAD];
	unsigned first, n;
	size_t bytes;
	uint8_t line[PARTS_AHEAD][HASH_SAVED];
	unsigned used[PARTS_AHEAD]; /* parts on a line */
	uint8_t *secrets;
};

enum err flight_new(struct flight **out)
{
	struct flight *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		return ERR_MEMORY;
	}
	f->secrets = secret_new((size_t)PARTS_AHEAD * RECORD_KEY);
	if (f->secrets == NULL) {
		free(f);
		return ERR_MEMORY;
	}
	for (unsigned i = 0; i < PARTS_AHEAD; i++) {
		f->part[i].secret = f->secrets + (size_t)i * RECORD_KEY;
	}
	*out = f;
	return OK;
}

static struct part *part_at(struct flight *f, unsigned i)
{
	return &f->part[(f->first + i) % PARTS_AHEAD];
}

static void part_run(struct work *w)
{
	struct part *p = (struct part *)w;
	uint8_t key[12];

	memcpy(p->before, p->line, HASH_SAVED);
	hash_saved_write(p->line, p->value + RECORD_HEAD, p->len);
	memcpy(p->after, p->line, HASH_SAVED);
	part_key(p->keyno, p->number, key);
	p->err = value_seal(p->value, DB_PARTS, key, sizeof(key), p->keyno,
	    p->len, p->secret);
	secret_wipe(p->secret, RECORD_KEY);
}

/* The oldest leaves the queue; its line is free with its last part */
static void part_drop(struct flight *f)
{
	struct part *p = part_at(f, 0);

	f->used[(size_t)(p->line - f->line[0]) / HASH_SAVED]--;
	f->bytes -= p->size;
	f->first = (f->first + 1) % PARTS_AHEAD;
	f->n--;
}

/* A line with this upload's state; joins the one that is under way */
static uint8_t *line_for(struct flight *f, const struct session *u,
    struct work **after)
{
	*after = NULL;
	for (unsigned i = f->n; i > 0; i--) {
		struct part *p = part_at(f, i - 1);

		if (p->keyno == u->keyno) {
			*after = &p->work;
			return p->line;
		}
	}
	for (unsigned i = 0; i < PARTS_AHEAD; i++) {
		if (f->used[i] == 0) {
			memcpy(f->line[i], u->state, HASH_SAVED);
			return f->line[i];
		}
	}
	return NULL;
}

/* The oldest is sealed: into the transaction, and the session knows */
static enum err part_store(struct store *s)
{
	struct flight *f = s->flight;
	struct part *p = part_at(f, 0);
	struct session *u = session_find(s, p->id);
	uint8_t key[12];
	enum err r = p->err;

	part_key(p->keyno, p->number, key);
	if (r == OK) {
		r = value_put(s, DB_PARTS, key, sizeof(key), p->value,
		    p->size);
	}
	if (r == OK && u != NULL && u->keyno == p->keyno) {
		memcpy(u->before, p->before, HASH_SAVED);
		memcpy(u->state, p->after, HASH_SAVED);
		u->bulk_bytes += p->size;
		s->now.bulk_used += p->size;
	}
	if (r != OK && s->broken == OK) {
		s->broken = r; /* its session counted it */
	}
	part_drop(f);
	return r;
}

void flight_advance(struct store *s)
{
	struct flight *f = s->flight;

	if (s->flush.going) {
		if (!work_done(s->writer, &s->flush.work)) {
			return;
		}
		flush_join(s);
	}
	while (f->n > 0 && work_done(s->crew, &part_at(f, 0)->work) &&
	    part_store(s) == OK) {
		continue;
	}
}

enum err flight_settle(struct store *s)
{
	struct flight *f = s->flight;
	enum err r = OK;

	flush_join(s);
	while (r == OK && f->n > 0) {
		work_wait(s->crew, &part_at(f, 0)->work);
		r = part_store(s);
	}
	return r == OK ? s->broken : r;
}

enum err flight_room(struct store *s)
{
	struct flight *f = s->flight;

	flight_advance(s);
	if (f->n < PARTS_AHEAD) {
		return OK;
	}
	flush_join(s);
	if (f->n == 0) {
		return OK; /* what was written failed, and took them along */
	}
	work_wait(s->crew, &part_at(f, 0)->work);
	return part_store(s);
}

enum err flight_add(struct store *s, const struct session *u,
    uint32_t number, const uint8_t *p, size_t len)
{
	struct flight *f = s->flight;
	struct work *after;
	struct part *t;
	enum err r;

	if (f->n == PARTS_AHEAD) {
		return ERR_USAGE; /* the caller made room */
	}
	t = part_at(f, f->n);
	if (t->value == NULL &&
	    (t->value = malloc(record_padded(ENVELOPE_PART))) == NULL) {
		return ERR_MEMORY;
	}
	if ((r = key_copy(s, u->keyno, t->secret)) != OK) {
		return r;
	}
	t->line = line_for(f, u, &after);
	if (t->line == NULL) {
		abort(); /* as many lines as places */
	}
	f->used[(size_t)(t->line - f->line[0]) / HASH_SAVED]++;
	memcpy(t->id, u->id, UPLOAD_ID);
	t->keyno = u->keyno;
	t->number = number;
	t->len = len;
	t->size = record_padded(len);
	memcpy(t->value + RECORD_HEAD, p, len);
	t->work = (struct work){ .run = part_run, .after = after };
	f->bytes += t->size;
	f->n++;
	work_give(s->crew, &t->work);
	return OK;
}

void flight_abort(struct store *s)
{
	struct flight *f = s->flight;

	while (f->n > 0) {
		work_wait(s->crew, &part_at(f, 0)->work);
		part_drop(f);
	}
}

size_t flight_bytes(const struct store *s)
{
	return s->flight->bytes;
}

void flight_trim(struct store *s)
{
	struct flight *f = s->flight;

	for (unsigned i = 0; i < PARTS_AHEAD && f->n == 0; i++) {
		free(f->part[i].value);
		f->part[i].value = NULL;
	}
}

void flight_free(struct store *s)
{
	if (s->flight != NULL) {
		flight_abort(s);
		flight_trim(s);
		secret_free(s->flight->secrets);
		free(s->flight);
	}
}
