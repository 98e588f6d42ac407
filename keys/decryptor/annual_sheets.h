/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The annual report as numbered tables with Dutch captions, from which every
 * printed form is made. Holds counts, never a case.
 */
#ifndef DECRYPTOR_ANNUAL_SHEETS_H
#define DECRYPTOR_ANNUAL_SHEETS_H

#include "registerbook.h"

enum sheet_name {
	SHEET_VIOLATIONS, SHEET_OUTCOMES, SHEET_YEARS, SHEET_ADVICE,
	SHEET_CONTACTS, SHEET_CASES, SHEET_OFFICIAL, SHEET_CONTACT_HOURS,
	SHEET_ACTIVITY_HOURS, SHEET_RELATIONS, SHEET_KINDS, SHEET_TERMS,
	SHEETS
};
#define SHEET_COLUMNS 2
#define SHEET_HEADING 32

struct sheet_cell {
	bool hidden; /* the value is 0, whatever it was */
	int64_t value;
	char print[FIGURE_TEXT]; /* "" is a blank cell, "0" a zero */
};
struct sheet_row {
	const char *label; /* of the profile, ours, or ${year} */
	char year[8];
	bool total;
	struct sheet_cell cell[SHEET_COLUMNS];
};
struct sheet {
	const char *key, *caption, *head;
	unsigned columns;
	char heading[SHEET_COLUMNS][SHEET_HEADING];
	struct sheet_row row[ANNUAL_YEARS_MAX + 1];
	size_t rows;
};
struct sheets {
	struct sheet sheet[SHEETS];
	const struct annual *annual;
	const char *organisation;
	struct left_out left_out;
};

/* Borrows ${a}; labels live as long as its profile. free() it. */
struct sheets *sheets_new(const struct annual *a, const char *organisation,
    const struct left_out *left_out);

/* One row a figure: table,label,column,value,print */
void sheets_csv(const struct sheets *s, struct buf *out);
void sheets_markdown(const struct sheets *s, struct buf *out);
/* One page that needs no other file: head with title, body, foot; the body
 * alone for a page that has its own */
void sheets_head(const struct sheets *s, struct buf *out);
void sheets_body(const struct sheets *s, struct buf *out);
void sheets_foot(struct buf *out);

/* Bars of a sheet as SVG: lying, one group a row; standing, one a row */
void chart_lying(const struct sheet *s, unsigned number, struct buf *out);
void chart_standing(const struct sheet *s, unsigned number, struct buf *out);

/* printf into ${out}, at most 512 bytes, for markup and numbers of ours */
void put_format(struct buf *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void put_html(struct buf *out, const char *s); /* escaped */
/* What a reader of the figures must know, as a sentence each between
 * ${before} and ${after}: who is left out, what the marks of hidden counts
 * mean. For HTML and Markdown. */
void put_warnings(const struct sheets *s, const char *before,
    const char *after, struct buf *out);

#endif
