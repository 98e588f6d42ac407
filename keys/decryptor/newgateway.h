/* SPDX-License-Identifier: EUPL-1.2 */
/* A gateway's card, first or after it was made anew (DESIGN.md section 3). */
#ifndef DECRYPTOR_NEWGATEWAY_H
#define DECRYPTOR_NEWGATEWAY_H

#include "desk.h"

/*
 * Takes the card in ${path} into ${k}, which the caller signs. For another
 * key than ${k} names: ERR_CONFLICT unless its generation is higher;
 * ERR_POLICY until two people signed (asks them; the request goes to ${file}
 * unless NULL). ${request}: what newgateway_done uses up once the keyset is
 * saved, or NOT_FOUND. Says what is wrong.
 */
enum err newgateway_take(struct desk *d, const char *path, const char *file,
    struct keyset *k, size_t *request);
enum err newgateway_done(struct desk *d, size_t request);

#endif
