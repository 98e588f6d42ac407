/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. A case here has a number of its own book and no name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "adviserbook.h"
#include "meldluik/json.h"

static const char *const cells[ADVISER_CELLS] = {"relations", "kinds",
	"hours_talk", "hours_track", "led_to_report"};

bool
adviser_newest(const struct state *s, size_t i)
{
	for (size_t j = i + 1; j < s->entries; j++) {
		if (s->entry[j].year == s->entry[i].year &&
		    strcmp(s->entry[j].what, s->entry[i].what) == 0 &&
		    strcmp(s->entry[j].name, s->entry[i].name) == 0) {
			return false;
		}
	}
	return true;
}

static bool
is(const struct entry_row *row, const char *what)
{
	return strcmp(row->what, what) == 0;
}

enum err
adviser_entry(struct desk *d, const struct entry_row *row, json_t **out)
{
	struct buf text = buf_new_secret(ADVISER_NOTE_MAX);
	enum err e = record_get(d->book, row->record, &text);

	if (e == OK) {
		e = json_read(text.p, text.len, ADVISER_NOTE_MAX, out);
	}
	buf_free(&text);
	return e;
}

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

static enum err
case_add(struct registry *r, const char *id, int year, const json_t *o,
    struct register_error *why)
{
	const char *cell[2 + ADVISER_CELLS];
	char text[16];

	snprintf(text, sizeof text, "%d", year);
	cell[0] = id;
	cell[1] = text;
	for (unsigned i = 0; i < ADVISER_CELLS; i++) {
		cell[2 + i] = text_of(o, cells[i]);
	}
	return registry_add(r, TABLE_ADVISER_CASE, cell, why);
}

static enum err
hours_add(struct registry *r, const char *activity, int year,
    const char *hours, struct register_error *why)
{
	char text[16];
	const char *cell[] = {text, activity, hours};

	snprintf(text, sizeof text, "%d", year);
	return registry_add(r, TABLE_ADVISER_HOURS, cell, why);
}

/* Sums "2026,adviser.cases" of the notes that count */
static enum err
sums_add(struct desk *d, const struct entry_row *row, json_t *sums)
{
	json_t *o = NULL, *v;
	const char *key;
	enum err e = adviser_entry(d, row, &o);

	json_object_foreach (json_object_get(o, "figures"), key, v) {
		char name[96];
		snprintf(name, sizeof name, "%d,%s", row->year, key);
		json_object_set_new(sums, name, json_integer(
		    json_integer_value(v) + json_integer_value(
		    json_object_get(sums, name))));
	}
	json_decref(o);
	return e;
}

static enum err
sums_put(struct registry *r, json_t *sums)
{
	const char *name;
	json_t *v;

	json_object_foreach (sums, name, v) {
		char year[8], count[24];
		const char *cell[] = {year, strchr(name, ',') + 1, count};
		struct register_error why;
		enum err e;
		snprintf(year, sizeof year, "%.4s", name);
		snprintf(count, sizeof count, "%lld",
		    (long long)json_integer_value(v));
		e = registry_add(r, TABLE_LEDGER, cell, &why);
		if (e != OK && e != ERR_CONFLICT) {
			return e;
		}
	}
	return OK;
}

enum err
adviser_rows(struct desk *d, struct registry *r, const struct imported *in)
{
	const struct state *s = d->state;
	struct register_error why;
	enum err e = OK;

	for (size_t i = 0; i < s->entries && e == OK; i++) {
		const struct entry_row *row = &s->entry[i];
		bool hours = is(row, "adviser_hours") &&
		    !imported_hours(in, i);
		json_t *o = NULL;
		if (hours || (is(row, "adviser_case") &&
		    adviser_newest(s, i) && !imported_row(r, in,
		    TABLE_ADVISER_CASE, row->name))) {
			e = adviser_entry(d, row, &o);
			if (e == OK) {
				e = hours ? hours_add(r, row->name, row->year,
				    text_of(o, "hours"), &why) : case_add(r,
				    row->name, row->year, o, &why);
			}
			json_decref(o);
		}
	}
	return e;
}

enum err
adviser_sums(struct desk *d, struct registry *r)
{
	const struct state *s = d->state;
	json_t *sums = json_object();
	enum err e = OK;

	for (size_t i = 0; i < s->entries && e == OK; i++) {
		if (is(&s->entry[i], "adviser") && adviser_newest(s, i)) {
			e = sums_add(d, &s->entry[i], sums);
		}
	}
	if (e == OK) {
		e = sums_put(r, sums);
	}
	json_decref(sums);
	return e;
}

/* The register says why; ${e} of registry_add */
static enum err
refuse_row(struct refusal *why, enum err e, const struct register_error *w)
{
	static const char nl[] = "Dat klopt niet (%s).",
	    en[] = "That is not right (%s).";

	return e == OK ? OK : refuse_word(why, e, nl, en,
	    w->column[0] == 0 ? w->en : w->column);
}

/* Either notes of advisers or own rows: a sum hides rows of its year */
static enum err
own_may(struct desk *d, int year, struct refusal *why)
{
	const struct state *s = d->state;

	for (size_t i = 0; i < s->entries; i++) {
		if (s->entry[i].year == year && (is(&s->entry[i], "adviser") ||
		    is(&s->entry[i], "ledger"))) {
			return refuse(why, ERR_CONFLICT, "Dit register telt "
			    "voor dat jaar de cijfers van vertrouwenspersonen "
			    "al; houd uw zaken bij in een eigen dossier.",
			    "This register counts the figures of advisers for "
			    "that year already; keep your cases in a book of "
			    "your own.");
		}
	}
	return OK;
}

static enum err
row_put(struct desk *d, const char *what, int year, const char *name,
    json_t *o, struct refusal *why)
{
	struct buf text = buf_new_secret(ADVISER_NOTE_MAX);
	enum err e = json_write(o, &text);

	e = e == OK ? act_row(d, what, year, name, text.p, text.len, why) :
	    refuse_err(why, e);
	buf_free(&text);
	return e;
}

static size_t
case_find(const struct state *s, const char *id)
{
	for (size_t i = s->entries; i > 0; i--) {
		if (is(&s->entry[i - 1], "adviser_case") &&
		    strcmp(s->entry[i - 1].name, id) == 0) {
			return i - 1;
		}
	}
	return NOT_FOUND;
}

/* An empty ${id} becomes V-2026-01, a number of this book; ${taken}: an
 * imported row stands for that case */
static enum err
case_name(struct desk *d, int year, char id[CODE_WORD], bool *taken)
{
	struct registry *r = NULL;
	struct imported in = {.hours = NULL};
	bool fresh = id[0] == 0;
	unsigned n = 0;
	enum err e = register_imported(d, &r);

	if (e != OK) {
		return e;
	}
	in.rows[TABLE_ADVISER_CASE] = registry_rows(r, TABLE_ADVISER_CASE);
	do {
		if (fresh) {
			snprintf(id, CODE_WORD, "V-%d-%02u", year, ++n);
		}
		*taken = imported_row(r, &in, TABLE_ADVISER_CASE, id);
	} while (fresh && (*taken || case_find(d->state, id) != NOT_FOUND));
	registry_free(r);
	return OK;
}

enum err
adviser_case_put(struct desk *d, char id[CODE_WORD], int year,
    const char *const cell[ADVISER_CELLS], struct refusal *why)
{
	struct register_error w = {0, "", "", ""};
	struct registry *r = NULL;
	bool fresh, taken = false;
	json_t *o = NULL;
	size_t old;
	enum err e;

	memset(why, 0, sizeof *why);
	if ((e = own_may(d, year, why)) != OK) {
		return e;
	}
	fresh = id[0] == 0;
	if ((e = case_name(d, year, id, &taken)) != OK) {
		return refuse_err(why, e);
	}
	if (taken) {
		return refuse(why, ERR_CONFLICT, "Voor die zaak staat een "
		    "ingelezen rij; wijzig die en lees haar opnieuw in.",
		    "An imported row stands for that case; change that and "
		    "import it again.");
	}
	if (fresh) {
		o = json_object();
		for (unsigned i = 0; i < ADVISER_CELLS; i++) {
			json_object_set_new(o, cells[i], json_string(
			    i < ADVISER_CELL_TALK ? "" : "0"));
		}
	} else if ((old = case_find(d->state, id)) == NOT_FOUND ||
	    d->state->entry[old].year != year) {
		return refuse(why, ERR_UNKNOWN, "Zo'n zaak staat niet bij dat "
		    "jaar.", "There is no such case in that year.");
	} else if ((e = adviser_entry(d, &d->state->entry[old], &o)) != OK) {
		return refuse_err(why, e);
	}
	for (unsigned i = 0; i < ADVISER_CELLS; i++) {
		if (cell[i] != NULL) {
			json_object_set_new(o, cells[i],
			    json_string(cell[i]));
		}
	}
	if ((e = registry_new(d->profile, &r)) == OK) {
		e = case_add(r, id, year, o, &w);
	}
	e = e == OK ? row_put(d, "adviser_case", year, id, o, why) :
	    refuse_row(why, e, &w);
	registry_free(r);
	json_decref(o);
	return e;
}

enum err
adviser_hours_put(struct desk *d, int year, const char *activity,
    const char *hours, struct refusal *why)
{
	struct register_error w = {0, "", "", ""};
	struct registry *r = NULL;
	json_t *o = json_object();
	enum err e;

	memset(why, 0, sizeof *why);
	e = own_may(d, year, why);
	if (e == OK && (e = registry_new(d->profile, &r)) == OK &&
	    (e = hours_add(r, activity, year, hours, &w)) != OK) {
		refuse_row(why, e, &w);
	}
	if (e == OK) {
		json_object_set_new(o, "hours", json_string(hours));
		e = row_put(d, "adviser_hours", year, activity, o, why);
	}
	registry_free(r);
	json_decref(o);
	return e;
}
