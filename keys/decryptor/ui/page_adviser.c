/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The book of a confidential adviser, one year at a time: cases without a
 * name, hours, signals, and the signed figures that leave it. Of the desk
 * whose register adds figures up: the file of an adviser is taken in here.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../adviserbook.h"
#include "../files.h"
#include "meldluik/json.h"
#include "ui.h"

#define YEARS 12

static const char *
text_of(struct visit *v, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : visit_keep(v, s, strlen(s));
}

/* "collega+externe" as "colleague, outside person" */
static const char *
labels(struct visit *v, const char *vocabulary, const char *cell)
{
	char *codes = visit_keep(v, cell, strlen(cell)), *rest = NULL;
	const char *all = "";

	for (char *c = strtok_r(codes, "+", &rest); c != NULL;
	    c = strtok_r(NULL, "+", &rest)) {
		all = visit_text(v, "%s%s%s", all, all[0] == 0 ? "" : ", ",
		    code_label(v, vocabulary, c));
	}
	return all;
}

static void
case_set(struct visit *v, struct view *row, const struct entry_row *e,
    const json_t *o)
{
	view_text(row, "name", e->name);
	view_text(row, "relations", labels(v, "relation", text_of(v, o,
	    "relations")));
	view_text(row, "kinds", labels(v, "adviser_kind", text_of(v, o,
	    "kinds")));
	view_text(row, "talk", text_of(v, o, "hours_talk"));
	view_text(row, "track", text_of(v, o, "hours_track"));
	view_flag(row, "led", strcmp(text_of(v, o, "led_to_report"), "1") ==
	    0);
}

static enum err
signal_set(struct visit *v, struct view *row, const struct entry_row *e)
{
	struct buf text = buf_new_secret(ADVISER_NOTE_MAX);
	enum err r = record_get(v->d->book, e->record, &text);

	view_text(row, "text", r != OK ? "" : visit_keep(v,
	    (const char *)text.p, text.len));
	buf_free(&text);
	return r;
}

/* The signals of a note that was taken in, one a row */
static size_t
signals_of(struct visit *v, const json_t *o, const char *person,
    struct view **out)
{
	const json_t *list = json_object_get(o, "signals");
	size_t n = json_array_size(list);

	*out = visit_rows(v, n);
	for (size_t i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));
		view_text(&(*out)[i], "text", s == NULL ? "" :
		    visit_keep(v, s, strlen(s)));
		view_text(&(*out)[i], "person", person);
	}
	return n;
}

/* Entries of ${what} in the year, as list ${what}; ${newest}: one a name */
static void
entries_set(struct visit *v, const char *what, int year, bool newest)
{
	const struct state *s = v->d->state;
	struct view *rows = visit_rows(v, s->entries + 1), *heard;
	size_t n = 0;

	for (size_t i = 0; i < s->entries; i++) {
		const struct entry_row *e = &s->entry[i];
		json_t *o = NULL;
		if (e->year != year || strcmp(e->what, what) != 0 ||
		    (newest && !adviser_newest(s, i))) {
			continue;
		}
		char id[ENTRY_ID];
		entry_id(e, id);
		view_text(&rows[n], "id", visit_text(v, "%s", id));
		view_text(&rows[n], "day", date_long(v, e->day));
		if (strcmp(what, "signal") == 0) {
			if (signal_set(v, &rows[n], e) == OK) {
				n++;
			} else {
				view_init(&rows[n], &v->view);
				v->unread++;
			}
			continue;
		}
		if (adviser_entry(v->d, e, &o) != OK) {
			v->unread++;
			continue;
		}
		if (strcmp(what, "adviser_case") == 0) {
			case_set(v, &rows[n], e, o);
		} else if (strcmp(what, "adviser_hours") == 0) {
			view_text(&rows[n], "activity", code_label(v,
			    "activity", e->name));
			view_text(&rows[n], "hours", text_of(v, o, "hours"));
		} else {
			size_t m = signals_of(v, o, e->name, &heard);
			view_text(&rows[n], "person", e->name);
			view_list(&rows[n], "heard", heard, m);
		}
		n++;
		json_decref(o);
	}
	view_list(&v->view, what, rows, n);
	view_flag(&v->view, visit_text(v, "has_%s", what), n > 0);
}

static void
years_set(struct visit *v, int year, int now)
{
	struct view *rows = visit_rows(v, YEARS);

	for (int i = 0; i < YEARS; i++) {
		view_text(&rows[i], "value", visit_text(v, "%d", now - i));
		view_flag(&rows[i], "chosen", now - i == year);
	}
	view_list(&v->view, "years", rows, YEARS);
}

static void
show(struct visit *v, int year, int now)
{
	view_text(&v->view, "year", visit_text(v, "%d", year));
	years_set(v, year, now);
	options_set(v, &v->view, "relation", "relation", "");
	options_set(v, &v->view, "kind", "adviser_kind", "");
	options_set(v, &v->view, "activity", "activity", "");
	entries_set(v, "adviser_case", year, true);
	entries_set(v, "adviser_hours", year, false);
	entries_set(v, "signal", year, false);
	entries_set(v, "adviser", year, true);
	view_text(&v->view, "some_unread", v->unread == 0 ? NULL :
	    say_n(v, TEXT_BOOK_DAMAGED, (long long)v->unread));
	places_set(v, &v->view);
	visit_page(v, PAGE_ADVISER, TEXT_TITLE_ADVISER, 4);
}

/* Ticked boxes "${prefix}_CODE" as a cell; NULL when there is none */
static const char *
ticked(struct visit *v, const char *prefix, const char *vocabulary)
{
	const struct vocabulary *w = taxonomy_find(v->d->profile, vocabulary);
	const char *cell = NULL;

	for (size_t i = 0; w != NULL && i < vocabulary_count(w); i++) {
		const char *code = vocabulary_code(w, i);
		if (field(v, visit_text(v, "%s_%s", prefix, code))[0] != 0) {
			cell = visit_text(v, "%s%s%s", cell == NULL ? "" :
			    cell, cell == NULL ? "" : "+", code);
		}
	}
	return cell;
}

static const char *
filled(const struct visit *v, const char *name)
{
	const char *s = field(v, name);

	return s[0] == 0 ? NULL : s;
}

static enum err
do_case(struct visit *v, int year, struct refusal *why)
{
	const char *cell[ADVISER_CELLS] = {
		[ADVISER_CELL_RELATIONS] = ticked(v, "r", "relation"),
		[ADVISER_CELL_KINDS] = ticked(v, "k", "adviser_kind"),
		[ADVISER_CELL_TALK] = filled(v, "talk"),
		[ADVISER_CELL_TRACK] = filled(v, "track"),
		[ADVISER_CELL_LED] = filled(v, "led"),
	};
	const char *which = field(v, "which");
	char id[CODE_WORD] = "";
	enum err e;

	if (strlen(which) >= sizeof id) {
		return refuse(why, ERR_UNKNOWN, "Zo'n zaak staat niet bij dat "
		    "jaar.", "There is no such case in that year.");
	}
	strcpy(id, which);
	if (id[0] == 0 && cell[ADVISER_CELL_KINDS] == NULL) {
		return refuse(why, ERR_USAGE, "Kies waar de zaak over gaat.",
		    "Choose what the case is about.");
	}
	e = adviser_case_put(v->d, id, year, cell, why);
	if (e == OK) {
		notice_good(v, TEXT_ADV_KEPT, id);
	}
	return e;
}

/* The button says which row */
static enum err
do_undo(struct visit *v, int year, struct refusal *why)
{
	enum err e = act_row_undo(v->d, field(v, "row"), why);

	(void)year;
	if (e == OK) {
		notice_good(v, TEXT_ADV_GONE, NULL);
	}
	return e;
}

static enum err
do_hours(struct visit *v, int year, struct refusal *why)
{
	enum err e = adviser_hours_put(v->d, year, field(v, "activity"),
	    field(v, "hours"), why);

	if (e == OK) {
		notice_good(v, TEXT_ADV_COUNTED, field(v, "hours"));
	}
	return e;
}

static enum err
do_signal(struct visit *v, int year, struct refusal *why)
{
	const char *text = field(v, "text");
	enum err e = strlen(text) > ADVISER_SIGNAL_MAX ? refuse(why,
	    ERR_LIMIT, "Dat signaal is te lang (meer dan 8.192 tekens).",
	    "That signal is too long (over 8,192 characters).") :
	    act_row(v->d, "signal", year, "", text, strlen(text), why);

	if (e == OK) {
		notice_good(v, TEXT_ADV_SIGNALLED, NULL);
	}
	return e;
}

static enum err
do_export(struct visit *v, int year, struct refusal *why)
{
	int dir = place_need(v, field(v, "place"), why);
	struct buf note = buf_new(2 * ADVISER_NOTE_MAX);
	const char *name = "";
	enum err e = dir < 0 ? why->e : adviser_note(v->d, year, &note, why);

	for (unsigned n = 1; e == OK && n < 100; n++) {
		name = visit_text(v, "vertrouwenspersoon-%s-%d-%u.txt",
		    v->d->ring->person, year, n);
		if (faccessat(dir, name, F_OK, 0) != 0) {
			break;
		}
	}
	if (e == OK && (e = file_create(dir, name, note.p, note.len)) != OK) {
		refuse(why, e, "De cijfers kunnen daar niet worden "
		    "geschreven.", "The figures cannot be written there.");
	}
	if (e == OK) {
		notice_good(v, TEXT_ADV_WRITTEN, name);
	}
	if (dir >= 0) {
		close(dir);
	}
	buf_free(&note);
	return e;
}

static enum err
do_take(struct visit *v, int year, struct refusal *why)
{
	struct buf note = buf_new(2 * ADVISER_NOTE_MAX);
	const char *path = field(v, "file");
	char person[KEYSET_ID] = "";
	int of = year;
	enum err e = path[0] != '/' ? ERR_USAGE : file_read_path(path, &note);

	if (e != OK) {
		e = refuse(why, e, "Dat bestand is niet te lezen. Kies een "
		    "bestand op de stick.", "That file cannot be read. Choose "
		    "a file on the stick.");
	} else {
		e = adviser_take(v->d, note.p, note.len, person, &of, why);
	}
	if (e == OK) {
		notice_good(v, TEXT_ADV_TAKEN, visit_text(v, "%s (%d)",
		    person, of));
	}
	buf_free(&note);
	return e;
}

void
page_adviser(struct visit *v)
{
	static const struct {
		const char *what;
		enum err (*run)(struct visit *v, int year,
		    struct refusal *why);
	} work[] = {
		{"case", do_case}, {"hours", do_hours}, {"signal", do_signal},
		{"export", do_export}, {"take", do_take}, {"undo", do_undo},
	};
	int now, month, day, year;
	struct refusal why;

	if (desk_policy(v->d) != OK) {
		visit_plain(v, 503, TEXT_NO_MEMORY);
		return;
	}
	day_split(v->d->today, &now, &month, &day);
	year = atoi(v->post ? field(v, "year") : v->query(v, "year"));
	if (year <= now - YEARS || year > now) {
		year = now;
	}
	if (!v->post) {
		show(v, year, now);
		return;
	}
	if (v->d->state->importing) {
		visit_plain(v, 409, TEXT_IMPORT_CUT);
		return;
	}
	for (size_t i = 0; i < sizeof work / sizeof *work; i++) {
		if (strcmp(field(v, "do"), work[i].what) == 0 &&
		    work[i].run(v, year, &why) != OK) {
			notice_refusal(v, &why);
		}
	}
	visit_go(v, "/adviser?year=%d", year);
}
