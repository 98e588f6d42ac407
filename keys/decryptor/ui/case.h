/* SPDX-License-Identifier: EUPL-1.2 */
/* What the pages of one case share. */
#ifndef DECRYPTOR_UI_CASE_H
#define DECRYPTOR_UI_CASE_H

#include "meldluik/json.h"
#include "ui.h"

/* Of the conversation or the notes, to be sorted: one of these */
struct item {
	const struct message *in;
	const struct draft *out;
	const struct note *note;
	const struct kept *kept;
	unsigned number; /* of a message, from 1 */
	day_t day;
	size_t order;
};
/* Facts above every page of a case */
void case_head(struct visit *v, size_t k);
/* ${e}, of a record of the case: what cannot be read is flagged ${unread} in
 * ${row} and counted, and the rest of the page is shown */
enum err unread_set(struct visit *v, struct view *row, enum err e);
/* How many it were, as text ${some_unread} */
void unread_tell(struct visit *v);
/* Answers of a report as list ${answers} */
void answers_set(struct visit *v, struct view *row, const struct report *r);
/*
 * A form of a case. Its field ${by} names one act of the list, which ends
 * with one that has no function; an act without a name is any other.
 * case_form shows the page with ${show}, or does the act. A refusal is said
 * on ${back}, behind "/case/REF"; an act that made a page or a direction of
 * its own is left at that.
 */
struct deed {
	const char *name;
	enum err (*run)(struct visit *v, struct refusal *why);
	enum text_id done; /* what is said when it is done */
	const char *then;  /* and where to go, behind "/case/REF" */
};
void case_form(struct visit *v, void (*show)(struct visit *v),
    const char *by, const struct deed *deed, const char *back);
/* Who may get a case outside, as list ${receivers} */
void targets_set(struct visit *v);
/* The one that field ${receiver} names, on a fresh page that of the kept
 * plan; false: none */
bool target_given(struct visit *v, struct target *out);
/* The kept plan as JSON, its bytes in ${raw}; NULL when there is none */
json_t *plan_kept(struct visit *v, struct buf *raw);
/* Whom a plan is for */
struct target plan_target(const json_t *o);
/* In words of the page */
const char *target_label(struct visit *v, const struct target *t);
/* Words that an event kept: what they are, or how something was given */
const char *kept_label(struct visit *v, const struct kept *w);
/* How far the record of a talk is */
const char *oral_label(struct visit *v, enum oral_state o);
/* What was recorded for forwarding case ${k}, as list ${grounds} */
void grounds_set(struct visit *v, size_t k);
/* What the page of a case can do */
extern const struct deed case_deeds[];
/* What may be done now, signatures, people, steps taken */
void case_work_set(struct visit *v, size_t k);

#endif
