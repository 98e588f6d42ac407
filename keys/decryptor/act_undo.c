/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A row of no case that was entered by mistake is taken back: the journal says
 * so, and nothing counts it any more. What an imported row stands for, and a
 * closed year, are put right where they came from.
 */
#include <string.h>

#include "acts_private.h"
#include "registerbook.h"

void
entry_id(const struct entry_row *row, char out[ENTRY_ID])
{
	hex_encode(row->record, (ENTRY_ID - 1) / 2, out);
}

static bool
may_go(const struct entry_row *row)
{
	static const char *const whats[] = {"adviser_case", "adviser_hours",
		"signal", "talk", "activity"};

	for (unsigned i = 0; i < sizeof whats / sizeof *whats; i++) {
		if (strcmp(row->what, whats[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* NOT_FOUND: none, or taken back before */
static size_t
row_find(const struct state *s, const char *id)
{
	for (size_t i = 0; i < s->entries; i++) {
		char own[ENTRY_ID];
		entry_id(&s->entry[i], own);
		if (strcmp(own, id) == 0 && may_go(&s->entry[i])) {
			return i;
		}
	}
	return NOT_FOUND;
}

static enum err
undo_may(struct desk *d, size_t i, struct refusal *why)
{
	bool stands = false;
	enum err e;

	if (i == NOT_FOUND) {
		return refuse(why, ERR_UNKNOWN, "Zo'n regel is er niet.",
		    "There is no such row.");
	}
	if (act_year_closed(d->state, d->state->entry[i].year)) {
		return refuse(why, ERR_CONFLICT, "Dat jaar is gesloten: de "
		    "cijfers staan vast.", "That year is closed: its figures "
		    "are fixed.");
	}
	if ((e = register_stands(d, i, &stands)) != OK) {
		return refuse_err(why, e);
	}
	return !stands ? OK : refuse(why, ERR_CONFLICT, "Daarvoor staat een "
	    "ingelezen rij; wijzig die en lees haar opnieuw in.",
	    "An imported row stands for that; change it and import it "
	    "again.");
}

enum err
act_row_undo(struct desk *d, const char *id, struct refusal *why)
{
	size_t i = row_find(d->state, id);
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	if ((e = undo_may(d, i, why)) == OK) {
		o = event_new(d, "entry_gone");
		event_hex(o, "entry", d->state->entry[i].record, RECORD_ID);
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}
