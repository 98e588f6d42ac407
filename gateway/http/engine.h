/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The HTTP engine: libmicrohttpd, epoll, no TLS. One of them for
 * each listener.
 */
#ifndef MELDLUIK_GATEWAY_ENGINE_H
#define MELDLUIK_GATEWAY_ENGINE_H

#include "exchange.h"
#include "watchdog.h"

#define ENGINE_TABLES 4u

struct engine_site {
	const char *onion, *https, *contact; /* "" when absent */
	const char *languages;               /* "nl, en": of the pages */
	uint8_t credential[32];              /* H(courier token) */
	/* Answers a form that is refused before it is read, 413 or 503, in
	 * words; NULL: one word */
	void (*refused)(struct exchange *x, unsigned status);
	/* Answers a browser that asks for what is not there, 404, not in this
	 * way, 405, or too often, 503, with a page */
	void (*lost)(struct exchange *x, unsigned status);
};
struct engine;

/* Once, before engine_start: limits and texts; ${today} a day_t. ERR_IO: no
 * thread */
enum err engine_setup(const struct engine_site *site,
    const struct watchdog_limits *limits, int32_t today);
/* ${listener}: a listening socket, taken over; ${circuits}: tor writes its
 * line before each connection (reception.h, circuit_setup comes before), one
 * listener only. ${tables}: NULL-ended list. */
enum err engine_start(int listener, bool circuits,
    const struct handler *const *tables, unsigned threads,
    unsigned connections, struct engine **out);
void engine_today(int32_t today);
const uint8_t *engine_credential(void);

#endif
