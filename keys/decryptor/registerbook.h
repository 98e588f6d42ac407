/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The register of this desk: rows taken in as files, and rows made from its
 * own cases. Codes, days and references only; never what a reporter wrote.
 */
#ifndef DECRYPTOR_REGISTERBOOK_H
#define DECRYPTOR_REGISTERBOOK_H

#include "desk.h"
#include "meldluik/annual.h"
#include "meldluik/register.h"

/* Reports that cannot be counted */
struct left_out {
	unsigned no_type;
	unsigned refused; /* their data contradict each other */
};

/* All tables as one record: for each a 32-bit length and its CSV */
enum err register_pack(const struct registry *r, struct buf *out);
/* Adds packed rows to ${r}, whose rows are of no use after a failure.
 * ${table}: where ${why} happened. */
enum err register_unpack(struct registry *r, const void *p, size_t len,
    enum register_table *table, struct register_error *why);
/* The files of folder ${dir} that have the name of a table; ${files} counts
 * them. Says in plain words what is wrong. */
enum err register_read(struct registry *r, int dir, unsigned *files);

/*
 * Rows that were imported stand for what the desk would make of the same:
 * the same id, or hours of the same year and activity that were entered
 * before the import. So a register can be exported, completed by hand and
 * taken in again.
 */
struct imported {
	size_t rows[TABLE_COUNT];
	bool *hours; /* by entry: rows of an import stand for these hours */
};
/* Is ${id} a row of the import? */
bool imported_row(const struct registry *r, const struct imported *in,
    enum register_table t, const char *id);
bool imported_hours(const struct imported *in, size_t entry);

/* Does an imported row stand for entry ${i} of the state? */
enum err register_stands(struct desk *d, size_t i, bool *out);
/* The imported rows that count. Opens the profile of ${d}. */
enum err register_imported(struct desk *d, struct registry **out);
/* Would packed ${rows}, beside what was imported or in its place, make a
 * register with all that was entered here? Says why not. */
enum err register_fits(struct desk *d, const struct buf *rows,
    bool replace);
/* Imported rows, the cases and what was entered: all but the sums of the
 * notes of advisers, which are no rows. ${left_out}: of what was received in
 * ${year} (0: ever); each kind is said on stderr. */
enum err register_rows(struct desk *d, int year, struct registry **out,
    struct left_out *left_out);
/* The same with the sums, as ledger rows: what the annual report counts */
enum err register_whole(struct desk *d, int year, struct registry **out,
    struct left_out *left_out);
/* Why the row of case ${k} is refused, if it is for more than a type that is
 * not chosen yet */
enum err register_case_check(struct desk *d, const struct kase *k,
    struct register_error *why);

#endif
