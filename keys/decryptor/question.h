/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef DECRYPTOR_QUESTION_H
#define DECRYPTOR_QUESTION_H

#include <stdbool.h>

#include "meldluik/report.h"

/* What was asked, in Dutch or in English; when an organisation added the
 * question, the words of its page, or the key when they did not come along */
const char *question_text(const struct report_answer *a, bool english);

/* The page's words, which nobody signed (keys/FORMAT.md section 3)? */
bool question_of_page(const struct report_answer *a);

/* The answer; a choice of the form travels as a code and gets its words */
const char *answer_words(const struct report_answer *a, bool english);

#endif
