/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * CSV tables (RFC 4180), strict: UTF-8 without BOM, comma, double quotes,
 * LF or CRLF line ends, every row as wide as the header, no NUL, no CR
 * outside a quoted cell but before LF.
 *
 * Caveat: a spreadsheet runs a cell that starts like a formula. On export
 * such a cell gets an apostrophe in front; on import it is taken away again,
 * so what goes out comes back the same.
 */
#ifndef MELDLUIK_CSV_H
#define MELDLUIK_CSV_H

#include "meldluik/bytes.h"

#define CSV_MAX (16u << 20)     /* bytes of a table */
#define CSV_COLUMNS_MAX 64u
#define CSV_ROWS_MAX 100000u    /* without the header */
#define CSV_CELL_MAX 65536u     /* bytes of a cell, decoded */

struct csv; /* a parsed table, in memory */

/*
 * csv_parse(p, len, out, line): ERR_FORMAT or ERR_LIMIT, and ${line} (if not
 * NULL) the line it was found on, counted from 1.
 */
enum err csv_parse(const void *p, size_t len, struct csv **out,
    size_t *line);
void csv_free(struct csv *t); /* accepts NULL */
size_t csv_columns(const struct csv *t);
size_t csv_rows(const struct csv *t); /* the header not counted */
const char *csv_header(const struct csv *t, size_t column);
/* NUL-terminated, never NULL; row < csv_rows(), column < csv_columns() */
const char *csv_cell(const struct csv *t, size_t row, size_t column);
/* Line on which the row starts, for messages */
size_t csv_line(const struct csv *t, size_t row);

/*
 * csv_put(b, cell, last): appends a cell and its comma, or CRLF if it is the
 * ${last} of its row.
 */
void csv_put(struct buf *b, const char *cell, bool last);

#endif
