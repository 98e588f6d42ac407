/* SPDX-License-Identifier: EUPL-1.2 */
/* What act_approve.c and act_sign.c share: a request and its signatures. */
#ifndef DECRYPTOR_APPROVAL_H
#define DECRYPTOR_APPROVAL_H

#include "acts_private.h"

#define REQUEST_TYPE "meldluik-approval-request"
#define REQUEST_DOC_MAX 8192u

/* What a signature under a request of that desk is for */
struct sign_purpose approval_purpose(const uint8_t org[ORG_LEN],
    unsigned desk);
/* Journals a signature, or (${sig} NULL) one on paper of ${day}; inside the
 * act's transaction */
enum err approval_put(struct desk *d, size_t request, const char *person,
    const struct buf *sig, day_t day);

#endif
