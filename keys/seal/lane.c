/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Making a lane: every live reply sealed afresh among fresh dummies. What is
 * kept while making is the plan (who is in which shard) and one shard.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/board.h"
#include "meldluik/secret.h"

/* One live slot: thread and number of the note */
struct planned {
	uint32_t shard;
	uint32_t thread;
	uint32_t note;
};

static int
planned_order(const void *a, const void *b)
{
	const struct planned *x = a, *y = b;

	return x->shard < y->shard ? -1 : x->shard > y->shard;
}

static int
slot_order(const void *a, const void *b)
{
	return memcmp(a, b, SLOT_TAG);
}

bool
lane_fits(const struct lane_thread *others, size_t n,
    const struct lane_thread *t, uint32_t load[LANE_SHARDS_MAX])
{
	uint32_t s = slot_shard(t->tag_key, LANE_SHARDS_MAX);

	for (size_t i = 0; i < n; i++) {
		if (memcmp(others[i].tag_key, t->tag_key,
		    sizeof t->tag_key) == 0) {
			return false;
		}
	}
	if (load[s] + t->notes > LANE_SHARD_SLOTS) {
		return false;
	}
	load[s] += t->notes;
	return true;
}

/* How full the fullest of ${shards} shards would be */
static uint32_t
fullest(const struct lane_thread *t, size_t n, uint32_t shards,
    uint32_t *load)
{
	uint32_t most = 0;

	memset(load, 0, shards * sizeof(*load));
	for (size_t i = 0; i < n; i++) {
		uint32_t s = slot_shard(t[i].tag_key, shards);
		load[s] += t[i].notes;
		most = load[s] > most ? load[s] : most;
	}
	return most;
}

/* Slots and shards for the load; ERR_LIMIT when the board cannot hold it */
static enum err
lane_measure(const struct lane_thread *t, size_t n, uint32_t floor,
    uint32_t *slots, uint32_t *shards)
{
	uint32_t *load = calloc(LANE_SHARDS_MAX, sizeof(*load));
	uint32_t want = LANE_SLOTS_MIN, count = 1;
	enum err e = OK;

	if (load == NULL) {
		return ERR_MEMORY;
	}
	uint32_t live = fullest(t, n, 1, load);
	while (want < live || want < floor) {
		want *= 2;
	}
	if (want > LANE_SHARD_SLOTS) {
		count = want / LANE_SHARD_SLOTS;
		while (count <= LANE_SHARDS_MAX &&
		    fullest(t, n, count, load) > LANE_SHARD_SLOTS) {
			count *= 2;
		}
		want = count * LANE_SHARD_SLOTS;
	}
	if (count > LANE_SHARDS_MAX) {
		e = ERR_LIMIT;
	} else {
		*slots = want;
		*shards = count;
	}
	free(load);
	return e;
}

/* tag || age file of exactly SLOT_PLAIN bytes */
static enum err
slot_seal(const struct age_recipient *r, const uint8_t *plain,
    const uint8_t tag[SLOT_TAG], uint8_t out[SLOT_LEN])
{
	struct buf b = buf_new(SLOT_LEN);
	enum err e = age_seal_buf(r, 1, plain, SLOT_PLAIN, &b);

	if (e == OK && b.len != SLOT_LEN - SLOT_TAG) {
		e = ERR_FORMAT;
	}
	if (e == OK) {
		memcpy(out, tag, SLOT_TAG);
		memcpy(out + SLOT_TAG, b.p, b.len);
	}
	buf_free(&b);
	return e;
}

static enum err
slot_live(const struct lane *l, const struct lane_thread *t, unsigned note,
    uint8_t *plain, uint8_t out[SLOT_LEN])
{
	uint8_t tag[SLOT_TAG];

	if (t->note[note].len > SLOT_PLAIN) {
		return ERR_LIMIT;
	}
	memset(plain, 0, SLOT_PLAIN);
	memcpy(plain, t->note[note].p, t->note[note].len);
	slot_tag(t->tag_key, l->nonce, note, tag);
	return slot_seal(&t->recipient, plain, tag, out);
}

static enum err
slot_dummy(uint8_t *plain, uint8_t out[SLOT_LEN])
{
	struct age_recipient r;
	uint8_t tag[SLOT_TAG];
	enum err e = age_recipient_throwaway(&r);

	memset(plain, 0, SLOT_PLAIN);
	randombytes_buf(tag, sizeof(tag));
	return e != OK ? e : slot_seal(&r, plain, tag, out);
}

static enum err
plan_make(const struct lane_thread *t, size_t n, uint32_t shards,
    struct planned **out, size_t *count)
{
	size_t live = 0, k = 0;

	for (size_t i = 0; i < n; i++) {
		if (t[i].notes > SLOT_LIVE_MAX) {
			return ERR_LIMIT;
		}
		live += t[i].notes;
	}
	struct planned *plan = calloc(live + 1, sizeof(*plan));
	if (plan == NULL) {
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t shard = slot_shard(t[i].tag_key, shards);
		for (unsigned m = 0; m < t[i].notes; m++) {
			plan[k++] = (struct planned){shard, (uint32_t)i, m};
		}
	}
	qsort(plan, live, sizeof(*plan), planned_order);
	*out = plan;
	*count = live;
	return OK;
}

enum err
lane_make(struct lane *l, const struct lane_thread *t, size_t n,
    uint32_t floor, age_sink sink, void *arg)
{
	struct planned *plan = NULL;
	uint8_t *plain = NULL, *slots = NULL;
	size_t live = 0, at = 0;
	enum err e = lane_measure(t, n, floor, &l->slots, &l->shards);

	l->shard = NULL;
	if (e != OK ||
	    (e = plan_make(t, n, l->shards, &plan, &live)) != OK) {
		return e;
	}
	uint32_t room = l->slots / l->shards;
	l->shard = calloc(l->shards, HASH_LEN);
	plain = secret_new(SLOT_PLAIN);
	slots = malloc((size_t)room * SLOT_LEN);
	if (l->shard == NULL || plain == NULL || slots == NULL) {
		e = ERR_MEMORY;
		goto out;
	}
	randombytes_buf(l->nonce, sizeof(l->nonce));
	for (uint32_t s = 0; s < l->shards; s++) {
		for (uint32_t i = 0; i < room; i++) {
			uint8_t *slot = slots + (size_t)i * SLOT_LEN;
			if (at < live && plan[at].shard == s) {
				e = slot_live(l, &t[plan[at].thread],
				    plan[at].note, plain, slot);
				at++;
			} else {
				e = slot_dummy(plain, slot);
			}
			if (e != OK) {
				goto out;
			}
		}
		qsort(slots, room, SLOT_LEN, slot_order);
		hash_bytes(slots, (size_t)room * SLOT_LEN, l->shard[s]);
		if ((e = sink(arg, slots, (size_t)room * SLOT_LEN)) != OK) {
			goto out;
		}
	}
out:
	if (e != OK) {
		lane_clear(l);
	}
	free(plan);
	secret_free(plain);
	free(slots);
	return e;
}

void
lane_clear(struct lane *l)
{
	free(l->shard);
	l->shard = NULL;
	l->shards = 0;
}
