/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `forward` and `redact`: plan, look, have it signed, send. A plan is a file
 * that can be edited; `redact` edits it too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dossier.h"
#include "files.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"

struct forwarding_words {
	const char *ref, *to, *receiver, *make, *plan, *show, *out,
	    *recipient, *passfile, *consent, *duty;
	bool print, withdrawn;
};

static enum err
plan_read(const char *path, struct buf *out)
{
	enum err e = file_read_path(path, out);

	if (e != OK) {
		say_error("the plan cannot be read: %s", err_text(e));
	}
	return e;
}

static enum err
plan_new(struct desk *d, size_t k, const struct forwarding_words *w)
{
	struct buf plan = buf_new(PLAN_MAX);
	struct target t;
	struct refusal why;
	enum err e = verb_target(d, w->to, w->receiver, &t);

	if (e != OK) {
		return e;
	}
	e = act_forward_plan(d, k, t.to, t.receiver, &plan, &why);
	if (e != OK) {
		tell_refusal(&why);
	} else {
		e = verb_write(w->make, &plan);
	}
	if (e == OK && !d->json) {
		printf("Wrote %s. Choose what it carries (`redact` leaves "
		    "words out), set reviewed to true, then look at it with "
		    "--show.\n", w->make);
	}
	buf_free(&plan);
	return e;
}

static enum err
plan_show(struct desk *d, size_t k, const struct forwarding_words *w)
{
	struct buf plan = buf_new(PLAN_MAX), page = buf_new_secret(8u << 20);
	uint8_t sha256[HASH_LEN];
	char hex[2 * HASH_LEN + 1];
	struct refusal why;
	enum err e = plan_read(w->plan, &plan);

	if (e == OK && (e = act_forward_show(d, k, plan.p, plan.len, &page,
	    sha256, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK) {
		e = verb_write(w->show, &page);
	}
	if (e == OK) {
		hex_encode(sha256, HASH_LEN, hex);
		if (d->json) {
			json_t *o = json_object();
			json_object_set_new(o, "plan", json_string(hex));
			print_json(o);
		} else {
			printf("Wrote %s, the page as it would go. Two people "
			    "sign for this plan, %s:\n  approve --case %s "
			    "--act forward --plan %s\n", w->show, hex,
			    d->state->kase[k].ref, w->plan);
		}
	}
	buf_free(&plan);
	buf_free(&page);
	return e;
}

static enum err
plan_send(struct desk *d, size_t k, const struct forwarding_words *w)
{
	struct act_sealing to = {.recipient = NULL};
	struct buf plan = buf_new(PLAN_MAX);
	struct age_recipient recipient;
	struct refusal why;
	char *pass = NULL;
	enum err e = plan_read(w->plan, &plan);

	if (e == OK && w->recipient != NULL) {
		e = age_recipient_parse(w->recipient, strlen(w->recipient),
		    &recipient);
		if (e != OK) {
			say_error("--recipient takes an age1pq... key");
			e = ERR_USAGE;
		}
		to.recipient = &recipient;
	} else if (e == OK && w->passfile != NULL) {
		e = passphrase_get(w->passfile, true, &pass, &to.passlen);
		to.pass = pass;
	}
	if (e == OK && (e = act_forward(d, k, plan.p, plan.len, &to, w->out,
	    &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		printf("Wrote %s. It is in the journal.\n", w->out);
	}
	secret_free(pass);
	buf_free(&plan);
	return e;
}

static enum err
basis_record(struct desk *d, size_t k, const struct forwarding_words *w)
{
	struct buf text = buf_new_secret(65536);
	const char *file = w->duty != NULL ? w->duty : w->consent;
	struct refusal why;
	struct target t;
	enum err e = verb_target(d, w->to, w->receiver, &t);

	if (e == OK) {
		e = verb_text(strcmp(file, "-") == 0 ? NULL : file, &text);
	}
	if (e == OK && (e = act_ground(d, k, w->duty != NULL ? GROUND_DUTY :
	    GROUND_CONSENT, &t, !w->withdrawn, (const char *)text.p,
	    text.len, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		printf("Recorded.\n");
	}
	buf_free(&text);
	return e;
}

int
verb_forward(struct desk *d, int argc, char **argv)
{
	struct forwarding_words w = {.ref = NULL};
	struct option_rule rules[] = {
		{.name = "to", .value = &w.to},
		{.name = "receiver", .value = &w.receiver},
		{.name = "make", .value = &w.make},
		{.name = "plan", .value = &w.plan},
		{.name = "show", .value = &w.show},
		{.name = "out", .value = &w.out},
		{.name = "recipient", .value = &w.recipient},
		{.name = "file-passphrase", .value = &w.passfile},
		{.name = "print", .flag = &w.print},
		{.name = "consent", .value = &w.consent},
		{.name = "duty", .value = &w.duty},
		{.name = "withdrawn", .flag = &w.withdrawn},
	};
	unsigned ways;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, sizeof rules / sizeof *rules,
	    &w.ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	ways = (w.recipient != NULL) + (w.passfile != NULL) + w.print;
	e = verb_case(d, w.ref, "forward ID ...; see --help", &k);
	if (e != OK) {
		return exit_of(e);
	}
	if (w.consent != NULL || w.duty != NULL) {
		return exit_of(basis_record(d, k, &w));
	}
	if (w.to != NULL && w.make != NULL) {
		return exit_of(plan_new(d, k, &w));
	}
	if (w.plan != NULL && w.show != NULL) {
		return exit_of(plan_show(d, k, &w));
	}
	if (w.plan != NULL && w.out != NULL && ways == 1) {
		return exit_of(plan_send(d, k, &w));
	}
	say_error("use: forward ID --to WHERE [--receiver CODE] --consent FILE "
	    "[--withdrawn] | --duty FILE | --make PLAN, or --plan PLAN --show PAGE.html | "
	    "--plan PLAN --out FILE --recipient KEY | --file-passphrase FILE "
	    "| --print");
	return EXIT_USAGE;
}

/* Adds a word or range to one field of a plan file */
static enum err
redact_put(json_t *plan, const char *field, json_int_t message, json_t *what)
{
	json_t *v;
	size_t i;

	json_array_foreach (json_object_get(plan, "fields"), i, v) {
		const char *f = json_string_value(json_object_get(v,
		    "field"));
		if (f != NULL && strcmp(f, field) == 0 && json_integer_value(
		    json_object_get(v, "message")) == message) {
			return json_array_append_new(json_object_get(v,
			    "redact"), what) == 0 ? OK : ERR_FORMAT;
		}
	}
	json_decref(what);
	return ERR_UNKNOWN;
}

/* Whole or not at all: a new file takes the old one's name */
static enum err
plan_replace(const char *path, const struct buf *text)
{
	char fresh[4096];
	enum err e = snprintf(fresh, sizeof fresh, "%s.new", path) >=
	    (int)sizeof fresh ? ERR_LIMIT : OK;

	if (e == OK) {
		unlink(fresh);
		e = file_create(AT_FDCWD, fresh, text->p, text->len);
	}
	if (e == OK && rename(fresh, path) != 0) {
		e = ERR_IO;
	}
	if (e != OK) {
		say_error("the plan could not be written: %s", err_text(e));
	}
	return e;
}

/* FROM-TO in letters from 0, TO not taken along */
static bool
range_parse(const char *range, int *from, int *to)
{
	int end = 0;

	return sscanf(range, "%d-%d%n", from, to, &end) == 2 &&
	    range[end] == 0 && *from >= 0 && *from < *to;
}

int
verb_redact(struct desk *d, int argc, char **argv)
{
	const char *path = NULL, *field = NULL, *word = NULL, *range = NULL,
	    *message = NULL, *words = NULL;
	struct option_rule rules[] = {
		{.name = "field", .value = &field},
		{.name = "message", .value = &message},
		{.name = "word", .value = &word},
		{.name = "words-file", .value = &words},
		{.name = "range", .value = &range},
	};
	struct buf in = buf_new(PLAN_MAX), out = buf_new(PLAN_MAX),
	    list = buf_new_secret(65536);
	json_t *plan = NULL, *what = NULL;
	int from = 0, to = 0;
	char *text, *line, *rest;
	enum err e;

	(void)d;
	if (!options_take(argc, argv, rules, 5, &path, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (path == NULL || field == NULL || (word != NULL) + (range !=
	    NULL) + (words != NULL) != 1 || (range != NULL &&
	    !range_parse(range, &from, &to))) {
		say_error("use: redact PLAN --field NAME [--message N] --word "
		    "WORD | --words-file FILE | --range FROM-TO");
		return EXIT_USAGE;
	}
	e = plan_read(path, &in);
	if (e == OK && (e = json_read_type(in.p, in.len, PLAN_MAX, PLAN_TYPE,
	    &plan)) != OK) {
		say_error("this is no plan of a forwarding");
	}
	json_int_t number = message == NULL ? 1 : atoi(message);
	if (e == OK && words != NULL) {
		e = verb_text(words, &list);
		text = e == OK ? (char *)(uintptr_t)buf_cstr(&list) : NULL;
		for (line = text == NULL ? NULL : strtok_r(text, "\r\n",
		    &rest); e == OK && line != NULL;
		    line = strtok_r(NULL, "\r\n", &rest)) {
			e = redact_put(plan, field, number,
			    json_string(line));
		}
	} else if (e == OK) {
		what = word != NULL ? json_string(word) : json_pack(
		    "{s:i,s:i}", "from", from, "to", to);
		e = what == NULL ? ERR_FORMAT : redact_put(plan, field,
		    number, what);
	}
	if (e == ERR_UNKNOWN || e == ERR_FORMAT) {
		say_error("the plan has no such field, or that is no text");
	}
	if (e == OK) {
		text = json_dumps(plan, JSON_INDENT(1));
		buf_text(&out, text == NULL ? "" : text);
		buf_text(&out, "\n");
		free(text);
		e = plan_replace(path, &out);
	}
	json_decref(plan);
	buf_free(&in);
	buf_free(&out);
	buf_free(&list);
	return exit_of(e);
}
