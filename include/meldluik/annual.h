/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The figures of the annual report: a pure fold of the register's rows, as
 * they were known on a day. A frozen ledger row wins over live rows, so that
 * the figures stay when cases are destroyed.
 *
 * Traps kept (policy/RULES.md): the year is that of receipt; advice questions
 * and messages are no reports; sums of relations and kinds may exceed the
 * cases; a blank cell is not a zero.
 */
#ifndef MELDLUIK_ANNUAL_H
#define MELDLUIK_ANNUAL_H

#include "meldluik/clocks.h"
#include "meldluik/register.h"
#include "meldluik/taxonomy.h"

#define ANNUAL_YEARS_MAX 230
#define FIGURE_TEXT 64

/* A number and what the report prints for it. */
struct figure {
	int64_t value;
	bool printed;            /* false: the report prints none */
	bool hidden;             /* ${print} stands for ${value}: print no
	                          * form of that, and no bar */
	char print[FIGURE_TEXT]; /* "" is a blank cell, "0" a printed zero */
};

struct annual_row {
	const char *code, *label; /* live as long as the profile */
	struct figure figure;
};
struct annual_year {
	int year;
	struct figure figure;
	int64_t late; /* reports, questions: rows beyond the frozen count */
};
/* A row over two years: the previous and the report year */
struct annual_pair {
	const char *code, *label;
	struct annual_year year[2];
};
struct annual_pairs {
	struct annual_pair row[VOCABULARY_MAX];
	size_t n;
};
struct annual_years {
	struct annual_year row[ANNUAL_YEARS_MAX];
	size_t n;
};
struct annual_timeliness {
	int64_t count[CLOCK_WAIVED + 1]; /* by enum clock_status */
	int64_t of;
	bool hidden;                     /* as of a figure */
	char print[FIGURE_TEXT];         /* "9 van de 10" */
	struct figure pending;
};
/* One case, from live rows only; id lives as long as the registry. */
struct annual_case {
	const char *id, *kind;
	day_t received, ack, feedback; /* DAY_NONE: not posted by as_of */
	struct clocks clocks;
	enum clock_status ack_status, feedback_status;
	bool open;
};

struct annual {
	int year;
	day_t as_of;
	int limit; /* smaller counts are hidden; 0: none */
	struct annual_row violation[VOCABULARY_MAX];
	size_t violations;
	const char *total_label;
	struct figure total;
	struct annual_row origin[VOCABULARY_MAX];
	size_t origins;
	struct figure started, completed;
	struct figure upheld, aborted, talk, talk_with_control_measure;
	struct annual_row outcome[VOCABULARY_MAX]; /* printed in digits */
	size_t outcomes;
	struct annual_years reports_per_year, advice_per_year;
	struct figure messages, suspicions;
	struct figure talks, talks_registrar_only, talks_with_mayor;
	struct annual_year adviser_cases[2];
	struct {
		int year;
		struct figure via, door;
	} adviser_reports[2];
	struct figure adviser_official, led_to_report;
	struct annual_pairs contact_hours, activity_hours, relations, kinds;
	struct annual_timeliness ack, feedback_given;
	struct annual_case *cases; /* by id */
	size_t case_count;
};

/*
 * annual_new(p, h, r, year, as_of, lang, out): rows dated after ${as_of} do
 * not count. ${as_of} before the year begins is ERR_USAGE. ${lang} chooses
 * labels and number words.
 */
enum err annual_new(const struct profile *p, const struct holidays *h,
    const struct registry *r, int year, day_t as_of, const char *lang,
    struct annual **out);
void annual_free(struct annual *a); /* accepts NULL */

/*
 * annual_suppress(a, limit): "<5" (limit 5, at least 3) in the place of every
 * count from 1 to limit - 1, and "*" in the place of others from which one
 * would follow. Values stay in ${a}, marked as hidden: for tables, not for
 * annual_json.
 */
void annual_suppress(struct annual *a, int limit);

/* The figures as JSON (tests/acceptance/SCHEMA.md, expected.json) */
enum err annual_json(const struct annual *a, struct buf *out);

/*
 * annual_freeze(p, h, r, year, as_of, out): the ledger rows of that year as
 * CSV lines "year,key,count" without header, for the closing of a year
 * (four eyes). They replace what live rows say from then on.
 */
enum err annual_freeze(const struct profile *p, const struct holidays *h,
    const struct registry *r, int year, day_t as_of, struct buf *out);

#endif
