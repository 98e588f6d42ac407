/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who vouches for the bytes of the reporter's page: a holder, and the release
 * key if the keyset has one (FORMAT.md section 7).
 */
#ifndef DECRYPTOR_PAGESIGN_H
#define DECRYPTOR_PAGESIGN_H

#include "desk.h"

/*
 * Signs the page.json in ${file} as a holder and keeps it for the next
 * export. With a release key in the keyset, ${file}.minisig must be by it:
 * ERR_UNKNOWN when it is not there, ERR_SIGNATURE when it is not. Says what
 * is wrong; what was kept before stays.
 */
enum err pagesign_take(struct desk *d, const char *file);
/*
 * Puts the key of the minisign file ${file} ("none": no key) into ${k}, which
 * the caller signs. The page that this desk publishes, ${page} or else what
 * it kept, must be signed by that key already. Errors as above, and
 * ERR_FORMAT for another file; says what is wrong.
 */
enum err pagesign_release(const struct desk *d, const char *file,
    const char *page, struct keyset *k);
/* Is there a page, signed as the keyset of the desk asks? Says why not. */
bool pagesign_ready(const struct desk *d);

#endif
