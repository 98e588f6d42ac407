/* SPDX-License-Identifier: EUPL-1.2 */
/* The backup file: a tar inside a passphrase age file, streamed. */
#ifndef DECRYPTOR_ARCHIVE_AGE_H
#define DECRYPTOR_ARCHIVE_AGE_H

#include "desk.h"

enum err backup_write(struct desk *d, int fd, uint8_t hash[HASH_LEN]);
/* Reads ${fd} back from its start, opens it, and compares the hash of what
 * is inside. ERR_CHAIN: the medium gave back something else. */
enum err backup_check(const struct desk *d, int fd,
    const uint8_t hash[HASH_LEN]);
/* A backup for the deputies in ${to}: the casebook's key as `casebook.key`
 * (64 hex digits) in the place of the keyring; ${sealed}: hash of the file,
 * which nobody here can open again */
enum err backup_write_heirs(struct desk *d, const struct age_recipient *to,
    unsigned n, int fd, uint8_t hash[HASH_LEN], uint8_t sealed[HASH_LEN]);
/* Reads ${fd} back as backup_check does, as it is sealed */
enum err backup_check_heirs(int fd, const uint8_t sealed[HASH_LEN]);
/* Opens such a file with the identity of this ring's owner: casebook, casekeys
 * and the folder of attachments into folder ${stage}, the key out. Anybody can
 * seal to a deputy: ${hash} of what is inside is what a holder signed, and
 * nothing is read of another (ERR_SIGNATURE). NULL: of anybody; else
 * papers.json comes into ${stage} too, whose key on paper opens backups */
enum err heirs_read(struct desk *d, int fd, int stage,
    const uint8_t *hash, uint8_t key[32]);
/* Into the fresh home of ${d}. Only names that backup_write makes become
 * files; everything else is ERR_FORMAT. The keyring waits under its other name
 * until backup_use makes a home of it that owes its journal a `restore`. */
enum err backup_read(struct desk *d, int fd);
enum err backup_use(struct desk *d);
/* Every message opens, and every attachment that it names, which has its
 * hash; ${at}: place of the message of which that is not so */
enum err backup_messages_check(struct desk *d, size_t *at);

#endif
