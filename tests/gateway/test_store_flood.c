/* SPDX-License-Identifier: EUPL-1.2 */
/* The draw under a flood, against the formula of promise P11: a try succeeds
 * with R/(f+R), whoever is faster, and what is taken stays within the
 * budget. Seeded, so a run is like any other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "process/flood.h"

static uint64_t seed;

static uint32_t draw(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16);
}

struct outcome {
	double tries, wins; /* of the honest */
	double junk, taken; /* of the flood; of everybody */
	double minutes;
};

/* ${f} junk a minute, in bursts of ${burst} at once; an honest try every
 * 7.3 seconds or so, for ${minutes} */
static struct outcome flooded(double r, double f, unsigned burst,
    double minutes)
{
	struct flood b = { 0 };
	struct outcome o = { 0, 0, 0, 0, minutes };
	double next_junk = 0, next_try = 3000, gap = 60000.0 / f * burst;
	bool honest_held = false;

	flood_budget(&b, r, 1);
	while (next_junk < minutes * 60000.0) {
		bool honest = next_try <= next_junk;
		int64_t t = (int64_t)(honest ? next_try : next_junk);
		unsigned n = honest ? 1 : burst;

		if (flood_drawn(&b, t)) {
			o.taken++;
			o.wins += honest_held;
		}
		for (unsigned i = 0; i < n; i++) {
			enum flood_say say = flood_offer(&b, t, draw());

			if (say == FLOOD_HOLD) {
				honest_held = honest;
			} else if (say == FLOOD_TAKE) {
				o.taken++;
				o.wins += honest;
			}
		}
		if (honest) {
			o.tries++;
			next_try += 5000 + draw() % 4600;
		} else {
			o.junk += n;
			next_junk += gap;
		}
	}
	return o;
}

static void a_try_succeeds_as_promised(void **state)
{
	static const double rate[] = { 1, 10.8, 60, 240 };
	static const double flood[] = { 10, 100, 1000, 30000 };

	(void)state;
	seed = 20261125;
	printf("%8s %8s %8s %10s %10s\n", "R", "f", "tries", "measured",
	    "R/(f+R)");
	for (unsigned i = 0; i < 4; i++) {
		for (unsigned j = 0; j < 4; j++) {
			double r = rate[i], f = flood[j];
			struct outcome o = flooded(r, f, 1,
			    f > 10000 ? 300 : 3000);
			double p = r / (f + r), got = o.wins / o.tries;
			double sigma;

			printf("%8.1f %8.0f %8.0f %10.5f %10.5f\n", r, f,
			    o.tries, got, p);
			/* The other honest tries are a crowd as well */
			p = r / (f + o.tries / o.minutes + r);
			sigma = sqrt(p * (1 - p) / o.tries);
			assert_true(got >= p - 4 * sigma);
			assert_true(o.taken <= r * o.minutes + 2);
		}
	}
}

/* Bursts at the worst moment do not close the channel either */
static void bursts_gain_nothing(void **state)
{
	struct outcome o;
	double p;

	(void)state;
	seed = 77;
	o = flooded(30, 3000, 50, 3000);
	p = 30.0 / (3000.0 + o.tries / o.minutes + 30.0);
	printf("bursts of 50: measured %.5f, R/(f+R) %.5f\n",
	    o.wins / o.tries, p);
	assert_true(o.wins / o.tries >=
	    p - 4 * sqrt(p * (1 - p) / o.tries));
}

static void quiet_days_take_everybody(void **state)
{
	struct flood b = { 0 };

	(void)state;
	flood_budget(&b, 1, 0);
	for (unsigned i = 0; i < FLOOD_BURST_MIN; i++) {
		assert_int_equal(flood_offer(&b, 1000, 0xffffffff),
		    FLOOD_TAKE);
	}
	assert_int_equal(flood_wait(&b, 1000), -1);
	/* the first after that is held, the second only by luck */
	assert_int_equal(flood_offer(&b, 1000, 0xffffffff), FLOOD_HOLD);
	assert_int_equal(flood_offer(&b, 1001, 0xffffffff), FLOOD_REFUSE);
	assert_int_equal(flood_offer(&b, 1002, 0), FLOOD_HOLD);
	assert_false(flood_drawn(&b, 60000));
	assert_true(flood_wait(&b, 1002) > 59000);
	assert_true(flood_drawn(&b, 61001));
	assert_false(flood_drawn(&b, 61002));
	/* an hour later there is an hour's budget */
	for (unsigned i = 0; i < 59; i++) {
		assert_int_equal(flood_offer(&b, 61001 + 3600000, 0),
		    FLOOD_TAKE);
	}
	assert_int_equal(flood_offer(&b, 61001 + 3600000, 0), FLOOD_TAKE);
	assert_int_equal(flood_offer(&b, 61001 + 3600000, 0), FLOOD_HOLD);
}

static void budget_follows_the_room(void **state)
{
	struct flood b = { 0 };

	(void)state;
	/* 16 GB of texts: about 10.8 a minute for 14 days */
	assert_true(fabs(flood_minute(16000000000u, 73712) - 10.77) < 0.01);
	assert_true(flood_minute(1000, 73712) == 1.0);
	flood_budget(&b, 10, 0);
	assert_true(b.credit == 600);
	flood_budget(&b, 1, 0);
	assert_true(b.credit == FLOOD_BURST_MIN);
	assert_int_equal(flood_offer(&b, 5, 1), FLOOD_TAKE);
	flood_return(&b);
	flood_return(&b);
	assert_true(b.credit == FLOOD_BURST_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_try_succeeds_as_promised),
		cmocka_unit_test(bursts_gain_nothing),
		cmocka_unit_test(quiet_days_take_everybody),
		cmocka_unit_test(budget_follows_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
