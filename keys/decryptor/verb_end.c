/* SPDX-License-Identifier: EUPL-1.2 */
/* `feedback`, `close`, `reopen`, `hold`, `destroy`, `clocks`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heir.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "replies.h"
#include "verbs.h"

#define TEXT_MAX 65536u

static bool
by_parse(const char *word, enum given_by *out)
{
	for (int g = GIVEN_MAILBOX; g <= GIVEN_NO_ROUTE; g++) {
		if (strcmp(given_by_word((enum given_by)g), word) == 0 ||
		    (g == GIVEN_NO_ROUTE && strcmp(word, "no-route") == 0)) {
			*out = (enum given_by)g;
			return true;
		}
	}
	return false;
}

int
verb_feedback(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *file = NULL, *by = NULL, *on = NULL,
	    *to = NULL, *receiver = NULL, *language = NULL;
	bool reasoned = false, options = false, ack = false,
	    forwarded = false;
	struct option_rule rules[] = {
		{.name = "file", .value = &file},
		{.name = "by", .value = &by},
		{.name = "on", .value = &on},
		{.name = "reasoned", .flag = &reasoned},
		{.name = "options", .flag = &options},
		{.name = "acknowledgement", .flag = &ack},
		{.name = "forwarded", .flag = &forwarded},
		{.name = "to", .value = &to},
		{.name = "receiver", .value = &receiver},
		{.name = "language", .value = &language},
	};
	struct target where;
	struct buf text = buf_new_secret(TEXT_MAX);
	enum given_by how = GIVEN_MAILBOX;
	struct act_answer a;
	struct refusal why;
	size_t k = 0;
	day_t day;
	enum err e;

	if (!options_take(argc, argv, rules, 10, &ref, 1, NULL) ||
	    !verb_day(d, on, "on", &day)) {
		return EXIT_USAGE;
	}
	if ((by != NULL && !by_parse(by, &how)) ||
	    (how == GIVEN_MAILBOX && on != NULL)) {
		say_error("--by is mailbox, letter, talk or no-route; --on "
		    "goes with the last three (a reply counts when posted)");
		return EXIT_USAGE;
	}
	e = verb_case(d, ref, "feedback ID [--by HOW] [--on DAY] [--reasoned] "
	    "[--options] [--forwarded --to WHERE] [--file FILE]", &k);
	if (e == OK && forwarded) {
		e = verb_target(d, to, receiver, &where);
	}
	if (e == OK) {
		e = verb_text(file, &text);
	}
	if (e == OK) {
		a = (struct act_answer){.kind = ack ? REPLY_ACKNOWLEDGEMENT :
			REPLY_FEEDBACK, .language = language, .text = (const char *)text.p,
			.len = text.len, .reasoned = reasoned,
			.options = options, .tells = forwarded ? &where : NULL};
		e = how == GIVEN_MAILBOX ? act_reply(d, k, &a, &why) :
		    act_given(d, k, how, day, &a, &why);
		if (e != OK) {
			tell_refusal(&why);
		}
	}
	if (e == OK && !d->json) {
		printf(how == GIVEN_MAILBOX ? "Drafted for %s. It counts only "
		    "when it is posted: export, carry the bundle, import.\n" :
		    "Recorded for %s.\n", d->state->kase[k].ref);
	}
	buf_free(&text);
	return exit_of(e);
}

int
verb_close(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *class = NULL, *from = NULL;
	struct option_rule rules[] = {
		{.name = "class", .value = &class},
		{.name = "from", .value = &from},
	};
	char text[DAY_TEXT];
	const struct kase *c;
	day_t day = DAY_NONE;
	struct refusal why;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 2, &ref, 1, NULL) ||
	    (from != NULL && !verb_day(d, from, "from", &day))) {
		return EXIT_USAGE;
	}
	e = verb_case(d, ref, "close ID [--class RT3] [--from DAY]", &k);
	if (e == OK && (e = act_close(d, k, class, day, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		c = &d->state->kase[k];
		printf("%s is %s.", c->ref, case_state_code(c->state));
		day = destroy_day(d, k);
		if (day != DAY_NONE && day != DAY_NEVER) {
			day_text(day, text);
			printf(" It may be destroyed from %s.", text);
		}
		printf("\n");
	}
	return exit_of(e);
}

/* ID, a reason, and what to do with both */
static int
reasoned_act(struct desk *d, const char *ref, const char *file,
    const char *usage, enum err (*act)(struct desk *d, size_t k, bool on,
    const char *reason, size_t len, struct refusal *why), bool on)
{
	struct buf text = buf_new_secret(TEXT_MAX);
	struct refusal why;
	size_t k = 0;
	enum err e = verb_case(d, ref, usage, &k);

	if (e == OK) {
		e = verb_text(file, &text);
	}
	if (e == OK && (e = act(d, k, on, (const char *)text.p, text.len,
	    &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		printf("%s: done.\n", d->state->kase[k].ref);
	}
	buf_free(&text);
	return exit_of(e);
}

static enum err
reopen_act(struct desk *d, size_t k, bool on, const char *reason, size_t len,
    struct refusal *why)
{
	(void)on;
	return act_reopen(d, k, reason, len, why);
}

int
verb_reopen(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *file = NULL;
	struct option_rule rules[] = {{.name = "reason", .value = &file}};

	if (!options_take(argc, argv, rules, 1, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	return reasoned_act(d, ref, file, "reopen ID [--reason FILE]",
	    reopen_act, true);
}

int
verb_hold(struct desk *d, int argc, char **argv)
{
	const char *word[2] = {NULL, NULL}, *file = NULL;
	struct option_rule rules[] = {{.name = "reason", .value = &file}};

	if (!options_take(argc, argv, rules, 1, word, 2, NULL)) {
		return EXIT_USAGE;
	}
	if (word[1] == NULL || (strcmp(word[1], "on") != 0 &&
	    strcmp(word[1], "off") != 0)) {
		say_error("use: hold ID on|off [--reason FILE]");
		return EXIT_USAGE;
	}
	return reasoned_act(d, word[0], file, "hold ID on|off", act_hold,
	    strcmp(word[1], "on") == 0);
}

int
verb_destroy(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *out = NULL;
	struct option_rule rules[] = {{.name = "out", .value = &out}};
	struct buf page = buf_new(1u << 20);
	struct refusal why;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 1, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (out == NULL) {
		say_error("use: destroy ID --out DECLARATION.html");
		return EXIT_USAGE;
	}
	e = verb_case(d, ref, "destroy ID --out FILE", &k);
	if (e == OK && (e = act_destroy(d, k, &page, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && (e = verb_write(out, &page)) != OK) {
		fwrite(page.p, 1, page.len, stdout); /* it exists only once */
	}
	if (e == OK) {
		verb_destroyed_tell(d, k);
	}
	if (e == OK && !d->json) {
		printf("Destroyed %s. Print and keep %s; destroy older "
		    "backups.\n", d->state->kase[k].ref, out);
	}
	buf_free(&page);
	return exit_of(e);
}

static const char *const due_words[] = {
	[DUE_ACK] = "acknowledge", [DUE_FEEDBACK] = "feedback",
	[DUE_CARRY] = "carry", [DUE_TRIAGE] = "triage",
	[DUE_ORAL] = "agreement", [DUE_REQUEST] = "approval",
	[DUE_DESTROY] = "destroy", [DUE_REVIEW] = "access_ends",
	[DUE_IMPORT] = "import", [DUE_CLOCK] = "clock_unknown",
	[DUE_RETENTION] = "retention_class", [DUE_MEETING] = "meeting",
};
static const char *const colour_words[] = {"green", "amber", "red", "done"};

/* Terms run on while the holder is away: who cannot take over is said */
static void
deputies_warn(const struct desk *d)
{
	char names[HEIRS_TEXT];
	struct heirs heirs;

	heirs_load(d, &heirs);
	if (heirs.without > 0) {
		say_error("%s cannot take over from your backups: there is no "
		    "note of that key (`takeover --note FILE` there, "
		    "`takeover --deputy FILE` here)", heirs_text(heirs.lacks,
		    heirs.without, names));
	}
}

int
verb_clocks(struct desk *d, int argc, char **argv)
{
	struct due *due = NULL;
	json_t *list = json_array();
	const char *breach = NULL, *review = NULL;
	struct option_rule rules[] = {{.name = "breach", .value = &breach},
		{.name = "review", .value = &review}};
	char day[DAY_TEXT];
	size_t n = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 2, NULL, 0, NULL) ||
	    breach != NULL || review != NULL) {
		json_decref(list);
		return breach == NULL && review == NULL ? EXIT_USAGE :
		    clocks_beside(d, breach, review);
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK && (e = act_due(d, &due, &n)) != OK) {
		say_error("the clocks cannot be read: %s", err_text(e));
	}
	for (size_t i = 0; e == OK && i < n; i++) {
		const char *ref = due[i].kase == NOT_FOUND ? "" :
		    d->state->kase[due[i].kase].ref;
		json_t *o;
		day_text(due[i].day, day);
		if (!d->json) {
			printf("%s  %-5s  %-11s %-12s", day,
			    colour_words[due[i].colour],
			    ref[0] == 0 ? "-" : ref, due_words[due[i].what]);
			if (due[i].what == DUE_CARRY) {
				printf(" %u drafted, not posted: export and "
				    "carry the stick", due[i].count);
			}
			printf("\n");
			continue;
		}
		o = json_object();
		json_object_set_new(o, "day", json_string(day));
		json_object_set_new(o, "colour",
		    json_string(colour_words[due[i].colour]));
		json_object_set_new(o, "case", json_string(ref));
		json_object_set_new(o, "what",
		    json_string(due_words[due[i].what]));
		json_object_set_new(o, "count", json_integer(due[i].count));
		json_array_append_new(list, o);
	}
	if (e == OK && d->json) {
		print_json(list);
		list = NULL; /* transferred */
	} else if (e == OK && n == 0) {
		printf("Nothing is due.\n");
	}
	if (e == OK) {
		deputies_warn(d);
	}
	json_decref(list);
	free(due);
	return exit_of(e);
}
