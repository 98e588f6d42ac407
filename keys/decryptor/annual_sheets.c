/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Figures put into tables, in the order of the published report. A figure
 * whose sentence prints a word ("vier") stands in a table as digits; a blank
 * cell stays blank.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "annual_sheets.h"

static struct sheet *
sheet_begin(struct sheets *s, enum sheet_name name, const char *key,
    const char *caption, const char *head)
{
	struct sheet *t = &s->sheet[name];

	t->key = key;
	t->caption = caption;
	t->head = head;
	return t;
}

static void
one_column(struct sheet *t, const char *heading)
{
	t->columns = 1;
	snprintf(t->heading[0], SHEET_HEADING, "%s", heading);
}

static void
two_years(struct sheet *t, int year)
{
	t->columns = 2;
	snprintf(t->heading[0], SHEET_HEADING, "%d", year - 1);
	snprintf(t->heading[1], SHEET_HEADING, "%d", year);
}

static struct sheet_row *
row_next(struct sheet *t, const char *label)
{
	struct sheet_row *r = &t->row[t->rows++];

	r->label = label;
	return r;
}

/* A hidden figure leaves its value behind, so that no form can show it */
static void
cell_hidden(struct sheet_cell *c, const char *print)
{
	c->hidden = true;
	c->value = 0;
	memcpy(c->print, print, sizeof c->print);
}

static void
cell_in_digits(struct sheet_cell *c, const struct figure *g)
{
	if (g->hidden) {
		cell_hidden(c, g->print);
		return;
	}
	c->value = g->value;
	snprintf(c->print, sizeof c->print, "%" PRId64, g->value);
}

static void
cell_as_printed(struct sheet_cell *c, const struct figure *g)
{
	cell_in_digits(c, g);
	if (g->printed) {
		memcpy(c->print, g->print, sizeof c->print);
	}
}

static void
row_digits(struct sheet *t, const char *label, const struct figure *g)
{
	cell_in_digits(&row_next(t, label)->cell[0], g);
}

static void
sheet_violations(struct sheets *s)
{
	const struct annual *a = s->annual;
	struct sheet *t = sheet_begin(s, SHEET_VIOLATIONS, "schendingen",
	    "Schendingen", "Soort schending");
	struct sheet_row *r;

	one_column(t, "Aantal");
	for (size_t i = 0; i < a->violations; i++) {
		r = row_next(t, a->violation[i].label);
		cell_as_printed(&r->cell[0], &a->violation[i].figure);
	}
	r = row_next(t, a->total_label);
	r->total = true;
	cell_as_printed(&r->cell[0], &a->total);
}

static void
sheet_outcomes(struct sheets *s)
{
	const struct annual *a = s->annual;
	struct sheet *t = sheet_begin(s, SHEET_OUTCOMES, "uitkomsten",
	    "Herkomst, onderzoek en uitkomst", "Onderdeel");

	one_column(t, "Aantal");
	for (size_t i = 0; i < a->origins; i++) {
		row_digits(t, strcmp(a->origin[i].code, "intern") == 0 ?
		    "Interne meldingen" : strcmp(a->origin[i].code,
		    "extern") == 0 ? "Externe meldingen" :
		    a->origin[i].label, &a->origin[i].figure);
	}
	row_digits(t, "(Voor)onderzoek gestart", &a->started);
	row_digits(t, "Onderzoek afgerond", &a->completed);
	row_digits(t, "(Gedeeltelijk) gegrond", &a->upheld);
	row_digits(t, "Afgebroken", &a->aborted);
	row_digits(t, "Afgedaan met een gesprek", &a->talk);
	row_digits(t, "waarvan met beheersmaatregelen",
	    &a->talk_with_control_measure);
}

static void
sheet_years(struct sheets *s, enum sheet_name name, const char *key,
    const char *caption, const char *heading, const struct annual_years *y)
{
	struct sheet *t = sheet_begin(s, name, key, caption, "Jaar");

	one_column(t, heading);
	for (size_t i = 0; i < y->n; i++) {
		struct sheet_row *r = row_next(t, NULL);
		snprintf(r->year, sizeof r->year, "%d", y->row[i].year);
		r->label = r->year;
		cell_as_printed(&r->cell[0], &y->row[i].figure);
	}
}

static void
sheet_contacts(struct sheets *s)
{
	const struct annual *a = s->annual;
	struct sheet *t = sheet_begin(s, SHEET_CONTACTS, "berichten",
	    "Berichten en gesprekken", "Onderdeel");

	one_column(t, "Aantal");
	row_digits(t, "Berichten via website en postbus", &a->messages);
	row_digits(t, "waarvan vermoeden van een schending", &a->suspicions);
	row_digits(t, "Gesprekken met de raad", &a->talks);
	row_digits(t, "waarvan door de griffier alleen",
	    &a->talks_registrar_only);
	row_digits(t, "waarvan samen met de burgemeester",
	    &a->talks_with_mayor);
}

static void
sheet_pairs(struct sheets *s, enum sheet_name name, const char *key,
    const char *caption, const struct annual_pairs *p)
{
	struct sheet *t = sheet_begin(s, name, key, caption, "Onderdeel");

	two_years(t, s->annual->year);
	for (size_t i = 0; i < p->n; i++) {
		struct sheet_row *r = row_next(t, p->row[i].label);
		cell_as_printed(&r->cell[0], &p->row[i].year[0].figure);
		cell_as_printed(&r->cell[1], &p->row[i].year[1].figure);
	}
}

static void
sheet_adviser(struct sheets *s)
{
	const struct annual *a = s->annual;
	struct sheet *t = sheet_begin(s, SHEET_CASES, "casussen",
	    "Casussen van de vertrouwenspersonen", "Onderdeel");
	struct sheet_row *r;

	two_years(t, a->year);
	r = row_next(t, "Aantal casussen");
	cell_as_printed(&r->cell[0], &a->adviser_cases[0].figure);
	cell_as_printed(&r->cell[1], &a->adviser_cases[1].figure);
	t = sheet_begin(s, SHEET_OFFICIAL, "officieel",
	    "Officiële meldingen", "Onderdeel");
	two_years(t, a->year);
	r = row_next(t, "via de vertrouwenspersoon");
	cell_as_printed(&r->cell[0], &a->adviser_reports[0].via);
	cell_as_printed(&r->cell[1], &a->adviser_reports[1].via);
	r = row_next(t, "rechtstreeks door de vertrouwenspersoon");
	cell_as_printed(&r->cell[0], &a->adviser_reports[0].door);
	cell_as_printed(&r->cell[1], &a->adviser_reports[1].door);
}

static void
sheet_terms(struct sheets *s)
{
	const struct annual_timeliness *given[] = {&s->annual->ack,
		&s->annual->feedback_given};
	const char *const label[] = {"Ontvangstbevestiging",
		"Terugkoppeling"};
	struct sheet *t = sheet_begin(s, SHEET_TERMS, "termijnen",
	    "Wettelijke termijnen", "Termijn");

	t->columns = 2;
	strcpy(t->heading[0], "Op tijd");
	strcpy(t->heading[1], "Termijn loopt nog");
	for (unsigned i = 0; i < 2; i++) {
		struct sheet_row *r = row_next(t, label[i]);
		if (given[i]->hidden) {
			cell_hidden(&r->cell[0], given[i]->print);
		} else {
			r->cell[0].value = given[i]->count[CLOCK_ON_TIME];
			memcpy(r->cell[0].print, given[i]->print,
			    FIGURE_TEXT);
		}
		cell_in_digits(&r->cell[1], &given[i]->pending);
	}
}

struct sheets *
sheets_new(const struct annual *a, const char *organisation,
    const struct left_out *left_out)
{
	struct sheets *s = calloc(1, sizeof *s);

	if (s == NULL) {
		return NULL;
	}
	s->annual = a;
	s->organisation = organisation;
	s->left_out = *left_out;
	sheet_violations(s);
	sheet_outcomes(s);
	sheet_years(s, SHEET_YEARS, "jaren", "Aantal meldingen per jaar",
	    "Meldingen", &a->reports_per_year);
	sheet_years(s, SHEET_ADVICE, "advies", "Adviesvragen per jaar",
	    "Adviesvragen", &a->advice_per_year);
	sheet_contacts(s);
	sheet_adviser(s);
	sheet_pairs(s, SHEET_CONTACT_HOURS, "contacturen",
	    "Contacturen van de vertrouwenspersonen", &a->contact_hours);
	sheet_pairs(s, SHEET_ACTIVITY_HOURS, "activiteituren",
	    "Uren voor andere activiteiten", &a->activity_hours);
	sheet_pairs(s, SHEET_RELATIONS, "relatie", "Kwestie in relatie tot",
	    &a->relations);
	sheet_pairs(s, SHEET_KINDS, "kwestie", "Soort kwestie", &a->kinds);
	sheet_terms(s);
	return s;
}
