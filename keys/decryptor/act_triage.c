/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Triage: is the handler impartial, is it a 'misstand' (Wbk 1: four
 * questions), and which codes stand in the register.
 */
#include <string.h>

#include "acts_private.h"
#include "registerbook.h"

static bool
names(const char *const *about, unsigned n, const char *person)
{
	while (n > 0 && strcmp(about[n - 1], person) != 0) {
		n--;
	}
	return n > 0;
}

/* Whom a report is about may say so, and cannot take it back alone */
enum err
act_conflict(struct desk *d, size_t k, const char *const *about, unsigned n,
    struct refusal *why)
{
	json_t *o, *list;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	if (d->state->kase[k].locked || !names(about, n, d->ring->person)) {
		e = act_case(d, k, why);
	}
	if (e == OK && n > KASE_SUBJECTS) {
		e = refuse(why, ERR_LIMIT, "Zoveel personen kunnen er niet "
		    "bij.", "That is more people than a case can name.");
	}
	for (unsigned i = 0; e == OK && i < n; i++) {
		if (d->keyset == NULL ||
		    keyset_person(d->keyset, about[i]) == NULL) {
			e = refuse(why, ERR_UNKNOWN, "Noem alleen personen "
			    "uit de sleutelset: wie er niet in staat, kan "
			    "niet lezen of tekenen.", "Name only people of "
			    "the keyset: nobody else can read or sign.");
		}
	}
	if (e == OK) {
		o = act_event(d, "conflict", k);
		list = json_array();
		for (unsigned i = 0; i < n; i++) {
			json_array_append_new(list, json_string(about[i]));
		}
		json_object_set_new(o, "about", list);
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}

/* From yes to something else takes two; the request is used up */
static enum err
wbk_may(struct desk *d, size_t k, const char *wbk, size_t *request,
    struct refusal *why)
{
	*request = NOT_FOUND;
	if (!wbk_is_downgrade(d->state->kase[k].wbk, wbk) ||
	    !foureyes_needed(d->profile, ACT_WBK_DOWNGRADE)) {
		return OK;
	}
	return act_approved(d, ACT_WBK_DOWNGRADE, k, wbk, request, why);
}

enum err
act_triage(struct desk *d, size_t k,
    const enum answer answers[TRIAGE_QUESTIONS], struct refusal *why)
{
	const char *wbk = triage_wbk(answers);
	size_t request = NOT_FOUND;
	json_t *o, *list;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = act_case(d, k, why);
	if (e == OK) {
		e = wbk_may(d, k, wbk, &request, why);
	}
	if (e == OK) {
		o = act_event(d, "triage", k);
		list = json_array();
		for (int i = 0; i < TRIAGE_QUESTIONS; i++) {
			json_array_append_new(list,
			    json_integer((json_int_t)answers[i]));
		}
		json_object_set_new(o, "answers", list);
		json_object_set_new(o, "wbk", json_string(wbk));
		e = desk_event(d, o);
	}
	if (e == OK && request != NOT_FOUND) {
		e = act_used_put(d, request);
	}
	return act_end(d, e, why);
}

/* The vocabulary of a register column, and whether a cell holds several */
static const char *
vocabulary_of(const char *name, bool *multi)
{
	*multi = strcmp(name, "measures") == 0 || strcmp(name, "area") == 0;
	return strcmp(name, "measures") == 0 ? "measure" :
	    strcmp(name, "topic") == 0 ? "advice_topic" : name;
}

static enum err
code_check(struct desk *d, const struct act_code *c, struct refusal *why)
{
	bool multi;
	const struct vocabulary *v = taxonomy_find(d->profile,
	    vocabulary_of(c->name, &multi));
	uint64_t mask;

	if (case_code_find(c->name) < 0 && strcmp(c->name, "kind") != 0 &&
	    strcmp(c->name, "type") != 0 && strcmp(c->name, "origin") != 0 &&
	    strcmp(c->name, "wbk") != 0) {
		return refuse(why, ERR_USAGE, "Zo'n kolom heeft het register "
		    "niet.", "The register has no such column.");
	}
	if (c->code[0] == 0) {
		return OK;
	}
	if (v == NULL || strlen(c->code) >= CODE_CELL || (multi ?
	    vocabulary_multi(v, c->code, &mask) != OK :
	    vocabulary_index(v, c->code) < 0)) {
		return refuse_word(why, ERR_UNKNOWN, "Die code staat niet in "
		    "de lijst van %s.", "That code is not in the list of "
		    "%s.", vocabulary_of(c->name, &multi));
	}
	return OK;
}

static const char *
wanted(const struct act_code *code, unsigned n, const char *name,
    const char *old)
{
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(code[i].name, name) == 0) {
			old = code[i].code;
		}
	}
	return old;
}

static enum err
classify_put(struct desk *d, size_t k, const struct act_code *code,
    unsigned n)
{
	const struct kase *c = &d->state->kase[k];
	const char *kind = wanted(code, n, "kind", c->report_kind),
	    *type = wanted(code, n, "type", c->type),
	    *origin = wanted(code, n, "origin", c->origin),
	    *wbk = wanted(code, n, "wbk", c->wbk);
	json_t *o;

	if (strcmp(kind, c->report_kind) == 0 && strcmp(type, c->type) == 0 &&
	    strcmp(origin, c->origin) == 0 && strcmp(wbk, c->wbk) == 0) {
		return OK;
	}
	o = act_event(d, "classify", k);
	json_object_set_new(o, "kind", json_string(kind));
	json_object_set_new(o, "type", json_string(type));
	json_object_set_new(o, "origin", json_string(origin));
	json_object_set_new(o, "wbk", json_string(wbk));
	return desk_event(d, o);
}

/* A row that the register refuses because of these codes would be missed in
 * the annual report only; what was wrong before may stay */
static enum err
row_check(struct desk *d, size_t k, const struct kase *before,
    const struct act_code *code, unsigned n, struct refusal *why)
{
	struct register_error row, old;

	if (register_case_check(d, &d->state->kase[k], &row) !=
	    ERR_CONFLICT || (register_case_check(d, before, &old) != OK &&
	    wanted(code, n, row.column, NULL) == NULL)) {
		return OK;
	}
	return refuse(why, ERR_CONFLICT, row.nl, row.en);
}

enum err
act_codes(struct desk *d, size_t k, const struct act_code *code, unsigned n,
    struct refusal *why)
{
	struct kase before = d->state->kase[k];
	size_t request = NOT_FOUND;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = act_case(d, k, why);
	for (unsigned i = 0; e == OK && i < n; i++) {
		e = code_check(d, &code[i], why);
	}
	if (e == OK) {
		e = wbk_may(d, k, wanted(code, n, "wbk",
		    d->state->kase[k].wbk), &request, why);
	}
	if (e == OK) {
		e = classify_put(d, k, code, n);
	}
	for (unsigned i = 0; e == OK && i < n; i++) {
		int c = case_code_find(code[i].name);
		if (c >= 0) {
			e = act_code_put(d, k, (enum case_code)c,
			    code[i].code);
		}
	}
	if (e == OK) {
		e = row_check(d, k, &before, code, n, why);
	}
	if (e == OK && request != NOT_FOUND) {
		e = act_used_put(d, request);
	}
	return act_end(d, e, why);
}
