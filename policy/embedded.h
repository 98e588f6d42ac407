/* SPDX-License-Identifier: EUPL-1.2 */
/* The data files that embed.cmake compiled in; ends with a NULL name. */
#ifndef POLICY_EMBEDDED_H
#define POLICY_EMBEDDED_H

#include <stddef.h>
#include <stdint.h>

struct embedded {
	const char *name;
	const uint8_t *p;
	size_t len;
};

extern const struct embedded policy_embedded[];

#endif
