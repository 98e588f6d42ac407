/* SPDX-License-Identifier: EUPL-1.2 */
/* What shares.c and shares_text.c have in common. */
#ifndef UNSEAL_SHARES_PRIVATE_H
#define UNSEAL_SHARES_PRIVATE_H

#include "meldluik/minisign.h"
#include "meldluik/shares.h"

#define SHARE_VERSION 1u
#define SHARE_HEAD 3u /* version and kind; k and n; x */

static inline void
share_head(const struct share *s, uint8_t out[SHARE_HEAD])
{
	out[0] = (uint8_t)(SHARE_VERSION << 4 | (unsigned)s->kind);
	out[1] = (uint8_t)(s->k << 4 | s->n);
	out[2] = (uint8_t)s->x;
}

/* Does the share fit the commitment that it carries itself? */
bool share_honest(const struct share *s);

#endif
