/* SPDX-License-Identifier: EUPL-1.2 */
/* An expanded identity, as the unwrapping code sees it. */
#ifndef MELDLUIK_AGE_IDENTITY_H
#define MELDLUIK_AGE_IDENTITY_H

#include "hybrid.h"
#include "meldluik/age_unwrap.h"

struct age_identity {
	struct hybrid_key key;
};

#endif
