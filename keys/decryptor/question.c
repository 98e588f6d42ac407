/* SPDX-License-Identifier: EUPL-1.2 */
/* The questions of the form in words, as the page and a dossier show them. */
#include <string.h>

#include "embedded_pages.h"
#include "question.h"

static const struct {
	const char *key;
	enum text_id text;
} question[] = {
	{"what", TEXT_Q_WHAT}, {"when", TEXT_Q_WHEN},
	{"where", TEXT_Q_WHERE}, {"who", TEXT_Q_WHO},
	{"how_known", TEXT_Q_HOW_KNOWN}, {"ongoing", TEXT_Q_ONGOING},
	{"danger", TEXT_Q_DANGER}, {"told_someone", TEXT_Q_TOLD_SOMEONE},
	{"wishes", TEXT_Q_WISHES},
};

static const struct {
	const char *code;
	enum text_id text;
} choice[] = {
	{"yes", TEXT_ANSWER_YES}, {"no", TEXT_ANSWER_NO},
	{"unknown", TEXT_ANSWER_UNKNOWN},
};

bool
question_of_page(const struct report_answer *a)
{
	return a->asked != NULL;
}

const char *
question_text(const struct report_answer *a, bool english)
{
	for (size_t i = 0; i < sizeof question / sizeof *question; i++) {
		if (strcmp(question[i].key, a->key) == 0) {
			return page_texts[question[i].text][english];
		}
	}
	return a->asked != NULL ? a->asked : a->key;
}

const char *
answer_words(const struct report_answer *a, bool english)
{
	if (strcmp(a->key, "ongoing") != 0) {
		return a->text;
	}
	for (size_t i = 0; i < sizeof choice / sizeof *choice; i++) {
		if (strcmp(choice[i].code, a->text) == 0) {
			return page_texts[choice[i].text][english];
		}
	}
	return a->text;
}
