/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * RFC 4180 on bytes somebody else wrote. One pass copies decoded cells into
 * one text of at most the input's size plus a NUL per cell; nothing is read
 * past the end and nothing is guessed.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/csv.h"

struct csv {
	char *text;      /* all cells, each with its NUL */
	size_t *cell;    /* offset of each cell in text */
	size_t *line;    /* line each row starts on */
	size_t columns;
	size_t rows;     /* with the header */
};

struct parser {
	const uint8_t *p;
	size_t at, len;
	size_t line;
	struct csv *t;
	size_t used;              /* bytes of t->text */
	size_t cells, cell_room;
	size_t row_room;
};

/* The next byte, or -1 at the end */
static int
peek(const struct parser *s)
{
	return s->at < s->len ? s->p[s->at] : -1;
}

static void
put(struct parser *s, uint8_t c)
{
	/* Room: a cell's bytes never exceed what it took from the input. */
	s->t->text[s->used++] = (char)c;
}

static enum err
read_quoted(struct parser *s)
{
	s->at++; /* the opening quote */
	for (;;) {
		int c = peek(s);

		if (c < 0) {
			return ERR_FORMAT; /* quote never closed */
		}
		s->at++;
		if (c == '"') {
			if (peek(s) != '"') {
				break;
			}
			s->at++;
		}
		s->line += c == '\n' ? 1 : 0;
		put(s, (uint8_t)c);
	}
	switch (peek(s)) {
	case -1:
	case ',':
	case '\r':
	case '\n':
		return OK;
	default:
		return ERR_FORMAT; /* text after the closing quote */
	}
}

static enum err
read_plain(struct parser *s)
{
	for (;;) {
		int c = peek(s);

		if (c < 0 || c == ',' || c == '\r' || c == '\n') {
			return OK;
		}
		if (c == '"') {
			return ERR_FORMAT;
		}
		put(s, (uint8_t)c);
		s->at++;
	}
}

static bool
formula_like(const char *s)
{
	while (*s == '\'') {
		s++;
	}
	return *s != '\0' && strchr("=+-@\t\r\n", *s) != NULL;
}

static enum err
grow(size_t **list, size_t *room, size_t need)
{
	size_t *bigger;
	size_t n = *room == 0 ? 64 : *room;

	while (n < need) {
		n *= 2;
	}
	if (n == *room) {
		return OK;
	}
	bigger = realloc(*list, n * sizeof **list);
	if (bigger == NULL) {
		return ERR_MEMORY;
	}
	*list = bigger;
	*room = n;
	return OK;
}

static enum err
read_cell(struct parser *s)
{
	size_t start = s->used;
	enum err e;

	e = grow(&s->t->cell, &s->cell_room, s->cells + 1);
	if (e != OK) {
		return e;
	}
	e = peek(s) == '"' ? read_quoted(s) : read_plain(s);
	if (e != OK) {
		return e;
	}
	if (s->used - start > CSV_CELL_MAX) {
		return ERR_LIMIT;
	}
	put(s, '\0');
	if (s->t->text[start] == '\'' &&
	    formula_like(s->t->text + start + 1)) {
		start++;
	}
	s->t->cell[s->cells++] = start;
	return OK;
}

/* One row with its line end; ${width} is how many cells it had */
static enum err
read_row(struct parser *s, size_t *width)
{
	size_t n = 0;
	enum err e;

	for (;;) {
		if (n == CSV_COLUMNS_MAX) {
			return ERR_LIMIT;
		}
		e = read_cell(s);
		if (e != OK) {
			return e;
		}
		n++;
		if (peek(s) != ',') {
			break;
		}
		s->at++;
	}
	if (peek(s) == '\r') {
		s->at++;
		if (peek(s) != '\n') {
			return ERR_FORMAT;
		}
	}
	if (peek(s) == '\n') {
		s->at++;
		s->line++;
	}
	*width = n;
	return OK;
}

static enum err
read_rows(struct parser *s)
{
	size_t start, width = 0;
	enum err e;

	while (s->at < s->len || s->t->rows == 0) {
		if (s->t->rows > CSV_ROWS_MAX) {
			return ERR_LIMIT;
		}
		e = grow(&s->t->line, &s->row_room, s->t->rows + 1);
		if (e != OK) {
			return e;
		}
		start = s->line;
		e = read_row(s, &width);
		if (e != OK) {
			return e;
		}
		if (s->t->rows == 0) {
			s->t->columns = width;
		} else if (width != s->t->columns) {
			s->line = start;
			return ERR_FORMAT;
		}
		s->t->line[s->t->rows++] = start;
	}
	return OK;
}

enum err
csv_parse(const void *p, size_t len, struct csv **out, size_t *line)
{
	struct parser s = { .p = p, .len = len, .line = 1 };
	enum err e;

	if (line != NULL) {
		*line = 1;
	}
	if (len > CSV_MAX) {
		return ERR_LIMIT;
	}
	if (len == 0 || !utf8_valid(p, len) ||
	    (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)) {
		return ERR_FORMAT;
	}
	s.t = calloc(1, sizeof *s.t);
	if (s.t == NULL) {
		return ERR_MEMORY;
	}
	/* Each cell but the last takes a comma or line end from the input,
	 * which makes room for its NUL. */
	s.t->text = malloc(len + 1);
	e = s.t->text == NULL ? ERR_MEMORY : read_rows(&s);
	if (e == OK) {
		*out = s.t;
		s.t = NULL; /* transferred */
	} else if (line != NULL) {
		*line = s.line;
	}
	csv_free(s.t);
	return e;
}

void
csv_free(struct csv *t)
{
	if (t != NULL) {
		free(t->text);
		free(t->cell);
		free(t->line);
		free(t);
	}
}

size_t
csv_columns(const struct csv *t)
{
	return t->columns;
}

size_t
csv_rows(const struct csv *t)
{
	return t->rows - 1;
}

const char *
csv_header(const struct csv *t, size_t column)
{
	return t->text + t->cell[column];
}

const char *
csv_cell(const struct csv *t, size_t row, size_t column)
{
	return t->text + t->cell[(row + 1) * t->columns + column];
}

size_t
csv_line(const struct csv *t, size_t row)
{
	return t->line[row + 1];
}

void
csv_put(struct buf *b, const char *cell, bool last)
{
	bool escape = formula_like(cell);
	size_t len = strlen(cell);
	bool quote = escape || strpbrk(cell, ",\"\r\n") != NULL ||
	    (len > 0 && (cell[0] == ' ' || cell[len - 1] == ' ')) ||
	    strncmp(cell, "\xef\xbb\xbf", 3) == 0; /* no BOM up front */

	if (quote) {
		buf_u8(b, '"');
	}
	if (escape) {
		buf_u8(b, '\'');
	}
	for (const char *s = cell; *s != '\0'; s++) {
		if (*s == '"') {
			buf_u8(b, '"');
		}
		buf_u8(b, (uint8_t)*s);
	}
	if (quote) {
		buf_u8(b, '"');
	}
	buf_text(b, last ? "\r\n" : ",");
}
