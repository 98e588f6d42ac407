/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Days, codes and people in the language of the page. Labels come from the
 * profile (policy/data), sentences from the PO files.
 */
#include <stdio.h>
#include <string.h>

#include "meldluik/routing.h"
#include "meldluik/taxonomy.h"
#include "ui.h"

const char *
language(const struct visit *v)
{
	return v->lang == 0 ? "nl" : "en";
}

const char *
say(const struct visit *v, enum text_id t)
{
	return page_texts[t][v->lang];
}

/* The text with "{n}" replaced */
const char *
say_word(struct visit *v, enum text_id t, const char *word)
{
	const char *s = say(v, t), *at = strstr(s, "{n}");

	return at == NULL ? s : visit_text(v, "%.*s%s%s", (int)(at - s), s,
	    word, at + 3);
}

const char *
say_n(struct visit *v, enum text_id t, long long n)
{
	return say_word(v, t, visit_text(v, "%lld", n));
}

const char *
date_iso(struct visit *v, day_t d)
{
	char *s;

	if (d == DAY_NONE || d == DAY_NEVER) {
		return "";
	}
	s = visit_new(v, DAY_TEXT);
	day_text(d, s);
	return s;
}

const char *
date_long(struct visit *v, day_t d)
{
	int year, month, day;

	if (d == DAY_NONE || d == DAY_NEVER) {
		return "";
	}
	day_split(d, &year, &month, &day);
	return visit_text(v, "%d %s %d", day, say(v,
	    (enum text_id)(TEXT_MONTH_01 + month - 1)), year);
}

const char *
date_short(struct visit *v, day_t d)
{
	int year, month, day, now, none;
	const char *s;

	if (d == DAY_NONE || d == DAY_NEVER) {
		return "";
	}
	day_split(v->d->today, &now, &none, &none);
	day_split(d, &year, &month, &day);
	s = visit_text(v, "%.2s %d %.3s", say(v,
	    (enum text_id)(TEXT_DAY_1 + day_weekday(d) - 1)), day,
	    strcmp(language(v), "nl") == 0 && month == 3 ? "mrt" :
	    say(v, (enum text_id)(TEXT_MONTH_01 + month - 1)));
	return year == now ? s : visit_text(v, "%s %d", s, year);
}

const char *
code_label(struct visit *v, const char *vocabulary, const char *code)
{
	const struct vocabulary *w = taxonomy_find(v->d->profile, vocabulary);
	int i = w == NULL || code[0] == 0 ? -1 : vocabulary_index(w, code);

	return i < 0 ? visit_text(v, "%s", code) :
	    vocabulary_label(w, (size_t)i, NULL, language(v));
}

const char *
state_label(struct visit *v, enum case_state s)
{
	return case_state_label(v->d->profile, s, language(v));
}

const char *
reply_label(struct visit *v, enum reply_kind k)
{
	static const enum text_id text[] = {
		[REPLY_ACKNOWLEDGEMENT] = TEXT_KIND_ACK,
		[REPLY_QUESTION] = TEXT_KIND_QUESTION,
		[REPLY_MESSAGE] = TEXT_KIND_MESSAGE,
		[REPLY_FEEDBACK] = TEXT_KIND_FEEDBACK,
		[REPLY_CLOSING] = TEXT_KIND_CLOSING,
	};

	return say(v, text[k]);
}

const char *
act_label(struct visit *v, enum act a)
{
	static const enum text_id text[ACT_COUNT] = {
		[ACT_NOT_ADMISSIBLE] = TEXT_ACT_NOT_ADMISSIBLE,
		[ACT_UNFOUNDED_UNINVESTIGATED] = TEXT_ACT_UNFOUNDED,
		[ACT_ABORT] = TEXT_ACT_ABORT,
		[ACT_FORWARD] = TEXT_ACT_FORWARD,
		[ACT_DISCLOSE_IDENTITY] = TEXT_ACT_IDENTITY,
		[ACT_RECUSE] = TEXT_ACT_RECUSE,
		[ACT_WBK_DOWNGRADE] = TEXT_ACT_DOWNGRADE,
		[ACT_DESTROY] = TEXT_ACT_DESTROY,
		[ACT_KEY_CEREMONY] = TEXT_ACT_CEREMONY,
		[ACT_YEAR_CLOSING] = TEXT_ACT_YEAR,
		[ACT_FEEDBACK_WITHOUT_ROUTE] = TEXT_ACT_NO_ROUTE,
	};

	return say(v, text[a]);
}

const char *
about_label(struct visit *v, const char *role)
{
	size_t n = routing_roles(v->d->profile);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(routing_role(v->d->profile, i).code, role) == 0) {
			return routing_label(v->d->profile, i, language(v));
		}
	}
	return role[0] == 0 ? say(v, TEXT_NOT_SAID) : role;
}

/* People stand in lists by function; the keyset's ids are functions */
const char *
person_label(struct visit *v, const char *id)
{
	return id[0] == 0 ? say(v, TEXT_NOBODY) : visit_text(v, "%s", id);
}

void
tag_set(struct visit *v, struct view *row, enum clock_colour c,
    const char *text)
{
	(void)v;
	view_flag(row, "is_red", c == CLOCK_RED);
	view_flag(row, "is_amber", c == CLOCK_AMBER);
	view_flag(row, "is_green", c == CLOCK_GREEN);
	view_flag(row, "is_done", c == CLOCK_DONE);
	view_flag(row, "is_plain", false);
	view_text(row, "tag", text);
}

void
tag_plain(struct view *row, const char *text)
{
	view_flag(row, "is_red", false);
	view_flag(row, "is_amber", false);
	view_flag(row, "is_green", false);
	view_flag(row, "is_done", false);
	view_flag(row, "is_plain", true);
	view_text(row, "tag", text);
}

const char *
due_words(struct visit *v, day_t due)
{
	long long n = (long long)due - v->d->today;

	return n < -1 ? say_n(v, TEXT_DAYS_LATE, -n) :
	    n == -1 ? say(v, TEXT_DAY_LATE) :
	    n == 0 ? say(v, TEXT_TODAY) :
	    n == 1 ? say(v, TEXT_TOMORROW) : say_n(v, TEXT_DAYS_LEFT, n);
}

/* Is ${code} one of those that ${cell} joins by '+'? */
static bool
among(const char *cell, const char *code)
{
	size_t len = strlen(code);

	while (*cell != 0) {
		size_t n = strcspn(cell, "+");
		if (n == len && strncmp(cell, code, n) == 0) {
			return true;
		}
		cell += cell[n] == 0 ? n : n + 1;
	}
	return false;
}

void
options_set(struct visit *v, struct view *to, const char *list,
    const char *vocabulary, const char *chosen)
{
	const struct vocabulary *w = taxonomy_find(v->d->profile, vocabulary);
	size_t n = w == NULL ? 0 : vocabulary_count(w);
	struct view *rows = visit_rows(v, n);

	for (size_t i = 0; i < n; i++) {
		const char *code = vocabulary_code(w, i);
		view_text(&rows[i], "value", code);
		view_text(&rows[i], "id", visit_text(v, "%s-%s", list, code));
		view_text(&rows[i], "label", vocabulary_label(w, i, NULL,
		    language(v)));
		view_text(&rows[i], "at", visit_text(v, "%zu", i));
		view_flag(&rows[i], "chosen", among(chosen, code));
	}
	view_list(to, list, rows, n);
}
