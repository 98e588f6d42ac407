/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rows of the register from sealed imports and from the cases of the desk.
 * May read the casebook; writes nothing. A row made from a case holds codes,
 * days and the reference: never an answer, a name or a note.
 *
 * Caveat: an imported row wins over the case or entry of the same id, for
 * good; what happens to the case later no longer counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/json.h"
#include "meldluik/taxonomy.h"
#include "adviserbook.h"
#include "registerbook.h"
#include "terminal.h"

static void
imported_free(struct imported *in)
{
	free(in->hours);
	in->hours = NULL;
}

bool
imported_row(const struct registry *r, const struct imported *in,
    enum register_table t, const char *id)
{
	for (size_t i = 0; i < in->rows[t]; i++) {
		if (strcmp(registry_cell(r, t, i, 0), id) == 0) {
			return true;
		}
	}
	return false;
}

bool
imported_hours(const struct imported *in, size_t entry)
{
	return in->hours[entry];
}

/* Hours have no id: rows ${from} and on stand for those of the same year and
 * activity among the first ${entries} entered ones */
static void
hours_stand(const struct state *s, const struct registry *r, size_t from,
    size_t entries, struct imported *in)
{
	for (size_t i = 0; i < entries; i++) {
		const struct entry_row *e = &s->entry[i];
		for (size_t h = from; strcmp(e->what, "adviser_hours") == 0 &&
		    h < registry_rows(r, TABLE_ADVISER_HOURS); h++) {
			in->hours[i] = in->hours[i] || (registry_value(r,
			    TABLE_ADVISER_HOURS, h, HOURS_YEAR) == e->year &&
			    strcmp(registry_cell(r, TABLE_ADVISER_HOURS, h,
			    HOURS_ACTIVITY), e->name) == 0);
		}
	}
}

static enum err
rows_add(struct desk *d, struct registry *r, const struct buf *rows,
    size_t entries, struct imported *in, enum register_table *t,
    struct register_error *why)
{
	size_t from = registry_rows(r, TABLE_ADVISER_HOURS);
	enum err e = register_unpack(r, rows->p, rows->len, t, why);

	if (e == OK) {
		hours_stand(d->state, r, from, entries, in);
	}
	return e;
}

/* ${in} is freed by the caller, whatever is returned */
static enum err
imported_read(struct desk *d, struct registry *r, struct imported *in)
{
	enum err e = OK;

	for (size_t i = 0; e == OK && i < d->state->row_imports; i++) {
		struct buf rows = buf_new_secret(RECORD_MAX);
		struct register_error why;
		enum register_table t;
		e = record_get(d->book, d->state->rows[i].record, &rows);
		if (e == OK) {
			e = rows_add(d, r, &rows, d->state->rows[i].entries,
			    in, &t, &why);
		}
		buf_free(&rows);
	}
	if (e != OK) {
		say_error("the imported register cannot be read: %s",
		    err_text(e));
	}
	return e;
}

/* An empty register of the desk's profile, and no import yet */
static enum err
register_begin(struct desk *d, struct registry **r, struct imported *in)
{
	enum err e = desk_policy(d);

	memset(in, 0, sizeof *in);
	in->hours = calloc(d->state->entries + 1, sizeof *in->hours);
	if (e == OK && in->hours == NULL) {
		e = ERR_MEMORY;
	}
	return e == OK ? registry_new(d->profile, r) : e;
}

/* What is in ${r} now was imported */
static void
imported_count(const struct registry *r, struct imported *in)
{
	for (int t = 0; t < TABLE_COUNT; t++) {
		in->rows[t] = registry_rows(r, (enum register_table)t);
	}
}

enum err
register_imported(struct desk *d, struct registry **out)
{
	struct registry *r = NULL;
	struct imported in;
	enum err e = register_begin(d, &r, &in);

	if (e == OK) {
		e = imported_read(d, r, &in);
	}
	imported_free(&in);
	if (e == OK) {
		*out = r;
	} else {
		registry_free(r);
	}
	return e;
}

static const char *
day_cell(day_t d, char text[DAY_TEXT])
{
	text[0] = 0;
	if (d != DAY_NONE) {
		day_text(d, text);
	}
	return text;
}

/* The mailbox of the gateway is the portal; a talk is a talk */
static const char *
route_of(const struct kase *k)
{
	if (strcmp(k->route, "mailbox") == 0) {
		return "portaal";
	}
	return k->route[0] == 0 && k->oral ? "gesprek" : k->route;
}

static bool
route_counts(const struct profile *p, const char *route, const char *what)
{
	const struct vocabulary *v = taxonomy_find(p, "route");
	int i = v == NULL ? -1 : vocabulary_index(v, route);

	return i >= 0 && vocabulary_counts_as(v, (size_t)i, what);
}

/* A report that nobody classified has no place in a table of types */
static bool
classified(const struct kase *k)
{
	bool report = k->report_kind[0] == 0 ||
	    strcmp(k->report_kind, "melding") == 0;

	return report ? k->type[0] != 0 : true;
}

static enum err
report_row(struct desk *d, struct registry *r, const struct kase *k,
    struct register_error *why)
{
	const char *cell[REPORT_COLUMNS];
	char received[DAY_TEXT], ack[DAY_TEXT], feedback[DAY_TEXT],
	    closed[DAY_TEXT];

	for (size_t c = 0; c < REPORT_COLUMNS; c++) {
		cell[c] = "";
	}
	cell[REPORT_ID] = k->ref;
	cell[REPORT_RECEIVED] = day_cell(k->received, received);
	cell[REPORT_KIND] = k->report_kind[0] != 0 ? k->report_kind :
	    "melding";
	cell[REPORT_TYPE] = k->type;
	cell[REPORT_ORIGIN] = k->origin;
	cell[REPORT_ROUTE] = route_of(k);
	/* The adviser who brings a report brings it for somebody: "via" */
	cell[REPORT_ADVISER] = route_counts(d->profile, cell[REPORT_ROUTE],
	    "adviser") ? "via" : "geen";
	cell[REPORT_SUBJECT_ROLE] = k->code[KASE_SUBJECT_ROLE];
	cell[REPORT_AREA] = k->code[KASE_AREA];
	cell[REPORT_ANONYMOUS] = k->code[KASE_ANONYMOUS];
	cell[REPORT_LANGUAGE] = k->language;
	cell[REPORT_RETENTION] = k->retention;
	if (k->code[KASE_ADVISER][0] != 0) {
		cell[REPORT_ADVISER] = k->code[KASE_ADVISER];
	}
	cell[REPORT_INVESTIGATION] = k->code[KASE_INVESTIGATION];
	if (strcmp(cell[REPORT_INVESTIGATION], "geen") != 0 &&
	    cell[REPORT_INVESTIGATION][0] != 0) {
		cell[REPORT_INVESTIGATION_STATUS] =
		    k->closed == DAY_NONE ? "lopend" :
		    k->code[KASE_INVESTIGATION_STATUS];
	}
	/* What is open has no outcome yet, whatever was decided on paper */
	cell[REPORT_OUTCOME] = "lopend";
	if (k->closed != DAY_NONE && k->code[KASE_OUTCOME][0] != 0) {
		cell[REPORT_OUTCOME] = k->code[KASE_OUTCOME];
		cell[REPORT_MEASURES] = k->code[KASE_MEASURES];
	}
	cell[REPORT_CLOSED] = day_cell(k->closed, closed);
	cell[REPORT_ACK_POSTED] = day_cell(k->ack_posted, ack);
	if (k->ack_posted == DAY_NONE) {
		cell[REPORT_ACK_WAIVER] = k->ack_waiver;
	}
	if (k->extended) { /* why is a note of the case, with words of people */
		cell[REPORT_EXTENSION_REASON] = "in het dossier";
	}
	cell[REPORT_FEEDBACK_POSTED] = day_cell(k->feedback_posted, feedback);
	cell[REPORT_WBK] = k->wbk;
	cell[REPORT_CHANNEL] = profile_external(d->profile) ? "external" :
	    "internal";
	return registry_add(r, TABLE_REPORT, cell, why);
}

/* Website and postbus are also counted as contacts */
static enum err
contact_row(struct desk *d, struct registry *r, const struct kase *k,
    struct register_error *why)
{
	const struct vocabulary *v = taxonomy_find(d->profile,
	    "contact_route");
	char day[DAY_TEXT];
	const char *cell[] = {k->ref, day_cell(k->received, day), k->route,
		k->kind == REPORT_REPORT ? "1" : "0"};

	if (v == NULL || vocabulary_index(v, k->route) < 0) {
		return OK;
	}
	return registry_add(r, TABLE_CONTACT, cell, why);
}

static enum err
advice_row(struct registry *r, const struct kase *k,
    struct register_error *why)
{
	char day[DAY_TEXT];
	const char *cell[] = {k->ref, day_cell(k->received, day),
		k->code[KASE_TOPIC]};

	return registry_add(r, TABLE_ADVICE, cell, why);
}

static enum err
case_row(struct desk *d, struct registry *r, const struct kase *k,
    struct register_error *why)
{
	return k->kind == REPORT_ADVICE ? advice_row(r, k, why) :
	    report_row(d, r, k, why);
}

enum err
register_case_check(struct desk *d, const struct kase *k,
    struct register_error *why)
{
	struct kase typed = *k;
	struct registry *r = NULL;
	enum err e = desk_policy(d);

	memset(why, 0, sizeof *why);
	why->column = why->nl = why->en = "";
	if (e == OK && !classified(k)) {
		snprintf(typed.type, sizeof typed.type, "%s", vocabulary_code(
		    taxonomy_find(d->profile, "type"), 0));
	}
	if (e == OK && (e = registry_new(d->profile, &r)) == OK) {
		e = case_row(d, r, &typed, why);
	}
	registry_free(r);
	return e;
}

/* Whichever table its row is in */
static bool
case_imported(const struct registry *r, const struct imported *in,
    const struct kase *k)
{
	return imported_row(r, in, TABLE_REPORT, k->ref) ||
	    imported_row(r, in, TABLE_ADVICE, k->ref);
}

static enum err
case_rows(struct desk *d, struct registry *r, const struct imported *in,
    const struct kase *k)
{
	struct register_error why = {0, "", "", ""};
	enum err e = OK;

	if (!case_imported(r, in, k)) {
		e = case_row(d, r, k, &why);
	}
	if (e == OK && !imported_row(r, in, TABLE_CONTACT, k->ref)) {
		e = contact_row(d, r, k, &why);
	}
	if (e != OK) {
		say_error("case %s does not count: %s%s%s", k->ref,
		    why.column, why.column[0] == 0 ? "" : ": ", why.en);
	}
	return e;
}

/* Was a talk of ${day} exported under its number, as older programs did? Two
 * casebooks have talks of one number; hardly of one day too. */
static bool
talk_numbered(const struct registry *r, const struct imported *in,
    size_t entry, const char *day)
{
	char id[32];

	snprintf(id, sizeof id, "T-%04zu", entry + 1);
	for (size_t i = 0; i < in->rows[TABLE_TALK]; i++) {
		if (strcmp(registry_cell(r, TABLE_TALK, i, TALK_ID), id) ==
		    0 && strcmp(registry_cell(r, TABLE_TALK, i, TALK_DATE),
		    day) == 0) {
			return true;
		}
	}
	return false;
}

/* A council talk that was entered. Its id is that of its record: a talk of
 * another casebook never has it. */
static enum err
talk_row(struct desk *d, struct registry *r, const struct imported *in,
    size_t entry, const struct buf *json)
{
	struct register_error why;
	const char *day, *who;
	char id[16] = "T-";
	json_t *o = NULL;
	enum err e = json_read(json->p, json->len, 65536, &o);

	hex_encode(d->state->entry[entry].record, 6, id + 2);
	if (e == OK && (e = json_string_field(o, "date", 10, 10, &day)) ==
	    OK && (e = json_string_field(o, "participants", 0, 128,
	    &who)) == OK && !imported_row(r, in, TABLE_TALK, id) &&
	    !talk_numbered(r, in, entry, day)) {
		const char *cell[] = {id, day, who};
		e = registry_add(r, TABLE_TALK, cell, &why);
	}
	json_decref(o);
	return e;
}

enum err
register_stands(struct desk *d, size_t i, bool *out)
{
	const struct entry_row *row = &d->state->entry[i];
	struct registry *r = NULL;
	struct imported in;
	char id[16] = "T-";
	enum err e = register_begin(d, &r, &in);

	if (e == OK && (e = imported_read(d, r, &in)) == OK) {
		imported_count(r, &in);
		hex_encode(row->record, 6, id + 2);
		*out = strcmp(row->what, "adviser_hours") == 0 ?
		    imported_hours(&in, i) :
		    strcmp(row->what, "adviser_case") == 0 ?
		    imported_row(r, &in, TABLE_ADVISER_CASE, row->name) :
		    strcmp(row->what, "talk") == 0 &&
		    imported_row(r, &in, TABLE_TALK, id);
	}
	imported_free(&in);
	registry_free(r);
	return e;
}

/* "year,key,count" lines of a closed year; a row that was imported wins */
static enum err
ledger_rows(struct registry *r, struct buf *rows)
{
	struct buf csv = buf_new(1u << 20);
	struct csv *t = NULL;
	enum err e;

	buf_text(&csv, "year,key,count\n");
	buf_put(&csv, rows->p, rows->len);
	e = csv.failed ? ERR_LIMIT : csv_parse(csv.p, csv.len, &t, NULL);
	for (size_t i = 0; e == OK && i < csv_rows(t); i++) {
		const char *cell[] = {csv_cell(t, i, 0), csv_cell(t, i, 1),
			csv_cell(t, i, 2)};
		struct register_error why;
		e = registry_add(r, TABLE_LEDGER, cell, &why);
		e = e == ERR_CONFLICT ? OK : e;
	}
	csv_free(t);
	buf_free(&csv);
	return e;
}

static enum err
entry_rows(struct desk *d, struct registry *r, const struct imported *in)
{
	enum err e = OK;

	for (size_t i = 0; i < d->state->entries && e == OK; i++) {
		const struct entry_row *row = &d->state->entry[i];
		bool talk = strcmp(row->what, "talk") == 0;
		struct buf text = buf_new_secret(1u << 20);
		if (talk || strcmp(row->what, "ledger") == 0) {
			e = record_get(d->book, row->record, &text);
			if (e == OK) {
				e = talk ? talk_row(d, r, in, i, &text) :
				    ledger_rows(r, &text);
			}
		}
		buf_free(&text);
	}
	return e;
}

/* Beside the imported rows: what was entered here, cases apart */
static enum err
own_rows(struct desk *d, struct registry *r, struct imported *in)
{
	enum err e;

	imported_count(r, in);
	if ((e = entry_rows(d, r, in)) != OK ||
	    (e = adviser_rows(d, r, in)) != OK) {
		say_error("a row that was entered cannot be read: %s",
		    err_text(e));
	}
	return e;
}

/* ${left_out}: of ${year}, or of all when it is 0 */
static void
cases_add(struct desk *d, struct registry *r, const struct imported *in,
    int year, struct left_out *left_out)
{
	memset(left_out, 0, sizeof *left_out);
	for (size_t i = 0; i < d->state->kases; i++) {
		const struct kase *k = &d->state->kase[i];
		int y, month, dom;
		day_split(k->received, &y, &month, &dom);
		if (k->moved_to != 0) { /* counts at the other desk */
			continue;
		}
		if (k->kind == REPORT_REPORT && !classified(k) &&
		    !case_imported(r, in, k)) {
			left_out->no_type += year == 0 || y == year;
			continue;
		}
		if (case_rows(d, r, in, k) != OK) {
			left_out->refused += year == 0 || y == year;
		}
	}
	if (left_out->no_type > 0) {
		say_error("%u report(s) have no type and do not count; see "
		    "`classify`", left_out->no_type);
	}
}

enum err
register_rows(struct desk *d, int year, struct registry **out,
    struct left_out *left_out)
{
	struct registry *r = NULL;
	struct imported in;
	enum err e = register_begin(d, &r, &in);

	if (e == OK && (e = imported_read(d, r, &in)) == OK &&
	    (e = own_rows(d, r, &in)) == OK) {
		cases_add(d, r, &in, year, left_out);
		*out = r;
		r = NULL; /* transferred */
	}
	imported_free(&in);
	registry_free(r);
	return e;
}

enum err
register_whole(struct desk *d, int year, struct registry **out,
    struct left_out *left_out)
{
	enum err e = register_rows(d, year, out, left_out);

	if (e == OK && (e = adviser_sums(d, *out)) != OK) {
		say_error("the figures of an adviser cannot be read: %s",
		    err_text(e));
		registry_free(*out);
		*out = NULL;
	}
	return e;
}

enum err
register_fits(struct desk *d, const struct buf *rows, bool replace)
{
	struct registry *r = NULL;
	struct register_error why = {0, "", "", ""};
	enum register_table t = TABLE_REPORT;
	struct imported in;
	enum err e = register_begin(d, &r, &in);

	if (e == OK && !replace) {
		e = imported_read(d, r, &in);
	}
	if (e == OK && (e = rows_add(d, r, rows, d->state->entries, &in, &t,
	    &why)) != OK) {
		say_error("%s does not fit what was imported before: %s "
		    "Nothing was changed; --replace puts these rows in the "
		    "place of all before", register_file(t), why.en);
	} else if (e == OK && ((e = own_rows(d, r, &in)) != OK ||
	    (e = adviser_sums(d, r)) != OK)) {
		say_error("these rows do not fit what was entered here. "
		    "Nothing was changed");
	}
	imported_free(&in);
	registry_free(r);
	return e;
}
