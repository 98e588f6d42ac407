/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The courier's bearer token. Only its hash is known here.
 */
#ifndef MELDLUIK_GATEWAY_CREDENTIAL_H
#define MELDLUIK_GATEWAY_CREDENTIAL_H

#include <stdbool.h>

#include "meldluik/minisign.h"

/* Whether ${header}, an Authorization header or NULL, is "Bearer " and the
 * token of that hash. Nothing of the token but its length decides a branch. */
bool credential_fits(const char *header, const uint8_t hash[HASH_LEN]);

#endif
