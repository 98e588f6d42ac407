/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What came by phone, letter or in a talk, for command line and page.
 * Directive 9(2): these ways stand beside the mailbox and count the same.
 */
#ifndef DECRYPTOR_ENTRY_H
#define DECRYPTOR_ENTRY_H

#include "content.h"
#include "desk.h"

#define ENTRY_TEXT_MAX (REPORT_JSON_MAX - 1024u)

struct entry {
	const char *ref;      /* of a follow-up's case; NULL: a new case */
	const char *route;    /* code, or "" */
	const char *language; /* 2..16 characters */
	enum report_kind kind;
	bool oral;
	day_t day;            /* on which the organisation heard it */
};
/* Journals it as case ${ref} */
enum err entry_store(struct desk *d, const struct entry *w,
    const struct buf *text, char ref[REF_TEXT]);

#endif
