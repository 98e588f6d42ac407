/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files of the home folder and of sticks. Every write is whole or not at
 * all: a new file, fsync, rename, fsync of the folder. Links are never
 * followed: a stick comes from a machine that others use.
 */
#ifndef DECRYPTOR_FILES_H
#define DECRYPTOR_FILES_H

#include <dirent.h>
#include <stdbool.h>

#include "meldluik/bytes.h"
#include "meldluik/fd.h"

/* Whole regular file below folder ${dir} appended to ${out}. ERR_UNKNOWN:
 * not there; ERR_LIMIT: over the maximum of ${out}; ERR_POLICY: a link or no
 * regular file. */
enum err file_read(int dir, const char *name, struct buf *out);
/* ${path} from the command line: links are the user's own business */
enum err file_read_path(const char *path, struct buf *out);
/* Is what lies at ${path} these bytes, by the medium and not by what the system
 * remembers of it? ERR_CHAIN: it gave back something else. */
enum err file_check(const char *path, const void *p, size_t len);
/* Replaces ${name} atomically, mode 0600. ERR_FULL: no room. */
enum err file_replace(int dir, const char *name, const void *p, size_t len);
/* The same for keys: what lay there is overwritten once the new file stands.
 * A crash between the two leaves it in free blocks, and flash keeps what was
 * overwritten (keys/CEREMONY.md: encrypt the disk) */
enum err file_replace_over(int dir, const char *name, const void *p,
    size_t len);
/* Renames ${name} of ${from} to the first free NAME${mark}N of ${to}, which is
 * left in ${as}. ERR_UNKNOWN: not there; ERR_FULL: no such name is free */
#define ASIDE_NAME 64u
enum err file_aside(int from, const char *name, int to, const char *mark,
    char as[ASIDE_NAME]);
/* Removed, and overwritten behind its name, as far as that goes */
void file_erase(int dir, const char *name);
/* A new file, durable; ERR_CONFLICT when it exists */
enum err file_create(int dir, const char *name, const void *p, size_t len);
/* Makes folder ${name} (mode 0700) if needed and opens it */
enum err folder_open(int dir, const char *name, bool make, int *out);
enum err folder_sync(int dir);
/* The next entry of ${list}; NULL at its end. ERR_IO: there are others, which
 * cannot be read: what is not named then is not what is not there. */
enum err folder_next(DIR *list, struct dirent **entry);
/* Removes a folder of ours and the files in it, two levels deep */
void folder_remove(int dir, const char *name);
/* Exactly ${len} bytes; ERR_UNKNOWN at a clean end before the first */
enum err fd_read(int fd, void *p, size_t len);

#endif
