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

static enum err
draft(struct desk *d, size_t k, const struct act_answer *a)
{
	struct refusal why;
	enum err e = act_reply(d, k, a, &why);

	if (e != OK) {
		tell_refusal(&why);
	} else {
		tell_reply(d);
	}
	return e;
}

/* A letter to read, or its text to send; whole, or it is not sent */
static enum err
words_get(struct desk *d, size_t k, const char *letter, const char *file,
    const struct target *to, const char *receiver, bool show,
    struct buf *text)
{
	struct refusal why;
	enum err e = letter == NULL || file != NULL ? verb_text(file, text) :
	    letter_make(d, k, letter, NULL, to, receiver, text);

	if (e != OK) {
		if (letter != NULL && file == NULL) {
			say_error("the letter could not be made: %s",
			    err_text(e));
		}
		return e;
	}
	if (show) {
		terminal_text(stdout, (const char *)text->p, text->len, true);
		return OK;
	}
	e = letter_whole((const char *)text->p, text->len, &why);
	if (e != OK) {
		tell_refusal(&why);
	}
	return e;
}

/* A letter that is not there in the reporter's language is made, and mostly
 * changed by hand, in another: that is what the answer says */
static const char *
language_of(const struct desk *d, size_t k, const char *letter,
    const char *given)
{
	return given != NULL || letter == NULL ? given :
	    letter_language(letter, d->state->kase[k].language);
}

static void
letters_list(void)
{
	fprintf(stderr, "letters:\n");
	for (size_t i = 0; i < letters_count(); i++) {
		fprintf(stderr, "  %s\n", letter_name(i));
	}
}

/* ${word}: what `show` says of the draft, the first digits of its id */
static enum err
take_back(struct desk *d, size_t k, const char *word)
{
	struct refusal why;
	uint8_t id[16];
	size_t n = strlen(word) / 2;
	enum err e;

	if (n < 4 || n > sizeof id || hex_decode(word, id, n) != OK) {
		say_error("--take-back takes what `show` says of the draft");
		return ERR_USAGE;
	}
	e = act_reply_withdraw(d, k, id, n, &why);
	if (e != OK) {
		tell_refusal(&why);
	} else if (!d->json) {
		printf("Taken back: no bundle carries it.\n");
	}
	return e;
}

int
verb_reply(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *file = NULL, *word = NULL, *letter = NULL,
	    *receiver = NULL, *to = NULL, *back = NULL, *language = NULL;
	bool reasoned = false, options = false, forwarded = false,
	    show = false;
	struct option_rule rules[] = {
		{.name = "file", .value = &file},
		{.name = "kind", .value = &word},
		{.name = "reasoned", .flag = &reasoned},
		{.name = "options", .flag = &options},
		{.name = "forwarded", .flag = &forwarded},
		{.name = "letter", .value = &letter},
		{.name = "to", .value = &to},
		{.name = "receiver", .value = &receiver},
		{.name = "show", .flag = &show},
		{.name = "take-back", .value = &back},
		{.name = "language", .value = &language},
	};
	struct buf text = buf_new_secret(TEXT_MAX);
	struct letter l = {.mailbox = true, .kind = REPLY_MESSAGE};
	struct target where;
	bool whom;
	struct act_answer a;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 11, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (letter != NULL && letter_find(letter, &l) != OK) {
		say_error("there is no such letter");
		letters_list();
		return EXIT_USAGE;
	}
	if (word != NULL && (reply_kind_parse(word, &l.kind) != OK ||
	    l.kind == REPLY_ACKNOWLEDGEMENT)) {
		say_error("--kind is question, message, feedback or closing "
		    "(`acknowledge` is a verb of its own)");
		return EXIT_USAGE;
	}
	if (!l.mailbox && !show) {
		say_error("this letter does not go to the reporter; print it "
		    "with --show");
		return EXIT_USAGE;
	}
	e = verb_case(d, ref, "reply ID [--letter NAME] [--show] [--kind KIND] "
	    "[--file FILE] | --take-back DRAFT", &k);
	if (back != NULL) {
		e = e == OK ? take_back(d, k, back) : e;
		buf_free(&text);
		return exit_of(e);
	}
	forwarded = forwarded || l.forwarded;
	/* Other letters than of a forwarding may name it in any words */
	whom = to != NULL || (forwarded && !show) || (e == OK &&
	    receiver != NULL && desk_policy(d) == OK &&
	    forward_find(d->profile, receiver) >= 0);
	if (e == OK && whom) {
		e = verb_target(d, to, receiver, &where);
	}
	if (e == OK) {
		e = words_get(d, k, letter, file, whom ? &where : NULL,
		    receiver, show, &text);
	}
	if (e == OK && !show) {
		a = (struct act_answer){.kind = l.kind,
			.language = language_of(d, k, letter, language),
			.text = (const char *)text.p, .len = text.len,
			.reasoned = reasoned || l.reasoned,
			.options = options || l.options,
			.tells = forwarded ? &where : NULL};
		e = draft(d, k, &a);
	}
	buf_free(&text);
	return exit_of(e);
}

int
verb_acknowledge(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *file = NULL, *language = NULL;
	bool show = false;
	struct option_rule rules[] = {
		{.name = "show", .flag = &show},
		{.name = "file", .value = &file},
		{.name = "language", .value = &language},
	};
	struct buf text = buf_new_secret(TEXT_MAX);
	struct act_answer a;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 3, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	e = verb_case(d, ref, "acknowledge ID [--show] [--file FILE] "
	    "[--language L]", &k);
	if (e == OK) {
		e = words_get(d, k, "acknowledgement", file, NULL, NULL, show,
		    &text);
	}
	if (e == OK && !show) {
		a = (struct act_answer){.kind = REPLY_ACKNOWLEDGEMENT,
			.language = language_of(d, k, "acknowledgement",
			    language),
			.text = (const char *)text.p, .len = text.len};
		e = draft(d, k, &a);
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
