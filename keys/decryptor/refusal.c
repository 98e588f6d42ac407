/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Refusals: why an act was not done, in words a person can use. Never holds
 * a byte of a report.
 */
#include <stdio.h>
#include <string.h>

#include "acts_private.h"

static void
put(char *out, size_t size, const char *s, const char *word)
{
	const char *at = word == NULL ? NULL : strstr(s, "%s");

	if (at == NULL) {
		snprintf(out, size, "%s", s);
	} else {
		snprintf(out, size, "%.*s%s%s", (int)(at - s), s, word,
		    at + 2);
	}
}

enum err
refuse_word(struct refusal *why, enum err e, const char *nl, const char *en,
    const char *word)
{
	memset(why, 0, sizeof *why);
	why->e = e;
	put(why->nl, sizeof why->nl, nl, word);
	put(why->en, sizeof why->en, en, word);
	return e;
}

enum err
refuse(struct refusal *why, enum err e, const char *nl, const char *en)
{
	return refuse_word(why, e, nl, en, NULL);
}

enum err
refuse_rule(struct refusal *why, const struct rule *rule)
{
	refuse(why, ERR_POLICY, rule->nl, rule->en);
	snprintf(why->rule, sizeof why->rule, "%s", rule->id);
	snprintf(why->article, sizeof why->article, "%s", rule->article);
	return ERR_POLICY;
}

enum err
refuse_rule_words(struct refusal *why, const struct rule *rule,
    const char *nl, const char *en)
{
	refuse_rule(why, rule);
	put(why->nl, sizeof why->nl, nl, NULL);
	put(why->en, sizeof why->en, en, NULL);
	return ERR_POLICY;
}

enum err
refuse_err(struct refusal *why, enum err e)
{
	switch (e) {
	case ERR_FULL:
		return refuse(why, e, "De schijf is vol; er is niets "
		    "veranderd.", "The disk is full; nothing was changed.");
	case ERR_MEMORY:
		return refuse(why, e, "Er is niet genoeg geheugen; er is "
		    "niets veranderd.",
		    "There is not enough memory; nothing was changed.");
	case ERR_UNKNOWN:
		return refuse(why, e, "Dat is er niet (meer); er is niets "
		    "veranderd.",
		    "That is not there (any more); nothing was changed.");
	default:
		return refuse_word(why, e, "Het is niet gelukt (%s); er is "
		    "niets veranderd.", "It did not work (%s); nothing was "
		    "changed.", err_text(e));
	}
}

enum err
act_begin(struct desk *d, struct refusal *why)
{
	enum err e;

	memset(why, 0, sizeof *why);
	if (state_superseded(d->state)) {
		return refuse(why, ERR_STALE, "Een andere computer heeft dit "
		    "meldpunt overgenomen; hier kunt u alleen nog lezen. "
		    "Vraag de andere houders: nam niemand het over, dan liegt "
		    "de server en gaat u hier verder met `takeover --deny`.",
		    "Another machine has taken over this desk; this one is "
		    "read-only now. Ask the other holders: if none of them "
		    "did, the gateway lies, and `takeover --deny` goes on "
		    "here.");
	}
	e = desk_policy(d);
	if (e == OK) {
		e = casebook_begin(d->book);
	}
	return e == OK ? OK : refuse_err(why, e);
}

enum err
act_end(struct desk *d, enum err e, struct refusal *why)
{
	enum err end = desk_end(d, e);

	if (end != OK && (why->e == OK || end != e)) {
		refuse_err(why, end);
	}
	return end;
}

enum err
act_text_check(const char *text, size_t len, size_t max, struct refusal *why)
{
	if (text == NULL || len == 0 || !utf8_valid(text, len)) {
		return refuse(why, ERR_FORMAT, "De tekst is leeg of geen "
		    "UTF-8.", "The text is empty or not UTF-8.");
	}
	if (len > max) {
		return refuse(why, ERR_LIMIT, "De tekst is te lang.",
		    "The text is too long.");
	}
	return OK;
}

enum err
act_text(struct desk *d, size_t k, const char *text, size_t len,
    uint8_t record[RECORD_ID])
{
	return record_put(d->book, d->state->kase[k].key, text, len, record);
}

enum err
act_words(struct desk *d, size_t k, const char *text, size_t len,
    uint8_t record[RECORD_ID], struct refusal *why)
{
	enum err e = act_case(d, k, why);

	if (e == OK) {
		e = act_text_check(text, len, ACT_TEXT_MAX, why);
	}
	return e == OK ? act_text(d, k, text, len, record) : e;
}

enum err
act_imported(const struct desk *d, struct refusal *why)
{
	return d->state->importing ? refuse(why, ERR_BUSY, "Een import is "
	    "afgebroken: importeer dezelfde bundel opnieuw.", "An import was "
	    "cut off: import the same bundle again.") : OK;
}

json_t *
act_event(const struct desk *d, const char *name, size_t k)
{
	json_t *o = event_new(d, name);

	json_object_set_new(o, "case", json_string(d->state->kase[k].ref));
	json_object_set_new(o, "person", json_string(d->ring->person));
	return o;
}

bool
act_subject(const struct kase *k, const char *person)
{
	for (unsigned i = 0; i < k->subjects; i++) {
		if (strcmp(k->subject[i], person) == 0) {
			return true;
		}
	}
	return false;
}

enum err
act_case(struct desk *d, size_t k, struct refusal *why)
{
	const struct kase *c = &d->state->kase[k];
	struct rule rule;

	if (c->destroyed && c->moved_to == 0) {
		return refuse(why, ERR_POLICY, "Dit dossier is vernietigd.",
		    "This case was destroyed.");
	}
	if (c->locked && rule_find(d->profile, "S-RESEALED", &rule)) {
		return refuse_rule_words(why, &rule, "Dit dossier is voor een "
		    "ander meldpunt verzegeld: hier kan niets meer.", "This "
		    "case went to another desk, sealed: nothing can be done "
		    "with it here.");
	}
	if (act_subject(c, d->ring->person) &&
	    rule_find(d->profile, "S-SUBJECT", &rule)) {
		return refuse_rule_words(why, &rule, "De melding gaat over u. "
		    "Een ander draagt haar over of behandelt haar.", "The "
		    "report is about you. Somebody else hands it over or "
		    "handles it.");
	}
	return OK;
}
