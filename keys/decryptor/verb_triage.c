/* SPDX-License-Identifier: EUPL-1.2 */
/* `classify`, `step`, `term`, `assign`, `link`: what a case is, and where it
 * goes. */
#include <stdio.h>
#include <string.h>

#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"

#define CODES 13u

static const char *const code_name[CODES] = {"kind", "type", "origin", "wbk",
	"subject_role", "investigation", "investigation_status", "outcome",
	"measures", "area", "anonymous", "adviser", "topic"};

/* Option names have hyphens where columns have none */
static const char *const code_option[CODES] = {"kind", "type", "origin",
	"wbk", "subject-role", "investigation", "investigation-status",
	"outcome", "measures", "area", "anonymous", "adviser", "topic"};

static void
codes_list(struct desk *d, const char *name)
{
	const char *vocabulary = strcmp(name, "measures") == 0 ? "measure" :
	    strcmp(name, "topic") == 0 ? "advice_topic" : name;
	const struct vocabulary *v = taxonomy_find(d->profile, vocabulary);

	fprintf(stderr, "codes of %s:\n", name);
	for (size_t i = 0; v != NULL && i < vocabulary_count(v); i++) {
		fprintf(stderr, "  %-22s %s\n", vocabulary_code(v, i),
		    vocabulary_label(v, i, NULL, "en"));
	}
}

static enum err
codes_set(struct desk *d, size_t k, const char *const value[CODES])
{
	struct act_code code[CODES];
	struct refusal why;
	unsigned n = 0;
	enum err e;

	for (unsigned i = 0; i < CODES; i++) {
		if (value[i] != NULL) {
			code[n++] = (struct act_code){code_name[i], value[i]};
		}
	}
	if (n == 0) {
		return OK;
	}
	e = act_codes(d, k, code, n, &why);
	if (e != OK) {
		tell_refusal(&why);
	}
	if (e == ERR_UNKNOWN) {
		for (unsigned i = 0; i < n; i++) {
			codes_list(d, code[i].name);
		}
		e = ERR_USAGE;
	}
	return e;
}

/* "ja,nee,onbekend,ja", also yes, no, unknown */
static bool
answers_parse(const char *s, enum answer out[TRIAGE_QUESTIONS])
{
	static const struct {
		const char *word;
		enum answer answer;
	} words[] = {{"ja", ANSWER_YES}, {"yes", ANSWER_YES},
		{"nee", ANSWER_NO}, {"no", ANSWER_NO},
		{"onbekend", ANSWER_UNKNOWN}, {"unknown", ANSWER_UNKNOWN}};

	for (int q = 0; q < TRIAGE_QUESTIONS; q++) {
		size_t n = strcspn(s, ","), i = 0;
		while (i < 6 && (strlen(words[i].word) != n ||
		    strncmp(words[i].word, s, n) != 0)) {
			i++;
		}
		if (i == 6 || (s[n] == 0) != (q == TRIAGE_QUESTIONS - 1)) {
			return false;
		}
		out[q] = words[i].answer;
		s += n + 1;
	}
	return true;
}

static enum err
triage_set(struct desk *d, size_t k, const char *word)
{
	enum answer answers[TRIAGE_QUESTIONS];
	struct refusal why;
	enum err e = desk_policy(d);

	if (e == OK && !answers_parse(word, answers)) {
		say_error("--triage takes four answers, ja, nee or onbekend, "
		    "with commas between:");
		for (int q = 0; q < TRIAGE_QUESTIONS; q++) {
			fprintf(stderr, "  %d. %s\n", q + 1, triage_text(
			    d->profile, (enum triage_question)q, "en"));
		}
		return ERR_USAGE;
	}
	if (e == OK && (e = act_triage(d, k, answers, &why)) != OK) {
		tell_refusal(&why);
	}
	return e;
}

int
verb_classify(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *value[CODES] = {NULL}, *triage = NULL,
	    *about[KASE_SUBJECTS];
	struct option_rule rules[CODES + 2];
	const struct kase *c;
	unsigned abouts = 0;
	bool any = false;
	struct refusal why;
	size_t k = 0;
	enum err e;

	memset(rules, 0, sizeof rules);
	for (unsigned i = 0; i < CODES; i++) {
		rules[i].name = code_option[i];
		rules[i].value = &value[i];
	}
	rules[CODES].name = "triage";
	rules[CODES].value = &triage;
	rules[CODES + 1] = (struct option_rule){.name = "about",
		.many = about, .room = KASE_SUBJECTS, .count = &abouts};
	if (!options_take(argc, argv, rules, CODES + 2, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	for (unsigned i = 0; i < CODES; i++) {
		any = any || value[i] != NULL;
	}
	if (!any && triage == NULL && abouts == 0) {
		say_error("use: classify ID [--about PERSON|nobody] [--triage "
		    "A,A,A,A] [--kind K] [--type T] [--origin O] [--wbk W] "
		    "...; see --help");
		return EXIT_USAGE;
	}
	e = verb_case(d, ref, "classify ID ...", &k);
	if (e == OK) {
		e = desk_policy(d);
	}
	if (e == OK && abouts > 0) {
		if (strcmp(about[0], "nobody") == 0) {
			abouts = 0;
		}
		if ((e = act_conflict(d, k, about, abouts, &why)) != OK) {
			tell_refusal(&why);
		}
	}
	if (e == OK && triage != NULL) {
		e = triage_set(d, k, triage);
	}
	if (e == OK) {
		e = codes_set(d, k, value);
	}
	if (e == OK && !d->json) {
		c = &d->state->kase[k];
		printf("Classified %s: kind %s, type %s, origin %s, wbk %s\n",
		    c->ref, c->report_kind, c->type, c->origin, c->wbk);
	}
	return exit_of(e);
}

static void
steps_tell(struct desk *d, size_t k)
{
	struct act_step step[CASE_STATES];
	size_t n = act_steps(d, k, step);
	json_t *list = json_array();

	if (!d->json) {
		printf("%s is %s. Steps from here:\n", d->state->kase[k].ref,
		    case_state_code(d->state->kase[k].state));
	}
	for (size_t i = 0; i < n; i++) {
		const struct refusal *w = &step[i].why;
		if (d->json) {
			json_t *o = json_object();
			json_object_set_new(o, "to", json_string(
			    case_state_code(step[i].to)));
			json_object_set_new(o, "allowed",
			    json_boolean(step[i].allowed));
			json_object_set_new(o, "rule", json_string(w->rule));
			json_object_set_new(o, "article",
			    json_string(w->article));
			json_array_append_new(list, o);
		} else {
			printf("  %-18s %s", case_state_code(step[i].to),
			    step[i].allowed ? "can be taken" : w->en);
			if (w->rule[0] != 0) {
				printf(" [%s: %s]", w->rule, w->article);
			}
			printf("\n");
		}
	}
	if (d->json) {
		print_json(list);
	} else {
		json_decref(list);
	}
}

int
verb_step(struct desk *d, int argc, char **argv)
{
	const char *word[2] = {NULL, NULL}, *reason = NULL;
	struct option_rule rules[] = {{.name = "reason", .value = &reason}};
	struct buf text = buf_new_secret(65536);
	enum case_state to;
	struct refusal why;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 1, word, 2, NULL)) {
		return EXIT_USAGE;
	}
	if (word[1] != NULL && case_state_parse(word[1], &to) != OK) {
		say_error("there is no such state; `step ID` lists the steps");
		return EXIT_USAGE;
	}
	e = verb_case(d, word[0], "step ID [STATE [--reason FILE]]", &k);
	if (e == OK && word[1] == NULL) {
		steps_tell(d, k);
		return EXIT_OK;
	}
	if (e == OK && reason != NULL) {
		e = verb_text(strcmp(reason, "-") == 0 ? NULL : reason,
		    &text);
	}
	if (e == OK && (e = act_step(d, k, to, reason == NULL ? NULL :
	    (const char *)text.p, text.len, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		printf("%s is now %s.\n", d->state->kase[k].ref,
		    case_state_code(to));
	}
	buf_free(&text);
	return exit_of(e);
}

static bool
term_parse(const char *word, enum term_what *out)
{
	static const char *const words[] = {"waived", "extended", "meeting"};

	for (int i = TERM_WAIVED; word != NULL && i <= TERM_MEETING; i++) {
		if (strcmp(words[i], word) == 0) {
			*out = (enum term_what)i;
			return true;
		}
	}
	return false;
}

int
verb_term(struct desk *d, int argc, char **argv)
{
	static const char usage[] = "term ID waived --why CODE|extended|"
	    "meeting [--on DAY] [--off] [--reason FILE]";
	const char *word[2] = {NULL, NULL}, *reason = NULL, *code = NULL,
	    *on = NULL;
	struct buf text = buf_new_secret(65536);
	struct act_term t = {.what = TERM_WAIVED};
	bool off = false;
	struct option_rule rules[] = {{.name = "reason", .value = &reason},
		{.name = "why", .value = &code}, {.name = "on", .value = &on},
		{.name = "off", .flag = &off}};
	struct refusal why;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 4, word, 2, NULL) ||
	    !verb_day(d, on, "on", &t.asked)) {
		return EXIT_USAGE;
	}
	if (!term_parse(word[1], &t.what) || (code != NULL && (off ||
	    t.what != TERM_WAIVED)) || (on != NULL && (off ||
	    t.what != TERM_MEETING))) {
		say_error("use: %s", usage);
		return EXIT_USAGE;
	}
	t.on = !off;
	t.code = code == NULL ? "" : code;
	e = verb_case(d, word[0], usage, &k);
	if (e == OK) {
		e = verb_text(reason, &text);
	}
	if (e == OK && (e = act_term(d, k, &t, (const char *)text.p,
	    text.len, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		printf("%s: done.\n", d->state->kase[k].ref);
	}
	buf_free(&text);
	return exit_of(e);
}

int
verb_assign(struct desk *d, int argc, char **argv)
{
	const char *word[2] = {NULL, NULL};
	struct refusal why;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, NULL, 0, word, 2, NULL) ||
	    word[1] == NULL) {
		say_error("use: assign ID PERSON");
		return EXIT_USAGE;
	}
	e = verb_case(d, word[0], "assign ID PERSON", &k);
	if (e == OK && (e = act_assign(d, k, word[1], &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		printf("%s is handled by %s.\n", d->state->kase[k].ref,
		    d->state->kase[k].handler);
	}
	return exit_of(e);
}

int
verb_link(struct desk *d, int argc, char **argv)
{
	const char *word[2] = {NULL, NULL};
	struct refusal why;
	size_t k = 0, other = 0;
	enum err e;

	if (!options_take(argc, argv, NULL, 0, word, 2, NULL) ||
	    word[1] == NULL) {
		say_error("use: link ID ID");
		return EXIT_USAGE;
	}
	e = verb_case(d, word[0], "link ID ID", &k);
	if (e == OK) {
		e = verb_case(d, word[1], "link ID ID", &other);
	}
	if (e == OK && (e = act_link(d, k, other, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		printf("Linked.\n");
	}
	return exit_of(e);
}
