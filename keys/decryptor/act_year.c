/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Closing of a year: its figures become ledger rows, which win over live
 * rows from then on, so that they stay when the cases are destroyed. Two
 * people, once a year, after the year is over and what came in it was read.
 */
#include <stdio.h>
#include <string.h>

#include "acts_private.h"
#include "registerbook.h"

bool
act_year_closed(const struct state *s, int year)
{
	for (size_t i = 0; i < s->entries; i++) {
		if (s->entry[i].year == year &&
		    strcmp(s->entry[i].what, "ledger") == 0) {
			return true;
		}
	}
	return false;
}

/* Is all read that the gateway had when the year was over? Who never read a
 * stick has none to wait for. */
static bool
year_read(const struct state *s, int year)
{
	uint64_t complete = state_complete(s);
	bool read = s->manifests == 0;

	for (size_t i = 0; i < s->manifests; i++) {
		read = read || (s->manifest[i].serial <= complete &&
		    s->manifest[i].complete &&
		    s->manifest[i].day > day_make(year, 12, 31));
	}
	return read;
}

static enum err
freeze(struct desk *d, int year, bool without_stick, struct buf *out,
    struct refusal *why)
{
	struct registry *r = NULL;
	struct left_out left_out;
	enum err e;

	if (!without_stick && !year_read(d->state, year)) {
		return refuse(why, ERR_POLICY, "Lees eerst een stick die de "
		    "gateway na 31 december van dat jaar vulde: er kunnen "
		    "meldingen van dat jaar op staan. Komt er geen meer, sluit "
		    "dan met --without-stick.", "First import a stick that "
		    "the gateway filled after 31 December of that year: "
		    "reports of that year may be on it. If none will come, "
		    "close with --without-stick.");
	}
	e = register_whole(d, year, &r, &left_out);
	if (e == OK && left_out.no_type + left_out.refused > 0) {
		e = refuse(why, ERR_POLICY, "Niet alle meldingen van dat jaar "
		    "tellen mee: kies eerst hun soort (`classify`), of herstel "
		    "wat `report --year` ervan zegt.", "Not all reports of "
		    "that year count: first choose their type (`classify`), "
		    "or mend what `report --year` says of them.");
	}
	if (e == OK) {
		e = annual_freeze(d->profile, d->holidays, r, year, d->today,
		    out);
	}
	registry_free(r);
	return e == OK || why->e != OK ? e : refuse_err(why, e);
}

enum err
act_year_close(struct desk *d, int year, bool without_stick,
    struct refusal *why)
{
	struct buf rows = buf_new(1u << 20);
	uint8_t record[RECORD_ID];
	size_t request = NOT_FOUND;
	char detail[8];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		buf_free(&rows);
		return e;
	}
	snprintf(detail, sizeof detail, "%d", year);
	if (d->today <= day_make(year, 12, 31)) {
		e = refuse(why, ERR_CONFLICT, "Dat jaar is nog niet voorbij.",
		    "That year is not over yet.");
	} else if (act_year_closed(d->state, year)) {
		e = refuse(why, ERR_CONFLICT, "Dat jaar is al gesloten.",
		    "That year is closed already.");
	} else {
		e = act_approved(d, ACT_YEAR_CLOSING, NOT_FOUND, detail,
		    &request, why);
	}
	if (e == OK) {
		e = freeze(d, year, without_stick, &rows, why);
	}
	if (e == OK) {
		e = record_put(d->book, NULL, rows.p, rows.len, record);
	}
	if (e == OK) {
		o = event_new(d, "entry");
		json_object_set_new(o, "what", json_string("ledger"));
		json_object_set_new(o, "year", json_integer(year));
		json_object_set_new(o, "name", json_string(""));
		json_object_set_new(o, "person",
		    json_string(d->ring->person));
		event_hex(o, "record", record, RECORD_ID);
		if (without_stick) {
			json_object_set_new(o, "without_stick", json_true());
		}
		e = desk_event(d, o);
	}
	if (e == OK) {
		e = act_used_put(d, request);
	}
	buf_free(&rows);
	return act_end(d, e, why);
}
