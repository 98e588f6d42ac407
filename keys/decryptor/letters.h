/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters from templates, in the language of the report where we have it. */
#ifndef DECRYPTOR_LETTERS_H
#define DECRYPTOR_LETTERS_H

#include "desk.h"

/* Acknowledgement; ${out} is appended to */
enum err letter_acknowledge(struct desk *d, const struct kase *k,
    struct buf *out);

#endif
