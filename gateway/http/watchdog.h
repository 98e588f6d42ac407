/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Cuts connections that are too slow: libmicrohttpd's own time-out starts
 * anew with every byte. A record per connection; all calls are safe from
 * any thread. Never holds an address.
 */
#ifndef MELDLUIK_GATEWAY_WATCHDOG_H
#define MELDLUIK_GATEWAY_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

struct watchdog_limits {
	unsigned header_seconds; /* to a whole header */
	unsigned idle_seconds;   /* between requests, next header included */
	unsigned body_rate;      /* bytes a second, mean since the start */
	unsigned body_grace;     /* seconds before the rate counts */
	unsigned crowd;          /* above so many, the idle wait 2 seconds */
};

struct watched;

void watchdog_setup(const struct watchdog_limits *l);
struct watched *watchdog_add(int fd); /* NULL: no memory, refuse it */
void watchdog_remove(struct watched *w);
void watchdog_body(struct watched *w); /* header is there, body begins */
void watchdog_got(struct watched *w, uint64_t bytes);
void watchdog_wait(struct watched *w);  /* ours to be slow now */
void watchdog_answer(struct watched *w, uint64_t bytes);
void watchdog_idle(struct watched *w);  /* answered, kept alive */
/*
 * From one thread, every half second: looks at the next connections, cuts
 * at most WATCHDOG_CUTS of them and adds their number to ${slow}, the idle
 * not counted. True: the round is not over, come again in WATCHDOG_PAUSE
 * milliseconds. So those that came together do not go together, and whoever
 * comes meanwhile waits for a few of them and not for all.
 */
#define WATCHDOG_CUTS 64u
#define WATCHDOG_PAUSE 10
bool watchdog_turn(unsigned *slow);
/* Cuts now: who holds what others wait for */
void watchdog_cut(struct watched *w);
/* Seconds since this connection's body began; 0 if none is coming. ${slow}:
 * below the least rate, though the grace may not be over, and nothing of it
 * waits for us: a peer is not slow because we are */
unsigned watchdog_body_age(struct watched *w, bool *slow);
/* Bytes of its body have come that we have not read */
bool watchdog_unread(struct watched *w);
/* Seconds since its answer began to go, 0 if none goes */
unsigned watchdog_answer_age(struct watched *w);

#endif
