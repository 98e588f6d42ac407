/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rules with their article, and the acts that need two people. A refusal
 * names a rule, never content.
 */
#ifndef MELDLUIK_FOUREYES_H
#define MELDLUIK_FOUREYES_H

#include "meldluik/profile.h"

/* A rule of the profile; strings live as long as the profile. */
struct rule {
	const char *id;      /* "R-FEEDBACK" */
	const char *article; /* "Wbk 2(2); Dir 9(1)(f)" */
	const char *nl, *en; /* why not, in one sentence */
};

/* False (and ${out} untouched) if the profile has no such rule */
bool rule_find(const struct profile *p, const char *id, struct rule *out);

/* A verified signature under an act; the caller verified it. */
struct signer {
	const char *person; /* id in the keyset, equal for equal people */
	bool subject;       /* the case is about this person */
};

#define SIGNERS_MAX 8

enum act {
	ACT_NOT_ADMISSIBLE,
	ACT_UNFOUNDED_UNINVESTIGATED,
	ACT_ABORT,
	ACT_FORWARD,
	ACT_DISCLOSE_IDENTITY,
	ACT_RECUSE,
	ACT_WBK_DOWNGRADE,
	ACT_DESTROY,
	ACT_KEY_CEREMONY,
	ACT_YEAR_CLOSING,
	ACT_FEEDBACK_WITHOUT_ROUTE,
	ACT_COUNT
};

const char *act_code(enum act a); /* as in the profile's four_eyes list */
bool foureyes_needed(const struct profile *p, enum act a);
/*
 * foureyes_check(p, a, s, n, why): OK if ${a} needs no second person or two
 * different people who are no subject signed; else ERR_POLICY and the rule.
 * A signature by the subject is refused even when there are enough others.
 */
enum err foureyes_check(const struct profile *p, enum act a,
    const struct signer *s, size_t n, struct rule *why);

#endif
