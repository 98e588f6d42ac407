/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A week key that will not die by itself, ended by two people after 26
 * weeks: the gateway never closed the week, or bodies it listed never came.
 * What is outstanding is named before, in what both sign, and in the
 * journal; no key dies by date alone.
 */
#include <stdio.h>
#include <string.h>

#include "acts_private.h"
#include "intake.h"
#include "terminal.h"
#include "verbs.h"
#include "weeks.h"

struct outstanding {
	bool closed;     /* the gateway says so */
	unsigned listed; /* bodies of that week in manifests */
	unsigned unread; /* of them never read here */
};

static enum err
outstanding_count(const struct desk *d, day_t week, struct outstanding *o)
{
	enum err e = OK;

	memset(o, 0, sizeof *o);
	o->closed = state_week_closed(d->state, week) != 0;
	for (size_t i = 0; i < d->state->manifests && e == OK; i++) {
		struct inbound *m = NULL;
		e = manifest_load(d, &d->state->manifest[i], &m);
		for (size_t j = 0; e == OK && j < m->envelopes; j++) {
			if (m->envelope[j].week == week) {
				o->listed++;
				o->unread += !state_body_read(d->state,
				    m->envelope[j].sha256);
			}
		}
		inbound_free(m);
	}
	return e;
}

static enum err
end_key(struct desk *d, day_t week, const char *name, size_t request,
    const struct outstanding *o)
{
	json_t *event = event_new(d, "week_keys_destroyed"),
	    *weeks = json_array();
	enum err e = casebook_begin(d->book);

	json_array_append_new(weeks, json_string(name));
	json_object_set_new(event, "weeks", weeks);
	json_object_set_new(event, "unread", json_integer(o->unread));
	json_object_set_new(event, "closed", json_boolean(o->closed));
	if (e != OK) {
		json_decref(event);
		return e;
	}
	e = desk_event(d, event);
	if (e == OK) {
		e = act_used_put(d, request);
	}
	if (e == OK) {
		e = casebook_commit(d->book);
	} else {
		casebook_abort(d->book);
	}
	if (e == OK) {
		e = keyring_week_destroy(d->ring, week);
	}
	return e == OK ? keyringfile_save(d) : e;
}

enum err
week_destroy_old(struct desk *d, const char *name, const char *file)
{
	char detail[DETAIL_TEXT], summary[512];
	struct outstanding o;
	size_t request = NOT_FOUND;
	day_t week;
	enum err e = week_parse(name, &week);

	if (e != OK) {
		say_error("--destroy takes a week such as 2026-W48");
		return ERR_USAGE;
	}
	if (keyring_week(d->ring, week) == NULL) {
		say_error("this machine has no key of that week");
		return ERR_UNKNOWN;
	}
	if (d->today <= epoch_last_day(week) + 7 * WEEKS_OLD) {
		say_error("only %d weeks after its end may two people end a "
		    "week's key; before that it dies by itself when the "
		    "gateway closed the week and all of it was read and "
		    "backed up", WEEKS_OLD);
		return ERR_POLICY;
	}
	e = outstanding_count(d, week, &o);
	if (e != OK) {
		say_error("the manifests cannot be read: %s", err_text(e));
		return e;
	}
	snprintf(detail, sizeof detail, "destroy-%s", name);
	snprintf(summary, sizeof summary, "End the key of week %s here. "
	    "Outstanding: the gateway %s the week; %u of %u listed bodies "
	    "were never read on this machine and will not open here.", name,
	    o.closed ? "closed" : "has NOT closed", o.unread, o.listed);
	e = verb_two_people(d, detail, summary, file, &request);
	if (e != OK) {
		return e;
	}
	e = end_key(d, week, name, request, &o);
	if (e == OK) {
		printf("The key of week %s is destroyed here.\n", name);
	} else {
		say_error("the key could not be ended: %s", err_text(e));
	}
	return e;
}
