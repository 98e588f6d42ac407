/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `enter report|advice|message|talk`: what came by phone, letter or in a
 * talk. Directive 9(2): these ways stand beside the mailbox and count the
 * same; the clock runs from the day it came.
 */
#include <stdio.h>
#include <string.h>

#include "entry.h"
#include "meldluik/secret.h"
#include "meldluik/taxonomy.h"
#include "terminal.h"
#include "verbs.h"

#define TEXT_MAX ENTRY_TEXT_MAX

struct words {
	const char *what, *received, *file;
	struct entry entry;
};

static int
entry_check(struct desk *d, struct words *w)
{
	const struct vocabulary *v;

	if (w->what == NULL) {
		say_error("use: enter report|advice|message|talk ...");
		return EXIT_USAGE;
	}
	w->entry.kind = REPORT_REPORT;
	if (strcmp(w->what, "advice") == 0) {
		w->entry.kind = REPORT_ADVICE;
	} else if (strcmp(w->what, "message") == 0) {
		w->entry.kind = REPORT_FOLLOW_UP;
	} else if (strcmp(w->what, "talk") == 0) {
		w->entry.oral = true;
	} else if (strcmp(w->what, "report") != 0) {
		say_error("`enter` takes report, advice, message or talk");
		return EXIT_USAGE;
	}
	if ((w->entry.kind == REPORT_FOLLOW_UP) != (w->entry.ref != NULL)) {
		say_error("a message belongs to a case (--case ID); reports "
		    "and questions make a new one");
		return EXIT_USAGE;
	}
	w->entry.day = d->today;
	if (w->received != NULL && (day_parse(w->received, &w->entry.day) != OK ||
	    w->entry.day > d->today)) {
		say_error("--received takes a day such as 2026-11-24, not in "
		    "the future");
		return EXIT_USAGE;
	}
	if (desk_policy(d) != OK) {
		return EXIT_REFUSED;
	}
	v = taxonomy_find(d->profile, "route");
	if (w->entry.route == NULL) {
		w->entry.route = "";
	} else if (v == NULL || vocabulary_index(v, w->entry.route) < 0) {
		say_error("--route: no such code; it is one of:");
		for (size_t i = 0; v != NULL && i < vocabulary_count(v);
		    i++) {
			fprintf(stderr, "  %s\n", vocabulary_code(v, i));
		}
		return EXIT_USAGE;
	}
	if (w->entry.language == NULL) {
		w->entry.language = "nl";
	}
	if (strlen(w->entry.language) < 2 || strlen(w->entry.language) > 16) {
		say_error("--language takes a tag such as nl or en");
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

int
verb_enter(struct desk *d, int argc, char **argv)
{
	struct words w = {.what = NULL};
	struct option_rule rules[] = {
		{.name = "case", .value = &w.entry.ref},
		{.name = "received", .value = &w.received},
		{.name = "route", .value = &w.entry.route},
		{.name = "language", .value = &w.entry.language},
		{.name = "file", .value = &w.file},
	};
	struct buf text = buf_new_secret(TEXT_MAX);
	char ref[REF_TEXT];
	size_t k;
	enum err e;
	int rc;

	if (!options_take(argc, argv, rules, 5, &w.what, 1, NULL)) {
		return EXIT_USAGE;
	}
	if ((rc = entry_check(d, &w)) != EXIT_OK) {
		return rc;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK && w.entry.ref != NULL) {
		k = desk_case(d, w.entry.ref);
		e = k == NOT_FOUND ? ERR_UNKNOWN : OK;
		if (e == OK) {
			strcpy(ref, d->state->kase[k].ref);
		}
	} else if (e == OK) {
		ref_new(d->state, w.entry.day, ref);
	}
	if (e == OK && (e = text_get(w.file, &text)) != OK) {
		say_error("the text is empty, too long or not UTF-8");
	}
	if (e == OK && (e = entry_store(d, &w.entry, &text, ref)) != OK) {
		say_error("it could not be entered: %s", err_text(e));
	}
	if (e == OK && d->json) {
		json_t *o = json_object();
		json_object_set_new(o, "ref", json_string(ref));
		print_json(o);
	} else if (e == OK) {
		printf("Entered as %s.\n", ref);
	}
	buf_free(&text);
	return exit_of(e);
}
