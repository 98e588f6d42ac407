/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Register rows: one case per refusal, all rows or none, export that comes
 * back the same, and what leaves for a Woo request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/register.h"

static struct profile *nl;
static struct registry *r;

/* A closed report that agrees with itself */
static const char *const good[REPORT_COLUMNS] = {
	[REPORT_ID] = "R-1", [REPORT_RECEIVED] = "2023-01-16",
	[REPORT_KIND] = "melding", [REPORT_TYPE] = "FIN",
	[REPORT_ORIGIN] = "intern", [REPORT_ROUTE] = "meldpunt",
	[REPORT_ADVISER] = "geen", [REPORT_SUBJECT_ROLE] = "medewerker",
	[REPORT_DEPARTMENT] = "a, \"b\"", [REPORT_INVESTIGATION] = "onderzoek",
	[REPORT_INVESTIGATION_STATUS] = "afgerond",
	[REPORT_OUTCOME] = "gegrond",
	[REPORT_MEASURES] = "waarschuwing+mediation",
	[REPORT_ACK_POSTED] = "2023-01-16T10:00:00Z", [REPORT_ACK_WAIVER] = "",
	[REPORT_FEEDBACK_POSTED] = "2023-04-14",
	[REPORT_EXTENSION_REASON] = "", [REPORT_CLOSED] = "2023-06-30",
	[REPORT_WBK] = "nee", [REPORT_CHANNEL] = "internal",
	[REPORT_AREA] = "FIN+PRIV", [REPORT_LANGUAGE] = "nl",
	[REPORT_ANONYMOUS] = "ja", [REPORT_RETENTION] = "RT4",
	[REPORT_NOTE] = "=1+1"
};

static int
setup(void **state)
{
	(void)state;
	return profile_builtin("nl", &nl) == OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	profile_free(nl);
	return 0;
}

static int
fresh(void **state)
{
	(void)state;
	return registry_new(nl, &r) == OK ? 0 : -1;
}

static int
drop(void **state)
{
	(void)state;
	registry_free(r);
	r = NULL;
	return 0;
}

struct change {
	int column;
	const char *text;
};

static enum err
add_changed(const struct change *c, size_t n, struct register_error *why)
{
	const char *cells[REPORT_COLUMNS];

	memcpy(cells, good, sizeof cells);
	for (size_t i = 0; i < n && c[i].text != NULL; i++) {
		cells[c[i].column] = c[i].text;
	}
	return registry_add(r, TABLE_REPORT, cells, why);
}

static void
accepted(void **state)
{
	static const struct change ok[][8] = {
		{ { REPORT_ID, "R-2" }, { REPORT_CLOSED, "" },
		    { REPORT_OUTCOME, "lopend" }, { REPORT_MEASURES, "" },
		    { REPORT_INVESTIGATION_STATUS, "lopend" } },
		{ { REPORT_ID, "R-3" }, { REPORT_ROUTE, "vertrouwenspersoon" },
		    { REPORT_ADVISER, "door" } },
		{ { REPORT_ID, "R-4" }, { REPORT_INVESTIGATION, "geen" },
		    { REPORT_INVESTIGATION_STATUS, "" } },
		{ { REPORT_ID, "R-5" }, { REPORT_KIND, "klacht" },
		    { REPORT_TYPE, "" } },
		{ { REPORT_ID, "R-6" }, { REPORT_CHANNEL, "external" },
		    { REPORT_EXTENSION_REASON, "omvang" } },
		{ { REPORT_ID, "R-7" }, { REPORT_CHANNEL, "external" },
		    { REPORT_ACK_WAIVER, "geweigerd" },
		    { REPORT_ACK_POSTED, "" } },
		{ { REPORT_ID, "R-8" }, { REPORT_MEASURES, "geen" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ok / sizeof *ok; i++) {
		struct register_error why = { 0 };
		enum err e = add_changed(ok[i], 8, &why);

		if (e != OK) {
			fail_msg("row %zu: %s: %s", i, why.column, why.en);
		}
	}
	assert_int_equal(registry_value(r, TABLE_REPORT, 0, REPORT_RECEIVED),
	    day_make(2023, 1, 16));
	assert_int_equal(registry_value(r, TABLE_REPORT, 0, REPORT_CLOSED),
	    DAY_NONE);
	assert_false(registry_external(r, 0));
	assert_true(registry_external(r, 4));
	assert_true(registry_counts(r, TABLE_REPORT, 1, REPORT_OUTCOME,
	    "upheld"));
	assert_false(registry_counts(r, TABLE_REPORT, 1, REPORT_NOTE,
	    "upheld"));
}

static void
refused(void **state)
{
	static const struct {
		struct change change[4];
		enum err e;
		const char *column;
	} bad[] = {
		{ { { REPORT_ID, "" } }, ERR_FORMAT, "id" },
		{ { { REPORT_RECEIVED, "" } }, ERR_FORMAT, "received" },
		{ { { REPORT_RECEIVED, "16-01-2023" } }, ERR_FORMAT,
		    "received" },
		{ { { REPORT_RECEIVED, "2023-02-30" } }, ERR_FORMAT,
		    "received" },
		{ { { REPORT_KIND, "" } }, ERR_FORMAT, "kind" },
		{ { { REPORT_KIND, "vraag" } }, ERR_UNKNOWN, "kind" },
		{ { { REPORT_TYPE, "" } }, ERR_CONFLICT, "type" },
		{ { { REPORT_TYPE, "fin" } }, ERR_UNKNOWN, "type" },
		{ { { REPORT_ADVISER, "via" } }, ERR_CONFLICT, "adviser" },
		{ { { REPORT_ROUTE, "vertrouwenspersoon" } }, ERR_CONFLICT,
		    "adviser" },
		{ { { REPORT_INVESTIGATION_STATUS, "" } }, ERR_CONFLICT,
		    "investigation_status" },
		{ { { REPORT_INVESTIGATION, "geen" } }, ERR_CONFLICT,
		    "investigation_status" },
		{ { { REPORT_MEASURES, "geen+mediation" } }, ERR_CONFLICT,
		    "measures" },
		{ { { REPORT_MEASURES, "mediation+mediation" } }, ERR_FORMAT,
		    "measures" },
		{ { { REPORT_MEASURES, "mediation " } }, ERR_UNKNOWN,
		    "measures" },
		{ { { REPORT_ACK_POSTED, "2023-01-15" } }, ERR_CONFLICT,
		    "ack_posted" },
		{ { { REPORT_FEEDBACK_POSTED, "2023-01-15" } }, ERR_CONFLICT,
		    "feedback_posted" },
		{ { { REPORT_ACK_WAIVER, "geweigerd" },
		    { REPORT_ACK_POSTED, "" } }, ERR_CONFLICT, "ack_waiver" },
		{ { { REPORT_ACK_WAIVER, "geweigerd" },
		    { REPORT_CHANNEL, "external" } }, ERR_CONFLICT,
		    "ack_waiver" },
		{ { { REPORT_EXTENSION_REASON, "druk" } }, ERR_CONFLICT,
		    "extension_reason" },
		{ { { REPORT_FEEDBACK_POSTED, "" } }, ERR_CONFLICT, "closed" },
		{ { { REPORT_FEEDBACK_POSTED, "2023-07-01" } }, ERR_CONFLICT,
		    "closed" },
		{ { { REPORT_CLOSED, "2023-06-30T10:00:00Z" } }, ERR_FORMAT,
		    "closed" },
		{ { { REPORT_CLOSED, "" } }, ERR_CONFLICT, "outcome" },
		{ { { REPORT_CLOSED, "" }, { REPORT_OUTCOME, "lopend" } },
		    ERR_CONFLICT, "measures" },
		{ { { REPORT_CLOSED, "" }, { REPORT_OUTCOME, "lopend" },
		    { REPORT_MEASURES, "" } }, ERR_CONFLICT,
		    "investigation_status" },
		{ { { REPORT_WBK, "misschien" } }, ERR_UNKNOWN, "wbk" },
		{ { { REPORT_AREA, "FIN+" } }, ERR_FORMAT, "area" },
		{ { { REPORT_LANGUAGE, "n" } }, ERR_FORMAT, "language" },
		{ { { REPORT_LANGUAGE, "n l" } }, ERR_FORMAT, "language" },
		{ { { REPORT_RETENTION, "RT9" } }, ERR_UNKNOWN, "retention" },
		{ { { REPORT_NOTE, "\xff" } }, ERR_FORMAT, "note" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct register_error why = { 0 };
		enum err e = add_changed(bad[i].change, 4, &why);

		if (e != bad[i].e || strcmp(why.column, bad[i].column) != 0) {
			fail_msg("row %zu: %d %s %s", i, e, why.column,
			    why.en);
		}
		assert_true(strlen(why.nl) > 5 && strlen(why.en) > 5);
	}
	assert_int_equal(registry_rows(r, TABLE_REPORT), 0);
}

static enum err
import(enum register_table t, const char *csv, struct register_error *why)
{
	return registry_import(r, t, csv, strlen(csv), why);
}

static void
other_tables(void **state)
{
	static const struct {
		enum register_table t;
		const char *csv;
		enum err e;
		size_t line;
	} rows[] = {
		{ TABLE_LEDGER, "year,key,count\n2022,reports.total,7\n", OK,
		    0 },
		{ TABLE_LEDGER, "year,key,count\n2022,reports.total,8\n",
		    ERR_CONFLICT, 2 },
		{ TABLE_LEDGER, "year,key,count\n2022,reports.totals,8\n",
		    ERR_UNKNOWN, 2 },
		{ TABLE_LEDGER, "year,key,count\n2022,reports.type.XXX,8\n",
		    ERR_UNKNOWN, 2 },
		{ TABLE_LEDGER, "year,key,count\n2022,reports.type.,8\n",
		    ERR_UNKNOWN, 2 },
		{ TABLE_LEDGER, "year,key,count\n2022,reports.feedback.waived,"
		    "0\n", ERR_UNKNOWN, 2 },
		{ TABLE_LEDGER, "year,key,count\n2021,advice.total,-1\n",
		    ERR_FORMAT, 2 },
		{ TABLE_LEDGER, "year,key,count\n2021,advice.total,01\n",
		    ERR_FORMAT, 2 },
		{ TABLE_LEDGER, "year,key,count\n2021,advice.total,1.0\n",
		    ERR_FORMAT, 2 },
		{ TABLE_LEDGER, "year,key,count\n2021,advice.total,"
		    "99999999999999999999\n", ERR_LIMIT, 2 },
		{ TABLE_LEDGER, "year,key,count\n1969,advice.total,1\n",
		    ERR_FORMAT, 2 },
		{ TABLE_LEDGER, "year,count,key\n", ERR_FORMAT, 1 },
		{ TABLE_LEDGER, "year,key\n", ERR_FORMAT, 1 },
		{ TABLE_LEDGER, "", ERR_FORMAT, 1 },
		{ TABLE_ADVISER_CASE, "id,year,relations,kinds,hours_talk,"
		    "hours_track,led_to_report\nV,2023,,,1,1,0\n", ERR_FORMAT,
		    2 },
		{ TABLE_ADVISER_CASE, "id,year,relations,kinds,hours_talk,"
		    "hours_track,led_to_report\nV,2023,,pesten,1,1,2\n",
		    ERR_FORMAT, 2 },
		{ TABLE_ADVISER_CASE, "id,year,relations,kinds,hours_talk,"
		    "hours_track,led_to_report\nV,2023,,pesten,1,,0\n",
		    ERR_FORMAT, 2 },
		{ TABLE_ADVISER_HOURS, "year,activity,hours\n"
		    "2023,onboarding,1\n2023,onboarding,2\n", OK, 0 },
		{ TABLE_CONTACT, "id,date,route,is_report\nC,2023-01-01,"
		    "telefoon,0\n", ERR_UNKNOWN, 2 },
		{ TABLE_TALK, "id,date,participants\nG,2023-01-01,griffier+"
		    "griffier\n", ERR_FORMAT, 2 },
		{ TABLE_ADVICE, "id,date,topic\nA,2023-01-01,\nA,2023-01-02,"
		    "\n", ERR_CONFLICT, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct register_error why = { 0 };
		enum err e = import(rows[i].t, rows[i].csv, &why);

		if (e != rows[i].e || why.line != rows[i].line) {
			fail_msg("row %zu: %d line %zu %s", i, e, why.line,
			    why.en);
		}
	}
	assert_int_equal(registry_rows(r, TABLE_LEDGER), 1);
	assert_int_equal(registry_rows(r, TABLE_ADVICE), 0);
	assert_int_equal(registry_rows(r, TABLE_ADVISER_HOURS), 2);
}

static void
all_rows_or_none(void **state)
{
	struct register_error why;
	int64_t n = 0;

	(void)state;
	assert_int_equal(import(TABLE_LEDGER, "year,key,count\n"
	    "2020,reports.total,17\n2021,reports.total,10\n2020,reports.total,"
	    "1\n", &why), ERR_CONFLICT);
	assert_int_equal(why.line, 4);
	assert_int_equal(registry_rows(r, TABLE_LEDGER), 0);
	assert_false(registry_ledger(r, 2020, "reports.total", &n));
	/* what was dropped may come again */
	assert_int_equal(import(TABLE_LEDGER, "year,key,count\n"
	    "2020,reports.total,17\n", &why), OK);
	assert_true(registry_ledger(r, 2020, "reports.total", &n));
	assert_int_equal(n, 17);
	assert_false(registry_ledger(r, 2019, "reports.total", &n));
	assert_false(registry_ledger(r, 2020, "advice.total", &n));
}

static void
thousands(void **state)
{
	char id[5000][16];
	struct register_error why;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		const char *cells[] = { id[i], "2023-01-01", "" };

		snprintf(id[i], sizeof id[i], "A%d", i);
		assert_int_equal(registry_add(r, TABLE_ADVICE, cells, &why),
		    OK);
		/* the same id in another table is another thing */
		assert_int_equal(registry_add(r, TABLE_TALK, cells, &why),
		    OK);
	}
	for (int i = 0; i < 5000; i++) {
		const char *cells[] = { id[i], "2024-01-01", "" };

		assert_int_equal(registry_add(r, TABLE_ADVICE, cells, &why),
		    ERR_CONFLICT);
		assert_string_equal(why.column, "id");
	}
	assert_int_equal(registry_rows(r, TABLE_ADVICE), 5000);
}

static void
export_comes_back(void **state)
{
	struct registry *other = NULL;
	struct register_error why;
	struct buf b = buf_new(1 << 16);

	(void)state;
	assert_int_equal(registry_add(r, TABLE_REPORT, good, &why), OK);
	registry_export(r, TABLE_REPORT, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"'=1+1\""));
	assert_int_equal(registry_new(nl, &other), OK);
	assert_int_equal(registry_import(other, TABLE_REPORT, b.p, b.len,
	    &why), OK);
	for (int c = 0; c < REPORT_COLUMNS; c++) {
		assert_string_equal(registry_cell(other, TABLE_REPORT, 0, c),
		    good[c]);
	}
	registry_free(other);
	buf_free(&b);
}

static void
public_export(void **state)
{
	static const struct change late[] = { { REPORT_ID, "R-9" },
		{ REPORT_RECEIVED, "2023-02-01" },
		{ REPORT_ACK_POSTED, "" }, { 0, NULL } };
	static const struct change other[] = { { REPORT_ID, "R-8" },
		{ REPORT_KIND, "klacht" }, { 0, NULL } };
	struct register_error why;
	struct buf b = buf_new(1 << 16);

	(void)state;
	assert_int_equal(registry_add(r, TABLE_REPORT, good, &why), OK);
	assert_int_equal(add_changed(late, 4, &why), OK);
	assert_int_equal(add_changed(other, 3, &why), OK);
	registry_export_public(r, day_make(2023, 1, 1), day_make(2023, 1, 31),
	    &b);
	assert_string_equal(buf_cstr(&b),
	    "type,year,outcome\r\nFIN,2023,gegrond\r\n");
	buf_free(&b);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fresh, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(accepted),
		CASE(refused),
		CASE(other_tables),
		CASE(all_rows_or_none),
		CASE(thousands),
		CASE(export_comes_back),
		CASE(public_export),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
