/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The note that goes from an adviser to the coordinator: a signed document
 * of figures and signals (keys/FORMAT.md). Nothing else of the adviser's
 * book is in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "adviserbook.h"
#include "fold_private.h"
#include "meldluik/json.h"

#define NOTE_TYPE "meldluik-adviser-figures"

static struct sign_purpose
purpose(const uint8_t org[ORG_LEN], unsigned desk)
{
	struct sign_purpose why = {.purpose = "adviser", .desk = desk};

	memcpy(why.org, org, ORG_LEN);
	return why;
}

/* What an adviser counts; how reports came is counted by the register */
static bool
key_ours(const char *key)
{
	return strncmp(key, "adviser.", 8) == 0 &&
	    strcmp(key, "adviser.via") != 0 &&
	    strcmp(key, "adviser.door") != 0;
}

/* As the adviser's own annual report has them, rows that came in included */
static enum err
figures(struct desk *d, int year, json_t *out)
{
	struct buf rows = buf_new(1u << 20);
	struct registry *r = NULL;
	day_t end = day_make(year, 12, 31);
	char *line, *rest = NULL, start[8];
	struct left_out left_out;
	enum err e = register_whole(d, year, &r, &left_out);

	snprintf(start, sizeof start, "%d,", year);
	if (e == OK) {
		e = annual_freeze(d->profile, d->holidays, r, year,
		    d->today > end ? d->today : end, &rows);
	}
	for (line = e == OK ? strtok_r((char *)(uintptr_t)buf_cstr(&rows),
	    "\n", &rest) : NULL; line != NULL;
	    line = strtok_r(NULL, "\n", &rest)) {
		char *key = line + strlen(start), *count = strrchr(line, ',');
		*count = 0;
		if (strncmp(line, start, strlen(start)) == 0 &&
		    key_ours(key)) {
			json_object_set_new(out, key,
			    json_integer(atoll(count + 1)));
		}
	}
	registry_free(r);
	buf_free(&rows);
	return e;
}

static enum err
signals(struct desk *d, int year, json_t *out)
{
	enum err e = OK;

	for (size_t i = 0; i < d->state->entries && e == OK; i++) {
		const struct entry_row *row = &d->state->entry[i];
		struct buf text = buf_new_secret(ADVISER_NOTE_MAX);
		if (row->year == year && strcmp(row->what, "signal") == 0 &&
		    (e = record_get(d->book, row->record, &text)) == OK) {
			json_array_append_new(out, json_stringn(
			    (const char *)text.p, text.len));
		}
		buf_free(&text);
	}
	return e;
}

enum err
adviser_note(struct desk *d, int year, struct buf *out, struct refusal *why)
{
	struct sign_purpose purp = purpose(d->ring->org, d->ring->desk);
	struct buf doc = buf_new_secret(ADVISER_NOTE_MAX);
	json_t *o = json_object(), *counts = json_object(),
	    *words = json_array();
	enum err e = desk_policy(d);

	memset(why, 0, sizeof *why);
	json_object_set_new(o, "type", json_string(NOTE_TYPE));
	json_object_set_new(o, "version", json_integer(1));
	event_hex(o, "org", d->ring->org, ORG_LEN);
	json_object_set_new(o, "desk", json_integer(d->ring->desk));
	json_object_set_new(o, "person", json_string(d->ring->person));
	json_object_set_new(o, "year", json_integer(year));
	event_day(o, "day", d->today);
	json_object_set_new(o, "figures", counts);
	json_object_set_new(o, "signals", words);
	if (e == OK) {
		e = figures(d, year, counts);
	}
	if (e == OK) {
		e = signals(d, year, words);
	}
	if (e == OK) {
		e = json_write(o, &doc);
	}
	if (e == OK) {
		e = note_make(d->ring->operational, &purp, doc.p, doc.len,
		    out);
	}
	json_decref(o);
	buf_free(&doc);
	return e == OK ? OK : refuse_err(why, e);
}

static bool
figures_fit(struct desk *d, const json_t *o, int year)
{
	struct registry *r = NULL;
	bool fit = json_is_object(json_object_get(o, "figures")) &&
	    json_is_array(json_object_get(o, "signals")) &&
	    registry_new(d->profile, &r) == OK;
	const char *key;
	json_t *v;
	size_t i;

	json_object_foreach (json_object_get(o, "figures"), key, v) {
		char text[8], count[24];
		const char *cell[] = {text, key, count};
		struct register_error why;
		snprintf(text, sizeof text, "%d", year);
		snprintf(count, sizeof count, "%lld",
		    (long long)json_integer_value(v));
		fit = fit && json_is_integer(v) && key_ours(key) &&
		    registry_add(r, TABLE_LEDGER, cell, &why) == OK;
	}
	json_array_foreach (json_object_get(o, "signals"), i, v) {
		fit = fit && json_is_string(v);
	}
	registry_free(r);
	return fit;
}

/* Rows that a sum would hide, or a year that stands */
static enum err
year_may(struct desk *d, int year, struct refusal *why)
{
	struct registry *r = NULL;
	bool rows = false;
	enum err e = register_imported(d, &r);

	for (size_t i = 0; e == OK && i < registry_rows(r,
	    TABLE_ADVISER_CASE); i++) {
		rows = rows || registry_value(r, TABLE_ADVISER_CASE, i,
		    ADVISER_YEAR) == year;
	}
	for (size_t i = 0; e == OK && i < registry_rows(r,
	    TABLE_ADVISER_HOURS); i++) {
		rows = rows || registry_value(r, TABLE_ADVISER_HOURS, i,
		    HOURS_YEAR) == year;
	}
	for (size_t i = 0; e == OK && i < registry_rows(r,
	    TABLE_LEDGER); i++) { /* would win over the sums */
		rows = rows || (registry_value(r, TABLE_LEDGER, i,
		    LEDGER_YEAR) == year && key_ours(registry_cell(r,
		    TABLE_LEDGER, i, LEDGER_KEY)));
	}
	for (size_t i = 0; e == OK && i < d->state->entries; i++) {
		const struct entry_row *row = &d->state->entry[i];
		rows = rows || (row->year == year && (strcmp(row->what,
		    "ledger") == 0 || strcmp(row->what, "adviser_case") == 0 ||
		    strcmp(row->what, "adviser_hours") == 0));
	}
	registry_free(r);
	if (e == OK && rows) {
		return refuse(why, ERR_CONFLICT, "Het register heeft voor dat "
		    "jaar zelf rijen van vertrouwenspersonen, of het jaar is "
		    "gesloten.", "The register has rows of advisers for that "
		    "year itself, or the year is closed.");
	}
	return e == OK ? OK : refuse_err(why, e);
}

enum err
adviser_note_open(struct desk *d, const void *file, size_t len,
    char person[KEYSET_ID], int *year, struct bytes *doc,
    struct refusal *why)
{
	const struct keyset_person *p = NULL;
	struct sign_purpose purp;
	struct bytes sig;
	const char *who = "";
	uint8_t org[ORG_LEN];
	int64_t desk, y = 0;
	json_t *o = NULL;
	enum err e = OK;

	if (note_split(file, len, &sig, doc) != OK || json_read_type(doc->p,
	    doc->len, ADVISER_NOTE_MAX, NOTE_TYPE, &o) != OK ||
	    json_hex_field(o, "org", org, ORG_LEN) != OK ||
	    json_int_field(o, "desk", 1, CODE_DESK_MAX, &desk) != OK ||
	    json_string_field(o, "person", 1, KEYSET_ID - 1, &who) != OK ||
	    json_int_field(o, "year", 1970, 2199, &y) != OK ||
	    !figures_fit(d, o, (int)y)) {
		e = refuse(why, ERR_FORMAT, "Dit zijn geen cijfers van een "
		    "vertrouwenspersoon.",
		    "These are no figures of a confidential adviser.");
		goto out;
	}
	purp = purpose(org, (unsigned)desk);
	p = d->keyset == NULL ? NULL : keyset_person(d->keyset, who);
	if (p == NULL || keyset_revoked(d->keyset, &p->key) ||
	    memcmp(org, d->ring->org, ORG_LEN) != 0 || sign_check(&p->key,
	    &purp, doc->p, doc->len, sig.p, sig.len) != OK) {
		e = refuse(why, ERR_SIGNATURE, "Deze cijfers zijn veranderd, "
		    "of niemand uit de sleutelset heeft ze getekend.",
		    "These figures were changed, or nobody of the keyset "
		    "signed them.");
		goto out;
	}
	snprintf(person, KEYSET_ID, "%s", who);
	*year = (int)y;
out:
	json_decref(o);
	return e;
}

/* An older file on a stick must not undo a newer one */
static enum err
newest(struct desk *d, const struct bytes *doc, const char *person, int year,
    struct refusal *why)
{
	json_t *o = NULL, *held = NULL;
	day_t day, before;
	enum err e = json_read(doc->p, doc->len, ADVISER_NOTE_MAX, &o);

	if (e == OK) {
		e = event_field_day(o, "day", &day);
	}
	for (size_t i = 0; e == OK && i < d->state->entries; i++) {
		const struct entry_row *row = &d->state->entry[i];
		if (strcmp(row->what, "adviser") != 0 || row->year != year ||
		    strcmp(row->name, person) != 0 ||
		    !adviser_newest(d->state, i)) {
			continue;
		}
		e = adviser_entry(d, row, &held);
		if (e == OK && event_field_day(held, "day", &before) == OK &&
		    day < before) {
			e = refuse(why, ERR_STALE, "Er zijn al nieuwere "
			    "cijfers van deze vertrouwenspersoon over dat "
			    "jaar. Kloppen die niet, vraag dan een nieuw "
			    "bestand.", "There are newer figures of this "
			    "adviser for that year already. If they are wrong, "
			    "ask for a new file.");
		}
		json_decref(held);
		held = NULL;
	}
	json_decref(o);
	return e == OK || why->nl[0] != 0 ? e : refuse_err(why, e);
}

enum err
adviser_take(struct desk *d, const void *file, size_t len,
    char person[KEYSET_ID], int *year, struct refusal *why)
{
	struct bytes doc;
	enum err e = desk_policy(d);

	memset(why, 0, sizeof *why);
	if (e != OK) {
		return refuse_err(why, e);
	}
	e = adviser_note_open(d, file, len, person, year, &doc, why);
	if (e == OK && (e = year_may(d, *year, why)) == OK &&
	    (e = newest(d, &doc, person, *year, why)) == OK) {
		e = act_row(d, "adviser", *year, person, doc.p, doc.len, why);
	}
	return e;
}
