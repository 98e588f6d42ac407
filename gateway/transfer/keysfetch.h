/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The keyset of a gateway, verified: whom to trust starts at the identity
 * key, and the identity key is known by its fingerprint on paper.
 */
#ifndef MELDLUIK_KEYSFETCH_H
#define MELDLUIK_KEYSFETCH_H

#include "meldluik/keyset.h"
#include "transfer.h"

/* The two files of a keyset as they came */
struct keyset_files {
	struct buf doc, sig;
};
void keyset_files_clear(struct keyset_files *f);

/*
 * keyset_accept(f, pin, out): parses and verifies. ${pin} as typed, or NULL:
 * any identity. ERR_FOREIGN: the fingerprint is another one.
 */
enum err keyset_accept(const struct keyset_files *f, const char *pin,
    struct keyset **out);
/* Downloads both files to ${f}, then keyset_accept. ERR_UNKNOWN: the gateway
 * has no keyset yet. The caller clears ${f}, also on failure. */
enum err keyset_fetch(struct transfer *t, const char *pin,
    struct keyset_files *f, struct keyset **out);

#endif
