/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The organisation's extra questions on a form and in a report. A choice
 * travels as its number and is sealed as its words, so that the desk reads
 * what the reporter read. What was typed into a question that is not shown
 * any more is kept: nothing typed is dropped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pages.h"

/* "1".."12" of a choice, as an index; -1: none */
static int
chosen(const struct question *q, const struct fields *f)
{
	const char *s = f == NULL ? "" : fields_get(f, q->id);
	char *end;
	long n = strtol(s, &end, 10);

	return *s >= '1' && *s <= '9' && *end == '\0' && n >= 1 &&
	    n <= (long)q->options ? (int)n - 1 : -1;
}

void
words_view(struct view *v, const char *name, const char *name_lang,
    const struct words *w, unsigned lang)
{
	view_text(v, name, w == NULL ? NULL : w->in[lang]);
	view_text(v, name_lang, w == NULL ? NULL : w->of[lang]);
}

const char *
question_answer_language(const struct question *q, unsigned lang,
    const struct fields *f)
{
	int i = q->kind == QUESTION_CHOICE ? chosen(q, f) : -1;

	return i < 0 ? NULL : q->option[i].of[lang];
}

const char *
question_answer(const struct question *q, unsigned lang,
    const struct fields *f)
{
	const char *s = fields_get(f, q->id);
	int i;

	if (q->kind == QUESTION_CHOICE) {
		i = chosen(q, f);
		return i < 0 ? NULL : q->option[i].in[lang];
	}
	return s[strspn(s, " \t\n")] == '\0' ? NULL : s;
}

static void
show(struct question_views *all, unsigned i, unsigned lang,
    const struct fields *f, struct view *row)
{
	const struct organisation *o = organisation();
	const struct question *q = &o->question[i];
	const struct question *parent = q->parent < 0 ? NULL :
	    &o->question[q->parent];
	int at = chosen(q, f);
	unsigned k;

	view_init(row, NULL);
	view_text(row, "id", q->id);
	words_view(row, "ask", "ask_lang", &q->ask, lang);
	words_view(row, "help", "help_lang", &q->hint, lang);
	view_flag(row, "is_text", q->kind == QUESTION_TEXT);
	view_flag(row, "is_date", q->kind == QUESTION_DATE);
	view_flag(row, "is_choice", q->kind == QUESTION_CHOICE);
	view_text(row, "value", f == NULL ? "" : fields_get(f, q->id));
	words_view(row, "only", "only_lang", parent == NULL ? NULL :
	    &parent->option[q->parent_option], lang);
	view_text(row, "parent_n", parent == NULL ? NULL :
	    all->number[q->parent_option]);
	for (k = 0; k < q->options; k++) {
		struct view *v = &all->option[i][k];

		view_init(v, row);
		view_text(v, "n", all->number[k]);
		words_view(v, "option", "option_lang", &q->option[k], lang);
		view_flag(v, "checked", at == (int)k);
	}
	view_list(row, "options", all->option[i], q->options);
}

void
questions_show(struct question_views *all, unsigned lang, bool advice,
    const struct fields *f, struct view *v)
{
	const struct organisation *o = organisation();
	unsigned i, k, n = 0, child = 0, from;
	bool filled = false;

	for (i = 0; i < OPTIONS_MAX; i++) {
		snprintf(all->number[i], sizeof(all->number[i]), "%u", i + 1);
	}
	for (i = 0; i < o->questions; i++) {
		const struct question *q = &o->question[i];

		if (advice ? !q->advice : !q->report) {
			continue;
		}
		filled = filled || (f != NULL && fields_len(f, q->id) > 0);
		if (q->parent >= 0) {
			continue; /* stands under its parent */
		}
		show(all, i, lang, f, &all->row[n]);
		for (from = child, k = i + 1; k < o->questions; k++) {
			if (o->question[k].parent == (int)i && (advice ?
			    o->question[k].advice : o->question[k].report)) {
				show(all, k, lang, f, &all->child[child++]);
			}
		}
		view_list(&all->row[n++], "children", &all->child[from],
		    child - from);
	}
	view_list(v, "questions", all->row, n);
	view_flag(v, "has_questions", n > 0);
	view_flag(v, "asked_filled", filled);
}
