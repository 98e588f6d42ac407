/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. */
#include <stdlib.h>
#include <string.h>

#include "fold_private.h"
#include "heir_keys.h"
#include "meldluik/json.h"

#define MARK_LEN 8u /* bytes of a key's hash; the key itself is public */
#define MARK_TEXT (2 * MARK_LEN + 1)

static void
mark_of(const struct age_recipient *r, char out[MARK_TEXT])
{
	char text[AGE_RECIPIENT_TEXT + 1];
	uint8_t hash[HASH_LEN];

	age_recipient_text(r, text);
	hash_bytes(text, AGE_RECIPIENT_TEXT, hash);
	hex_encode(hash, MARK_LEN, out);
}

json_t *
heir_keys_others(const struct desk *d, const struct org_blocks *b, day_t from,
    unsigned weeks)
{
	json_t *others = json_array();

	for (unsigned i = 0; i < d->keyset->people; i++) {
		const struct keyset_person *p = &d->keyset->person[i];
		json_t *o, *keys;
		if (p->role != PERSON_HOLDER || p->desk != d->ring->desk ||
		    strcmp(p->id, d->ring->person) == 0) {
			continue;
		}
		keys = json_array();
		for (unsigned w = 0; w < weeks; w++) {
			const struct epoch_block *block = blocks_find(b,
			    from + 7 * (day_t)w, p->desk, p->id);
			char mark[MARK_TEXT] = "";
			if (block != NULL) {
				mark_of(&block->recipient, mark);
			}
			json_array_append_new(keys, json_string(mark));
		}
		o = json_object();
		json_object_set_new(o, "person", json_string(p->id));
		json_object_set_new(o, "keys", keys);
		json_array_append_new(others, o);
	}
	return others;
}

/* Is ${mark} of a key that this ring has for that week? */
static bool
mark_ours(const struct keyring_week *w, const char *mark)
{
	for (unsigned i = 0; i <= w->olders; i++) {
		struct age_recipient r;
		char ours[MARK_TEXT];
		if (age_identity_recipient(i == 0 ? w->seed :
		    w->older[i - 1], &r) != OK) {
			return false;
		}
		mark_of(&r, ours);
		if (strcmp(ours, mark) == 0) {
			return true;
		}
	}
	return false;
}

/* Of weeks whose key is destroyed here nothing can be said; all others must
 * be ours, up to the last */
static bool
marks_ours(const struct keyring *ring, const json_t *keys, day_t from,
    day_t *to)
{
	size_t n = json_array_size(keys);

	*to = DAY_NONE;
	for (size_t i = 0; i < n; i++) {
		day_t week = from + 7 * (day_t)i;
		const struct keyring_week *w = keyring_week(ring, week);
		const char *mark = json_string_value(json_array_get(keys, i));
		if (mark == NULL || (w != NULL && !mark_ours(w, mark))) {
			return false;
		}
		if (w != NULL) {
			*to = week;
		}
	}
	return n > 0 && *to == from + 7 * (day_t)(n - 1);
}

static bool
carries_ours(const struct heir_keys *h, const json_t *event, day_t *to)
{
	const json_t *others = json_object_get(event, "others");
	day_t day;

	if (event_field_day(event, "day", &day) != OK) {
		return false;
	}
	for (size_t i = 0; i < json_array_size(others); i++) {
		const json_t *o = json_array_get(others, i);
		const char *person = json_string_value(json_object_get(o,
		    "person"));
		if (person != NULL && strcmp(person, h->ring->person) == 0) {
			return marks_ours(h->ring, json_object_get(o, "keys"),
			    week_of(day), to);
		}
	}
	return false;
}

/* What was seen so far says nothing of what is sealed from here on */
static void
forget(struct heir_keys *h)
{
	h->bundles = 0;
	h->since = h->to = DAY_NONE;
}

static enum err
see_export(struct heir_keys *h, const json_t *event)
{
	struct heir_bundle *more;
	day_t to;

	if (!carries_ours(h, event, &to)) {
		forget(h);
		return OK;
	}
	more = state_room(h->bundle, &h->room, h->bundles, sizeof *h->bundle);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	h->bundle = more;
	more[h->bundles].to = to;
	memcpy(more[h->bundles++].sha256, h->state->out_hash, HASH_LEN);
	return OK;
}

static void
see_manifest(struct heir_keys *h)
{
	const struct state *s = h->state;

	if (h->generation != 0 && s->generation > h->generation) {
		forget(h); /* the new gateway has its keys from anybody */
	}
	h->generation = s->generation;
	for (size_t i = 0; i < h->bundles; i++) {
		if (memcmp(h->bundle[i].sha256, s->applied_hash, HASH_LEN) !=
		    0) {
			continue;
		}
		if (h->since == DAY_NONE) {
			h->since = s->applied_day;
		}
		if (h->to == DAY_NONE || h->bundle[i].to > h->to) {
			h->to = h->bundle[i].to;
		}
	}
}

void
heir_keys_begin(struct heir_keys *h, struct state *s,
    const struct keyring *ring)
{
	*h = (struct heir_keys){.state = s, .ring = ring};
	forget(h);
}

enum err
heir_keys_fold(void *heir_keys, uint64_t n, const json_t *event)
{
	struct heir_keys *h = heir_keys;
	const char *name = json_string_value(json_object_get(event, "e"));
	enum err e = state_fold(h->state, n, event);

	if (e == OK && strcmp(name, "export") == 0) {
		e = see_export(h, event);
	} else if (e == OK && strcmp(name, "manifest") == 0) {
		see_manifest(h);
	}
	return e;
}

void
heir_keys_end(struct heir_keys *h)
{
	free(h->bundle);
	h->bundle = NULL;
}

void
heir_keys_tell(const struct heir_keys *h, json_t *event)
{
	char week[WEEK_TEXT];

	if (h->since == DAY_NONE) {
		return;
	}
	event_day(event, "since", h->since);
	week_text(h->to, week);
	json_object_set_new(event, "keys_to", json_string(week));
}
