/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Annual figures against a published annual report (tests/acceptance): every
 * figure, blank against zero, as known on another day, and after every case
 * was destroyed. Then each trap on its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "meldluik/annual.h"

static struct profile *nl;
static struct holidays *days;
static char text[1 << 17];

static int
setup(void **state)
{
	(void)state;
	return profile_builtin("nl", &nl) == OK &&
	    holidays_builtin(&days) == OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	profile_free(nl);
	holidays_free(days);
	return 0;
}

static size_t
read_all(const char *folder, const char *name)
{
	char path[512];
	size_t len;
	FILE *f;

	snprintf(path, sizeof path, "%s/acceptance/%s/%s", TESTS_DIR, folder,
	    name);
	f = fopen(path, "rb");
	assert_non_null(f);
	len = fread(text, 1, sizeof text, f);
	assert_true(len > 0 && len < sizeof text);
	fclose(f);
	return len;
}

static struct registry *
load(const char *folder)
{
	struct registry *r = NULL;

	assert_int_equal(registry_new(nl, &r), OK);
	for (int t = 0; t < TABLE_COUNT; t++) {
		struct register_error why = { 0 };
		size_t len = read_all(folder, register_file(t));
		enum err e = registry_import(r, t, text, len, &why);

		if (e != OK) {
			fail_msg("%s:%zu %s: %s", register_file(t), why.line,
			    why.column, why.en);
		}
	}
	return r;
}

static json_t *
figures(const struct registry *r, int year, const char *as_of)
{
	struct buf b = buf_new(1 << 20);
	struct annual *a = NULL;
	json_t *o;
	day_t d;

	assert_int_equal(day_parse(as_of, &d), OK);
	assert_int_equal(annual_new(nl, days, r, year, d, "nl", &a), OK);
	assert_int_equal(annual_json(a, &b), OK);
	o = json_loadb((const char *)b.p, b.len, JSON_REJECT_DUPLICATES,
	    NULL);
	assert_non_null(o);
	annual_free(a);
	buf_free(&b);
	return o;
}

static json_t *
expected(const char *folder, const char *name)
{
	size_t len = read_all(folder, name);
	json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(o);
	return o;
}

/* Names the first figure that differs. Order counts in rows and keys. */
static void
assert_same(const char *path, json_t *got, json_t *want)
{
	char below[1024];
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_object(want) && json_is_object(got)) {
		void *at = json_object_iter(got);

		json_object_foreach (want, key, value) {
			snprintf(below, sizeof below, "%.900s.%s", path, key);
			if (at == NULL ||
			    strcmp(json_object_iter_key(at), key) != 0) {
				fail_msg("%s missing or out of order", below);
			}
			assert_same(below, json_object_iter_value(at), value);
			at = json_object_iter_next(got, at);
		}
		if (at != NULL) {
			fail_msg("%s.%s too many", path,
			    json_object_iter_key(at));
		}
	} else if (json_is_array(want) && json_is_array(got)) {
		if (json_array_size(want) != json_array_size(got)) {
			fail_msg("%s has %zu rows, not %zu", path,
			    json_array_size(got), json_array_size(want));
		}
		json_array_foreach (want, i, value) {
			snprintf(below, sizeof below, "%.900s[%zu]", path, i);
			assert_same(below, json_array_get(got, i), value);
		}
	} else if (!json_equal(want, got)) {
		char *w = json_dumps(want, JSON_ENCODE_ANY);
		char *g = json_dumps(got, JSON_ENCODE_ANY);

		fail_msg("%s is %s, not %s", path, g, w);
	}
}

static void
compare(const char *folder, const char *name, const char *as_of)
{
	struct registry *r = load(folder);
	json_t *got = figures(r, 2023, as_of);
	json_t *want = expected(folder, name);

	assert_same("", got, want);
	json_decref(got);
	json_decref(want);
	registry_free(r);
}

static void
published_report(void **state)
{
	(void)state;
	compare("helmond-2023", "expected.json", "2024-03-01");
}

static void
as_of_an_earlier_day(void **state)
{
	(void)state;
	compare("helmond-2023", "expected-asof-2023-12-31.json",
	    "2023-12-31");
}

static void
after_destruction(void **state)
{
	(void)state;
	compare("helmond-2023-destroyed", "expected.json", "2024-03-01");
}

/* Freezing the year gives exactly the ledger that survives destruction. */
static void
freezing(void **state)
{
	struct registry *live = load("helmond-2023");
	struct registry *gone = load("helmond-2023-destroyed");
	struct buf b = buf_new(1 << 16);
	struct register_error why;
	json_t *got, *want;
	size_t before = registry_rows(live, TABLE_LEDGER);

	(void)state;
	buf_text(&b, "year,key,count\r\n");
	assert_int_equal(annual_freeze(nl, days, live, 2023,
	    day_make(2024, 3, 1), &b), OK);
	assert_int_equal(registry_import(live, TABLE_LEDGER, b.p, b.len,
	    &why), OK);
	assert_int_equal(registry_rows(live, TABLE_LEDGER),
	    registry_rows(gone, TABLE_LEDGER));
	assert_true(registry_rows(live, TABLE_LEDGER) > before + 50);
	for (size_t i = 0; i < registry_rows(gone, TABLE_LEDGER); i++) {
		for (size_t c = 0; c < 3; c++) {
			assert_string_equal(registry_cell(live, TABLE_LEDGER,
			    i, c), registry_cell(gone, TABLE_LEDGER, i, c));
		}
	}
	/* and the frozen year prints what the live one printed */
	got = figures(live, 2023, "2024-03-01");
	want = expected("helmond-2023", "expected.json");
	assert_same("", got, want);
	/* freezing twice is refused, all rows or none */
	assert_int_equal(registry_import(live, TABLE_LEDGER, b.p, b.len,
	    &why), ERR_CONFLICT);
	assert_int_equal(registry_rows(live, TABLE_LEDGER),
	    registry_rows(gone, TABLE_LEDGER));
	json_decref(got);
	json_decref(want);
	buf_free(&b);
	registry_free(live);
	registry_free(gone);
}

static void
round_trip(void **state)
{
	struct registry *a = load("helmond-2023"), *b = NULL;
	struct buf out = buf_new(1 << 20);
	json_t *x, *y;

	(void)state;
	assert_int_equal(registry_new(nl, &b), OK);
	for (int t = 0; t < TABLE_COUNT; t++) {
		struct register_error why;

		buf_clear(&out);
		registry_export(a, t, &out);
		assert_int_equal(registry_import(b, t, out.p, out.len, &why),
		    OK);
	}
	x = figures(a, 2023, "2024-03-01");
	y = figures(b, 2023, "2024-03-01");
	assert_true(json_equal(x, y));
	json_decref(x);
	json_decref(y);
	buf_free(&out);
	registry_free(a);
	registry_free(b);
}

static void
add_report(struct registry *r, const char *line)
{
	char csv[2048];
	size_t n = 0;
	struct register_error why = { 0 };

	for (int c = 0; c < REPORT_COLUMNS; c++) {
		n += (size_t)snprintf(csv + n, sizeof csv - n, "%s%s",
		    c == 0 ? "" : ",", register_column(TABLE_REPORT, c));
	}
	snprintf(csv + n, sizeof csv - n, "\n%s\n", line);
	if (registry_import(r, TABLE_REPORT, csv, strlen(csv), &why) != OK) {
		fail_msg("%s: %s", why.column, why.en);
	}
}

static void
year_of_receipt_in_local_time(void **state)
{
	struct annual *a = NULL;
	struct registry *r = NULL;

	(void)state;
	assert_int_equal(registry_new(nl, &r), OK);
	/* the last hour of 2023 in UTC is 2024 here */
	add_report(r, "R-1,2023-12-31T23:00:00Z,melding,FIN,intern,meldpunt,"
	    "geen,,,geen,,lopend,,,,,,,,,,,,,");
	add_report(r, "R-2,2023-12-31T22:59:59Z,melding,LEK,extern,portaal,"
	    ",,,geen,,lopend,,,,,,,,,,,,,");
	add_report(r, "R-3,2023-05-01,klacht,,intern,meldpunt,"
	    "geen,,,,,,,,,,,,,,,,,,");
	assert_int_equal(annual_new(nl, days, r, 2023, day_make(2023, 12, 31),
	    "nl", &a), OK);
	assert_int_equal(a->total.value, 1);
	/* LEK has a row only because it is not zero; the complaint has
	 * clocks and no figure */
	assert_int_equal(a->violations, 8);
	assert_string_equal(a->violation[2].code, "LEK");
	assert_string_equal(a->violation[0].figure.print, "");
	assert_int_equal(a->case_count, 2);
	assert_string_equal(a->cases[1].id, "R-3");
	assert_int_equal(a->ack.count[CLOCK_OVERDUE], 0);
	assert_int_equal(a->ack.count[CLOCK_PENDING], 1);
	assert_string_equal(a->ack.print, "0 van de 0");
	annual_free(a);
	a = NULL;
	assert_int_equal(annual_new(nl, days, r, 2024, day_make(2024, 12, 31),
	    "en", &a), OK);
	assert_int_equal(a->total.value, 1);
	assert_string_equal(a->started.print, "none");
	assert_string_equal(a->total_label, "Total");
	assert_string_equal(a->violation[0].label, "Financial breach");
	assert_string_equal(a->ack.print, "0 of 1");
	assert_int_equal(a->reports_per_year.n, 2);
	assert_int_equal(a->reports_per_year.row[0].year, 2023);
	annual_free(a);
	registry_free(r);
}

static void
ledger_wins_over_live_rows(void **state)
{
	static const char *const frozen[] = { "2023", "reports.total", "40" };
	struct registry *r = load("helmond-2023");
	struct register_error why;
	struct annual *a = NULL;

	(void)state;
	assert_int_equal(registry_add(r, TABLE_LEDGER, frozen, &why), OK);
	assert_int_equal(annual_new(nl, days, r, 2023, day_make(2024, 3, 1),
	    "nl", &a), OK);
	assert_int_equal(a->total.value, 40);
	assert_string_equal(a->total.print, "40");
	/* only that figure: others still come from the rows */
	assert_int_equal(a->violation[0].figure.value, 1);
	assert_int_equal(a->reports_per_year.row[
	    a->reports_per_year.n - 1].late, 0);
	annual_free(a);
	registry_free(r);
}

/* Rows that came after a year was frozen count nowhere, and are told */
static void
late_rows_are_told(void **state)
{
	static const char *const reports[] = { "2023", "reports.total", "7" };
	static const char *const advice[] = { "2023", "advice.total", "32" };
	struct registry *r = load("helmond-2023");
	struct register_error why;
	struct annual *a = NULL;

	(void)state;
	assert_int_equal(registry_add(r, TABLE_LEDGER, reports, &why), OK);
	assert_int_equal(registry_add(r, TABLE_LEDGER, advice, &why), OK);
	assert_int_equal(annual_new(nl, days, r, 2024, day_make(2024, 12, 31),
	    "nl", &a), OK);
	for (size_t i = 0; i < a->reports_per_year.n; i++) {
		assert_int_equal(a->reports_per_year.row[i].late,
		    a->reports_per_year.row[i].year == 2023 ? 3 : 0);
	}
	for (size_t i = 0; i < a->advice_per_year.n; i++) {
		assert_int_equal(a->advice_per_year.row[i].late, 0);
	}
	annual_free(a);
	registry_free(r);
}

static void
words_end_at_twenty(void **state)
{
	static const char *const twenty[] = { "2023",
		"reports.investigations.started", "20" };
	static const char *const more[] = { "2023",
		"reports.investigations.completed", "21" };
	struct registry *r = load("helmond-2023");
	struct register_error why;
	struct annual *a = NULL;

	(void)state;
	assert_int_equal(registry_add(r, TABLE_LEDGER, twenty, &why), OK);
	assert_int_equal(registry_add(r, TABLE_LEDGER, more, &why), OK);
	assert_int_equal(annual_new(nl, days, r, 2023, day_make(2024, 3, 1),
	    "nl", &a), OK);
	assert_string_equal(a->started.print, "twintig");
	assert_string_equal(a->completed.print, "21");
	annual_free(a);
	registry_free(r);
}

static void
small_cells(void **state)
{
	struct registry *r = load("helmond-2023");
	struct annual *a = NULL;

	(void)state;
	assert_int_equal(annual_new(nl, days, r, 2023, day_make(2024, 3, 1),
	    "nl", &a), OK);
	annual_suppress(a, 5);
	assert_string_equal(a->violation[0].figure.print, "<5");
	assert_int_equal(a->violation[0].figure.value, 1);
	assert_string_equal(a->violation[1].figure.print, "");
	assert_string_equal(a->total.print, "10");
	assert_string_equal(a->started.print, "<5");
	assert_string_equal(a->relations.row[2].year[0].figure.print, "0");
	assert_string_equal(a->relations.row[2].year[1].figure.print, "<5");
	annual_free(a);
	registry_free(r);
}

/* Figures of 2023 as "key=count" words, suppressed below 5 */
static struct annual *
suppressed(const char *words, struct registry **r)
{
	char key[64], count[16];
	struct register_error why;
	struct annual *a = NULL;
	int used = 0;

	assert_int_equal(registry_new(nl, r), OK);
	while (sscanf(words, " %63[^=]=%15s%n", key, count, &used) == 2) {
		const char *const cell[] = { "2023", key, count };

		assert_int_equal(registry_add(*r, TABLE_LEDGER, cell, &why),
		    OK);
		words += used;
	}
	assert_int_equal(annual_new(nl, days, *r, 2023, day_make(2024, 3, 1),
	    "nl", &a), OK);
	annual_suppress(a, 5);
	return a;
}

/* Where the figures stand */
enum { FIN, POS, OMG, ALL, YEAR, INTERN, EXTERN, ACK, RUNS, VIA, DOOR,
	OFFICIAL, TALKS, ALONE, MAYOR, TALK, UPHELD, PLACES };

static const char *
place(const struct annual *a, int i)
{
	const struct figure *const g[PLACES] = {
		[FIN] = &a->violation[0].figure,
		[POS] = &a->violation[1].figure,
		[OMG] = &a->violation[3].figure,
		[ALL] = &a->total,
		[YEAR] = &a->reports_per_year.row[
		    a->reports_per_year.n - 1].figure,
		[INTERN] = &a->origin[0].figure,
		[EXTERN] = &a->origin[1].figure,
		[RUNS] = &a->ack.pending,
		[VIA] = &a->adviser_reports[1].via,
		[DOOR] = &a->adviser_reports[1].door,
		[OFFICIAL] = &a->adviser_official,
		[TALKS] = &a->talks,
		[ALONE] = &a->talks_registrar_only,
		[MAYOR] = &a->talks_with_mayor,
		[TALK] = &a->talk,
		[UPHELD] = &a->upheld,
	};

	return i == ACK ? a->ack.print : g[i]->print;
}

static void
small_cells_stay_hidden(void **state)
{
	static const struct {
		const char *words;
		struct {
			int place;
			const char *print;
		} want[6];
	} rows[] = {
		/* one small row would follow from the total */
		{ "reports.total=16 reports.type.FIN=1 reports.type.POS=6 "
		    "reports.type.OMG=9", { { FIN, "<5" }, { POS, "*" },
		    { OMG, "9" }, { ALL, "16" } } },
		/* ... and here from the sum of the smallest that "*" can be */
		{ "reports.total=15 reports.type.FIN=1 reports.type.POS=5 "
		    "reports.type.OMG=9", { { FIN, "<5" }, { POS, "*" },
		    { OMG, "*" }, { ALL, "15" } } },
		/* two ones of two, two fours of eight */
		{ "reports.total=11 reports.type.FIN=1 reports.type.POS=1 "
		    "reports.type.OMG=9", { { OMG, "*" }, { ALL, "11" } } },
		{ "reports.total=17 reports.type.FIN=4 reports.type.POS=4 "
		    "reports.type.OMG=9", { { OMG, "*" }, { ALL, "17" } } },
		{ "reports.total=12 reports.type.FIN=1 reports.type.POS=2 "
		    "reports.type.OMG=9", { { FIN, "<5" }, { POS, "<5" },
		    { OMG, "9" }, { ALL, "12" } } },
		/* no row is left: the total, wherever it follows from */
		{ "reports.total=6 reports.type.FIN=1 reports.type.POS=5 "
		    "reports.origin.intern=6 reports.ack.on_time=6",
		    { { POS, "*" }, { ALL, "*" }, { YEAR, "*" },
		    { INTERN, "*" }, { EXTERN, "0" }, { ACK, "*" } } },
		{ "reports.total=6 reports.type.FIN=6 "
		    "reports.origin.intern=1 reports.origin.extern=5",
		    { { INTERN, "<5" }, { EXTERN, "*" }, { ALL, "*" },
		    { FIN, "*" } } },
		/* two outcomes of ten reports, eight of which were talks */
		{ "reports.total=10 reports.outcome.gegrond=1 "
		    "reports.outcome.afgebroken=1 reports.outcome.gesprek=8",
		    { { UPHELD, "<5" }, { TALK, "*" } } },
		{ "reports.total=11 reports.outcome.gegrond=1 "
		    "reports.outcome.afgebroken=1 reports.outcome.gesprek=8",
		    { { UPHELD, "<5" }, { TALK, "" } } },
		/* rows that do not add up tell nothing of each other */
		{ "reports.total=16 reports.origin.intern=2 "
		    "reports.origin.extern=9", { { INTERN, "<5" },
		    { EXTERN, "9" }, { ALL, "16" } } },
		/* who was late stands in "12 van de 13" too */
		{ "reports.total=13 reports.ack.on_time=12 "
		    "reports.ack.late=1", { { ACK, "*" }, { RUNS, "0" } } },
		{ "reports.total=13 reports.ack.on_time=1 "
		    "reports.ack.late=12", { { ACK, "*" }, { RUNS, "0" } } },
		{ "reports.total=13 reports.ack.on_time=10 "
		    "reports.ack.pending=3", { { ACK, "*" },
		    { RUNS, "<5" } } },
		{ "reports.total=13 reports.ack.overdue=2 "
		    "reports.ack.pending=11", { { ACK, "*" },
		    { RUNS, "*" } } },
		{ "reports.total=13 reports.ack.on_time=7 "
		    "reports.ack.late=6", { { ACK, "7 van de 13" } } },
		{ "adviser.via=3 adviser.door=6", { { VIA, "<5" },
		    { DOOR, "*" }, { OFFICIAL, "negen" } } },
		{ "talks.total=9 talks.registrar_only=2 talks.with_mayor=7",
		    { { TALKS, "9" }, { ALONE, "<5" }, { MAYOR, "*" } } },
		{ "talks.total=3 talks.with_mayor=3 "
		    "reports.outcome.gesprek=3", { { TALKS, "<5" },
		    { ALONE, "" }, { MAYOR, "<5" }, { TALK, "<5" } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct registry *r = NULL;
		struct annual *a = suppressed(rows[i].words, &r);

		for (size_t k = 0; k < 6 && rows[i].want[k].print != NULL;
		    k++) {
			if (strcmp(place(a, rows[i].want[k].place),
			    rows[i].want[k].print) != 0) {
				fail_msg("%s, %d: %s", rows[i].words,
				    rows[i].want[k].place,
				    place(a, rows[i].want[k].place));
			}
		}
		annual_free(a);
		registry_free(r);
	}
}

static void
usage(void **state)
{
	struct registry *r = NULL;
	struct annual *a = NULL;

	(void)state;
	assert_int_equal(registry_new(nl, &r), OK);
	assert_int_equal(annual_new(nl, days, r, 2023, day_make(2022, 12, 31),
	    "nl", &a), ERR_USAGE);
	assert_int_equal(annual_new(nl, days, r, 1900, day_make(2022, 12, 31),
	    "nl", &a), ERR_USAGE);
	/* an empty register has figures too */
	assert_int_equal(annual_new(nl, days, r, 2023, day_make(2023, 12, 31),
	    "nl", &a), OK);
	assert_int_equal(a->reports_per_year.n, 1);
	assert_string_equal(a->total.print, "0");
	annual_free(a);
	registry_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_report),
		cmocka_unit_test(as_of_an_earlier_day),
		cmocka_unit_test(after_destruction),
		cmocka_unit_test(freezing),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(year_of_receipt_in_local_time),
		cmocka_unit_test(ledger_wins_over_live_rows),
		cmocka_unit_test(late_rows_are_told),
		cmocka_unit_test(words_end_at_twenty),
		cmocka_unit_test(small_cells),
		cmocka_unit_test(small_cells_stay_hidden),
		cmocka_unit_test(usage),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
