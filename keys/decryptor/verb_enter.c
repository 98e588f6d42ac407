/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `enter report|advice|message|talk`: what came by phone, letter or in a
 * talk. Directive 9(2): these ways stand beside the mailbox and count the
 * same; the clock runs from the day it came.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "content.h"
#include "meldluik/secret.h"
#include "meldluik/taxonomy.h"
#include "terminal.h"
#include "verbs.h"

#define TEXT_MAX (REPORT_JSON_MAX - 1024u)

struct entry {
	const char *what, *ref, *received, *route, *language, *file;
	enum report_kind kind;
	bool oral;
	day_t day;
};

static int
entry_check(struct desk *d, struct entry *w)
{
	const struct vocabulary *v;

	if (w->what == NULL) {
		say_error("use: enter report|advice|message|talk ...");
		return EXIT_USAGE;
	}
	w->kind = REPORT_REPORT;
	if (strcmp(w->what, "advice") == 0) {
		w->kind = REPORT_ADVICE;
	} else if (strcmp(w->what, "message") == 0) {
		w->kind = REPORT_FOLLOW_UP;
	} else if (strcmp(w->what, "talk") == 0) {
		w->oral = true;
	} else if (strcmp(w->what, "report") != 0) {
		say_error("`enter` takes report, advice, message or talk");
		return EXIT_USAGE;
	}
	if ((w->kind == REPORT_FOLLOW_UP) != (w->ref != NULL)) {
		say_error("a message belongs to a case (--case ID); reports "
		    "and questions make a new one");
		return EXIT_USAGE;
	}
	w->day = d->today;
	if (w->received != NULL && (day_parse(w->received, &w->day) != OK ||
	    w->day > d->today)) {
		say_error("--received takes a day such as 2026-11-24, not in "
		    "the future");
		return EXIT_USAGE;
	}
	if (desk_policy(d) != OK) {
		return EXIT_REFUSED;
	}
	v = taxonomy_find(d->profile, "route");
	if (w->route == NULL) {
		w->route = "";
	} else if (v == NULL || vocabulary_index(v, w->route) < 0) {
		say_error("--route: no such code; it is one of:");
		for (size_t i = 0; v != NULL && i < vocabulary_count(v);
		    i++) {
			fprintf(stderr, "  %s\n", vocabulary_code(v, i));
		}
		return EXIT_USAGE;
	}
	if (w->language == NULL) {
		w->language = "nl";
	}
	if (strlen(w->language) < 2 || strlen(w->language) > 16) {
		say_error("--language takes a tag such as nl or en");
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

static enum err
entry_content(const struct desk *d, const struct entry *w,
    const struct buf *text, struct content **out)
{
	struct content *c = content_new();
	enum err e = c == NULL ? ERR_MEMORY : OK;

	if (e == OK && (c->report = report_new()) == NULL) {
		e = ERR_MEMORY;
	}
	if (e == OK) {
		c->report->kind = w->kind;
		memcpy(c->report->org, d->ring->org, ORG_LEN);
		c->report->desk = d->ring->desk;
		week_text(week_of(w->day), c->report->epoch);
		randombytes_buf(c->report->message_id, MESSAGE_ID_LEN);
		strcpy(c->report->language, w->language);
		strcpy(c->report->relation, "not_said");
		c->report->thread = THREAD_NONE;
		c->report->sealed_by = SEALED_CLI;
		e = report_answer_add(c->report, "what",
		    (const char *)text->p, text->len);
	}
	if (e == OK) {
		*out = c;
		c = NULL; /* transferred */
	}
	content_free(c);
	return e;
}

static enum err
entry_event(struct desk *d, const struct entry *w, const struct content *c,
    const uint8_t key[KEY_ID], const uint8_t record[RECORD_ID],
    const char *ref)
{
	json_t *o = event_new(d, "message");
	uint8_t none[HASH_LEN] = {0};

	json_object_set_new(o, "sha256", json_string(""));
	json_object_set_new(o, "case", json_string(ref));
	json_object_set_new(o, "kind", json_integer(w->kind));
	event_hex(o, "message_id", c->report->message_id, MESSAGE_ID_LEN);
	event_hex(o, "payload", none, HASH_LEN);
	json_object_set_new(o, "signer", json_string(""));
	json_object_set_new(o, "language", json_string(w->language));
	event_day(o, "received", w->day);
	event_hex(o, "record", record, RECORD_ID);
	event_hex(o, "key", key, KEY_ID);
	json_object_set_new(o, "attachments", json_integer(0));
	json_object_set_new(o, "route", json_string(w->route));
	json_object_set_new(o, "oral", json_boolean(w->oral));
	return desk_event(d, o);
}

static enum err
entry_store(struct desk *d, const struct entry *w, const struct buf *text,
    char ref[REF_TEXT])
{
	struct buf plain = buf_new_secret(CONTENT_MAX);
	uint8_t key[KEY_ID], record[RECORD_ID];
	struct content *c = NULL;
	enum err e = entry_content(d, w, text, &c);

	if (e == OK) {
		e = content_write(c, &plain);
	}
	if (e == OK) {
		e = casekey_take(d->book, key);
	}
	if (e == OK) {
		e = casebook_begin(d->book);
	}
	if (e == OK) {
		e = record_put(d->book, key, plain.p, plain.len, record);
	}
	if (e == OK) {
		e = entry_event(d, w, c, key, record, ref);
	}
	if (e == OK) {
		e = casebook_commit(d->book);
	} else {
		casebook_abort(d->book);
	}
	content_free(c);
	buf_free(&plain);
	return e;
}

int
verb_enter(struct desk *d, int argc, char **argv)
{
	struct entry w = {.what = NULL};
	struct option_rule rules[] = {
		{.name = "case", .value = &w.ref},
		{.name = "received", .value = &w.received},
		{.name = "route", .value = &w.route},
		{.name = "language", .value = &w.language},
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
	if (e == OK && w.ref != NULL) {
		k = desk_case(d, w.ref);
		e = k == NOT_FOUND ? ERR_UNKNOWN : OK;
		if (e == OK) {
			strcpy(ref, d->state->kase[k].ref);
		}
	} else if (e == OK) {
		ref_new(d->state, w.day, ref);
	}
	if (e == OK && (e = text_get(w.file, &text)) != OK) {
		say_error("the text is empty, too long or not UTF-8");
	}
	if (e == OK && (e = entry_store(d, &w, &text, ref)) != OK) {
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
