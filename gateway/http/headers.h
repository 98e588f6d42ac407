/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixed headers of every answer. No Server, no Date, no cookie. */
#ifndef MELDLUIK_GATEWAY_HEADERS_H
#define MELDLUIK_GATEWAY_HEADERS_H

#include <microhttpd.h>

/* ${flags} of enum answer_flags; ${onion}: address for Onion-Location with
 * ${path}, or NULL */
bool headers_add(struct MHD_Response *r, unsigned flags, const char *onion,
    const char *path);

#endif
