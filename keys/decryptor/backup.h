/* SPDX-License-Identifier: EUPL-1.2 */
/* A backup as a file on another medium, for command line and page. */
#ifndef DECRYPTOR_BACKUP_H
#define DECRYPTOR_BACKUP_H

#include "heir.h"

struct backup_made {
	bool second;        /* on another device than the home */
	bool paper;         /* FILE.paper was written too */
	struct heirs heirs; /* whom FILE.deputy is for, and for whom not */
};

/*
 * Writes the new file ${path}, whole or not at all, and journals it.
 * On another device the next export confirms; ${path}.paper opens it with
 * sheets of the backup key. Says in plain words what is wrong: when
 * an attachment is, ${path} is there all the same, but does not count.
 */
enum err backup_make(struct desk *d, const char *path,
    struct backup_made *out);
/* Every message and attachment is there and right, or says which case lacks
 * one */
enum err backup_whole(struct desk *d);

#endif
