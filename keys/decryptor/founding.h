/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Making homes: the founder's, with the identity key and the first keyset,
 * and a further holder's, whose public half goes to the founder as a request
 * file.
 */
#ifndef DECRYPTOR_FOUNDING_H
#define DECRYPTOR_FOUNDING_H

#include "org.h"

#define REQUEST_MAX (2u << 20)

/* A new home for ${person} of ${desk} of organisation ${org} (NULL: a new
 * organisation); the passphrase is in ${d}. Keys of 26 weeks are made. */
enum err founding_home(struct desk *d, const uint8_t *org, unsigned desk,
    const char *person, enum person_role role, bool founder);
/* The founder's first keyset: one desk, one holder */
enum err founding_keyset(struct desk *d, const char *organisation,
    const struct card *card);
/* The whole first home, as desk ${number}: folders, home, keyset, journal.
 * The passphrase is in ${d}; says what is wrong */
enum err founding_first(struct desk *d, unsigned number, const char *person,
    const char *organisation, const struct card *card);
/* Adds desk ${number} from the profile's proposal to ${k} if it is missing */
enum err founding_desk(struct desk *d, struct keyset *k, unsigned number);

/* The request file of this home's owner, appended to ${out} */
enum err request_write(struct desk *d, struct buf *out);
/* Checks a request against this organisation and takes it into keyset and
 * blocks. ERR_CONFLICT: that id has another key; with ${replace} the new key
 * takes the place of that one, which is revoked. */
enum err request_take(struct desk *d, const void *p, size_t len,
    bool replace);
/* The same from a file; says what is wrong, journals the keyset */
enum err request_file_take(struct desk *d, const char *file, bool replace);
enum err journal_keyset(struct desk *d);
/* Says who of a retired desk is in the keyset yet, and until when */
void retired_tell(const struct desk *d);
/* Takes a person out of the keyset; the key is revoked */
enum err holder_remove(struct desk *d, const char *id);
/* This home under new keys in folder ${path}; with ${operational} the
 * signing key and the weeks ahead are new too */
enum err home_rekey(struct desk *d, const char *path, bool operational);

/* Keyset and blocks as a folder for another holder's machine; of the keys of
 * weeks that another one published there, what this machine lacks stays.
 * ERR_STALE, and says so: a newer keyset lies there */
enum err org_publish(const struct desk *d, const char *path);
/* And back: verified, newer or equal. ${fingerprint}: of a new identity
 * that a person read from paper, or NULL. */
enum err org_accept(struct desk *d, const char *path,
    const char *fingerprint);

#endif
