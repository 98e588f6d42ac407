/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A week key that will not die by itself, ended by two people after 26
 * weeks: the gateway never closed the week, or bodies it listed never came.
 * Or a closed week of bodies that only a lost key opens is written off.
 * What is outstanding is named before, in what both sign, and in the
 * journal; no key dies by date alone.
 */
#include <stdio.h>
#include <string.h>

#include "acts_private.h"
#include "intake.h"
#include "org.h"
#include "terminal.h"
#include "verbs.h"
#include "weeks.h"

struct outstanding {
	bool closed;     /* the gateway says so */
	unsigned listed; /* bodies of that week in manifests */
	unsigned unread; /* of them never read here */
	unsigned lost;   /* of them perhaps sealed to a key that was lost */
	unsigned opens;  /* of them still opening here when they come */
};

static void
body_count(const struct desk *d, const struct org_blocks *blocks,
    const struct inbound_envelope *env, struct outstanding *o)
{
	o->listed++;
	if (state_body_read(d->state, env->sha256)) {
		return;
	}
	o->unread++;
	if (week_key_lost(d, blocks, env->week, env->day)) {
		o->lost++;
	} else if (keyring_week(d->ring, env->week) != NULL &&
	    !state_body_lost(d->state, env->sha256)) {
		o->opens++;
	}
}

static enum err
outstanding_count(const struct desk *d, day_t week, struct outstanding *o)
{
	struct org_blocks blocks = {NULL, 0, 0};
	enum err e = blocks_load(d, &blocks);

	memset(o, 0, sizeof *o);
	o->closed = state_week_closed(d->state, week) != 0;
	for (size_t i = 0; i < d->state->manifests && e == OK; i++) {
		struct inbound *m = NULL;
		e = manifest_load(d, &d->state->manifest[i], &m);
		for (size_t j = 0; e == OK && j < m->envelopes; j++) {
			const struct inbound_envelope *env = &m->envelope[j];
			if (env->week == week) {
				body_count(d, &blocks, env, o);
			}
		}
		inbound_free(m);
	}
	blocks_free(&blocks);
	return e;
}

static enum err
end_key(struct desk *d, day_t week, const char *name, size_t request,
    const struct outstanding *o)
{
	json_t *event = event_new(d, "week_keys_destroyed"),
	    *weeks = json_array();
	enum err e;

	json_array_append_new(weeks, json_string(name));
	json_object_set_new(event, "weeks", weeks);
	json_object_set_new(event, "unread", json_integer(o->unread));
	json_object_set_new(event, "lost", json_integer(o->lost));
	json_object_set_new(event, "closed", json_boolean(o->closed));
	e = act_signed_record(d, event, request);
	if (e == OK && keyring_week(d->ring, week) != NULL) {
		e = keyring_week_destroy(d->ring, week);
	}
	return e == OK ? keyringfile_save(d) : e;
}

/* May it end now? A closed week of which nothing opens here any more, or one
 * that is old */
static enum err
end_allowed(const struct desk *d, day_t week, const struct outstanding *o)
{
	bool lost = o->closed && o->lost > 0;

	if ((lost && o->opens == 0) || d->today > epoch_last_day(week) +
	    7 * WEEKS_OLD) {
		return OK;
	}
	if (lost) {
		say_error("%u listed bodies of that week are sealed to a key "
		    "that is here, and were not read yet: `import` them "
		    "first. What does not come is written off by itself "
		    "(`import DIR --write-off HASH`), or waits until %d "
		    "weeks after the end of the week", o->opens, WEEKS_OLD);
		return ERR_POLICY;
	}
	say_error("only %d weeks after its end may two people end a "
	    "week's key; before that it dies by itself when the "
	    "gateway closed the week and all of it was read and "
	    "backed up. If its key was lost: once the gateway closed "
	    "it", WEEKS_OLD);
	return ERR_POLICY;
}

enum err
week_destroy_old(struct desk *d, const char *name, const char *file)
{
	char detail[DETAIL_TEXT], summary[1024];
	struct outstanding o;
	size_t request = NOT_FOUND;
	day_t week;
	enum err e = week_parse(name, &week);

	if (e != OK) {
		say_error("--destroy takes a week such as 2026-W48");
		return ERR_USAGE;
	}
	e = outstanding_count(d, week, &o);
	if (e != OK) {
		say_error("the manifests cannot be read: %s", err_text(e));
		return e;
	}
	if (keyring_week(d->ring, week) == NULL && o.lost == 0 &&
	    state_week_destroyed_now(d->state, week)) {
		printf("The key of week %s was destroyed here before.\n",
		    name);
		return OK; /* as asked before: it may have been cut then */
	}
	if (keyring_week(d->ring, week) == NULL && o.lost == 0) {
		say_error("this machine has no key of that week");
		return ERR_UNKNOWN;
	}
	if ((e = end_allowed(d, week, &o)) != OK) {
		return e;
	}
	/* what came to be outstanding since they signed, they did not sign */
	snprintf(detail, sizeof detail, "destroy-%s-%u-%u-%s", name, o.unread,
	    o.lost, o.closed ? "closed" : "open");
	snprintf(summary, sizeof summary, "Be\xc3\xabindig hier de sleutel van "
	    "week %s. Wat openstaat: de server heeft de week %s; %u van %u "
	    "genoemde berichten zijn op deze computer nooit gelezen en gaan "
	    "hier niet meer open, %u daarvan misschien onder een sleutel die "
	    "verloren ging.\n\nEnd the key of week %s here. "
	    "Outstanding: the gateway %s the week; %u of %u listed bodies "
	    "were never read on this machine and will not open here, %u of "
	    "them perhaps under a key that was lost.", name,
	    o.closed ? "gesloten" : "NIET gesloten", o.unread, o.listed,
	    o.lost, name, o.closed ? "closed" : "has NOT closed", o.unread, o.listed,
	    o.lost);
	e = verb_two_people(d, detail, summary, file, &request);
	if (e != OK) {
		return e;
	}
	e = end_key(d, week, name, request, &o);
	if (e == OK) {
		printf("The key of week %s is destroyed here.%s\n", name,
		    o.lost == 0 ? "" : " The next import takes what is left "
		    "of that week as not ours.");
	} else {
		say_error("the key could not be ended: %s", err_text(e));
	}
	return e;
}
