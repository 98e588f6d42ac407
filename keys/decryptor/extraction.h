/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files of a case that were written outside the casebook: the journal lists
 * them, sealed under the key of the case, so that destruction can remove
 * them.
 */
#ifndef DECRYPTOR_EXTRACTION_H
#define DECRYPTOR_EXTRACTION_H

#include "desk.h"

#define EXTRACT_FILES_MAX 2048u

/* Inside the caller's transaction: notes folder ${path} (made absolute) and
 * the names of the files that will be written there, without endings */
enum err extraction_note(struct desk *d, size_t k, const char *path,
    const json_t *names);
/* Removes the files noted for case ${k}, then empty folders, and notes it; so
 * too that one is not there any more, or that its note cannot be read */
enum err extracts_remove(struct desk *d, size_t k);
/*
 * courier_stick(folder): do bundles (inbound-N, outbound-N) lie in the open
 * folder ${folder} or above it on the same file system? That stick goes to the
 * courier's machine, and what is extracted is not sealed.
 *
 * Caveats: bundles in another folder of that stick are not looked for, nor
 * above a folder that cannot be read.
 */
bool courier_stick(int folder);

#endif
