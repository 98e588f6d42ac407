/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the files that fold the register into annual figures. */
#ifndef POLICY_ANNUAL_PRIVATE_H
#define POLICY_ANNUAL_PRIVATE_H

#include "meldluik/annual.h"

#define KEY_ROOM 96 /* a ledger key: prefix and a code of CODE_MAX */

struct fold {
	const struct profile *p;
	const struct holidays *h;
	const struct registry *r;
	day_t as_of;
	const char *lang;
};

enum style {
	DIGITS,     /* "0" for zero */
	BLANK_ZERO, /* "" for zero */
	WORD,       /* in words up to twenty */
	UNPRINTED
};

static inline int64_t
report_value(const struct fold *f, size_t row, enum report_column column)
{
	return registry_value(f->r, TABLE_REPORT, row, column);
}

static inline bool
report_counts(const struct fold *f, size_t row, enum report_column column,
    const char *what)
{
	return registry_counts(f->r, TABLE_REPORT, row, column, what);
}

/* Open as known on as_of */
static inline bool
fold_open(const struct fold *f, size_t row)
{
	int64_t closed = report_value(f, row, REPORT_CLOSED);

	return closed == DAY_NONE || closed > f->as_of;
}

/* In ${year} and not after as_of */
bool fold_dated(const struct fold *f, int64_t d, int year);
/* The frozen count, else the live one */
int64_t fold_count(const struct fold *f, int year, const char *key,
    int64_t live);
struct figure figure_make(const struct fold *f, int64_t value,
    enum style style);

/* The year's cases with their clocks, by id */
enum err fold_cases(const struct fold *f, struct annual *a);
/* From the cases; ${of} is the word between the numbers */
void fold_timeliness(const struct fold *f, struct annual *a, const char *of);

#endif
