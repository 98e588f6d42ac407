/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Takes the connections of a listener that tor writes its line to (see
 * proxyline.h), reads that line and nothing behind it, and hands the
 * connection on. A connection without the line, or of a circuit that has too
 * many, is closed.
 */
#ifndef MELDLUIK_GATEWAY_RECEPTION_H
#define MELDLUIK_GATEWAY_RECEPTION_H

#include <stdbool.h>

#include "circuit.h"
#include "meldluik/err.h"

/* Takes the descriptor ${fd} over, also when it fails */
typedef void (*reception_hand)(void *arg, int fd);

/* Starts a thread that lives as long as the process. ${listener}: taken
 * over; ${seconds}: to a whole line. Once per process. */
enum err reception_start(int listener, unsigned seconds, reception_hand hand,
    void *arg);
/* Circuit of a connection that was handed on; NULL: it has none */
struct circuit *reception_of(int fd);
/* The connection ends; its descriptor is still open */
void reception_end(int fd);

#endif
