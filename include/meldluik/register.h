/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The register: seven tables of rows without names (Wbk 2a; Directive 18).
 * A row comes in as text cells in column order, from a CSV file or from the
 * casebook's fold, and is checked whole before it counts.
 *
 * The tables and their columns are those of tests/acceptance/SCHEMA.md.
 */
#ifndef MELDLUIK_REGISTER_H
#define MELDLUIK_REGISTER_H

#include "meldluik/calendar.h"
#include "meldluik/csv.h"
#include "meldluik/profile.h"

enum register_table {
	TABLE_REPORT,
	TABLE_ADVISER_CASE,
	TABLE_ADVISER_HOURS,
	TABLE_CONTACT,
	TABLE_ADVICE,
	TABLE_TALK,
	TABLE_LEDGER,
	TABLE_COUNT
};

#define REGISTER_COLUMNS_MAX 25

enum report_column {
	REPORT_ID, REPORT_RECEIVED, REPORT_KIND, REPORT_TYPE, REPORT_ORIGIN,
	REPORT_ROUTE, REPORT_ADVISER, REPORT_SUBJECT_ROLE, REPORT_DEPARTMENT,
	REPORT_INVESTIGATION, REPORT_INVESTIGATION_STATUS, REPORT_OUTCOME,
	REPORT_MEASURES, REPORT_ACK_POSTED, REPORT_ACK_WAIVER,
	REPORT_FEEDBACK_POSTED, REPORT_EXTENSION_REASON, REPORT_CLOSED,
	REPORT_WBK, REPORT_CHANNEL, REPORT_AREA, REPORT_LANGUAGE,
	REPORT_ANONYMOUS, REPORT_RETENTION, REPORT_NOTE, REPORT_COLUMNS
};
enum adviser_case_column {
	ADVISER_ID, ADVISER_YEAR, ADVISER_RELATIONS, ADVISER_KINDS,
	ADVISER_HOURS_TALK, ADVISER_HOURS_TRACK, ADVISER_LED_TO_REPORT
};
enum adviser_hours_column { HOURS_YEAR, HOURS_ACTIVITY, HOURS_HOURS };
enum contact_column {
	CONTACT_ID, CONTACT_DATE, CONTACT_ROUTE, CONTACT_IS_REPORT
};
enum advice_column { ADVICE_ID, ADVICE_DATE, ADVICE_TOPIC };
enum talk_column { TALK_ID, TALK_DATE, TALK_PARTICIPANTS };
enum ledger_column { LEDGER_YEAR, LEDGER_KEY, LEDGER_VALUE };

/* Why a row was refused; strings are constants. */
struct register_error {
	size_t line;        /* of the CSV file; 0 for a row added singly */
	const char *column; /* "" when the whole row or file is meant */
	const char *nl, *en;
};

struct registry; /* the rows; borrows the profile, which must outlive it */

enum err registry_new(const struct profile *p, struct registry **out);
void registry_free(struct registry *r); /* accepts NULL */

size_t register_columns(enum register_table t);
const char *register_column(enum register_table t, size_t column);
const char *register_file(enum register_table t); /* "report.csv" */

/*
 * registry_add(r, t, cells, why): ${cells} are register_columns(t) strings,
 * copied. ERR_FORMAT: a cell is malformed; ERR_UNKNOWN: a code is not in the
 * profile; ERR_CONFLICT: cells contradict each other or the row exists;
 * ERR_LIMIT. A refused row changes nothing.
 */
enum err registry_add(struct registry *r, enum register_table t,
    const char *const *cells, struct register_error *why);
/* A whole file; all rows or none. The header must be exact. */
enum err registry_import(struct registry *r, enum register_table t,
    const void *csv, size_t len, struct register_error *why);
/* The table as CSV, cells as they came in */
void registry_export(const struct registry *r, enum register_table t,
    struct buf *out);

size_t registry_rows(const struct registry *r, enum register_table t);
/* The cell's text, never NULL */
const char *registry_cell(const struct registry *r, enum register_table t,
    size_t row, size_t column);
/*
 * registry_value(...): a moment or date as day_t (DAY_NONE when blank); a
 * code as its place in its vocabulary, -1 when blank; a multi cell as mask;
 * a number or flag as itself; 0 for text.
 */
int64_t registry_value(const struct registry *r, enum register_table t,
    size_t row, size_t column);
/* Whether the code in that cell counts as ${what} (taxonomy.h); false for a
 * blank cell and for columns that hold no single code */
bool registry_counts(const struct registry *r, enum register_table t,
    size_t row, size_t column, const char *what);
/* True when the report came through the external channel */
bool registry_external(const struct registry *r, size_t report);

/* The frozen count of that year, true if there is one */
bool registry_ledger(const struct registry *r, int year, const char *key,
    int64_t *count);
/* First year of a ledger row with that key; false if none */
bool registry_ledger_first(const struct registry *r, const char *key,
    int *year);

/*
 * For Woo requests: type, year, outcome of the reports received from
 * ${from} up to and with ${to}, as CSV. Nothing else leaves.
 */
void registry_export_public(const struct registry *r, day_t from, day_t to,
    struct buf *out);

#endif
