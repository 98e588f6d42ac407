/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files of a stick, a state folder and a reporter's own folder. What is
 * written is whole or not there: a temporary name, fsync, rename, fsync of
 * the folder. Links on a stick are never followed.
 */
#ifndef MELDLUIK_TRANSFER_FILES_H
#define MELDLUIK_TRANSFER_FILES_H

#include "meldluik/bytes.h"
#include "meldluik/fd.h"
#include "meldluik/minisign.h"

/* Whole regular file ${name} below folder ${dir} appended to ${out}.
 * ERR_UNKNOWN: not there; ERR_LIMIT: over the maximum of ${out}. */
enum err file_read(int dir, const char *name, struct buf *out);
/* The same for a path of the command line: "-" is standard input, links are
 * the user's own business */
enum err file_read_path(const char *path, struct buf *out);
/* Replaces ${name} (mode ${mode}). ERR_FULL: no room, nothing changed. */
enum err file_write(int dir, const char *name, const void *p, size_t len,
    unsigned mode);
enum err file_write_path(const char *path, const void *p, size_t len,
    unsigned mode);
/* Makes folder ${name} below ${dir} if needed and opens it. ${name} may be
 * a path of the command line when ${dir} is AT_FDCWD. */
enum err folder_open(int dir, const char *name, bool make, int *out);
enum err folder_sync(int dir);
/* SHA-256 and size of an open file from its beginning */
enum err fd_hash(int fd, uint64_t *size, uint8_t out[HASH_LEN]);
/* Exactly ${len} bytes at ${offset}; ERR_FORMAT when the file is shorter */
enum err fd_read_at(int fd, uint64_t offset, void *p, size_t len);

#endif
