/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `approve`: ask for the second signature, sign, take it back. Three ways:
 * here with the other's keyring and passphrase, a file carried there and
 * back, or paper.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dossier.h"
#include "files.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"

#define FILE_MAX 16384u

struct approving {
	const char *request, *ref, *act, *detail, *summary, *plan, *out,
	    *sign, *take, *keyring, *pass, *paper, *on;
};

static bool
act_find(const char *word, enum act *out)
{
	for (int a = 0; a < ACT_COUNT; a++) {
		if (strcmp(act_code((enum act)a), word) == 0) {
			*out = (enum act)a;
			return true;
		}
	}
	say_error("--act is one of:");
	for (int a = 0; a < ACT_COUNT; a++) {
		fprintf(stderr, "  %s\n", act_code((enum act)a));
	}
	return false;
}

/* What is meant when nothing is said */
static const char *
detail_of(enum act a, const char *said)
{
	static const struct {
		enum act act;
		enum case_state to;
	} to[] = {{ACT_NOT_ADMISSIBLE, CASE_NOT_ADMISSIBLE},
		{ACT_ABORT, CASE_ABORTED}, {ACT_DESTROY, CASE_DESTROYED},
		{ACT_UNFOUNDED_UNINVESTIGATED, CASE_DECISION}};

	if (said != NULL) {
		return said;
	}
	for (unsigned i = 0; i < sizeof to / sizeof *to; i++) {
		if (to[i].act == a) {
			return case_state_code(to[i].to);
		}
	}
	return a == ACT_FEEDBACK_WITHOUT_ROUTE ? "no_route" : NULL;
}

/* Printed, or with --json returned */
static json_t *
request_told(struct desk *d, size_t r)
{
	const struct request *q = &d->state->request[r];
	struct signer s[SIGNERS_MAX];
	size_t n = act_signers_of(d, r, s);
	char id[2 * HASH_LEN + 1];
	json_t *o, *list;

	hex_encode(q->id, HASH_LEN, id);
	if (!d->json) {
		printf("%.12s  %s %s (%s)%s, signed by:", id,
		    q->kase == NOT_FOUND ? "-" : d->state->kase[q->kase].ref,
		    act_code(q->act), q->detail, q->used ? ", used" : "");
		for (size_t i = 0; i < n; i++) {
			printf(" %s", s[i].person);
		}
		printf("\n");
		return NULL;
	}
	o = json_object();
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_array_append_new(list, json_string(s[i].person));
	}
	json_object_set_new(o, "request", json_string(id));
	json_object_set_new(o, "case", json_string(q->kase == NOT_FOUND ?
	    "" : d->state->kase[q->kase].ref));
	json_object_set_new(o, "act", json_string(act_code(q->act)));
	json_object_set_new(o, "detail", json_string(q->detail));
	json_object_set_new(o, "used", json_boolean(q->used));
	json_object_set_new(o, "signed_by", list);
	return o;
}

static void
tell_request(struct desk *d, size_t r)
{
	json_t *o = request_told(d, r);

	if (o != NULL) {
		print_json(o);
	}
}

/* By the first characters of its id, at least six */
static size_t
request_find(const struct desk *d, const char *word)
{
	size_t found = NOT_FOUND, len = strlen(word);

	for (size_t i = 0; len >= 6 && i < d->state->requests; i++) {
		char id[2 * HASH_LEN + 1];
		hex_encode(d->state->request[i].id, HASH_LEN, id);
		if (strncmp(id, word, len) == 0) {
			if (found != NOT_FOUND) {
				say_error("more than one request begins so");
				return NOT_FOUND;
			}
			found = i;
		}
	}
	if (found == NOT_FOUND) {
		say_error("there is no such request; `approve` lists them");
	}
	return found;
}

/* The plan of --plan, or the one that the page kept: who signs reads what it
 * says */
static enum err
ask_forward(struct desk *d, const struct approving *w, size_t k,
    const char *words, size_t *r)
{
	struct buf plan = buf_new_secret(PLAN_MAX);
	struct refusal why;
	enum err e = w->plan != NULL ? file_read_path(w->plan, &plan) :
	    act_forward_kept(d, k, &plan);

	if (e != OK) {
		say_error(w->plan != NULL ? "the plan cannot be read: %s" :
		    "who signs must read what goes: name the plan with --plan",
		    err_text(e));
	} else if ((e = act_forward_ask(d, k, plan.p, plan.len, w->detail,
	    words, r, &why)) != OK) {
		tell_refusal(&why);
	}
	buf_free(&plan);
	return e;
}

static enum err
ask_any(struct desk *d, enum act a, size_t k, const char *detail,
    const char *words, size_t *r)
{
	struct refusal why;
	enum err e = act_request(d, a, k, detail, words, r, &why);

	if (e != OK) {
		tell_refusal(&why);
	}
	return e;
}

static enum err
ask(struct desk *d, const struct approving *w)
{
	struct buf file = buf_new(FILE_MAX), text = buf_new_secret(4096);
	char late[DETAIL_TEXT];
	const char *detail, *words;
	struct refusal why;
	size_t k = NOT_FOUND, r = 0;
	enum act a;
	enum err e = desk_open(d, DESK_CASEBOOK);

	if (e != OK) {
		return e;
	}
	if (!act_find(w->act, &a)) {
		return ERR_USAGE;
	}
	detail = detail_of(a, w->detail);
	if ((detail == NULL && a != ACT_FORWARD) || (w->plan != NULL &&
	    a != ACT_FORWARD) ||
	    (w->ref == NULL) != (a == ACT_YEAR_CLOSING)) {
		say_error("use: approve --case ID --act ACT [--detail WHAT]; "
		    "see --help for what each act wants");
		return ERR_USAGE;
	}
	if (w->ref != NULL) {
		e = verb_case(d, w->ref, "approve --case ID --act ACT", &k);
	}
	if (e == OK && a == ACT_DESTROY && act_late(d, k)) {
		act_late_detail(d, k, late);
		detail = late;
		k = NOT_FOUND;
	}
	if (e == OK && w->summary != NULL) {
		e = verb_text(w->summary, &text);
	}
	words = w->summary == NULL ? NULL : buf_cstr(&text);
	if (e == OK) {
		e = a == ACT_FORWARD ? ask_forward(d, w, k, words, &r) :
		    ask_any(d, a, k, detail, words, &r);
	}
	if (e == OK && w->out != NULL) {
		if ((e = act_request_file(d, r, &file, &why)) != OK) {
			tell_refusal(&why);
		} else {
			e = verb_write(w->out, &file);
		}
	}
	if (e == OK) {
		tell_request(d, r);
	}
	buf_free(&file);
	buf_free(&text);
	return e;
}

/* In the program's words first: the asker's own may say something else */
static void
tell_signing(const struct desk *d, const struct signing *s)
{
	json_t *o;

	if (d->json) {
		o = json_object();
		json_object_set_new(o, "act", json_string(act_code(s->act)));
		json_object_set_new(o, "detail", json_string(s->detail));
		json_object_set_new(o, "case", json_string(s->ref));
		json_object_set_new(o, "by", json_string(s->by));
		json_object_set_new(o, "desk", json_integer(s->desk));
		json_object_set_new(o, "day", json_string(s->day));
		json_object_set_new(o, "summary", json_stringn((const char *)
		    s->summary.p, s->summary.len));
		print_json(o);
		return;
	}
	printf("%s of desk %u asks, on %s:\n  act   %s (", s->by, s->desk,
	    s->day, act_code(s->act));
	terminal_text(stdout, s->detail, strlen(s->detail), false);
	printf(")\n  case  ");
	terminal_text(stdout, s->ref[0] == 0 ? "-" : s->ref,
	    s->ref[0] == 0 ? 1 : strlen(s->ref), false);
	printf("\nThe asker's own words, which nobody checked:\n  ");
	terminal_text(stdout, (const char *)s->summary.p, s->summary.len,
	    true);
	printf("\n");
}

static enum err
sign_carried(struct desk *d, const struct approving *w)
{
	struct buf in = buf_new(FILE_MAX), out = buf_new(FILE_MAX);
	struct signing told = {.summary = buf_new(FILE_MAX)};
	struct refusal why;
	enum err e = desk_open(d, DESK_KEYRING);

	if (e == OK && (e = file_read_path(w->sign, &in)) != OK) {
		say_error("the request cannot be read: %s", err_text(e));
	}
	if (e == OK && (e = act_sign(d, in.p, in.len, &out, &told, &why)) !=
	    OK) {
		tell_refusal(&why);
	}
	if (e == OK) {
		tell_signing(d, &told);
	}
	if (e == OK && w->out != NULL) {
		e = verb_write(w->out, &out);
	}
	if (e == OK && !d->json) {
		printf(w->out != NULL ? "Signed. Carry %s back.\n" :
		    "Nothing was signed; `--out FILE` signs.\n", w->out);
	}
	buf_free(&in);
	buf_free(&out);
	buf_free(&told.summary);
	return e;
}

static enum err
take_back(struct desk *d, const struct approving *w)
{
	struct buf in = buf_new(FILE_MAX);
	struct refusal why;
	size_t r = 0;
	enum err e = desk_open(d, DESK_CASEBOOK);

	if (e == OK && (e = file_read_path(w->take, &in)) != OK) {
		say_error("the signed request cannot be read: %s",
		    err_text(e));
	}
	if (e == OK && (e = act_take(d, in.p, in.len, &r, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK) {
		tell_request(d, r);
	}
	buf_free(&in);
	return e;
}

/* Before the other's passphrase is asked: what they sign for */
static enum err
tell_asked(struct desk *d, size_t r)
{
	FILE *f = d->json ? stderr : stdout;
	struct buf text = buf_new_secret(FILE_MAX);
	enum err e = act_request_summary(d, r, &text);

	if (e != OK) {
		say_error("the request cannot be read: %s", err_text(e));
	} else {
		fprintf(f, "This is signed for:\n  ");
		terminal_text(f, (const char *)text.p, text.len, true);
		fprintf(f, "\n");
		fflush(f);
	}
	buf_free(&text);
	return e;
}

static enum err
sign_here(struct desk *d, const struct approving *w)
{
	char *pass = NULL;
	size_t len = 0, r = NOT_FOUND;
	struct refusal why;
	day_t day;
	enum err e = desk_open(d, DESK_CASEBOOK);

	if (e == OK && (r = request_find(d, w->request)) == NOT_FOUND) {
		e = ERR_UNKNOWN;
	}
	if (e == OK && w->paper != NULL) {
		if (!verb_day(d, w->on, "on", &day)) {
			return ERR_USAGE;
		}
		e = act_paper(d, r, w->paper, day, &why);
	} else if (e == OK && (e = tell_asked(d, r)) == OK) {
		e = passphrase_get(w->pass, false, &pass, &len);
		if (e != OK) {
			say_error("there is no passphrase for the second "
			    "keyring");
			return e;
		}
		e = act_sign_here(d, r, w->keyring, pass, len, &why);
		secret_free(pass);
	} else {
		return e;
	}
	if (e != OK) {
		tell_refusal(&why);
		return e;
	}
	tell_request(d, r);
	return OK;
}

static enum err
list_all(struct desk *d)
{
	enum err e = desk_open(d, DESK_CASEBOOK);
	json_t *list = json_array();

	for (size_t i = 0; e == OK && i < d->state->requests; i++) {
		json_t *o = request_told(d, i);
		if (o != NULL) {
			json_array_append_new(list, o);
		}
	}
	if (e == OK && d->json) {
		print_json(json_incref(list));
	}
	json_decref(list);
	return e;
}

int
verb_approve(struct desk *d, int argc, char **argv)
{
	struct approving w = {.request = NULL};
	struct option_rule rules[] = {
		{.name = "case", .value = &w.ref},
		{.name = "act", .value = &w.act},
		{.name = "detail", .value = &w.detail},
		{.name = "summary", .value = &w.summary},
		{.name = "plan", .value = &w.plan},
		{.name = "request", .value = &w.out},
		{.name = "out", .value = &w.out},
		{.name = "sign", .value = &w.sign},
		{.name = "take", .value = &w.take},
		{.name = "keyring", .value = &w.keyring},
		{.name = "second-passphrase-file", .value = &w.pass},
		{.name = "paper", .value = &w.paper},
		{.name = "on", .value = &w.on},
	};

	if (!options_take(argc, argv, rules, sizeof rules / sizeof *rules,
	    &w.request, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (w.act != NULL) {
		return exit_of(ask(d, &w));
	}
	if (w.sign != NULL) {
		return exit_of(sign_carried(d, &w));
	}
	if (w.take != NULL) {
		return exit_of(take_back(d, &w));
	}
	if (w.request != NULL && (w.keyring != NULL || w.paper != NULL)) {
		return exit_of(sign_here(d, &w));
	}
	if (argc == 1) {
		return exit_of(list_all(d));
	}
	say_error("use: approve --case ID --act ACT [--request FILE] | --sign "
	    "FILE [--out FILE] | --take FILE | REQUEST --keyring FILE | REQUEST "
	    "--paper PERSON [--on DAY]");
	return EXIT_USAGE;
}
