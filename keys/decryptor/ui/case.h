/* SPDX-License-Identifier: EUPL-1.2 */
/* What the pages of one case share. */
#ifndef DECRYPTOR_UI_CASE_H
#define DECRYPTOR_UI_CASE_H

#include "ui.h"

struct item { /* of the conversation, to be sorted */
	struct view *row;
	day_t day;
	size_t order;
};
/* Facts above every page of a case */
void case_head(struct visit *v, size_t k);
/* Answers of a report as list ${answers} */
void answers_set(struct visit *v, struct view *row, const struct report *r);
const char *question_label(struct visit *v, const char *key);
/* A POST on the case page */
void case_work(struct visit *v);
/* What may be done now, signatures, people, steps taken */
void case_work_set(struct visit *v, size_t k);

#endif
