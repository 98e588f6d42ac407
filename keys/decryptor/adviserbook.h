/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Confidential advisers. Each keeps an own casebook on an own machine: cases
 * without names, hours, signals. What leaves it is a signed note of figures
 * for one year and the signals written for others to read; never a case. The
 * coordinator's register adds up the notes of all advisers; the newest of a
 * person and year counts.
 */
#ifndef DECRYPTOR_ADVISERBOOK_H
#define DECRYPTOR_ADVISERBOOK_H

#include "acts.h"
#include "registerbook.h"

#define ADVISER_NOTE_MAX 65536u
#define ADVISER_SIGNAL_MAX 8192u

/* Cells of adviser_case.csv after id and year, and before */
enum adviser_cell {
	ADVISER_CELL_RELATIONS, ADVISER_CELL_KINDS, ADVISER_CELL_TALK,
	ADVISER_CELL_TRACK, ADVISER_CELL_LED, ADVISER_CELLS
};

/*
 * adviser_case_put(d, id, year, cell, why): a new case when ${id} is "",
 * which then gets its name; else the cells that are not NULL replace those
 * of before. adviser_hours_put: hours of an activity; they add up.
 */
enum err adviser_case_put(struct desk *d, char id[CODE_WORD], int year,
    const char *const cell[ADVISER_CELLS], struct refusal *why);
enum err adviser_hours_put(struct desk *d, int year, const char *activity,
    const char *hours, struct refusal *why);
/* What an entry says, as JSON; a signal is text */
enum err adviser_entry(struct desk *d, const struct entry_row *row,
    json_t **out);
/* The newest entry of its name and year (cases, figures of a person) */
bool adviser_newest(const struct state *s, size_t entry);

/* The note for ${year}, signed with the operational key */
enum err adviser_note(struct desk *d, int year, struct buf *out,
    struct refusal *why);
/* What a note says and who signed it; ${doc} lies in ${file}. The policy is
 * there already. */
enum err adviser_note_open(struct desk *d, const void *file, size_t len,
    char person[KEYSET_ID], int *year, struct bytes *doc,
    struct refusal *why);
/* Takes a note in. ERR_SIGNATURE: nobody of the keyset signed it; refused
 * when the year is closed or the register has such rows itself. */
enum err adviser_take(struct desk *d, const void *file, size_t len,
    char person[KEYSET_ID], int *year, struct refusal *why);

/* Rows of own cases and hours into ${r}, those left out that imported rows
 * stand for */
enum err adviser_rows(struct desk *d, struct registry *r,
    const struct imported *in);
/* Ledger rows of the sums; those that are there win */
enum err adviser_sums(struct desk *d, struct registry *r);

#endif
