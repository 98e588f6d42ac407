/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The line that tor writes before what comes through a circuit, with
 * HiddenServiceExportCircuitID haproxy (tor(1); PROXY protocol version 1 of
 * haproxy's proxy-protocol.txt). It holds a number of the circuit in the
 * place of an address, and no address. Pure.
 */
#ifndef MELDLUIK_GATEWAY_PROXYLINE_H
#define MELDLUIK_GATEWAY_PROXYLINE_H

#include <stddef.h>
#include <stdint.h>

#include "meldluik/err.h"

#define PROXYLINE_MAX 107u /* bytes, of the protocol's version 1 */

/*
 * Reads the line at the front of ${p}. OK: ${id} is the circuit's number and
 * ${used} the line's length with its end. ERR_UNKNOWN: it can still become
 * one, more bytes are needed. ERR_FORMAT: it is not what tor writes; also
 * when another writing of the same number stands there, or an address.
 */
enum err proxyline_parse(const char *p, size_t len, uint32_t *id,
    size_t *used);

#endif
