/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `enter`: what came by phone, letter or in a talk; agreement to a record;
 * council talks and activities.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"

#define TEXT_MAX (REPORT_JSON_MAX - 1024u)

struct entering {
	const char *what, *ref, *received, *route, *language, *file, *state,
	    *participants, *kind, *audience, *sessions, *invited, *attended;
	bool mailbox;
	day_t day;
};

static void
routes_list(struct desk *d)
{
	const struct vocabulary *v = taxonomy_find(d->profile, "route");

	for (size_t i = 0; v != NULL && i < vocabulary_count(v); i++) {
		fprintf(stderr, "  %s\n", vocabulary_code(v, i));
	}
}

/* Shown once; nothing keeps it */
static void
tell_code(const char *code)
{
	printf("\n  Code for the caller (%s)\n\n      %s\n\n"
	    "  With this code the caller reads our answers and can add to "
	    "the report.\n  It is shown once and kept nowhere. Lost is "
	    "lost.\n\n", "lees voor en laat herhalen", code);
}

static int
enter_case(struct desk *d, struct entering *w)
{
	struct act_entry a = {.kind = REPORT_REPORT, .kase = NOT_FOUND,
		.day = w->day, .route = w->route == NULL ? "" : w->route,
		.language = w->language == NULL ? "nl" : w->language,
		.mailbox = w->mailbox};
	struct buf text = buf_new_secret(TEXT_MAX);
	char ref[REF_TEXT], *code = secret_new(CODE_TEXT);
	struct refusal why;
	enum err e = code == NULL ? ERR_MEMORY : OK;

	if (strcmp(w->what, "advice") == 0) {
		a.kind = REPORT_ADVICE;
	} else if (strcmp(w->what, "message") == 0) {
		a.kind = REPORT_FOLLOW_UP;
	}
	a.oral = strcmp(w->what, "talk") == 0;
	if ((a.kind == REPORT_FOLLOW_UP) != (w->ref != NULL)) {
		say_error("a message belongs to a case (--case ID); reports "
		    "and questions make a new one");
		secret_free(code);
		return EXIT_USAGE;
	}
	if (e == OK) {
		e = desk_open(d, DESK_CASEBOOK);
	}
	if (e == OK && w->ref != NULL) {
		e = verb_case(d, w->ref, "enter message --case ID", &a.kase);
	}
	if (e == OK) {
		e = verb_text(w->file, &text);
	}
	if (e == OK) {
		a.text = (const char *)text.p;
		a.len = text.len;
		if ((e = act_enter(d, &a, ref, code, &why)) != OK) {
			tell_refusal(&why);
		}
		if (e == ERR_UNKNOWN) {
			routes_list(d);
			e = ERR_USAGE;
		}
	}
	if (e == OK && d->json) {
		json_t *o = json_object();
		json_object_set_new(o, "ref", json_string(ref));
		if (code[0] != 0) {
			json_object_set_new(o, "code", json_string(code));
		}
		print_json(o);
	} else if (e == OK) {
		printf("Entered as %s.\n", ref);
		if (code[0] != 0) {
			tell_code(code);
		}
	}
	secret_free(code);
	buf_free(&text);
	return exit_of(e);
}

static int
enter_unmatched(struct desk *d)
{
	json_t *o = json_object(), *list = json_array();
	struct refusal why;
	unsigned n = 0;
	enum err e = desk_open(d, DESK_CASEBOOK);

	if (e == OK && (e = act_enter_unmatched(d, &n, &why)) != OK) {
		tell_refusal(&why);
	}
	for (size_t k = e == OK ? d->state->kases - n : SIZE_MAX; e == OK &&
	    k < d->state->kases; k++) {
		const char *ref = d->state->kase[k].ref;
		json_array_append_new(list, json_string(ref));
		if (!d->json) {
			printf("Entered as %s.\n", ref);
		}
	}
	json_object_set_new(o, "cases", list);
	if (e == OK && d->json) {
		print_json(o);
		o = NULL; /* transferred */
	}
	json_decref(o);
	return exit_of(e);
}

static int
enter_agreement(struct desk *d, const struct entering *w)
{
	struct buf text = buf_new_secret(TEXT_MAX);
	enum oral_state to = ORAL_NOT_OFFERED;
	struct refusal why;
	size_t k = 0;
	enum err e;

	for (int o = ORAL_OFFERED; w->state != NULL &&
	    o <= ORAL_NOT_CONFIRMED; o++) {
		if (strcmp(oral_state_word((enum oral_state)o), w->state) ==
		    0) {
			to = (enum oral_state)o;
		}
	}
	if (to == ORAL_NOT_OFFERED || w->ref == NULL) {
		say_error("use: enter agreement --case ID --state offered|"
		    "agreed|not_confirmed [--file FILE]");
		return EXIT_USAGE;
	}
	e = verb_case(d, w->ref, "enter agreement --case ID", &k);
	if (e == OK && (w->file != NULL || to == ORAL_OFFERED)) {
		e = verb_text(w->file, &text);
	}
	if (e == OK && (e = act_oral(d, k, to, text.len == 0 ? NULL :
	    (const char *)text.p, text.len, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		char hex[2 * HASH_LEN + 1];
		hex_encode(d->state->kase[k].oral_sha256, HASH_LEN, hex);
		printf("%s: %s. SHA-256 of the text:\n  %s\n",
		    d->state->kase[k].ref, oral_state_word(to), hex);
	}
	buf_free(&text);
	return exit_of(e);
}

static bool
number(json_t *o, const char *key, const char *word)
{
	if (word == NULL) {
		return true;
	}
	if (word[0] == 0 || strlen(word) > 6 ||
	    strspn(word, "0123456789") != strlen(word)) {
		say_error("--%s takes a number", key);
		return false;
	}
	json_object_set_new(o, key, json_integer(atoi(word)));
	return true;
}

static void
word(json_t *o, const char *key, const char *value)
{
	if (value != NULL) {
		json_object_set_new(o, key, json_string(value));
	}
}

static int
enter_row(struct desk *d, const struct entering *w)
{
	bool talk = strcmp(w->what, "council-talk") == 0;
	struct buf row = buf_new(65536), text = buf_new_secret(TEXT_MAX);
	json_t *o = json_object();
	int year, month, dom, rc = EXIT_OK;
	struct refusal why;
	uint64_t mask;
	enum err e;

	day_split(w->day, &year, &month, &dom);
	event_day(o, "date", w->day);
	if (desk_policy(d) != OK) {
		rc = EXIT_REFUSED;
	} else if (talk && (w->participants == NULL || vocabulary_multi(
	    taxonomy_find(d->profile, "participant"), w->participants,
	    &mask) != OK)) {
		say_error("--participants takes griffier, burgemeester or "
		    "griffier+burgemeester");
		rc = EXIT_USAGE;
	} else if (!talk && (w->kind == NULL || !number(o, "sessions",
	    w->sessions) || !number(o, "invited", w->invited) ||
	    !number(o, "attended", w->attended))) {
		say_error("use: enter activity --kind WORDS [--received DAY] "
		    "[--audience WORDS] [--sessions N] [--invited N] "
		    "[--attended N] [--file FILE]");
		rc = EXIT_USAGE;
	}
	if (rc != EXIT_OK) {
		json_decref(o);
		return rc;
	}
	word(o, "participants", w->participants);
	word(o, "kind", w->kind);
	word(o, "audience", w->audience);
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK && w->file != NULL) {
		e = verb_text(w->file, &text);
		word(o, "text", e == OK ? buf_cstr(&text) : NULL);
	}
	if (e == OK && (e = json_write(o, &row)) != OK) {
		say_error("that is no UTF-8, or too long");
	}
	if (e == OK && (e = act_row(d, talk ? "talk" : "activity", year, "",
	    row.p, row.len, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		printf("Entered.\n");
	}
	json_decref(o);
	buf_free(&row);
	buf_free(&text);
	return exit_of(e);
}

/* Activities and council talks as they stand, or one taken back */
static int
enter_rows(struct desk *d, const char *undo)
{
	static const char *const whats[] = {"activity", "talk"};
	enum err e = desk_open(d, DESK_CASEBOOK);

	if (e == OK) {
		e = undo != NULL ? verb_row_undo(d, undo) :
		    verb_rows(d, 0, whats, 2);
	}
	return exit_of(e);
}

int
verb_enter(struct desk *d, int argc, char **argv)
{
	struct entering w = {.what = NULL};
	struct option_rule rules[] = {
		{.name = "case", .value = &w.ref},
		{.name = "received", .value = &w.received},
		{.name = "route", .value = &w.route},
		{.name = "language", .value = &w.language},
		{.name = "file", .value = &w.file},
		{.name = "mailbox", .flag = &w.mailbox},
		{.name = "state", .value = &w.state},
		{.name = "participants", .value = &w.participants},
		{.name = "kind", .value = &w.kind},
		{.name = "audience", .value = &w.audience},
		{.name = "sessions", .value = &w.sessions},
		{.name = "invited", .value = &w.invited},
		{.name = "attended", .value = &w.attended},
	};

	const char *word[2] = {NULL, NULL};

	if (!options_take(argc, argv, rules, sizeof rules / sizeof *rules,
	    word, 2, NULL) || !verb_day(d, w.received, "received",
	    &w.day)) {
		return EXIT_USAGE;
	}
	w.what = word[0] == NULL ? "" : word[0];
	if ((strcmp(w.what, "list") == 0 && word[1] == NULL) ||
	    (strcmp(w.what, "undo") == 0 && word[1] != NULL)) {
		return enter_rows(d, word[1]);
	}
	if (word[1] != NULL) {
		w.what = "";
	}
	if (strcmp(w.what, "unmatched") == 0) {
		return enter_unmatched(d);
	}
	if (strcmp(w.what, "agreement") == 0) {
		return enter_agreement(d, &w);
	}
	if (strcmp(w.what, "activity") == 0 ||
	    strcmp(w.what, "council-talk") == 0) {
		return enter_row(d, &w);
	}
	if (strcmp(w.what, "report") != 0 && strcmp(w.what, "advice") != 0 &&
	    strcmp(w.what, "message") != 0 && strcmp(w.what, "talk") != 0) {
		say_error("`enter` takes report, advice, message, talk, "
		    "unmatched, agreement, activity, council-talk, list or "
		    "undo ROW");
		return EXIT_USAGE;
	}
	return enter_case(d, &w);
}
