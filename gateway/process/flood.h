/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who gets in under a flood (promise P11). A budget of R text envelopes a
 * minute, R what would fill the text room in 14 days, so that no flood closes
 * the channel sooner. While the budget holds everybody is taken. When it is
 * spent, one is drawn of all complete requests of each 60/R seconds, every
 * one with the same chance, and the others are told to come again: among f
 * of others a minute one try succeeds with R/(f+R), never with 0, and who
 * sends first or fastest gains nothing. Looks at no address and no content.
 *
 * Pure: time and randomness are arguments. Caller-owned.
 */
#ifndef MELDLUIK_GATEWAY_FLOOD_H
#define MELDLUIK_GATEWAY_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#define FLOOD_DAYS 14u
#define FLOOD_BURST_MIN 64u /* and never less than an hour's budget */
#define FLOOD_CALM 8.0      /* of a spent budget, before all are taken */

enum flood_say {
	FLOOD_TAKE,  /* at once */
	FLOOD_HOLD,  /* keep it until the draw ends; whom it replaces is out */
	FLOOD_REFUSE /* out: come again */
};

/* Invariants: 0 <= credit <= burst; seen > 0 only while drawing */
struct flood {
	double minute; /* R */
	double burst, credit;
	int64_t last;  /* milliseconds, when credit was counted */
	bool pressed; /* the budget was spent, and has not recovered */
	bool drawing;
	int64_t end;   /* of the draw */
	uint32_t seen; /* of it */
	bool begun;
};

/* R for so many bytes of room, ${each} of them a text; at least 1 */
double flood_minute(uint64_t room, uint64_t each);
/* ${minute} > 0; ${burst} 0: the rule above. A new budget begins full */
void flood_budget(struct flood *f, double minute, double burst);
/* One more complete request; ${random} 32 fresh bits */
enum flood_say flood_offer(struct flood *f, int64_t now, uint32_t random);
/* True once when a draw is over: who is held is taken */
bool flood_drawn(struct flood *f, int64_t now);
/* Milliseconds until then, or -1: nobody is held */
int64_t flood_wait(const struct flood *f, int64_t now);
/* Who was taken was no envelope after all */
void flood_return(struct flood *f);

#endif
