/* SPDX-License-Identifier: EUPL-1.2 */
/* The sockets that strangers, the courier and IT's monitoring come in by. */
#ifndef MELDLUIK_GATEWAY_LISTENERS_H
#define MELDLUIK_GATEWAY_LISTENERS_H

#include "config.h"

struct listeners {
	int public[CONFIG_LISTENERS];
	int courier, metrics; /* -1: none */
};

/* Those that the service manager hands over, else those that ${c} names. A
 * courier's door without a credential opens for nobody and is shut. */
bool listeners_open(const struct config *c, struct listeners *out);

#endif
