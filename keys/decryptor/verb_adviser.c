/* SPDX-License-Identifier: EUPL-1.2 */
/* `adviser`: the book of a confidential adviser, and its figures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adviserbook.h"
#include "files.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"

struct advising {
	const char *what, *file, *id, *year, *activity, *hours, *out,
	    *cell[ADVISER_CELLS];
	bool led, not_led;
	int y;
};

static void
codes_list(struct desk *d, const char *name)
{
	const struct vocabulary *v = taxonomy_find(d->profile, name);

	fprintf(stderr, "codes of %s:\n", name);
	for (size_t i = 0; v != NULL && i < vocabulary_count(v); i++) {
		fprintf(stderr, "  %-22s %s\n", vocabulary_code(v, i),
		    vocabulary_label(v, i, NULL, "en"));
	}
}

static enum err
case_put(struct desk *d, struct advising *w)
{
	char id[CODE_WORD] = "";
	struct refusal why;
	enum err e;

	if (w->id != NULL && strlen(w->id) >= sizeof id) {
		say_error("there is no such case");
		return ERR_USAGE;
	}
	snprintf(id, sizeof id, "%s", w->id == NULL ? "" : w->id);
	w->cell[ADVISER_CELL_LED] = w->led ? "1" : w->not_led ? "0" : NULL;
	e = adviser_case_put(d, id, w->y, w->cell, &why);
	if (e != OK) {
		tell_refusal(&why);
		codes_list(d, "relation");
		codes_list(d, "adviser_kind");
	} else if (d->json) {
		json_t *o = json_object();
		json_object_set_new(o, "case", json_string(id));
		print_json(o);
	} else {
		printf("Kept as %s.\n", id);
	}
	return e;
}

static enum err
hours_put(struct desk *d, const struct advising *w)
{
	struct refusal why;
	enum err e;

	if (w->activity == NULL || w->hours == NULL) {
		say_error("use: adviser hours --year Y --activity A --hours N");
		return ERR_USAGE;
	}
	e = adviser_hours_put(d, w->y, w->activity, w->hours, &why);
	if (e != OK) {
		tell_refusal(&why);
		codes_list(d, "activity");
	}
	return e;
}

static enum err
signal_put(struct desk *d, const struct advising *w)
{
	struct buf text = buf_new_secret(ADVISER_SIGNAL_MAX);
	struct refusal why;
	enum err e = verb_text(w->file, &text);

	if (e == OK && (e = act_row(d, "signal", w->y, "", text.p, text.len,
	    &why)) != OK) {
		tell_refusal(&why);
	}
	buf_free(&text);
	return e;
}

static enum err
note_out(struct desk *d, const struct advising *w)
{
	struct buf note = buf_new(2 * ADVISER_NOTE_MAX);
	struct refusal why;
	enum err e;

	if (w->out == NULL) {
		say_error("use: adviser export --year Y --out FILE");
		return ERR_USAGE;
	}
	if ((e = adviser_note(d, w->y, &note, &why)) != OK) {
		tell_refusal(&why);
	} else if ((e = verb_write(w->out, &note)) == OK && !d->json) {
		printf("Wrote %s: figures of %d and your signals, signed; no "
		    "case. The coordinator takes it in with `adviser take`.\n",
		    w->out, w->y);
	}
	buf_free(&note);
	return e;
}

static enum err
note_in(struct desk *d, const char *path)
{
	struct buf note = buf_new(2 * ADVISER_NOTE_MAX);
	char person[KEYSET_ID] = "";
	struct refusal why;
	int year = 0;
	enum err e = file_read_path(path, &note);

	if (e != OK) {
		say_error("the figures cannot be read: %s", err_text(e));
	} else if ((e = adviser_take(d, note.p, note.len, person, &year,
	    &why)) != OK) {
		tell_refusal(&why);
	} else if (!d->json) {
		printf("Took in the figures of %s for %d.\n", person, year);
	}
	buf_free(&note);
	return e;
}

/* One entry of the book: its own words, or a note that was taken in */
static enum err
entry_list(struct desk *d, const struct entry_row *row, json_t *list,
    unsigned *lost)
{
	struct buf text = buf_new_secret(ADVISER_NOTE_MAX);
	json_t *o = json_object(), *inner = NULL;
	char day[DAY_TEXT], id[ENTRY_ID];
	bool words = strcmp(row->what, "signal") == 0;
	enum err e = record_get(d->book, row->record, &text);

	if (e == OK && !words) {
		e = json_read(text.p, text.len, ADVISER_NOTE_MAX, &inner);
	}
	day_text(row->day, day);
	entry_id(row, id);
	json_object_set_new(o, "what", json_string(row->what));
	json_object_set_new(o, "name", json_string(row->name));
	json_object_set_new(o, "day", json_string(day));
	json_object_set_new(o, "row", json_string(id));
	if (e == OK && words) {
		json_object_set_new(o, "text", json_stringn(
		    (const char *)text.p, text.len));
	} else if (e == OK) {
		json_object_set_new(o, "content", inner);
		inner = NULL; /* transferred */
	}
	if (!d->json) {
		printf("%s  %s  %-13s %s\n  ", day, id, row->what,
		    row->name);
		terminal_text(stdout, e == OK ? (const char *)text.p :
		    "CANNOT BE READ", e == OK ? text.len : 14, true);
		printf("\n");
	}
	if (record_lost(e)) {
		++*lost;
		json_object_set_new(o, "unreadable", json_true());
		e = OK;
	}
	json_array_append_new(list, o);
	json_decref(inner);
	buf_free(&text);
	return e;
}

enum err
verb_rows(struct desk *d, int year, const char *const *whats, unsigned n)
{
	const struct state *s = d->state;
	json_t *list = json_array();
	unsigned lost = 0;
	enum err e = OK;

	for (unsigned t = 0; t < n; t++) {
		bool each = strcmp(whats[t], "adviser_case") != 0 &&
		    strcmp(whats[t], "adviser") != 0;
		for (size_t i = 0; i < s->entries && e == OK; i++) {
			const struct entry_row *row = &s->entry[i];
			if ((year == 0 || row->year == year) && strcmp(
			    row->what, whats[t]) == 0 && (each ||
			    adviser_newest(s, i))) {
				e = entry_list(d, row, list, &lost);
			}
		}
	}
	if (e != OK) {
		say_error("the rows cannot be read: %s", err_text(e));
	} else if (d->json) {
		print_json(json_incref(list));
	}
	if (e == OK && lost > 0) {
		say_error("%u row(s) cannot be read", lost);
		e = ERR_CRYPT;
	}
	json_decref(list);
	return e;
}

enum err
verb_row_undo(struct desk *d, const char *id)
{
	struct refusal why;
	enum err e = act_row_undo(d, id, &why);

	if (e != OK) {
		tell_refusal(&why);
	} else if (!d->json) {
		printf("Taken back.\n");
	}
	return e;
}

int
verb_adviser(struct desk *d, int argc, char **argv)
{
	struct advising w = {.what = NULL};
	const char *word[2] = {"", NULL};
	struct option_rule rules[] = {
		{.name = "case", .value = &w.id},
		{.name = "year", .value = &w.year},
		{.name = "relations", .value = &w.cell[ADVISER_CELL_RELATIONS]},
		{.name = "kinds", .value = &w.cell[ADVISER_CELL_KINDS]},
		{.name = "talk", .value = &w.cell[ADVISER_CELL_TALK]},
		{.name = "track", .value = &w.cell[ADVISER_CELL_TRACK]},
		{.name = "led-to-report", .flag = &w.led},
		{.name = "no-report", .flag = &w.not_led},
		{.name = "activity", .value = &w.activity},
		{.name = "hours", .value = &w.hours},
		{.name = "file", .value = &w.file},
		{.name = "out", .value = &w.out},
	};
	static const char *const whats[] = {"case", "hours", "signal", "list",
		"export", "take", "undo"}, *const book[] = {"adviser_case",
		"adviser_hours", "signal", "adviser"};
	unsigned v = 0;
	enum err e;

	if (!options_take(argc, argv, rules, sizeof rules / sizeof *rules,
	    word, 2, NULL)) {
		return EXIT_USAGE;
	}
	while (v < 7 && strcmp(whats[v], word[0]) != 0) {
		v++;
	}
	if (v == 7 || (w.led && w.not_led) || (word[1] != NULL) != (v >= 5) ||
	    (v < 5 && (w.year ==
	    NULL || strlen(w.year) != 4 || strspn(w.year, "0123456789") != 4 ||
	    (w.y = atoi(w.year)) < 1970 || w.y > 2199))) {
		say_error("use: adviser case|hours|signal|list|export --year Y "
		    "... | take FILE | undo ROW; see --help");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = desk_policy(d);
	}
	if (e == OK) {
		e = v == 0 ? case_put(d, &w) : v == 1 ? hours_put(d, &w) :
		    v == 2 ? signal_put(d, &w) :
		    v == 3 ? verb_rows(d, w.y, book, 4) :
		    v == 4 ? note_out(d, &w) : v == 5 ? note_in(d, word[1]) :
		    verb_row_undo(d, word[1]);
	}
	return exit_of(e);
}
