/* SPDX-License-Identifier: EUPL-1.2 */
/* A backup as a file on another medium, for command line and page. */
#ifndef DECRYPTOR_BACKUP_H
#define DECRYPTOR_BACKUP_H

#include "desk.h"

/*
 * Writes the new file ${path}, whole or not at all, and journals it.
 * ${second}: it lies on another device than the home, so that the next
 * export confirms. ${paper}: ${path}.paper was written too, which opens it
 * with sheets of the backup key. Says in plain words what is wrong: when
 * an attachment is, ${path} is there all the same, but does not count.
 */
enum err backup_make(struct desk *d, const char *path, bool *second,
    bool *paper);
/* Every attachment is there and right, or says which case lacks one */
enum err backup_whole(struct desk *d);

#endif
