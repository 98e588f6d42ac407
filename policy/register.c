/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rows of the register in memory. Pure: rows come in as text and go out as
 * text or values; nothing is stored. No names stand in a register.
 */
#include <stdlib.h>
#include <string.h>

#include "register_private.h"

struct rows {
	struct row **row;
	size_t n, room;
};

struct registry {
	const struct profile *profile;
	struct rows table[TABLE_COUNT];
	/* Open addressing over (table, key): row number + 1, 0 is free */
	struct slot {
		uint32_t table, row;
	} *slot;
	size_t slots, used; /* slots is 0 or a power of two > 2 * used */
};

enum err
registry_new(const struct profile *p, struct registry **out)
{
	struct registry *r = calloc(1, sizeof *r);

	if (r == NULL) {
		return ERR_MEMORY;
	}
	r->profile = p;
	*out = r;
	return OK;
}

static void
drop_rows(struct registry *r, enum register_table t, size_t keep)
{
	struct rows *rows = &r->table[t];

	while (rows->n > keep) {
		free(rows->row[--rows->n]);
	}
}

void
registry_free(struct registry *r)
{
	if (r == NULL) {
		return;
	}
	for (int t = 0; t < TABLE_COUNT; t++) {
		drop_rows(r, (enum register_table)t, 0);
		free(r->table[t].row);
	}
	free(r->slot);
	free(r);
}

size_t
register_columns(enum register_table t)
{
	return register_tables[t].columns;
}

const char *
register_column(enum register_table t, size_t column)
{
	return register_tables[t].column[column].name;
}

const char *
register_file(enum register_table t)
{
	return register_tables[t].file;
}

/* Whether two rows of one table are the same thing: id, or (year, key) */
static bool
same_key(enum register_table t, const struct row *a, const struct row *b)
{
	if (t == TABLE_LEDGER) {
		return a->value[LEDGER_YEAR] == b->value[LEDGER_YEAR] &&
		    strcmp(a->text[LEDGER_KEY], b->text[LEDGER_KEY]) == 0;
	}
	return strcmp(a->text[0], b->text[0]) == 0;
}

static size_t
key_hash(enum register_table t, const struct row *row)
{
	uint64_t h = 1469598103934665603u + (uint64_t)t; /* FNV-1a */
	const char *s = row->text[t == TABLE_LEDGER ? LEDGER_KEY : 0];

	if (t == TABLE_LEDGER) {
		h = (h ^ (uint64_t)row->value[LEDGER_YEAR]) * 1099511628211u;
	}
	for (; *s != '\0'; s++) {
		h = (h ^ (uint8_t)*s) * 1099511628211u;
	}
	return (size_t)(h ^ h >> 32);
}

/* The slot where ${row} stands, or the free one where it would */
static struct slot *
slot_find(const struct registry *r, enum register_table t,
    const struct row *row)
{
	size_t i = key_hash(t, row);

	for (;; i++) {
		struct slot *s = &r->slot[i & (r->slots - 1)];

		if (s->row == 0 || (s->table == (uint32_t)t && same_key(t,
		    r->table[t].row[s->row - 1], row))) {
			return s;
		}
	}
}

/* Adviser hours add up, all other rows are unique. */
static bool
has_key(enum register_table t)
{
	return t != TABLE_ADVISER_HOURS;
}

/* Fills the slots anew with what the tables hold; they are many enough */
static void
slots_fill(struct registry *r)
{
	if (r->slots > 0) {
		memset(r->slot, 0, r->slots * sizeof *r->slot);
	}
	r->used = 0;
	for (int t = 0; t < TABLE_COUNT; t++) {
		for (size_t i = 0; i < r->table[t].n && has_key(
		    (enum register_table)t); i++) {
			*slot_find(r, (enum register_table)t,
			    r->table[t].row[i]) = (struct slot){ (uint32_t)t,
			    (uint32_t)i + 1 };
			r->used++;
		}
	}
}

static enum err
slots_double(struct registry *r)
{
	size_t n = r->slots == 0 ? 256 : 2 * r->slots;
	struct slot *fresh = calloc(n, sizeof *fresh);

	if (fresh == NULL) {
		return ERR_MEMORY;
	}
	free(r->slot);
	r->slot = fresh;
	r->slots = n;
	slots_fill(r);
	return OK;
}

static enum err
refuse(enum err e, const char *column, const char *nl, const char *en,
    struct register_error *why)
{
	*why = (struct register_error){ 0, column, nl, en };
	return e;
}

static enum err
refuse_cell(enum err e, const struct column *c, bool blank,
    struct register_error *why)
{
	if (blank) {
		return refuse(e, c->name, "Deze cel moet gevuld zijn.",
		    "This cell must be filled in.", why);
	}
	if (e == ERR_UNKNOWN) {
		return refuse(e, c->name, "Deze code bestaat niet.",
		    "This code does not exist.", why);
	}
	if (e == ERR_LIMIT) {
		return refuse(e, c->name, "Te lang of te groot.",
		    "Too long or too large.", why);
	}
	return refuse(e, c->name, "Deze cel is niet goed geschreven.",
	    "This cell is not written as it should be.", why);
}

/* One allocation for a row and the copies of its texts */
static enum err
row_new(const struct registry *r, enum register_table t,
    const char *const *cells, struct row **out, struct register_error *why)
{
	const struct table *table = &register_tables[t];
	const struct register_error *conflict = NULL;
	size_t room = sizeof(struct row);
	struct row *row;
	char *to;

	for (size_t i = 0; i < table->columns; i++) {
		size_t len = strlen(cells[i]);

		if (len > CSV_CELL_MAX) {
			return refuse_cell(ERR_LIMIT, &table->column[i],
			    false, why);
		}
		if (!utf8_valid(cells[i], len)) {
			return refuse_cell(ERR_FORMAT, &table->column[i],
			    false, why);
		}
		room += len + 1;
	}
	row = calloc(1, room);
	if (row == NULL) {
		return refuse(ERR_MEMORY, "", "Geen geheugen.", "No memory.",
		    why);
	}
	to = (char *)(row + 1);
	for (size_t i = 0; i < table->columns; i++) {
		size_t len = strlen(cells[i]) + 1;
		enum err e = cell_parse(r->profile, &table->column[i],
		    cells[i], &row->value[i]);

		if (e != OK) {
			free(row);
			return refuse_cell(e, &table->column[i],
			    *cells[i] == '\0', why);
		}
		memcpy(to, cells[i], len);
		row->text[i] = to;
		to += len;
	}
	if (t == TABLE_REPORT) {
		conflict = report_conflict(r->profile, row);
	}
	if (conflict != NULL) {
		*why = *conflict;
		free(row);
		return ERR_CONFLICT;
	}
	*out = row;
	return OK;
}

static enum err
row_keep(struct registry *r, enum register_table t, struct row *row)
{
	struct rows *rows = &r->table[t];
	struct slot *s;
	enum err e;

	if (rows->n == CSV_ROWS_MAX) {
		return ERR_LIMIT;
	}
	if (rows->n == rows->room) {
		size_t room = rows->room == 0 ? 64 : 2 * rows->room;
		struct row **more = realloc(rows->row,
		    room * sizeof *more);

		if (more == NULL) {
			return ERR_MEMORY;
		}
		rows->row = more;
		rows->room = room;
	}
	if (r->slots <= 2 * (r->used + 1)) {
		e = slots_double(r);
		if (e != OK) {
			return e;
		}
	}
	if (has_key(t)) {
		s = slot_find(r, t, row);
		if (s->row != 0) {
			return ERR_CONFLICT;
		}
		*s = (struct slot){ (uint32_t)t, (uint32_t)rows->n + 1 };
		r->used++;
	}
	rows->row[rows->n++] = row;
	return OK;
}

enum err
registry_add(struct registry *r, enum register_table t,
    const char *const *cells, struct register_error *why)
{
	struct row *row = NULL;
	enum err e;

	e = row_new(r, t, cells, &row, why);
	if (e != OK) {
		return e;
	}
	e = row_keep(r, t, row);
	if (e == OK) {
		return OK;
	}
	free(row);
	if (e == ERR_CONFLICT) {
		return refuse(e, register_column(t, t == TABLE_LEDGER ?
		    LEDGER_KEY : 0), "Deze rij bestaat al.",
		    "This row exists already.", why);
	}
	if (e == ERR_LIMIT) {
		return refuse(e, "", "Te veel rijen.", "Too many rows.", why);
	}
	return refuse(e, "", "Geen geheugen.", "No memory.", why);
}

static enum err
header_check(const struct csv *csv, enum register_table t,
    struct register_error *why)
{
	const struct table *table = &register_tables[t];
	bool right = csv_columns(csv) == table->columns;

	for (size_t i = 0; right && i < table->columns; i++) {
		right = strcmp(csv_header(csv, i), table->column[i].name) == 0;
	}
	return right ? OK : refuse(ERR_FORMAT, "",
	    "De kopregel past niet bij dit bestand.",
	    "The header row does not fit this file.", why);
}

enum err
registry_import(struct registry *r, enum register_table t, const void *p,
    size_t len, struct register_error *why)
{
	const char *cells[REGISTER_COLUMNS_MAX];
	size_t before = r->table[t].n, line = 1;
	struct csv *csv = NULL;
	enum err e;

	e = csv_parse(p, len, &csv, &line);
	if (e != OK) {
		refuse(e, "", "Dit is geen geldig CSV-bestand.",
		    "This is not a valid CSV file.", why);
		why->line = line;
		return e;
	}
	e = header_check(csv, t, why);
	for (size_t i = 0; e == OK && i < csv_rows(csv); i++) {
		for (size_t c = 0; c < csv_columns(csv); c++) {
			cells[c] = csv_cell(csv, i, c);
		}
		line = csv_line(csv, i);
		e = registry_add(r, t, cells, why);
	}
	if (e != OK) {
		why->line = line;
		drop_rows(r, t, before);
		slots_fill(r);
	}
	csv_free(csv);
	return e;
}

void
registry_export(const struct registry *r, enum register_table t,
    struct buf *out)
{
	size_t columns = register_columns(t);

	for (size_t c = 0; c < columns; c++) {
		csv_put(out, register_column(t, c), c + 1 == columns);
	}
	for (size_t i = 0; i < r->table[t].n; i++) {
		for (size_t c = 0; c < columns; c++) {
			csv_put(out, registry_cell(r, t, i, c),
			    c + 1 == columns);
		}
	}
}

size_t
registry_rows(const struct registry *r, enum register_table t)
{
	return r->table[t].n;
}

const char *
registry_cell(const struct registry *r, enum register_table t, size_t row,
    size_t column)
{
	return r->table[t].row[row]->text[column];
}

int64_t
registry_value(const struct registry *r, enum register_table t, size_t row,
    size_t column)
{
	return r->table[t].row[row]->value[column];
}

bool
registry_counts(const struct registry *r, enum register_table t, size_t row,
    size_t column, const char *what)
{
	const char *name = register_tables[t].column[column].vocabulary;
	int64_t i = registry_value(r, t, row, column);

	return name != NULL && i >= 0 && vocabulary_counts_as(
	    taxonomy_find(r->profile, name), (size_t)i, what);
}

bool
registry_external(const struct registry *r, size_t report)
{
	const char *s = registry_cell(r, TABLE_REPORT, report,
	    REPORT_CHANNEL);

	return *s == '\0' ? profile_external(r->profile) :
	    strcmp(s, "external") == 0;
}

bool
registry_ledger(const struct registry *r, int year, const char *key,
    int64_t *count)
{
	struct row probe = { .value = { [LEDGER_YEAR] = year },
		.text = { [LEDGER_KEY] = key } };
	const struct slot *s;

	if (r->slots == 0) {
		return false;
	}
	s = slot_find(r, TABLE_LEDGER, &probe);
	if (s->row == 0) {
		return false;
	}
	*count = r->table[TABLE_LEDGER].row[s->row - 1]->value[LEDGER_VALUE];
	return true;
}

bool
registry_ledger_first(const struct registry *r, const char *key, int *year)
{
	const struct rows *rows = &r->table[TABLE_LEDGER];
	bool found = false;

	for (size_t i = 0; i < rows->n; i++) {
		int y = (int)rows->row[i]->value[LEDGER_YEAR];

		if (strcmp(rows->row[i]->text[LEDGER_KEY], key) == 0 &&
		    (!found || y < *year)) {
			*year = y;
			found = true;
		}
	}
	return found;
}

void
registry_export_public(const struct registry *r, day_t from, day_t to,
    struct buf *out)
{
	csv_put(out, "type", false);
	csv_put(out, "year", false);
	csv_put(out, "outcome", true);
	for (size_t i = 0; i < r->table[TABLE_REPORT].n; i++) {
		const struct row *row = r->table[TABLE_REPORT].row[i];
		day_t d = (day_t)row->value[REPORT_RECEIVED];
		char text[DAY_TEXT];

		if (d < from || d > to || !registry_counts(r, TABLE_REPORT, i,
		    REPORT_KIND, "report")) {
			continue;
		}
		day_text(d, text);
		text[4] = '\0';
		csv_put(out, row->text[REPORT_TYPE], false);
		csv_put(out, text, false);
		csv_put(out, row->text[REPORT_OUTCOME], true);
	}
}
