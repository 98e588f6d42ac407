/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Metadata of a file, and a copy without it, by mat2 (Debian) in bubblewrap:
 * no network, no home, no process but its own, limits on time and memory.
 * The file is hostile and so, after reading it, is the tool: what comes back
 * is one file and bounded text. mat2 copies what it does not know:
 * scrub_left.py, run likewise, takes paths and printers out of office
 * documents, and a copy in which it still finds something is no copy.
 */
#ifndef DECRYPTOR_SCRUB_H
#define DECRYPTOR_SCRUB_H

#include "meldluik/bytes.h"
#include "meldluik/minisign.h"

enum scrub_result { SCRUB_DONE, SCRUB_NO_TOOL, SCRUB_FAILED };

#define SCRUB_REPORT_MAX 65536u
#define SCRUB_ROOM "scrub.tmp" /* in the folder of the file, while it works */
#define SCRUB_PYTHON "/usr/bin/python3"

extern const char scrub_left[]; /* scrub_left.py, for python3 -I -c */

bool scrub_available(void);
/*
 * ${name} in folder ${dir} is read, ${copy} there is made new. ${ending}
 * is the kind found by content ("jpg"). ${report} gets what mat2 shows of
 * the original, not more than the buffer takes; ${hash} is of the copy.
 * By the helper where one was started, else by this process.
 */
enum scrub_result scrub_file(int dir, const char *name, const char *copy,
    const char *ending, struct buf *report, uint8_t hash[HASH_LEN]);
enum scrub_result scrub_here(int dir, const char *name, const char *copy,
    const char *ending, struct buf *report, uint8_t hash[HASH_LEN]);
/* scrub_helper.c: a process that may still start the tool, for one that
 * will not. Before any secret, any thread and any socket. */
enum err scrub_helper_start(void);
void scrub_helper_end(void);

#endif
