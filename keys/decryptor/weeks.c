/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Week keys die when nothing can need them any more: the gateway says the
 * week is closed, every body listed up to then was read, a backup on a
 * second medium holds what was in them (else a broken disk would lose what
 * only these keys open), and the gateway's day agrees with ours.
 */
#include <string.h>

#include "intake.h"
#include "terminal.h"

#define DAYS_APART 2

enum err
weeks_destroy(struct desk *d, struct intake_result *r)
{
	const struct state *s = d->state;
	uint8_t hash[HASH_LEN];
	json_t *o, *weeks;
	day_t dead[KEYRING_WEEKS_MAX], gateway;
	unsigned n = 0;
	enum err e;

	if (s->manifests == 0 || s->backed_up <
	    s->manifest[s->manifests - 1].serial ||
	    state_confirmed(s, hash) <
	    s->manifest[s->manifests - 1].serial) {
		return OK;
	}
	gateway = s->manifest[s->manifests - 1].day;
	if (gateway > d->today + DAYS_APART ||
	    gateway < d->today - DAYS_APART) {
		return OK;
	}
	for (unsigned i = 0; i < d->ring->weeks; i++) {
		day_t week = d->ring->week[i].week;
		if (state_week_closed(s, week) &&
		    epoch_last_day(week) < d->today) {
			dead[n++] = week;
		}
	}
	if (n == 0) {
		return OK;
	}
	weeks = json_array();
	for (unsigned i = 0; i < n; i++) {
		char name[WEEK_TEXT];
		week_text(dead[i], name);
		json_array_append_new(weeks, json_string(name));
	}
	o = event_new(d, "week_keys_destroyed");
	json_object_set_new(o, "weeks", weeks);
	/* Said before it is done: a crash between the two leaves a key that
	 * the next run destroys, never an unexplained loss */
	e = desk_record(d, o);
	for (unsigned i = 0; e == OK && i < n; i++) {
		e = keyring_week_destroy(d->ring, dead[i]);
	}
	if (e == OK) {
		e = keyringfile_save(d);
	}
	r->weeks_destroyed = e == OK ? n : 0;
	return e;
}
