/* SPDX-License-Identifier: EUPL-1.2 */
/* See flood.h. A draw keeps one at a time: the n-th that comes replaces it
 * with chance 1/n, which leaves each of them the same chance at the end. */
#include "flood.h"

double
flood_minute(uint64_t room, uint64_t each)
{
	double minute = (double)room / (double)each /
	    (FLOOD_DAYS * 24.0 * 60.0);

	return minute < 1.0 ? 1.0 : minute;
}

void
flood_budget(struct flood *f, double minute, double burst)
{
	f->minute = minute;
	f->burst = burst > 0 ? burst : minute * 60.0;
	if (burst <= 0 && f->burst < FLOOD_BURST_MIN) {
		f->burst = FLOOD_BURST_MIN;
	}
	if (!f->begun || f->credit > f->burst) {
		f->credit = f->burst;
	}
	f->begun = true;
}

static void
earn(struct flood *f, int64_t now)
{
	if (now > f->last) {
		f->credit += (double)(now - f->last) / 60000.0 * f->minute;
		if (f->credit > f->burst) {
			f->credit = f->burst;
		}
	}
	f->last = now;
}

enum flood_say
flood_offer(struct flood *f, int64_t now, uint32_t random)
{
	int64_t each = (int64_t)(60000.0 / f->minute) + 1;

	earn(f, now);
	if (!f->drawing && f->credit >= (f->pressed ? FLOOD_CALM : 1.0)) {
		f->pressed = false;
		f->credit -= 1.0;
		return FLOOD_TAKE;
	}
	if (!f->drawing) {
		/* On the beat of the draws before, whoever begins it */
		f->end = f->pressed && f->end + each > now ? f->end + each :
		    now + each;
		f->drawing = f->pressed = true;
		f->seen = 0;
	}
	if (f->seen < UINT32_MAX) {
		f->seen++;
	}
	/* 64 bits, so that no remainder favours anybody */
	return ((uint64_t)random * f->seen) >> 32 == 0 ? FLOOD_HOLD :
	    FLOOD_REFUSE;
}

bool
flood_drawn(struct flood *f, int64_t now)
{
	if (!f->drawing || now < f->end) {
		return false;
	}
	earn(f, now);
	f->drawing = false;
	f->credit -= f->credit < 1.0 ? f->credit : 1.0;
	return true;
}

int64_t
flood_wait(const struct flood *f, int64_t now)
{
	if (!f->drawing) {
		return -1;
	}
	return f->end > now ? f->end - now : 0;
}

void
flood_return(struct flood *f)
{
	f->credit += f->credit + 1.0 <= f->burst ? 1.0 : 0.0;
}
