/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The calendar of weeks: what can still be opened, by whom, and why a key
 * still lives. `rotate` warnings and holidays.
 */
#include <stdio.h>
#include <string.h>

#include "org.h"
#include "terminal.h"
#include "verbs.h"
#include "weeks.h"

unsigned
weeks_left(const struct desk *d)
{
	day_t now = week_of(d->today);
	unsigned n = 0;

	for (unsigned i = 0; i < d->ring->weeks; i++) {
		n += d->ring->week[i].week > now;
	}
	return n;
}

void
weeks_warn(const struct desk *d)
{
	unsigned left;

	if (d->ring == NULL || d->state == NULL ||
	    d->ring->role != PERSON_HOLDER) {
		return;
	}
	left = weeks_left(d);
	if (left < WEEKS_WARN) {
		say_error("your keys reach %u week(s) ahead: run `rotate`, then "
		    "export, before the page must close", left);
	}
}

unsigned
weeks_published(const struct desk *d)
{
	int weeks = WEEKS_PUBLISHED;

	if (d->state->holiday > d->today) {
		int until = (int)(d->state->holiday - week_of(d->today)) / 7 +
		    1 + WEEKS_AFTER_HOLIDAY;
		weeks = until > weeks ? until : weeks;
	}
	return weeks > WEEKS_PUBLISHED_MAX ? WEEKS_PUBLISHED_MAX :
	    (unsigned)weeks;
}

static const char *
here(const struct desk *d, day_t week)
{
	if (keyring_week(d->ring, week) != NULL) {
		return "key";
	}
	return state_week_destroyed(d->state, week) ? "destroyed" : "none";
}

static const char *
there(const struct desk *d, day_t week)
{
	if (state_week_closed(d->state, week) != 0) {
		return "closed";
	}
	return week > week_of(d->today) ? "ahead" : "open";
}

/* Other holders with a public key for that week: their machines may have
 * the private half until they destroy it */
static json_t *
holders_of(const struct desk *d, const struct org_blocks *b, day_t week)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->count; i++) {
		const struct epoch_block *k = &b->block[i].block;
		if (b->block[i].week == week && k->desk == d->ring->desk &&
		    strcmp(k->person, d->ring->person) != 0) {
			json_array_append_new(list, json_string(k->person));
		}
	}
	return list;
}

static void
line_print(const json_t *o)
{
	const json_t *who = json_object_get(o, "others");
	const char *here_text = json_string_value(json_object_get(o, "here"));

	printf("%s  %s..%s  %-9s  %-6s ", json_string_value(
	    json_object_get(o, "week")), json_string_value(
	    json_object_get(o, "from")), json_string_value(
	    json_object_get(o, "to")), here_text, json_string_value(
	    json_object_get(o, "gateway")));
	for (size_t i = 0; i < json_array_size(who); i++) {
		printf(" %s", json_string_value(json_array_get(who, i)));
	}
	putchar('\n');
}

enum err
calendar_show(struct desk *d)
{
	struct org_blocks b = {NULL, 0, 0};
	json_t *list = json_array();
	day_t from = week_of(d->today) - 7 * WEEKS_MADE, to = from;
	enum err e = blocks_load(d, &b);

	for (unsigned i = 0; i < d->ring->weeks; i++) {
		from = d->ring->week[i].week < from ? d->ring->week[i].week :
		    from;
	}
	for (size_t i = 0; i < d->state->destroyeds; i++) {
		from = d->state->destroyed[i] < from ? d->state->destroyed[i] :
		    from;
	}
	for (size_t i = 0; i < b.count; i++) {
		to = b.block[i].week > to ? b.block[i].week : to;
	}
	for (day_t week = from; e == OK && week <= to; week += 7) {
		json_t *others = holders_of(d, &b, week), *o;
		char name[WEEK_TEXT];
		if (strcmp(here(d, week), "none") == 0 &&
		    json_array_size(others) == 0) {
			json_decref(others);
			continue;
		}
		o = json_object();
		week_text(week, name);
		json_object_set_new(o, "week", json_string(name));
		event_day(o, "from", week);
		event_day(o, "to", epoch_last_day(week));
		json_object_set_new(o, "here", json_string(here(d, week)));
		json_object_set_new(o, "gateway",
		    json_string(there(d, week)));
		json_object_set_new(o, "others", others);
		json_array_append_new(list, o);
	}
	if (e == OK && d->json) {
		json_t *o = json_object();
		json_object_set_new(o, "weeks", list);
		json_object_set_new(o, "ahead", json_integer(weeks_left(d)));
		if (d->state->holiday > d->today) {
			event_day(o, "holiday", d->state->holiday);
		}
		print_json(o);
		list = NULL; /* transferred */
	} else if (e == OK) {
		puts("Week      accepted by the gateway   here       gateway "
		    "others with a key");
		for (size_t i = 0; i < json_array_size(list); i++) {
			line_print(json_array_get(list, i));
		}
		puts("\"destroyed\" here: this machine opens nothing of that "
		    "week any more; what it imported\nstays in the casebook. A "
		    "key dies by itself when the gateway closed the week, all "
		    "listed\nwas read, a backup on a second medium holds it and "
		    "the clocks agree.");
	}
	json_decref(list);
	blocks_free(&b);
	return e;
}
