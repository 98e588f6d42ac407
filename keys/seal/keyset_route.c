/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The desks of a keyset as the routing table sees them, and whose table that
 * is. No field names a profile: the ids of the desks do, and they are signed,
 * so gateway, desk and reporter come to the same one.
 */
#include "meldluik/keyset.h"

struct route_desk
keyset_route(const struct keyset_desk *d, const char *roles[KEYSET_ROLES])
{
	for (unsigned j = 0; j < d->not_abouts; j++) {
		roles[j] = d->not_about[j];
	}
	return (struct route_desk){ d->number, d->id, roles, d->not_abouts,
		d->successor != 0 };
}

const struct profile *
keyset_profile(const struct keyset *k, const struct profile *nl,
    const struct profile *eu)
{
	struct route_desk desks[KEYSET_DESKS_MAX];
	const char *roles[KEYSET_DESKS_MAX][KEYSET_ROLES];

	for (unsigned i = 0; i < k->desks; i++) {
		desks[i] = keyset_route(&k->desk[i], roles[i]);
	}
	return routing_own(nl, eu, desks, k->desks);
}
