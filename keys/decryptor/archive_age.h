/* SPDX-License-Identifier: EUPL-1.2 */
/* The backup file: a tar inside a passphrase age file, streamed. */
#ifndef DECRYPTOR_ARCHIVE_AGE_H
#define DECRYPTOR_ARCHIVE_AGE_H

#include "desk.h"

enum err backup_write(struct desk *d, int fd);
/* Into the fresh home of ${d}. Only names that backup_write makes become
 * files; everything else is ERR_FORMAT. */
enum err backup_read(struct desk *d, int fd);
/* Every attachment that a message names opens and has its hash */
enum err backup_attachments_check(struct desk *d);

#endif
