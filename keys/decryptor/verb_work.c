/* SPDX-License-Identifier: EUPL-1.2 */
/* `acknowledge`, `reply`, `note`, `classify`: work on a case. */
#include <stdio.h>
#include <string.h>

#include "meldluik/foureyes.h"
#include "meldluik/secret.h"
#include "meldluik/taxonomy.h"
#include "replies.h"
#include "terminal.h"
#include "verbs.h"

#define TEXT_MAX 65536u

static enum err
open_case(struct desk *d, const char *ref, const char *usage, size_t *k)
{
	enum err e;

	if (ref == NULL) {
		say_error("use: %s", usage);
		return ERR_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK && (*k = desk_case(d, ref)) == NOT_FOUND) {
		e = ERR_UNKNOWN;
	}
	return e;
}

static enum err
text_read(const char *file, struct buf *text)
{
	enum err e = text_get(file, text);

	if (e == ERR_FORMAT) {
		say_error("the text is empty or not UTF-8");
	} else if (e == ERR_LIMIT) {
		say_error("the text is too long");
	} else if (e != OK) {
		say_error("the text cannot be read: %s", err_text(e));
	}
	return e;
}

static void
tell_reply(const struct desk *d)
{
	const struct draft *a = &d->state->answer[d->state->answers - 1];

	if (d->json) {
		json_t *o = json_object();
		event_hex(o, "reply_id", a->reply_id, 16);
		json_object_set_new(o, "parts", json_integer(a->parts));
		print_json(o);
	} else {
		printf("Drafted for %s (%u of 8 pages). It counts only when "
		    "it is posted: export, carry the bundle, import.\n",
		    d->state->kase[a->kase].ref, a->parts);
	}
}

int
verb_reply(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *file = NULL, *word = NULL;
	struct option_rule rules[] = {
		{.name = "file", .value = &file},
		{.name = "kind", .value = &word},
	};
	struct buf text = buf_new_secret(TEXT_MAX);
	enum reply_kind kind = REPLY_MESSAGE;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 2, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (word != NULL && (reply_kind_parse(word, &kind) != OK ||
	    kind == REPLY_ACKNOWLEDGEMENT)) {
		say_error("--kind is question, message, feedback or closing "
		    "(`acknowledge` is a verb of its own)");
		return EXIT_USAGE;
	}
	e = open_case(d, ref, "reply ID [--kind KIND] [--file FILE]", &k);
	if (e == OK) {
		e = text_read(file, &text);
	}
	if (e == OK) {
		e = reply_draft(d, k, kind, (const char *)text.p, text.len);
	}
	if (e == OK) {
		tell_reply(d);
	}
	buf_free(&text);
	return exit_of(e);
}

int
verb_acknowledge(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL;
	bool show = false;
	struct option_rule rules[] = {{.name = "show", .flag = &show}};
	struct buf text = buf_new_secret(TEXT_MAX);
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 1, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	e = open_case(d, ref, "acknowledge ID [--show]", &k);
	if (e == OK && !show &&
	    d->state->kase[k].ack_drafted != DAY_NONE) {
		say_error("this case is acknowledged already; use `reply`");
		e = ERR_CONFLICT;
	}
	if (e == OK && (e = letter_acknowledge(d, &d->state->kase[k],
	    &text)) != OK) {
		say_error("the letter could not be made: %s", err_text(e));
	}
	if (e == OK && show) {
		terminal_text(stdout, (const char *)text.p, text.len, true);
	} else if (e == OK) {
		e = reply_draft(d, k, REPLY_ACKNOWLEDGEMENT,
		    (const char *)text.p, text.len);
		if (e == OK) {
			tell_reply(d);
		}
	}
	buf_free(&text);
	return exit_of(e);
}

int
verb_note(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *file = NULL;
	struct option_rule rules[] = {{.name = "file", .value = &file}};
	struct buf text = buf_new_secret(TEXT_MAX);
	uint8_t record[RECORD_ID];
	size_t k = 0;
	json_t *o;
	enum err e;

	if (!options_take(argc, argv, rules, 1, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	e = open_case(d, ref, "note ID [--file FILE]", &k);
	if (e == OK) {
		e = text_read(file, &text);
	}
	if (e == OK) {
		e = casebook_begin(d->book);
	}
	if (e == OK) {
		e = record_put(d->book, d->state->kase[k].key, text.p,
		    text.len, record);
		if (e == OK) {
			o = event_new(d, "note");
			json_object_set_new(o, "case",
			    json_string(d->state->kase[k].ref));
			event_hex(o, "record", record, RECORD_ID);
			e = desk_event(d, o);
		}
		if (e == OK) {
			e = casebook_commit(d->book);
		} else {
			casebook_abort(d->book);
		}
		if (e != OK) {
			say_error("the note could not be kept: %s",
			    err_text(e));
		}
	}
	if (e == OK && !d->json) {
		printf("Noted.\n");
	}
	buf_free(&text);
	return exit_of(e);
}

/* The new code, or the old one; "" when neither */
static enum err
code_pick(struct desk *d, const char *vocabulary, const char *wanted,
    const char *old, const char **out)
{
	const struct vocabulary *v = taxonomy_find(d->profile, vocabulary);

	*out = wanted == NULL ? old : wanted;
	if (wanted == NULL) {
		return OK;
	}
	if (v == NULL || vocabulary_index(v, wanted) < 0) {
		say_error("--%s: no such code; it is one of:", vocabulary);
		for (size_t i = 0; v != NULL && i < vocabulary_count(v);
		    i++) {
			fprintf(stderr, "  %-14s %s\n", vocabulary_code(v, i),
			    vocabulary_label(v, i, NULL, "en"));
		}
		return ERR_USAGE;
	}
	return OK;
}

/* From "yes" to another answer takes two people */
static enum err
downgrade_check(struct desk *d, const struct kase *k, const char *wbk)
{
	struct signer me = {.person = d->ring->person};
	struct rule why;
	enum err e = OK;

	if (strcmp(k->wbk, "ja") == 0 && strcmp(wbk, "ja") != 0) {
		e = foureyes_check(d->profile, ACT_WBK_DOWNGRADE, &me, 1,
		    &why);
		if (e != OK) {
			say_error("%s (%s)", why.en, why.article);
		}
	}
	return e;
}

int
verb_classify(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *kind = NULL, *type = NULL, *origin = NULL,
	    *wbk = NULL;
	struct option_rule rules[] = {
		{.name = "kind", .value = &kind},
		{.name = "type", .value = &type},
		{.name = "origin", .value = &origin},
		{.name = "wbk", .value = &wbk},
	};
	const struct kase *k;
	size_t i = 0;
	json_t *o;
	enum err e;

	if (!options_take(argc, argv, rules, 4, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (kind == NULL && type == NULL && origin == NULL && wbk == NULL) {
		say_error("use: classify ID [--kind K] [--type T] [--origin O] "
		    "[--wbk ja|nee|onbekend]");
		return EXIT_USAGE;
	}
	e = open_case(d, ref, "classify ID ...", &i);
	if (e == OK) {
		e = desk_policy(d);
	}
	if (e != OK) {
		return exit_of(e);
	}
	k = &d->state->kase[i];
	if ((e = code_pick(d, "kind", kind, k->report_kind, &kind)) != OK ||
	    (e = code_pick(d, "type", type, k->type, &type)) != OK ||
	    (e = code_pick(d, "origin", origin, k->origin, &origin)) != OK ||
	    (e = code_pick(d, "wbk", wbk, k->wbk, &wbk)) != OK ||
	    (e = downgrade_check(d, k, wbk)) != OK) {
		return exit_of(e);
	}
	o = event_new(d, "classify");
	json_object_set_new(o, "case", json_string(k->ref));
	json_object_set_new(o, "kind", json_string(kind));
	json_object_set_new(o, "type", json_string(type));
	json_object_set_new(o, "origin", json_string(origin));
	json_object_set_new(o, "wbk", json_string(wbk));
	e = desk_record(d, o);
	if (e == OK && !d->json) {
		printf("Classified %s: kind %s, type %s, origin %s, wbk %s\n",
		    k->ref, k->report_kind, k->type, k->origin, k->wbk);
	}
	return exit_of(e);
}
