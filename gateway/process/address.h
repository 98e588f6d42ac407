/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the configuration says that the gateway is. */
#ifndef MELDLUIK_GATEWAY_ADDRESS_H
#define MELDLUIK_GATEWAY_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* "unix:/run/x.sock", "127.0.0.1:8080" or "[::1]:8080"; false: none of them,
 * or a path that is too long for a socket */
bool address_parse(const char *text, struct sockaddr_storage *out,
    socklen_t *len);

#endif
