/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the register: columns as data, cells as values. */
#ifndef POLICY_REGISTER_PRIVATE_H
#define POLICY_REGISTER_PRIVATE_H

#include "meldluik/clocks.h"
#include "meldluik/register.h"
#include "meldluik/retention.h"
#include "meldluik/taxonomy.h"

#define ID_MAX 128u
#define NUMBER_MAX 1000000000 /* sums of 100,000 rows still fit */

enum cell {
	CELL_TEXT, CELL_ID, CELL_MOMENT, CELL_DATE, CELL_CODE, CELL_MULTI,
	CELL_YEAR, CELL_NUMBER, CELL_FLAG, CELL_LANGUAGE, CELL_RETENTION,
	CELL_KEY
};

struct column {
	const char *name;
	enum cell kind;
	const char *vocabulary;
	bool required;
};

struct table {
	const char *file;
	const struct column *column;
	size_t columns;
};

extern const struct table register_tables[TABLE_COUNT];

bool ledger_key_known(const struct profile *p, const char *key);
enum err cell_parse(const struct profile *p, const struct column *c,
    const char *s, int64_t *out);

/* A row: its values, then its texts */
struct row {
	int64_t value[REGISTER_COLUMNS_MAX];
	const char *text[REGISTER_COLUMNS_MAX];
};

/* What the cells of a report say together; NULL when they agree. */
const struct register_error *report_conflict(const struct profile *p,
    const struct row *row);

#endif
