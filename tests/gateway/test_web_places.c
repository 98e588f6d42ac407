/* SPDX-License-Identifier: EUPL-1.2 */
/* Places for forms: so many, and who gives way to whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "kit/web_hoarder.h"

/* Until one looks again who holds what */
static void
later(void)
{
	const struct timespec t = {0, 120000000L};

	nanosleep(&t, NULL);
}

/* Whether ${x} gets a place, and of whom */
static void
placed(struct exchange *x, const struct exchange *of)
{
	unsigned before = cuts;

	later();
	assert_int_equal(exchange_place(x), of != NULL);
	assert_int_equal(cuts, of != NULL ? before + 1 : before);
	if (of != NULL) {
		assert_ptr_equal(cut_last, of->watched);
	}
}

/* Places for forms: so many, one each, and the silent give way, whether they
 * do not send or do not read */
static void
places(void **state)
{
	static struct exchange *all[102];

	(void)state;
	cuts = 0;
	for (unsigned i = 0; i < 102; i++) {
		all[i] = exchange_new();
		if (i < 96) {
			assert_true(exchange_place(all[i]));
		}
	}
	placed(all[96], NULL);
	assert_true(exchange_place(all[9])); /* it has one */
	hoarder = all[5];
	hoarder_age = 5; /* not long */
	hoarder_slow = false;
	placed(all[96], NULL);
	hoarder_age = 6;
	looks = 0;
	assert_false(exchange_place(all[96])); /* a crowd asks nobody anew */
	assert_int_equal(looks, 0);
	placed(all[96], all[5]);
	assert_true(looks > 0);
	places_forget(all[5]); /* has none, takes none with it */
	placed(all[97], NULL);
	hoarder = all[6];
	hoarder_age = 2;
	hoarder_slow = true;
	placed(all[97], all[6]);
	hoarder = all[7];
	hoarder_slow = false;
	hoarder_reads = true;
	hoarder_age = 5;
	placed(all[98], NULL);
	hoarder_age = 6;
	placed(all[98], all[7]);
	/* an upload that comes well is not what goes first */
	hoarder = all[8];
	hoarder_reads = false;
	hoarder_age = 60;
	reader = all[10];
	placed(all[99], all[10]);
	reader = NULL;
	placed(all[100], all[8]);
	places_forget(all[11]);
	hoarder = NULL;
	assert_true(exchange_place(all[101]));
	for (unsigned i = 0; i < 102; i++) {
		places_forget(all[i]);
		free(all[i]);
	}
}

/* What files take beside their place: so much for all, for who has a place;
 * who holds some of it gives way, and nobody else */
static void
more_for_files(void **state)
{
	static struct exchange *all[4];
	const size_t half = 6u << 20;

	(void)state;
	cuts = 0;
	for (unsigned i = 0; i < 4; i++) {
		all[i] = exchange_new();
		assert_false(exchange_place_more(all[i], 1));
		assert_true(exchange_place(all[i]));
	}
	assert_true(exchange_place_more(all[0], half));
	assert_true(exchange_place_more(all[1], half - 1));
	assert_true(exchange_place_more(all[1], 1));
	assert_false(exchange_place_more(all[2], 1));
	hoarder = all[3]; /* has nothing of it */
	hoarder_slow = true;
	hoarder_reads = false;
	hoarder_age = 2;
	later();
	assert_false(exchange_place_more(all[2], 1));
	hoarder = all[0];
	later();
	assert_false(exchange_place_more(all[0], 1)); /* not for itself */
	assert_int_equal(cuts, 0);
	later();
	assert_true(exchange_place_more(all[2], half));
	assert_int_equal(cuts, 1);
	assert_ptr_equal(cut_last, all[0]->watched);
	/* a file that comes well is not cut for a minute */
	hoarder = all[1];
	hoarder_slow = false;
	hoarder_age = 60;
	assert_false(exchange_place_more(all[3], half));
	hoarder_age = 61;
	later();
	assert_true(exchange_place_more(all[3], half));
	assert_int_equal(cuts, 2);
	hoarder = NULL;
	places_forget(all[2]);
	places_forget(all[3]);
	assert_true(exchange_place(all[0]));
	assert_true(exchange_place_more(all[0], 2 * half));
	assert_false(exchange_place_more(all[0], 1));
	for (unsigned i = 0; i < 4; i++) {
		places_forget(all[i]);
		free(all[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(more_for_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
