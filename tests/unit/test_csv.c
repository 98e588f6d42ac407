/* SPDX-License-Identifier: EUPL-1.2 */
/* CSV: one case per rejection, limits, and export that comes back the same
 * without ever starting a cell like a formula. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/csv.h"

static enum err
parse(const char *s, size_t *line)
{
	struct csv *t = NULL;
	enum err e = csv_parse(s, strlen(s), &t, line);

	csv_free(t);
	return e;
}

static void
good(void **state)
{
	static const char text[] = "id,text\r\n1,\"a,b\"\n2,\"say \"\"hi\"\"\"\n"
	    "3,\"two\nlines\"\r\n4,\n5,'t Hart\n6,'=SUM\n7,''=x";
	static const char *const want[] = { "a,b", "say \"hi\"", "two\nlines",
		"", "'t Hart", "=SUM", "'=x" };
	struct csv *t = NULL;

	(void)state;
	assert_int_equal(csv_parse(text, sizeof text - 1, &t, NULL), OK);
	assert_int_equal(csv_columns(t), 2);
	assert_int_equal(csv_rows(t), 7);
	assert_string_equal(csv_header(t, 1), "text");
	for (size_t i = 0; i < 7; i++) {
		assert_string_equal(csv_cell(t, i, 1), want[i]);
	}
	assert_int_equal(csv_line(t, 0), 2);
	assert_int_equal(csv_line(t, 3), 6); /* after a cell of two lines */
	csv_free(t);
	assert_int_equal(parse("id", NULL), OK);
	assert_int_equal(parse("id\n", NULL), OK);
	assert_int_equal(parse("\"\"", NULL), OK);
}

static void
bad(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} table[] = {
		{ "", 1 },
		{ "\xef\xbb\xbfid\n", 1 },           /* BOM */
		{ "id\n\xff\n", 1 },                 /* not UTF-8 */
		{ "a,b\n1,2\n3\n", 3 },              /* narrow row */
		{ "a,b\n1,2,3\n", 2 },               /* wide row */
		{ "a,b\n1,2\n\n", 3 },               /* empty line */
		{ "a,b\n1,\"2\n", 3 },               /* open quote */
		{ "a,b\n1,\"2\"x\n", 2 },            /* text after quote */
		{ "a,b\n1,2\"\n", 2 },               /* quote in plain cell */
		{ "a,b\n1, \"2\"\n", 2 },
		{ "a,b\r1,2\r", 1 },                 /* CR alone */
		{ "a,b\n1,2\r", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t line = 0;

		assert_int_equal(parse(table[i].text, &line), ERR_FORMAT);
		assert_int_equal(line, table[i].line);
	}
	{
		struct csv *t = NULL;

		assert_int_equal(csv_parse("a\0b", 3, &t, NULL), ERR_FORMAT);
		assert_null(t);
	}
}

static void
limits(void **state)
{
	size_t len = CSV_CELL_MAX + 3;
	char *text = malloc(CSV_MAX + 1);
	struct csv *t = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	assert_int_equal(csv_parse(text, CSV_CELL_MAX, &t, NULL), OK);
	csv_free(t);
	t = NULL;
	assert_int_equal(csv_parse(text, CSV_CELL_MAX + 1, &t, NULL),
	    ERR_LIMIT);
	memset(text, ',', CSV_COLUMNS_MAX);
	assert_int_equal(csv_parse(text, CSV_COLUMNS_MAX - 1, &t, NULL), OK);
	assert_int_equal(csv_columns(t), CSV_COLUMNS_MAX);
	csv_free(t);
	t = NULL;
	assert_int_equal(csv_parse(text, CSV_COLUMNS_MAX, &t, NULL),
	    ERR_LIMIT);
	memset(text, '\n', CSV_ROWS_MAX + 2);
	assert_int_equal(csv_parse(text, CSV_ROWS_MAX + 1, &t, NULL), OK);
	assert_int_equal(csv_rows(t), CSV_ROWS_MAX);
	csv_free(t);
	t = NULL;
	assert_int_equal(csv_parse(text, CSV_ROWS_MAX + 2, &t, NULL),
	    ERR_LIMIT);
	assert_int_equal(csv_parse(text, CSV_MAX + 1, &t, NULL), ERR_LIMIT);
	assert_null(t);
	free(text);
}

static void
round_trip(void **state)
{
	static const char *const cells[] = { "", "a", "=1+1", "+31 6", "-1",
		"@cmd", "\tx", "\rx", "\nx", "'", "''", "'=1", "''=1", "'x",
		"a,b", "\"", "\"\"", "a\"b", "a\r\nb", " lead", "trail ",
		"=HYPERLINK(\"http://x\",\"y\")", "coördinator", "العربية",
		"\xef\xbb\xbf" "bom" };
	const size_t n = sizeof cells / sizeof *cells;
	struct buf b = buf_new(65536);
	struct csv *t = NULL;

	(void)state;
	csv_put(&b, "first", false);
	csv_put(&b, "second", true);
	for (size_t i = 0; i < n; i++) {
		csv_put(&b, cells[i], false);
		csv_put(&b, cells[n - 1 - i], true);
	}
	assert_false(b.failed);
	assert_int_equal(csv_parse(b.p, b.len, &t, NULL), OK);
	assert_int_equal(csv_rows(t), n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(csv_cell(t, i, 0), cells[i]);
		assert_string_equal(csv_cell(t, i, 1), cells[n - 1 - i]);
	}
	csv_free(t);
	for (size_t i = 0; i < n; i++) {
		buf_clear(&b);
		csv_put(&b, cells[i], true);
		assert_int_equal(csv_parse(b.p, b.len, &t, NULL), OK);
		assert_string_equal(csv_header(t, 0), cells[i]);
		csv_free(t);
		/* the cell as a spreadsheet sees it */
		assert_null(strchr("=+-@\t", b.p[b.p[0] == '"' ? 1 : 0]));
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
		cmocka_unit_test(limits),
		cmocka_unit_test(round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
