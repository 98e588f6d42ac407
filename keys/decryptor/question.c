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

const char *
question_text(const char *key, bool english)
{
	for (size_t i = 0; i < sizeof question / sizeof *question; i++) {
		if (strcmp(question[i].key, key) == 0) {
			return page_texts[question[i].text][english];
		}
	}
	return key;
}
