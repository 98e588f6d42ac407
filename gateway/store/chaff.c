/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Chaff: real envelopes to throw-away recipients, at random moments, now and
 * then in a larger class. An accused desk sees envelopes it cannot open all
 * the time and learns nothing from one more. No record says which they are.
 * Gaps are exponential: without memory, so a restart may draw anew.
 */
#include <math.h>
#include <sodium.h>
#include <string.h>

#include "store_private.h"

/* Enough to look like photographs. What is larger cannot hide among these: it
 * would take the room of reports (THREATS.md says so). */
#define CHAFF_CLASS_MAX 8388608u
#define CHAFF_BEFORE 4u /* one in so many is of the week before */

struct chaff {
	struct store *s;
	uint8_t id[UPLOAD_ID], digest[HASH_LEN];
	uint8_t hash[HASH_SAVED];
	uint32_t number;
	struct buf part;
};

static double gap_seconds(const struct store *s)
{
	/* In (0, 1]: the logarithm stays finite. */
	double u = ((double)randombytes_random() + 1.0) / 4294967296.0;

	return -log(u) * 86400.0 / s->o.chaff_a_day;
}

static uint64_t class_draw(void)
{
	uint64_t size = ENVELOPE_CLASS_MIN;

	if (randombytes_uniform(4) != 0) {
		return size;
	}
	while (size < CHAFF_CLASS_MAX / 2 && randombytes_uniform(3) != 0) {
		size *= 2;
	}
	return size + size / 4 * randombytes_uniform(4);
}

static enum err part_send(struct chaff *c)
{
	uint32_t next;
	enum err r = store_upload_part(c->s, c->id, c->number++, c->part.p,
	    c->part.len, &next);

	buf_clear(&c->part);
	return r;
}

static enum err chaff_sink(void *arg, const uint8_t *p, size_t len)
{
	struct chaff *c = arg;

	hash_saved_write(c->hash, p, len);
	while (len > 0) {
		size_t n = ENVELOPE_PART - c->part.len;
		enum err r;

		n = n < len ? n : len;
		buf_put(&c->part, p, n);
		p += n;
		len -= n;
		if (c->part.failed) {
			return ERR_MEMORY;
		}
		if (c->part.len == ENVELOPE_PART && (r = part_send(c)) != OK) {
			return r;
		}
	}
	return OK;
}

/* Goes the way a real one of its size goes */
static enum err chaff_finish(struct chaff *c, uint64_t sealed, day_t week)
{
	struct store_receipt receipt;
	enum err r = OK;

	hash_saved_end(c->hash, c->digest);
	if (sealed < ENVELOPE_WHOLE_MAX) {
		return store_put(c->s, c->part.p, c->part.len, c->digest,
		    week, &receipt);
	}
	if (c->part.len > 0) {
		r = part_send(c);
	}
	return r == OK ? store_upload_finish(c->s, c->id, c->digest, week,
			     &receipt) :
			 r;
}

static enum err chaff_make(struct store *s, day_t week)
{
	struct chaff c = { .s = s, .number = 1 };
	struct age_recipient to[ENVELOPE_STANZAS];
	struct age_seal *seal = NULL;
	uint64_t size = class_draw();
	enum err r = OK;

	c.part = buf_new(ENVELOPE_PART);
	hash_saved_new(c.hash);
	for (unsigned i = 0; r == OK && i < ENVELOPE_STANZAS; i++) {
		r = age_recipient_throwaway(&to[i]);
	}
	if (r != OK || (r = store_upload_begin(s, week, c.id)) != OK ||
	    (r = age_seal_new(to, ENVELOPE_STANZAS, chaff_sink, &c, 1,
		 &seal)) != OK ||
	    (r = age_seal_zeros(seal, size)) != OK ||
	    (r = age_seal_end(seal)) != OK) {
		goto out;
	}
	r = chaff_finish(&c, envelope_sealed_size(size), week);
out:
	age_seal_free(seal);
	buf_free(&c.part);
	return r;
}

/* Now and then the week before, as long as that is taken: who left the page
 * open over the end of the week seals to it, and would stand out else */
static day_t chaff_week(const struct store *s)
{
	day_t week = week_of(s->today);
	day_t best = DAY_NONE, before = DAY_NONE;

	for (size_t i = 0; i < s->weeks; i++) {
		day_t m = s->week[i].monday;

		if (m > week || !week_accepts(s, m)) {
			continue;
		}
		if (m > best) {
			before = best;
			best = m;
		} else if (m > before) {
			before = m;
		}
	}
	return before != DAY_NONE &&
	    randombytes_uniform(CHAFF_BEFORE) == 0 ? before : best;
}

enum err chaff_beat(struct store *s)
{
	double now = (double)s->seconds;
	day_t week;
	enum err r;

	if (s->o.chaff_a_day == 0 || s->keyset == NULL) {
		return OK;
	}
	if (s->chaff_due == 0.0) {
		s->chaff_due = now + gap_seconds(s);
	}
	if (now < s->chaff_due || (week = chaff_week(s)) == DAY_NONE) {
		return OK;
	}
	s->chaff_due = now + gap_seconds(s);
	r = chaff_make(s, week);
	/* A full store has other worries; reports come first. */
	return r == ERR_FULL || r == ERR_STALE ? OK : r;
}
