/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Options that take one of a few words. One that is none of them is named,
 * as text that a terminal does not obey, with what there is to choose from;
 * nothing is sealed then, and no code was shown. (--about is chosen by
 * compose.c, --relation in law.c.)
 */
#include <string.h>

#include "reporter.h"
#include "shown.h"

bool
answer_key(const char *answer, char key[ANSWER_KEY])
{
	size_t n = strcspn(answer, "=");

	if (answer[n] == '\0' || n >= ANSWER_KEY) {
		return false;
	}
	memcpy(key, answer, n);
	key[n] = '\0';
	return report_question_valid(key);
}

static bool
answers_good(const struct reporter_options *o)
{
	char key[ANSWER_KEY];
	size_t n;

	for (unsigned i = 0; i < o->answers; i++) {
		if (answer_key(o->answer[i], key)) {
			continue;
		}
		n = strcspn(o->answer[i], "=");
		say("--answer: there is no question \"%.*s\"",
		    (int)(n < SAID_MAX ? n : SAID_MAX), o->answer[i]);
		say("--answer takes KEY=FILE, of what the page asks:");
		for (size_t k = 0; report_question(k) != NULL; k++) {
			say("  %s", report_question(k));
		}
		say("  q_...  a question of the organisation, by its name");
		return false;
	}
	return true;
}

enum err
options_good(const struct reporter_options *o)
{
	uint8_t last[16];

	if (!report_language_valid(o->language)) {
		say("--language takes a code such as nl or en, not \"%.*s\"",
		    (int)strnlen(o->language, SAID_MAX), o->language);
		return ERR_USAGE;
	}
	if (o->last_reply != NULL && hex_decode(o->last_reply, last,
	    sizeof(last)) != OK) {
		say("--last-reply takes the reply_id that check --json "
		    "shows (32 hex digits), not \"%.*s\"",
		    (int)strnlen(o->last_reply, SAID_MAX), o->last_reply);
		return ERR_USAGE;
	}
	return answers_good(o) ? OK : ERR_USAGE;
}
