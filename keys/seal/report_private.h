/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What report.c (the struct) and report_json.c (its text) share: the rules
 * for each field, so that a writer and a reader cannot differ.
 */
#ifndef MELDLUIK_REPORT_PRIVATE_H
#define MELDLUIK_REPORT_PRIVATE_H

#include "meldluik/report.h"

#define REPORT_KINDS 4u
#define REPORT_SEALERS 4u
#define MEDIA_TYPE_MAX 127u
#define LAST_REPLY_LEN 16u

extern const char *const report_kind_words[REPORT_KINDS];
extern const char *const report_sealed_by_words[REPORT_SEALERS];

bool report_epoch_valid(const char *s);
bool report_relation_valid(const char *s);
bool report_about_valid(const char *s);
/* Must be signed: a follow-up or a withdrawal */
bool report_later(enum report_kind k);
/* Every field is one that a reader accepts */
bool report_sensible(const struct report *r);

#endif
