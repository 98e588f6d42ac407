/* SPDX-License-Identifier: EUPL-1.2 */
/* Files into a tar that is being written (backups, dossiers). */
#ifndef DECRYPTOR_MEMBER_H
#define DECRYPTOR_MEMBER_H

#include <archive.h>

#include "meldluik/bytes.h"

/* ERR_IO: the archive took no more, or the file changed its size */
enum err member_buf(struct archive *a, const char *path,
    const struct buf *b);
/* All of an open file, from its beginning; ${fd} stays the caller's */
enum err member_fd(struct archive *a, const char *path, int fd);

#endif
