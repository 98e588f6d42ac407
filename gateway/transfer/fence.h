/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rights of the two programs that talk to a server, courier and reporter.
 * What a hostile server could make of them by a fault in libcurl or the TLS
 * library: no program is started, no other process is touched or talked to by
 * a UNIX socket, nothing is written but where the user said.
 *
 * Caveat: reading stays free, and the filter names what is forbidden, not
 * what is allowed: the C library loads modules to resolve a name.
 */
#ifndef MELDLUIK_FENCE_H
#define MELDLUIK_FENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "meldluik/err.h"

/*
 * Irreversible. Of ${folder} (${n} of them, NULL entries are skipped) the
 * ones that exist stay writable, with all below; a file's name stands for
 * the folder it is in. Sets ${absent} (or NULL) when the kernel has no
 * Landlock: then only the filter holds, and writing is as free as the user;
 * the caller says so.
 */
enum err fence_enter(const char *const *folder, size_t n, bool *absent);

#endif
