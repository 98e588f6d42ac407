/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Vocabularies: ordered lists of codes, each code with labels in several
 * languages and, where tables word it differently, in several sets. The
 * register holds codes only.
 *
 * Vocabularies of a profile: kind, type, origin, route, adviser,
 * subject_role, investigation, investigation_status, outcome, measure,
 * ack_waiver, wbk, channel, area, anonymous, reporter (`relation` of
 * report.json), relation (of adviser cases), adviser_kind, hours, activity,
 * contact_route, advice_topic, participant. Roles of the about-whom page
 * are in routing.h, retention classes in retention.h.
 */
#ifndef MELDLUIK_TAXONOMY_H
#define MELDLUIK_TAXONOMY_H

#include "meldluik/profile.h"

#define VOCABULARY_MAX 64 /* codes in one vocabulary */
#define CODE_MAX 32       /* characters of a code */

struct vocabulary; /* belongs to the profile */

/* NULL if the profile has none of that name */
const struct vocabulary *taxonomy_find(const struct profile *p,
    const char *name);
size_t vocabulary_count(const struct vocabulary *v);
/* i < vocabulary_count(v) */
const char *vocabulary_code(const struct vocabulary *v, size_t i);
/* Place of ${code} in the list, or -1 */
int vocabulary_index(const struct vocabulary *v, const char *code);
/*
 * vocabulary_label(v, i, set, lang): the label of set ${set} (NULL: the
 * plain one) in ${lang}; falls back to the plain label, then to English,
 * then to the code. Never NULL.
 */
const char *vocabulary_label(const struct vocabulary *v, size_t i,
    const char *set, const char *lang);
/* Whether the data says that code i counts as ${what} in the figures, such
 * as outcome gegrond as "upheld" */
bool vocabulary_counts_as(const struct vocabulary *v, size_t i,
    const char *what);

/*
 * vocabulary_multi(v, cell, mask): a cell of codes joined by '+', no spaces,
 * no doubles, "" is none. Sets bit i of ${mask} for code i. ERR_UNKNOWN for
 * a code not listed, ERR_FORMAT for doubles and empty parts.
 */
enum err vocabulary_multi(const struct vocabulary *v, const char *cell,
    uint64_t *mask);

/*
 * Triage: the four questions that decide whether a report is a 'misstand'
 * (Wbk art. 1; Directive art. 2, 5).
 */
enum answer { ANSWER_UNKNOWN = 0, ANSWER_YES, ANSWER_NO };
#define TRIAGE_QUESTIONS 4
enum triage_question {
	TRIAGE_UNION_LAW,     /* (danger of) breach of Union law? */
	TRIAGE_RULE_OR_DANGER, /* breach of statute or rules, or danger? */
	TRIAGE_BEYOND_PERSON, /* more than personal interests only? */
	TRIAGE_PATTERN_OR_SERIOUS /* pattern, structural, serious, extensive? */
};
/* The question as asked, in ${lang} (falls back to English) */
const char *triage_text(const struct profile *p, enum triage_question q,
    const char *lang);
/* The `wbk` code: "ja", "nee", or "onbekend" while an answer that could
 * change the result is missing */
const char *triage_wbk(const enum answer answers[TRIAGE_QUESTIONS]);

/* From "ja" to anything else: two people (ACT_WBK_DOWNGRADE) */
bool wbk_is_downgrade(const char *from, const char *to);

#endif
