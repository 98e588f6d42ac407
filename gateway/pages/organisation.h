/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * organisation.json: the organisation's own words, its colour and its extra
 * questions. Written by IT, so it is bounded and every error is named; the
 * pages show it as it is, and what a reporter answered is sealed with the
 * words of the question (keys/FORMAT.md section 3).
 */
#ifndef MELDLUIK_GATEWAY_ORGANISATION_H
#define MELDLUIK_GATEWAY_ORGANISATION_H

#include "embedded_pages.h"
#include "setup.h"

#define ORGANISATION_MAX 65536u
#define QUESTIONS_MAX 16u
#define OPTIONS_MAX 12u
#define QUESTION_ID 33u   /* "q_" and 1..30 of [a-z0-9_], with NUL */
#define QUESTION_ASK 200u /* bytes of a question, an option, a hint */
#define WORDS_MAX 400u    /* bytes of an address, an adviser, ... */

/* One text in every language; those not given are the first one given */
struct words {
	const char *in[LANGUAGES]; /* all NULL: not given */
	/* Where the text is of another language, which; else NULL. One text
	 * without a language serves them all */
	const char *of[LANGUAGES];
};

enum question_kind { QUESTION_TEXT, QUESTION_CHOICE, QUESTION_DATE };

struct question {
	char id[QUESTION_ID];
	enum question_kind kind;
	struct words ask, hint;
	struct words option[OPTIONS_MAX];
	unsigned options;
	bool report, advice; /* on which forms */
	int parent;          /* index of an earlier choice; -1: always shown */
	unsigned parent_option;
};

struct organisation {
	struct words name, contact, phone, post, adviser, dpo, exit;
	bool coloured;
	uint32_t light, dark; /* 0xrrggbb */
	struct question question[QUESTIONS_MAX];
	unsigned questions;
	void *owner; /* of all texts */
};

/* ERR_FORMAT, ERR_VERSION or ERR_LIMIT with ${why} */
enum err organisation_parse(const void *p, size_t len,
    struct organisation *out, char why[PAGES_WHY]);
void organisation_free(struct organisation *o);
/* Index of a language of the build, or LANGUAGES */
unsigned language_find(const char *code, size_t len);
/* WCAG contrast of two colours 0xrrggbb, 1..21 */
double colour_contrast(uint32_t a, uint32_t b);

#endif
