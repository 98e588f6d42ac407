/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Folds the register into the figures of a year. Every figure has a ledger
 * key; `figure_of` takes the frozen count if there is one and the live count
 * otherwise, in one place, so that no figure can forget it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "annual_private.h"
#include "profile_private.h"

#define WORDS 21 /* 0 ... 20 are printed as words */

static const json_t *
texts(const struct profile *p, const char *lang)
{
	const json_t *all = json_object_get(p->root, "annual");
	const json_t *o = lang == NULL ? NULL : json_object_get(all, lang);

	return o != NULL ? o : json_object_get(all, "en");
}

enum err
annual_check(const struct profile *p)
{
	static const char *const langs[] = { "nl", "en" };
	const struct vocabulary *v = taxonomy_find(p, "adviser");

	for (size_t i = 0; i < 2; i++) {
		const json_t *o = json_object_get(
		    json_object_get(p->root, "annual"), langs[i]);
		const json_t *words = json_object_get(o, "words");

		if (!json_is_strings(words, WORDS) ||
		    json_array_size(words) != WORDS ||
		    !json_has_text(o, "total", 40) ||
		    !json_has_text(o, "of", 12)) {
			return ERR_FORMAT;
		}
	}
	/* Hours and adviser columns are named in code and in ledger keys. */
	if (vocabulary_index(v, "via") < 0 || vocabulary_index(v, "door") < 0 ||
	    vocabulary_count(taxonomy_find(p, "hours")) != 2) {
		return ERR_UNKNOWN;
	}
	return OK;
}

static int
year_of(day_t d)
{
	int year, month, day;

	day_split(d, &year, &month, &day);
	return year;
}

bool
fold_dated(const struct fold *f, int64_t d, int year)
{
	return d <= f->as_of && year_of((day_t)d) == year;
}

int64_t
fold_count(const struct fold *f, int year, const char *key, int64_t live)
{
	int64_t frozen;

	return registry_ledger(f->r, year, key, &frozen) ? frozen : live;
}

static struct figure
figure_of(const struct fold *f, int year, const char *key, int64_t live,
    enum style style)
{
	return figure_make(f, fold_count(f, year, key, live), style);
}

struct figure
figure_make(const struct fold *f, int64_t value, enum style style)
{
	struct figure g = { .value = value, .printed = style != UNPRINTED };

	if (style == WORD && value >= 0 && value < WORDS) {
		snprintf(g.print, sizeof g.print, "%s", json_string_value(
		    json_array_get(json_object_get(texts(f->p, f->lang),
		    "words"), (size_t)value)));
	} else if (style != UNPRINTED && !(style == BLANK_ZERO &&
	    value == 0)) {
		snprintf(g.print, sizeof g.print, "%lld", (long long)value);
	}
	return g;
}

static const char *
key_of(char *to, size_t room, const char *prefix, const char *code)
{
	snprintf(to, room, "%s%s", prefix, code);
	return to;
}

/* Live reports (kind counts as report) of a year that satisfy ${test} */
typedef bool (*report_test)(const struct fold *f, size_t row, int64_t arg);

static int64_t
count_reports(const struct fold *f, int year, report_test test, int64_t arg)
{
	int64_t n = 0;

	for (size_t i = 0; i < registry_rows(f->r, TABLE_REPORT); i++) {
		n += fold_dated(f, report_value(f, i, REPORT_RECEIVED),
		    year) && report_counts(f, i, REPORT_KIND, "report") &&
		    (test == NULL || test(f, i, arg)) ? 1 : 0;
	}
	return n;
}

static bool
has_type(const struct fold *f, size_t i, int64_t type)
{
	return report_value(f, i, REPORT_TYPE) == type;
}

static bool
has_origin(const struct fold *f, size_t i, int64_t origin)
{
	return report_value(f, i, REPORT_ORIGIN) == origin;
}

static bool
has_adviser(const struct fold *f, size_t i, int64_t adviser)
{
	return report_value(f, i, REPORT_ADVISER) == adviser;
}

static bool
is_started(const struct fold *f, size_t i, int64_t unused)
{
	(void)unused;
	return report_counts(f, i, REPORT_INVESTIGATION, "started");
}

static bool
is_completed(const struct fold *f, size_t i, int64_t unused)
{
	(void)unused;
	return !fold_open(f, i) && report_counts(f, i,
	    REPORT_INVESTIGATION_STATUS, "completed");
}

static bool
is_suspicion(const struct fold *f, size_t i, int64_t unused)
{
	(void)unused;
	return report_counts(f, i, REPORT_ROUTE, "suspicion");
}

/* An open case counts as running, whatever its row says by now. */
static bool
has_outcome(const struct fold *f, size_t i, int64_t outcome)
{
	const struct vocabulary *v = taxonomy_find(f->p, "outcome");

	if (fold_open(f, i)) {
		return vocabulary_counts_as(v, (size_t)outcome, "running");
	}
	return report_value(f, i, REPORT_OUTCOME) == outcome;
}

static bool
is_talk_with_control(const struct fold *f, size_t i, int64_t unused)
{
	const struct vocabulary *v = taxonomy_find(f->p, "measure");
	uint64_t mask = (uint64_t)report_value(f, i, REPORT_MEASURES);

	(void)unused;
	if (fold_open(f, i) || !report_counts(f, i, REPORT_OUTCOME, "talk")) {
		return false;
	}
	for (size_t k = 0; k < vocabulary_count(v); k++) {
		if ((mask >> k & 1) != 0 &&
		    vocabulary_counts_as(v, k, "control_measure")) {
			return true;
		}
	}
	return false;
}

static void
fold_reports(const struct fold *f, struct annual *a)
{
	const struct vocabulary *type = taxonomy_find(f->p, "type");
	const struct vocabulary *origin = taxonomy_find(f->p, "origin");
	char key[KEY_ROOM];
	int y = a->year;

	for (size_t i = 0; i < vocabulary_count(type); i++) {
		const char *code = vocabulary_code(type, i);
		struct figure g = figure_of(f, y, key_of(key, sizeof key,
		    "reports.type.", code), count_reports(f, y, has_type,
		    (int64_t)i), BLANK_ZERO);

		if (g.value == 0 &&
		    vocabulary_counts_as(type, i, "only_if_counted")) {
			continue;
		}
		a->violation[a->violations++] = (struct annual_row){ code,
		    vocabulary_label(type, i, NULL, f->lang), g };
	}
	a->total_label = json_text(texts(f->p, f->lang), "total", "");
	a->total = figure_of(f, y, "reports.total",
	    count_reports(f, y, NULL, 0), DIGITS);
	for (size_t i = 0; i < vocabulary_count(origin); i++) {
		const char *code = vocabulary_code(origin, i);

		a->origin[a->origins++] = (struct annual_row){ code,
		    vocabulary_label(origin, i, NULL, f->lang),
		    figure_of(f, y, key_of(key, sizeof key,
		    "reports.origin.", code), count_reports(f, y, has_origin,
		    (int64_t)i), DIGITS) };
	}
	a->started = figure_of(f, y, "reports.investigations.started",
	    count_reports(f, y, is_started, 0), WORD);
	a->completed = figure_of(f, y, "reports.investigations.completed",
	    count_reports(f, y, is_completed, 0), WORD);
	a->suspicions = figure_of(f, y, "contacts.suspicions",
	    count_reports(f, y, is_suspicion, 0), UNPRINTED);
}

static void
fold_outcomes(const struct fold *f, struct annual *a)
{
	const struct vocabulary *v = taxonomy_find(f->p, "outcome");
	int64_t upheld = 0, aborted = 0, talk = 0;
	char key[KEY_ROOM];

	for (size_t i = 0; i < vocabulary_count(v); i++) {
		const char *code = vocabulary_code(v, i);
		struct figure g = figure_of(f, a->year, key_of(key,
		    sizeof key, "reports.outcome.", code), count_reports(f,
		    a->year, has_outcome, (int64_t)i), DIGITS);

		upheld += vocabulary_counts_as(v, i, "upheld") ? g.value : 0;
		aborted += vocabulary_counts_as(v, i, "aborted") ? g.value :
		    0;
		talk += vocabulary_counts_as(v, i, "talk") ? g.value : 0;
		a->outcome[a->outcomes++] = (struct annual_row){ code,
		    vocabulary_label(v, i, NULL, f->lang), g };
	}
	a->upheld = figure_make(f, upheld, WORD);
	a->aborted = figure_make(f, aborted, WORD);
	a->talk = figure_make(f, talk, UNPRINTED);
	a->talk_with_control_measure = figure_of(f, a->year,
	    "reports.talk_with_control_measure", count_reports(f, a->year,
	    is_talk_with_control, 0), WORD);
}

/* Rows of a table with a date column in ${year} */
static int64_t
count_dated(const struct fold *f, enum register_table t, size_t column,
    int year)
{
	int64_t n = 0;

	for (size_t i = 0; i < registry_rows(f->r, t); i++) {
		n += fold_dated(f, registry_value(f->r, t, i, column), year);
	}
	return n;
}

/*
 * First year that the ledger has under ${key} or a live row falls in, at
 * most the report year
 */
static int
first_year(const struct fold *f, enum register_table t, size_t column,
    const char *key, int last)
{
	int first = last, y;

	if (registry_ledger_first(f->r, key, &y) && y < first) {
		first = y;
	}
	for (size_t i = 0; i < registry_rows(f->r, t); i++) {
		y = year_of((day_t)registry_value(f->r, t, i, column));
		if (y < first && (t != TABLE_REPORT ||
		    report_counts(f, i, REPORT_KIND, "report"))) {
			first = y;
		}
	}
	return first;
}

/* A count of a year, and what came after it was frozen */
static void
year_add(const struct fold *f, struct annual_years *to, int year,
    const char *key, int64_t live)
{
	int64_t count = fold_count(f, year, key, live);

	to->row[to->n++] = (struct annual_year){ .year = year,
		.figure = figure_make(f, count, DIGITS),
		.late = live > count ? live - count : 0 };
}

static void
fold_years(const struct fold *f, struct annual *a)
{
	int y = first_year(f, TABLE_REPORT, REPORT_RECEIVED, "reports.total",
	    a->year);

	for (; y <= a->year; y++) {
		year_add(f, &a->reports_per_year, y, "reports.total",
		    count_reports(f, y, NULL, 0));
	}
	y = first_year(f, TABLE_ADVICE, ADVICE_DATE, "advice.total", a->year);
	for (; y <= a->year; y++) {
		year_add(f, &a->advice_per_year, y, "advice.total",
		    count_dated(f, TABLE_ADVICE, ADVICE_DATE, y));
	}
}

static void
fold_talks(const struct fold *f, struct annual *a)
{
	const struct vocabulary *v = taxonomy_find(f->p, "participant");
	int64_t registrar_only = 0, mayor = 0;
	int y = a->year;

	for (size_t i = 0; i < registry_rows(f->r, TABLE_TALK); i++) {
		uint64_t mask = (uint64_t)registry_value(f->r, TABLE_TALK, i,
		    TALK_PARTICIPANTS);
		uint64_t with_mayor = 0, registrar = 0;

		if (!fold_dated(f, registry_value(f->r, TABLE_TALK, i,
		    TALK_DATE), y)) {
			continue;
		}
		for (size_t k = 0; k < vocabulary_count(v); k++) {
			uint64_t bit = (uint64_t)1 << k;

			with_mayor |= vocabulary_counts_as(v, k, "mayor") ?
			    mask & bit : 0;
			registrar |= vocabulary_counts_as(v, k, "registrar") ?
			    mask & bit : 0;
		}
		mayor += with_mayor != 0;
		registrar_only += mask != 0 && mask == registrar;
	}
	a->messages = figure_of(f, y, "contacts.messages",
	    count_dated(f, TABLE_CONTACT, CONTACT_DATE, y), DIGITS);
	a->talks = figure_of(f, y, "talks.total",
	    count_dated(f, TABLE_TALK, TALK_DATE, y), DIGITS);
	a->talks_registrar_only = figure_of(f, y, "talks.registrar_only",
	    registrar_only, UNPRINTED);
	a->talks_with_mayor = figure_of(f, y, "talks.with_mayor", mayor,
	    UNPRINTED);
}

/* Cases of the confidential advisers in ${year}: the sum of a column, or
 * (with ${bit} >= 0) how many have that bit in a multi column, or all */
static int64_t
sum_cases(const struct fold *f, int year, int column, int bit)
{
	int64_t n = 0;

	for (size_t i = 0; i < registry_rows(f->r, TABLE_ADVISER_CASE); i++) {
		int64_t v = column < 0 ? 1 : registry_value(f->r,
		    TABLE_ADVISER_CASE, i, (size_t)column);

		if (registry_value(f->r, TABLE_ADVISER_CASE, i,
		    ADVISER_YEAR) == year) {
			n += bit < 0 ? v : v >> bit & 1;
		}
	}
	return n;
}

static int64_t
sum_activity(const struct fold *f, int year, int64_t activity)
{
	int64_t n = 0;

	for (size_t i = 0; i < registry_rows(f->r, TABLE_ADVISER_HOURS); i++) {
		if (registry_value(f->r, TABLE_ADVISER_HOURS, i,
		    HOURS_YEAR) == year && registry_value(f->r,
		    TABLE_ADVISER_HOURS, i, HOURS_ACTIVITY) == activity) {
			n += registry_value(f->r, TABLE_ADVISER_HOURS, i,
			    HOURS_HOURS);
		}
	}
	return n;
}

enum pair_kind { PAIR_HOURS, PAIR_ACTIVITY, PAIR_RELATION, PAIR_KIND };

static int64_t
pair_count(const struct fold *f, enum pair_kind kind, int year, size_t i)
{
	switch (kind) {
	case PAIR_HOURS:
		return sum_cases(f, year, i == 0 ? ADVISER_HOURS_TALK :
		    ADVISER_HOURS_TRACK, -1);
	case PAIR_ACTIVITY:
		return sum_activity(f, year, (int64_t)i);
	case PAIR_RELATION:
		return sum_cases(f, year, ADVISER_RELATIONS, (int)i);
	default:
		return sum_cases(f, year, ADVISER_KINDS, (int)i);
	}
}

static void
fold_pairs(const struct fold *f, const struct annual *a, enum pair_kind kind,
    struct annual_pairs *out)
{
	static const struct {
		const char *vocabulary, *prefix;
	} of[] = {
		[PAIR_HOURS] = { "hours", "adviser." },
		[PAIR_ACTIVITY] = { "activity", "adviser.activity." },
		[PAIR_RELATION] = { "relation", "adviser.relation." },
		[PAIR_KIND] = { "adviser_kind", "adviser.kind." },
	};
	const struct vocabulary *v = taxonomy_find(f->p,
	    of[kind].vocabulary);

	for (size_t i = 0; i < vocabulary_count(v); i++) {
		struct annual_pair *pair = &out->row[out->n++];
		char key[KEY_ROOM];

		pair->code = vocabulary_code(v, i);
		pair->label = vocabulary_label(v, i, "annual", f->lang);
		key_of(key, sizeof key, of[kind].prefix, pair->code);
		for (int k = 0; k < 2; k++) {
			int y = a->year - 1 + k;

			pair->year[k] = (struct annual_year){
				.year = y,
				.figure = figure_of(f, y, key, pair_count(f,
				kind, y, i), DIGITS) };
		}
	}
}

static void
fold_adviser(const struct fold *f, struct annual *a)
{
	const struct vocabulary *v = taxonomy_find(f->p, "adviser");
	int via = vocabulary_index(v, "via");
	int door = vocabulary_index(v, "door");

	for (int k = 0; k < 2; k++) {
		int y = a->year - 1 + k;

		a->adviser_cases[k] = (struct annual_year){ .year = y,
		    .figure = figure_of(f, y, "adviser.cases",
		    sum_cases(f, y, -1, -1), DIGITS) };
		a->adviser_reports[k].year = y;
		a->adviser_reports[k].via = figure_of(f, y, "adviser.via",
		    count_reports(f, y, has_adviser, via), DIGITS);
		a->adviser_reports[k].door = figure_of(f, y, "adviser.door",
		    count_reports(f, y, has_adviser, door), DIGITS);
	}
	a->adviser_official = figure_make(f, a->adviser_reports[1].via.value +
	    a->adviser_reports[1].door.value, WORD);
	a->led_to_report = figure_of(f, a->year, "adviser.led_to_report",
	    sum_cases(f, a->year, ADVISER_LED_TO_REPORT, -1), UNPRINTED);
	fold_pairs(f, a, PAIR_HOURS, &a->contact_hours);
	fold_pairs(f, a, PAIR_ACTIVITY, &a->activity_hours);
	fold_pairs(f, a, PAIR_RELATION, &a->relations);
	fold_pairs(f, a, PAIR_KIND, &a->kinds);
}

enum err
annual_new(const struct profile *p, const struct holidays *h,
    const struct registry *r, int year, day_t as_of, const char *lang,
    struct annual **out)
{
	struct fold f = { p, h, r, as_of, lang };
	struct annual *a;
	enum err e;

	if (year < 1971 || year > 2199 || as_of < day_make(year, 1, 1) ||
	    as_of > DAY_MAX) {
		return ERR_USAGE;
	}
	a = calloc(1, sizeof *a);
	if (a == NULL) {
		return ERR_MEMORY;
	}
	a->year = year;
	a->as_of = as_of;
	fold_reports(&f, a);
	fold_outcomes(&f, a);
	fold_years(&f, a);
	fold_talks(&f, a);
	fold_adviser(&f, a);
	e = fold_cases(&f, a);
	if (e != OK) {
		annual_free(a);
		return e;
	}
	fold_timeliness(&f, a, json_text(texts(p, lang), "of", ""));
	*out = a;
	return OK;
}

void
annual_free(struct annual *a)
{
	if (a != NULL) {
		free(a->cases);
		free(a);
	}
}
