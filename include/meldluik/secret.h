/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Memory for secrets: passphrases, keys, codes, plaintext of reports.
 *
 * Caveats: sodium_malloc gives guarded, locked pages; it costs whole pages
 * and system calls, so allocate once and reuse. On the stack use a plain
 * array and secret_wipe() it on the label `out:`. Nothing here can wipe
 * registers or what a library copied.
 */
#ifndef MELDLUIK_SECRET_H
#define MELDLUIK_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "meldluik/err.h"

/*
 * secret_setup(): once per process, before anything else: sodium_init, no
 * core dumps, PR_SET_DUMPABLE 0. Returns ERR_IO when the library refuses.
 */
enum err secret_setup(void);

/* Zeroed locked memory of ${len} bytes, aligned for any type, or NULL. Freed
 * by secret_free. */
void *secret_new(size_t len);

/* Wipes and frees; accepts NULL. */
void secret_free(void *p);

/* Wipes ${len} bytes at ${p} so that the compiler cannot leave it out. */
void secret_wipe(void *p, size_t len);

/* Constant-time equality of ${len} bytes: secrets and all derived from them */
bool secret_equal(const void *a, const void *b, size_t len);

/* How many secret_new blocks are alive; a debug build aborts at exit if any */
size_t secret_alive(void);

#endif
