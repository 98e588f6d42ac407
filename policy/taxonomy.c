/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Vocabularies of a profile, and the four triage questions. Codes are what
 * is stored; labels are what is shown; both are data.
 */
#include <string.h>

#include "meldluik/taxonomy.h"
#include "profile_private.h"

static bool
code_valid(const char *s)
{
	if (*s == '\0' || strlen(s) >= CODE_MAX) {
		return false;
	}
	for (; *s != '\0'; s++) {
		if ((*s < 'a' || *s > 'z') && (*s < 'A' || *s > 'Z') &&
		    (*s < '0' || *s > '9') && *s != '_') {
			return false;
		}
	}
	return true;
}

static bool
value_valid(const json_t *values, size_t i)
{
	const json_t *value = json_array_get(values, i);
	const json_t *list = json_object_get(value, "counts_as");
	json_t *sets = json_object_get(value, "sets"), *set;
	const char *code = json_text(value, "code", ""), *key;

	if (!code_valid(code) || !json_has_labels(value)) {
		return false;
	}
	if (list != NULL && !json_is_strings(list, 8)) {
		return false;
	}
	if (sets != NULL && !json_is_object(sets)) {
		return false;
	}
	json_object_foreach (sets, key, set) {
		if (!json_has_labels(set)) {
			return false;
		}
	}
	while (i-- > 0) {
		if (strcmp(code, json_text(json_array_get(values, i), "code",
		    "")) == 0) {
			return false;
		}
	}
	return true;
}

enum err
taxonomy_check(struct profile *p)
{
	static const char *const needed[] = { "kind", "type", "origin",
		"route", "adviser", "subject_role", "investigation",
		"investigation_status", "outcome", "measure", "ack_waiver",
		"wbk", "anonymous", "channel", "area", "relation",
		"adviser_kind", "hours", "activity", "contact_route",
		"advice_topic", "participant", "reporter" };
	json_t *all = json_object_get(p->root, "vocabularies"), *values;
	json_t *triage = json_object_get(p->root, "triage");
	const char *name;

	if (!json_is_object(all) ||
	    json_object_size(all) > VOCABULARIES_MAX) {
		return ERR_FORMAT;
	}
	json_object_foreach (all, name, values) {
		size_t n = json_array_size(values);

		if (n == 0 || n > VOCABULARY_MAX) {
			return ERR_FORMAT;
		}
		for (size_t i = 0; i < n; i++) {
			if (!value_valid(values, i)) {
				return ERR_FORMAT;
			}
		}
		p->vocabulary[p->vocabularies++] =
		    (struct vocabulary){ name, values };
	}
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		if (taxonomy_find(p, needed[i]) == NULL) {
			return ERR_UNKNOWN;
		}
	}
	if (json_array_size(triage) != TRIAGE_QUESTIONS) {
		return ERR_FORMAT;
	}
	for (size_t i = 0; i < TRIAGE_QUESTIONS; i++) {
		if (!json_has_labels(json_array_get(triage, i))) {
			return ERR_FORMAT;
		}
	}
	return OK;
}

const struct vocabulary *
taxonomy_find(const struct profile *p, const char *name)
{
	for (size_t i = 0; i < p->vocabularies; i++) {
		if (strcmp(p->vocabulary[i].name, name) == 0) {
			return &p->vocabulary[i];
		}
	}
	return NULL;
}

size_t
vocabulary_count(const struct vocabulary *v)
{
	return json_array_size(v->values);
}

const char *
vocabulary_code(const struct vocabulary *v, size_t i)
{
	return json_text(json_array_get(v->values, i), "code", "");
}

int
vocabulary_index(const struct vocabulary *v, const char *code)
{
	size_t n = vocabulary_count(v);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(vocabulary_code(v, i), code) == 0) {
			return (int)i;
		}
	}
	return -1;
}

const char *
vocabulary_label(const struct vocabulary *v, size_t i, const char *set,
    const char *lang)
{
	const json_t *value = json_array_get(v->values, i);
	const json_t *named = NULL;
	const char *s = NULL;

	if (set != NULL && lang != NULL) {
		named = json_object_get(json_object_get(value, "sets"), set);
		s = json_text(named, lang, NULL);
	}
	return s != NULL ? s : json_label(value, lang, vocabulary_code(v, i));
}

bool
vocabulary_counts_as(const struct vocabulary *v, size_t i, const char *what)
{
	return json_holds(json_object_get(json_array_get(v->values, i),
	    "counts_as"), what);
}

enum err
vocabulary_multi(const struct vocabulary *v, const char *cell, uint64_t *mask)
{
	uint64_t found = 0;

	while (*cell != '\0') {
		size_t len = strcspn(cell, "+");
		char code[CODE_MAX];
		int i;

		if (len == 0) {
			return ERR_FORMAT;
		}
		if (len >= CODE_MAX) {
			return ERR_UNKNOWN;
		}
		memcpy(code, cell, len);
		code[len] = '\0';
		i = vocabulary_index(v, code);
		if (i < 0) {
			return ERR_UNKNOWN;
		}
		if ((found >> i & 1) != 0) {
			return ERR_FORMAT;
		}
		found |= (uint64_t)1 << i;
		cell += len;
		if (*cell == '+' && *++cell == '\0') {
			return ERR_FORMAT;
		}
	}
	*mask = found;
	return OK;
}

const char *
triage_text(const struct profile *p, enum triage_question q, const char *lang)
{
	return json_label(json_array_get(json_object_get(p->root, "triage"),
	    (size_t)q), lang, "");
}

const char *
triage_wbk(const enum answer answers[TRIAGE_QUESTIONS])
{
	bool no = false, unknown = false;

	if (answers[TRIAGE_UNION_LAW] == ANSWER_YES) {
		return "ja";
	}
	for (int q = TRIAGE_RULE_OR_DANGER; q < TRIAGE_QUESTIONS; q++) {
		no = no || answers[q] == ANSWER_NO;
		unknown = unknown || answers[q] == ANSWER_UNKNOWN;
	}
	if (!no && !unknown) {
		return "ja";
	}
	/* One "no" settles the national limb, not the Union limb. */
	return no && answers[TRIAGE_UNION_LAW] == ANSWER_NO ? "nee" :
	    "onbekend";
}

bool
wbk_is_downgrade(const char *from, const char *to)
{
	return strcmp(from, "ja") == 0 && strcmp(to, "ja") != 0;
}
