/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rows of the register from sealed imports and from the cases of the desk.
 * May read the casebook; writes nothing. A row made from a case holds codes,
 * days and the reference: never an answer, a name or a note.
 *
 * Caveat: an imported row with the reference of a case wins over the case,
 * so that a register can be exported, completed by hand and taken in again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/json.h"
#include "meldluik/taxonomy.h"
#include "adviserbook.h"
#include "registerbook.h"
#include "files.h"
#include "terminal.h"

enum err
register_pack(const struct registry *r, struct buf *out)
{
	struct buf csv = buf_new(RECORD_MAX);
	enum err e = OK;

	for (int t = 0; t < TABLE_COUNT && e == OK; t++) {
		buf_clear(&csv);
		registry_export(r, (enum register_table)t, &csv);
		buf_u32(out, (uint32_t)csv.len);
		buf_put(out, csv.p, csv.len);
		e = csv.failed || out->failed ? ERR_LIMIT : OK;
	}
	buf_free(&csv);
	return e;
}

enum err
register_unpack(struct registry *r, const void *p, size_t len,
    enum register_table *table, struct register_error *why)
{
	struct reader in = reader_of(p, len);
	enum err e = OK;

	memset(why, 0, sizeof *why);
	why->column = why->nl = why->en = "";
	for (int t = 0; t < TABLE_COUNT && e == OK; t++) {
		struct bytes csv = reader_take(&in, reader_u32(&in));
		*table = (enum register_table)t;
		e = in.failed ? ERR_FORMAT :
		    registry_import(r, *table, csv.p, csv.len, why);
	}
	return e == OK && !reader_done(&in) ? ERR_FORMAT : e;
}

static void
tell_refusal(enum register_table t, const struct register_error *why)
{
	say_error("%s, line %zu%s%s: %s Nothing was changed",
	    register_file(t), why->line, why->column[0] == 0 ? "" :
	    ", column ", why->column, why->en);
}

enum err
register_read(struct registry *r, int dir, unsigned *files)
{
	enum err e = OK;

	*files = 0;
	for (int i = 0; i < TABLE_COUNT && e == OK; i++) {
		enum register_table t = (enum register_table)i;
		struct buf csv = buf_new(CSV_MAX);
		struct register_error why;
		enum err got = file_read(dir, register_file(t), &csv);
		if (got == OK) {
			++*files;
			e = registry_import(r, t, csv.p, csv.len, &why);
			if (e != OK) {
				tell_refusal(t, &why);
			}
		} else if (got != ERR_UNKNOWN) {
			say_error("%s cannot be read: %s. Nothing was changed",
			    register_file(t), err_text(got));
			e = got;
		}
		buf_free(&csv);
	}
	if (e == OK && *files == 0) {
		say_error("there is no file of the register in that folder; "
		    "see `register --help`");
		e = ERR_UNKNOWN;
	}
	return e;
}

enum err
register_imported(struct desk *d, struct registry **out)
{
	struct registry *r = NULL;
	enum err e = desk_policy(d);

	if (e == OK) {
		e = registry_new(d->profile, &r);
	}
	for (size_t i = 0; e == OK && i < d->state->row_imports; i++) {
		struct buf rows = buf_new_secret(RECORD_MAX);
		struct register_error why;
		enum register_table t;
		e = record_get(d->book, d->state->rows[i].record, &rows);
		if (e == OK) {
			e = register_unpack(r, rows.p, rows.len, &t, &why);
		}
		buf_free(&rows);
	}
	if (e == OK) {
		*out = r;
		r = NULL; /* transferred */
	} else {
		say_error("the imported register cannot be read: %s",
		    err_text(e));
	}
	registry_free(r);
	return e;
}

static bool
row_known(const struct registry *r, enum register_table t, size_t rows,
    const char *id)
{
	for (size_t i = 0; i < rows; i++) {
		if (strcmp(registry_cell(r, t, i, 0), id) == 0) {
			return true;
		}
	}
	return false;
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

/* What stood in the tables before the cases came: those rows win */
struct known {
	size_t rows[TABLE_COUNT];
};

static enum err
case_rows(struct desk *d, struct registry *r, const struct known *known,
    const struct kase *k)
{
	enum register_table t = k->kind == REPORT_ADVICE ? TABLE_ADVICE :
	    TABLE_REPORT;
	struct register_error why = {0, "", "", ""};
	enum err e = OK;

	if (!row_known(r, t, known->rows[t], k->ref)) {
		e = t == TABLE_ADVICE ? advice_row(r, k, &why) :
		    report_row(d, r, k, &why);
	}
	if (e == OK && !row_known(r, TABLE_CONTACT,
	    known->rows[TABLE_CONTACT], k->ref)) {
		e = contact_row(d, r, k, &why);
	}
	if (e != OK) {
		say_error("case %s does not count: %s%s%s", k->ref,
		    why.column, why.column[0] == 0 ? "" : ": ", why.en);
	}
	return e;
}

/* A council talk that was entered */
static enum err
talk_row(struct registry *r, unsigned number, const struct buf *json)
{
	struct register_error why;
	const char *day, *who;
	char id[16];
	json_t *o = NULL;
	enum err e = json_read(json->p, json->len, 65536, &o);

	snprintf(id, sizeof id, "T-%04u", number);
	if (e == OK && (e = json_string_field(o, "date", 10, 10, &day)) ==
	    OK && (e = json_string_field(o, "participants", 0, 128,
	    &who)) == OK) {
		const char *cell[] = {id, day, who};
		e = registry_add(r, TABLE_TALK, cell, &why);
	}
	json_decref(o);
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
entry_rows(struct desk *d, struct registry *r)
{
	enum err e = OK;

	for (size_t i = 0; i < d->state->entries && e == OK; i++) {
		const struct entry_row *row = &d->state->entry[i];
		bool talk = strcmp(row->what, "talk") == 0;
		struct buf text = buf_new_secret(1u << 20);
		if (talk || strcmp(row->what, "ledger") == 0) {
			e = record_get(d->book, row->record, &text);
			if (e == OK) {
				e = talk ? talk_row(r, (unsigned)i + 1, &text) :
				    ledger_rows(r, &text);
			}
		}
		buf_free(&text);
	}
	return e;
}

enum err
register_whole(struct desk *d, int year, struct registry **out,
    unsigned *left_out)
{
	struct registry *r = NULL;
	struct known known;
	unsigned bare = 0, refused = 0;
	enum err e = register_imported(d, &r);

	if (e != OK) {
		return e;
	}
	for (int t = 0; t < TABLE_COUNT; t++) {
		known.rows[t] = registry_rows(r, (enum register_table)t);
	}
	if ((e = entry_rows(d, r)) != OK || (e = adviser_rows(d, r)) != OK) {
		say_error("a row that was entered cannot be read: %s",
		    err_text(e));
		registry_free(r);
		return e;
	}
	for (size_t i = 0; i < d->state->kases; i++) {
		const struct kase *k = &d->state->kase[i];
		int y, month, dom;
		day_split(k->received, &y, &month, &dom);
		if (k->moved_to != 0) { /* counts at the other desk */
			continue;
		}
		if (k->kind == REPORT_REPORT && !classified(k) &&
		    !row_known(r, TABLE_REPORT, known.rows[TABLE_REPORT],
		    k->ref)) {
			bare += year == 0 || y == year;
			continue;
		}
		if (case_rows(d, r, &known, k) != OK) {
			refused += year == 0 || y == year;
		}
	}
	if (bare > 0) {
		say_error("%u report(s) have no type and do not count; see "
		    "`classify`", bare);
	}
	*left_out = bare + refused;
	*out = r;
	return OK;
}
