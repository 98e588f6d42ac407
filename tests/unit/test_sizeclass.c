/* SPDX-License-Identifier: EUPL-1.2 */
/* The grid of size classes, at every edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "meldluik/envelope.h"

/* The grid as FORMAT.md says it: {4,5,6,7} x 2^k between the bounds */
static unsigned
grid(uint64_t out[64])
{
	unsigned n = 0;

	for (unsigned k = 0; k < 40; k++) {
		for (uint64_t q = 4; q <= 7; q++) {
			uint64_t c = q << k;

			if (c >= 65536 && c <= 2147483648u) {
				out[n++] = c;
			}
		}
	}
	return n;
}

static void
test_every_edge(void **state)
{
	uint64_t c[64];
	unsigned n = grid(c);

	(void)state;
	assert_int_equal(n, 61);
	assert_int_equal(envelope_class(0), 65536);
	assert_int_equal(envelope_class(1), 65536);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(envelope_class(c[i] - 1), c[i]);
		assert_int_equal(envelope_class(c[i]), c[i]);
		assert_int_equal(envelope_class(c[i] + 1),
		    i + 1 < n ? c[i + 1] : 0);
	}
	assert_int_equal(envelope_class(UINT64_MAX), 0);
}

static void
test_sealed_sizes(void **state)
{
	uint64_t c[64];
	unsigned n = grid(c);

	(void)state;
	assert_int_equal(envelope_sealed_size(65536), ENVELOPE_TEXT_SIZE);
	assert_int_equal(envelope_sealed_size(ENVELOPE_CLASS_MAX),
	    ENVELOPE_SIZE_MAX);
	for (unsigned i = 0; i < n; i++) {
		uint64_t s = envelope_sealed_size(c[i]);

		assert_int_equal(s, 6298 + 16 + c[i] +
		    16 * ((c[i] + 65535) / 65536));
		assert_int_equal(s, age_sealed_size(4, c[i]));
		assert_int_equal(envelope_class_of(s), c[i]);
		assert_int_equal(envelope_class_of(s - 1), 0);
		assert_int_equal(envelope_class_of(s + 1), 0);
		assert_int_equal(envelope_size_check(s), OK);
		assert_int_equal(envelope_size_check(s - 1), ERR_LIMIT);
		assert_int_equal(envelope_size_check(s + 1), ERR_LIMIT);
	}
	assert_int_equal(envelope_size_check(0), ERR_LIMIT);
	assert_int_equal(envelope_size_check(UINT64_MAX), ERR_LIMIT);
}

/* A class never costs more than a quarter, above the floor */
static void
test_overhead(void **state)
{
	(void)state;
	for (uint64_t p = 65537; p < 2147483648u; p += p / 97) {
		uint64_t c = envelope_class(p);

		assert_true(c >= p && c - p < p / 4 + 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_edge),
		cmocka_unit_test(test_sealed_sizes),
		cmocka_unit_test(test_overhead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
