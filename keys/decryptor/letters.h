/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Letters from templates (policy/data/letters.json), in the language of the
 * report where we have it: acknowledgement, questions, message, feedback,
 * consent, forwarding, not_admissible, talk_record, closing, notice, retaliation.
 * They promise only what the strict clock allows (RULES.md C4). What stands
 * in square brackets is for the writer; a letter that still has one is not
 * sent.
 */
#ifndef DECRYPTOR_LETTERS_H
#define DECRYPTOR_LETTERS_H

#include "acts.h"

#define LETTER_DAY 32u /* "30 september 2026" and its NUL */

struct letter {
	bool mailbox;  /* may go to the reporter */
	enum reply_kind kind;
	bool reasoned, options, forwarded; /* what the text does */
};

size_t letters_count(void);
const char *letter_name(size_t i); /* i < letters_count() */
/* What people call it in ${lang}, "nl" or "en" */
const char *letter_label(size_t i, const char *lang);
/* What ${name} is, ERR_UNKNOWN when there is none */
enum err letter_find(const char *name, struct letter *out);
/*
 * letter_make(d, k, name, lang, to, receiver, out): ${lang} NULL: that of the
 * report. {receiver} is ${to} in words, or ${receiver} where those are not
 * known (an investigator); {basis} is what a forwarding to ${to} rests on.
 * What is NULL or not there is left in brackets. Who asked for advice has not
 * reported, and has no term: a letter may have words of its own for that.
 */
enum err letter_make(struct desk *d, size_t k, const char *name,
    const char *lang, const struct target *to, const char *receiver,
    struct buf *out);
/* ${d} as a letter says it: "26 februari 2027", "26 February 2027" */
void letter_day(day_t d, bool dutch, char out[LETTER_DAY]);
/* The language in which it is made for a report in ${lang}: that one, or
 * "en" where there is no letter in it */
const char *letter_language(const char *name, const char *lang);
/* The acknowledgement in the language of the report, or letter_language() */
enum err letter_acknowledge(struct desk *d, const struct kase *k,
    struct buf *out);
/* A text that still has a bracket to fill in: ERR_POLICY */
enum err letter_whole(const char *text, size_t len, struct refusal *why);

#endif
