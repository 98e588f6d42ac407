/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Annual figures as JSON. A key of it is contract
 * (tests/acceptance/SCHEMA.md).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "annual_private.h"

static void
figure_into(json_t *o, const struct figure *g)
{
	json_object_set_new(o, "value", json_integer(g->value));
	json_object_set_new(o, "print", g->printed ? json_string(g->print) :
	    json_null());
}

static json_t *
figure_json(const struct figure *g)
{
	json_t *o = json_object();

	figure_into(o, g);
	return o;
}

static json_t *
year_json(const struct annual_year *y)
{
	json_t *o = json_object();

	json_object_set_new(o, "year", json_integer(y->year));
	figure_into(o, &y->figure);
	return o;
}

static json_t *
rows_of(json_t *rows)
{
	return json_pack("{s:o}", "rows", rows);
}

static json_t *
years_json(const struct annual_year *row, size_t n)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++) {
		json_array_append_new(rows, year_json(&row[i]));
	}
	return rows_of(rows);
}

static json_t *
pairs_json(const struct annual_pairs *p)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < p->n; i++) {
		json_array_append_new(rows, json_pack("{s:s,s:s,s:[o,o]}",
		    "code", p->row[i].code, "label", p->row[i].label,
		    "values", year_json(&p->row[i].year[0]),
		    year_json(&p->row[i].year[1])));
	}
	return rows_of(rows);
}

static json_t *
violations_json(const struct annual *a)
{
	json_t *rows = json_array(), *total = json_object();

	for (size_t i = 0; i < a->violations; i++) {
		json_t *o = json_pack("{s:s,s:s}", "code",
		    a->violation[i].code, "label", a->violation[i].label);

		figure_into(o, &a->violation[i].figure);
		json_array_append_new(rows, o);
	}
	json_object_set_new(total, "label", json_string(a->total_label));
	figure_into(total, &a->total);
	return json_pack("{s:o,s:o}", "rows", rows, "total", total);
}

static json_t *
origin_json(const struct annual *a)
{
	json_t *o = json_object();

	json_object_set_new(o, "total", figure_json(&a->total));
	for (size_t i = 0; i < a->origins; i++) {
		json_object_set_new(o, a->origin[i].code,
		    figure_json(&a->origin[i].figure));
	}
	return o;
}

static json_t *
outcomes_json(const struct annual *a)
{
	json_t *codes = json_object();

	for (size_t i = 0; i < a->outcomes; i++) {
		json_object_set_new(codes, a->outcome[i].code,
		    json_integer(a->outcome[i].figure.value));
	}
	return json_pack("{s:o,s:o,s:o,s:o,s:o}", "upheld",
	    figure_json(&a->upheld), "aborted", figure_json(&a->aborted),
	    "talk", figure_json(&a->talk), "talk_with_control_measure",
	    figure_json(&a->talk_with_control_measure), "by_code", codes);
}

static json_t *
adviser_json(const struct annual *a)
{
	json_t *reports = json_array(), *o = json_object(), *r;

	for (int k = 0; k < 2; k++) {
		json_array_append_new(reports, json_pack("{s:i,s:o,s:o}",
		    "year", a->adviser_reports[k].year, "via",
		    figure_json(&a->adviser_reports[k].via), "door",
		    figure_json(&a->adviser_reports[k].door)));
	}
	r = rows_of(reports);
	json_object_set_new(r, "official",
	    figure_json(&a->adviser_official));
	json_object_set_new(o, "cases", years_json(a->adviser_cases, 2));
	json_object_set_new(o, "reports", r);
	json_object_set_new(o, "led_to_report",
	    figure_json(&a->led_to_report));
	json_object_set_new(o, "contact_hours",
	    pairs_json(&a->contact_hours));
	json_object_set_new(o, "activity_hours",
	    pairs_json(&a->activity_hours));
	json_object_set_new(o, "relations", pairs_json(&a->relations));
	json_object_set_new(o, "kinds", pairs_json(&a->kinds));
	return o;
}

static json_t *
timeliness_json(const struct annual_timeliness *t, int last)
{
	json_t *o = json_object();

	for (int s = 0; s <= last; s++) {
		json_object_set_new(o, clock_status_code(
		    (enum clock_status)s), json_integer(t->count[s]));
	}
	json_object_set_new(o, "of", json_integer(t->of));
	json_object_set_new(o, "print", json_string(t->print));
	return o;
}

static json_t *
day_json(day_t d)
{
	char text[DAY_TEXT];

	if (d == DAY_NONE) {
		return json_null();
	}
	day_text(d, text);
	return json_string(text);
}

static json_t *
case_json(const struct annual_case *c)
{
	return json_pack("{s:s,s:s,s:o,s:o,s:o,s:s,s:o,s:o,s:o,s:s,s:b}",
	    "id", c->id, "kind", c->kind,
	    "received_local", day_json(c->received),
	    "ack_due", day_json(c->clocks.ack_due),
	    "ack_posted_local", day_json(c->ack),
	    "ack_status", clock_status_code(c->ack_status),
	    "feedback_due", day_json(c->clocks.feedback_due),
	    "feedback_literal", day_json(c->clocks.feedback_literal),
	    "feedback_posted_local", day_json(c->feedback),
	    "feedback_status", clock_status_code(c->feedback_status),
	    "open", c->open);
}

static json_t *
annual_object(const struct annual *a)
{
	json_t *o = json_object(), *cases = json_array();

	json_object_set_new(o, "report_year", json_integer(a->year));
	json_object_set_new(o, "as_of", day_json(a->as_of));
	json_object_set_new(o, "violations", violations_json(a));
	json_object_set_new(o, "origin", origin_json(a));
	json_object_set_new(o, "investigations", json_pack("{s:o,s:o}",
	    "started", figure_json(&a->started), "completed",
	    figure_json(&a->completed)));
	json_object_set_new(o, "outcomes", outcomes_json(a));
	json_object_set_new(o, "reports_per_year", years_json(
	    a->reports_per_year.row, a->reports_per_year.n));
	json_object_set_new(o, "advice_per_year", years_json(
	    a->advice_per_year.row, a->advice_per_year.n));
	json_object_set_new(o, "contacts", json_pack("{s:o,s:o}", "messages",
	    figure_json(&a->messages), "suspicions",
	    figure_json(&a->suspicions)));
	json_object_set_new(o, "council_talks", json_pack("{s:o,s:o,s:o}",
	    "total", figure_json(&a->talks), "registrar_only",
	    figure_json(&a->talks_registrar_only), "with_mayor",
	    figure_json(&a->talks_with_mayor)));
	json_object_set_new(o, "adviser", adviser_json(a));
	json_object_set_new(o, "timeliness", json_pack("{s:o,s:o}", "ack",
	    timeliness_json(&a->ack, CLOCK_WAIVED), "feedback",
	    timeliness_json(&a->feedback_given, CLOCK_PENDING)));
	for (size_t i = 0; i < a->case_count; i++) {
		json_array_append_new(cases, case_json(&a->cases[i]));
	}
	json_object_set_new(o, "cases", cases);
	return o;
}

enum err
annual_json(const struct annual *a, struct buf *out)
{
	json_t *o = annual_object(a);
	char *text = json_dumps(o, JSON_INDENT(1));

	json_decref(o);
	if (text == NULL) {
		return ERR_MEMORY;
	}
	buf_text(out, text);
	buf_text(out, "\n");
	free(text);
	return out->failed ? ERR_LIMIT : OK;
}
