/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Week keys die when nothing can need them any more: the gateway says the
 * week is closed, every body listed up to and with the manifest that says so
 * was read, a backup on a second medium holds what was in them (else a broken
 * disk would lose what only these keys open), and the gateway's day agrees
 * with ours. Manifests after that one cannot list the week, so they are not
 * waited for: something new comes with every bundle.
 */
#include <string.h>

#include "intake.h"
#include "org.h"
#include "terminal.h"
#include "weeks.h"

#define DAYS_APART 2

bool
week_key_lost(const struct desk *d, const struct org_blocks *b, day_t week,
    day_t received)
{
	const struct keyring *ring = d->ring;

	return !state_week_destroyed(d->state, week) &&
	    (state_keys_lost(d->state, week, received) ||
	    (keyring_week(ring, week) == NULL && blocks_has(b, week,
	    ring->desk, ring->person)));
}

enum err
weeks_end(struct desk *d, const day_t *dead, unsigned n)
{
	json_t *o = event_new(d, "week_keys_destroyed"),
	    *weeks = json_array();
	enum err e;

	for (unsigned i = 0; i < n; i++) {
		char name[WEEK_TEXT];
		week_text(dead[i], name);
		json_array_append_new(weeks, json_string(name));
	}
	json_object_set_new(o, "weeks", weeks);
	/* Said before it is done: a crash between the two leaves a key that
	 * weeks_finish destroys, never an unexplained loss */
	e = desk_record(d, o);
	for (unsigned i = 0; e == OK && i < n; i++) {
		e = keyring_week_destroy(d->ring, dead[i]);
	}
	if (e == OK) {
		e = keyringfile_save(d);
	}
	return e;
}

enum err
weeks_destroy(struct desk *d, struct intake_result *r)
{
	const struct state *s = d->state;
	uint64_t safe;
	day_t dead[KEYRING_WEEKS_MAX], gateway;
	unsigned n = 0;
	enum err e;

	if (s->manifests == 0) {
		return OK;
	}
	safe = state_complete(s);
	safe = safe < s->backed_up ? safe : s->backed_up;
	gateway = s->manifest[s->manifests - 1].day;
	if (gateway > d->today + DAYS_APART ||
	    gateway < d->today - DAYS_APART) {
		return OK;
	}
	for (unsigned i = 0; i < d->ring->weeks; i++) {
		day_t week = d->ring->week[i].week;
		uint64_t closed = state_week_closed(s, week);
		if (closed != 0 && closed <= safe &&
		    epoch_last_day(week) < d->today) {
			dead[n++] = week;
		}
	}
	if (n == 0) {
		return OK;
	}
	e = weeks_end(d, dead, n);
	r->weeks_destroyed = e == OK ? n : 0;
	return e;
}

enum err
weeks_finish(struct desk *d)
{
	bool dead = false;

	for (unsigned i = d->ring->weeks; i-- > 0;) {
		day_t week = d->ring->week[i].week;
		if (state_week_destroyed_now(d->state, week)) {
			dead = keyring_week_destroy(d->ring, week) == OK ||
			    dead;
		}
	}
	return dead ? keyringfile_save(d) : OK;
}

bool
weeks_lacking(const struct desk *d, struct weeks_lack *out)
{
	struct org_blocks blocks = {NULL, 0, 0};
	struct buf doc = buf_new(KEYSET_MAX);
	const struct keyset_person *p = NULL;
	unsigned weeks = keyset_withdrawn(d->keyset) ? 0 : weeks_published(d);
	enum err e = blocks_load(d, &blocks);

	for (unsigned i = 0; e == OK && i < weeks; i++) {
		day_t week = week_of(d->today) + 7 * (day_t)i;
		buf_clear(&doc);
		e = blocks_epoch(&blocks, d->keyset, week, &doc, &p);
		if (e == ERR_UNKNOWN) {
			strcpy(out->who, p->id);
			week_text(week, out->week);
			out->ahead = i;
		}
	}
	blocks_free(&blocks);
	buf_free(&doc);
	return e == ERR_UNKNOWN && p != NULL;
}
