/* SPDX-License-Identifier: EUPL-1.2 */
/* What the act_*.c files share: the frame of an act, and small questions. */
#ifndef DECRYPTOR_ACTS_PRIVATE_H
#define DECRYPTOR_ACTS_PRIVATE_H

#include "acts.h"

/*
 * act_begin: ERR_STALE on a machine that was taken over, else an open
 * transaction. act_end: commits when ${e} is OK, else aborts and folds the
 * journal anew, so that the state is what it was; fills ${why} if the act
 * did not.
 */
enum err act_begin(struct desk *d, struct refusal *why);
enum err act_end(struct desk *d, enum err e, struct refusal *why);
/* ERR_POLICY unless case ${k} may be worked on here: not destroyed, not at
 * another desk, no subject works on it */
enum err act_case(struct desk *d, size_t k, struct refusal *why);
/* ERR_BUSY while an import is cut off: a withdrawal may wait in it, so no
 * text of a report leaves this machine */
enum err act_imported(const struct desk *d, struct refusal *why);
/* Is ${day} there, and not in the future? */
bool act_by_then(day_t day, day_t today);
bool act_subject(const struct kase *k, const char *person);
/* An event of case ${k} */
json_t *act_event(const struct desk *d, const char *name, size_t k);
/* Text as a record under the case's key; inside the act's transaction */
enum err act_text(struct desk *d, size_t k, const char *text, size_t len,
    uint8_t record[RECORD_ID]);
/* Empty, over ${max} bytes or no UTF-8: refused */
enum err act_text_check(const char *text, size_t len, size_t max,
    struct refusal *why);
/* The words of an act on case ${k}: it may be worked on, they are text, and
 * they are kept as ${record} */
enum err act_words(struct desk *d, size_t k, const char *text, size_t len,
    uint8_t record[RECORD_ID], struct refusal *why);
/* Sets one code (inside the transaction) unless it is that already */
enum err act_code_put(struct desk *d, size_t k, enum case_code c,
    const char *code);
/* One step, inside the transaction; ${request} NOT_FOUND: none used */
enum err act_step_put(struct desk *d, size_t k, enum case_state to,
    const char *reason, size_t len, size_t request);
enum err act_used_put(struct desk *d, size_t request);
/* ${event} in a transaction of its own, which uses ${request} up (NOT_FOUND:
 * none); takes the reference */
enum err act_signed_record(struct desk *d, json_t *event, size_t request);
/* Not used, and its case took no step since it was asked (that the reporter
 * has no route holds in any state) */
bool act_request_open(const struct state *s, const struct request *r);
/* Open, and for exactly this; ${detail} NULL: any */
bool act_request_fits(const struct state *s, const struct request *r,
    enum act a, size_t k, const char *detail);
/* Day on which two different people had signed a request that holds */
day_t act_signed_day(struct desk *d, size_t request);
/* Guards of the step with the approvals of act and detail */
enum err act_step_may(struct desk *d, size_t k, enum case_state to,
    bool reason, const char *detail, size_t *request, struct refusal *why);
/* The act that four eyes guard on the way to a state; ACT_COUNT: none */
enum act act_of_state(enum case_state to);

bool act_year_closed(const struct state *s, int year);

/* Takes the keys of a case whose end the journal tells out of the key file */
enum err case_keys_destroy(struct desk *d, size_t k);

#define ACT_TEXT_MAX 65536u

#endif
