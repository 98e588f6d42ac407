/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Budgets of one circuit of tor, which is the nearest to "one visitor" that
 * an onion service can know: connections at once, requests, bytes, and tries
 * to hand in a text. They slow down whoever floods through few circuits; a new
 * circuit costs its maker a proof of work, which tor asks for. The tries are
 * the fewest: they bound the f of promise P11 by the number of circuits,
 * however fast each of them sends (process/flood.h). A circuit's number is kept in
 * memory only, for an hour after its last connection, and goes nowhere.
 *
 * All calls are safe from any thread. ${now}: seconds that only go forward.
 * A connection without a circuit (NULL) has no budget.
 */
#ifndef MELDLUIK_GATEWAY_CIRCUIT_H
#define MELDLUIK_GATEWAY_CIRCUIT_H

#include <stdbool.h>
#include <stdint.h>

#define CIRCUIT_KEPT 3600 /* seconds without a connection */

struct circuit_limits {
	unsigned connections; /* at once */
	unsigned requests;    /* a minute, and so many at once */
	uint64_t bytes;       /* of bodies an hour, and so many at once */
	unsigned texts;       /* a minute, and so many at once */
};
struct circuit;

/* Once, before the others; ${room}: connections there can ever be at once.
 * False: no memory. */
bool circuit_setup(const struct circuit_limits *l, unsigned room);
/* One connection more on circuit ${id}; NULL: it has too many */
struct circuit *circuit_join(uint32_t id, int64_t now);
void circuit_leave(struct circuit *c, int64_t now);
/* One request, one text for the store, so many bytes of a body: may it? */
bool circuit_request(struct circuit *c, int64_t now);
bool circuit_text(struct circuit *c, int64_t now);
bool circuit_bytes(struct circuit *c, uint64_t n, int64_t now);
/* Forgets whom it is time to forget; every minute or so */
void circuit_forget(int64_t now);
/* How many are remembered */
unsigned circuit_count(void);

#endif
