/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef DECRYPTOR_QUESTION_H
#define DECRYPTOR_QUESTION_H

#include <stdbool.h>

/* The question of an answer's ${key}, in Dutch or in English; ${key} itself
 * when it is one that an organisation added */
const char *question_text(const char *key, bool english);

#endif
