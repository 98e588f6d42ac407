/* SPDX-License-Identifier: EUPL-1.2 */
/* `acknowledge`, `reply`, `note`: words on a case. */
#include <stdio.h>
#include <string.h>

#include "acts.h"
#include "letters.h"
#include "terminal.h"
#include "verbs.h"

#define TEXT_MAX 65536u

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
	bool reasoned = false, options = false, forwarded = false;
	struct option_rule rules[] = {
		{.name = "file", .value = &file},
		{.name = "kind", .value = &word},
		{.name = "reasoned", .flag = &reasoned},
		{.name = "options", .flag = &options},
		{.name = "forwarded", .flag = &forwarded},
	};
	struct buf text = buf_new_secret(TEXT_MAX);
	enum reply_kind kind = REPLY_MESSAGE;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 5, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (word != NULL && (reply_kind_parse(word, &kind) != OK ||
	    kind == REPLY_ACKNOWLEDGEMENT)) {
		say_error("--kind is question, message, feedback or closing "
		    "(`acknowledge` is a verb of its own)");
		return EXIT_USAGE;
	}
	e = verb_case(d, ref, "reply ID [--kind KIND] [--file FILE]", &k);
	if (e == OK) {
		e = verb_text(file, &text);
	}
	if (e == OK) {
		struct act_answer a = {.kind = kind,
			.text = (const char *)text.p, .len = text.len,
			.reasoned = reasoned, .options = options,
			.forward_notice = forwarded};
		struct refusal why;
		if ((e = act_reply(d, k, &a, &why)) != OK) {
			tell_refusal(&why);
		}
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
	e = verb_case(d, ref, "acknowledge ID [--show]", &k);
	if (e == OK && (e = letter_acknowledge(d, &d->state->kase[k],
	    &text)) != OK) {
		say_error("the letter could not be made: %s", err_text(e));
	}
	if (e == OK && show) {
		terminal_text(stdout, (const char *)text.p, text.len, true);
	} else if (e == OK) {
		struct act_answer a = {.kind = REPLY_ACKNOWLEDGEMENT,
			.text = (const char *)text.p, .len = text.len};
		struct refusal why;
		if ((e = act_reply(d, k, &a, &why)) == OK) {
			tell_reply(d);
		} else {
			tell_refusal(&why);
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
	struct refusal why;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 1, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	e = verb_case(d, ref, "note ID [--file FILE]", &k);
	if (e == OK) {
		e = verb_text(file, &text);
	}
	if (e == OK && (e = act_note(d, k, (const char *)text.p, text.len,
	    &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		printf("Noted.\n");
	}
	buf_free(&text);
	return exit_of(e);
}
