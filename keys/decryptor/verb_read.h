/* SPDX-License-Identifier: EUPL-1.2 */
/* What `list` and `show` say of a case alike. */
#ifndef DECRYPTOR_VERB_READ_H
#define DECRYPTOR_VERB_READ_H

#include "meldluik/json.h"
#include "verbs.h"

/* null when there is none */
void json_day_set(json_t *o, const char *key, day_t day);
/* "-" when there is none */
const char *day_or(day_t day, char out[DAY_TEXT]);
json_t *case_json(struct desk *d, const struct kase *k);
void case_line(struct desk *d, const struct kase *k);

#endif
