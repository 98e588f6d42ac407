/* SPDX-License-Identifier: EUPL-1.2 */
/* Base64: the vectors of RFC 4648 section 10, and one writing per value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "meldluik/base64.h"

static void
rfc4648(void **state)
{
	static const char *const plain[] = { "", "f", "fo", "foo", "foob",
		"fooba", "foobar" };
	static const char *const text[] = { "", "Zg==", "Zm8=", "Zm9v",
		"Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	uint8_t out[8];

	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		size_t bare = strcspn(text[i], "=");

		assert_int_equal(base64_exact(text[i], strlen(text[i]), true,
		    out, i), OK);
		assert_memory_equal(out, plain[i], i);
		assert_int_equal(base64_exact(text[i], bare, false, out, i),
		    OK);
		assert_memory_equal(out, plain[i], i);
		if (bare != strlen(text[i])) {
			assert_int_equal(base64_exact(text[i], bare, true,
			    out, i), ERR_FORMAT);
			assert_int_equal(base64_exact(text[i],
			    strlen(text[i]), false, out, i), ERR_FORMAT);
		}
	}
}

static void
refused(void **state)
{
	static const struct {
		const char *why, *text;
		size_t len;
	} cases[] = {
		{ "bits left over", "Zh==", 1 },
		{ "bits left over", "Zm9=", 2 },
		{ "space", "Zm 9v", 3 },
		{ "space at the end", "Zm9v ", 3 },
		{ "line end", "Zm9v\n", 3 },
		{ "of an address", "Zm9_", 3 },
		{ "of an address", "Zm9-", 3 },
		{ "longer", "Zm9vZg==", 3 },
		{ "shorter", "Zg==", 3 },
		{ "padding in the middle", "Zg==Zg==", 4 },
		{ "three of padding", "Z===", 1 },
		{ "0xab for +", "Zm9\xab", 3 },
		{ "0xaf for /", "Zm9\xaf", 3 },
	};
	uint8_t out[16];

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (base64_exact(cases[i].text, strlen(cases[i].text), true,
		    out, cases[i].len) != ERR_FORMAT) {
			fail_msg("%s: %s", cases[i].why, cases[i].text);
		}
	}
}

/* Every byte in the place of one letter: 64 are read, each as its own */
static void
every_byte(void **state)
{
	uint8_t out[3];
	char text[4] = "AAA", back[5];
	unsigned taken = 0;

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		text[3] = (char)c;
		if (base64_exact(text, 4, true, out, 3) != OK) {
			continue;
		}
		taken++;
		sodium_bin2base64(back, sizeof(back), out, 3,
		    sodium_base64_VARIANT_ORIGINAL);
		assert_memory_equal(back, text, 4);
	}
	assert_int_equal(taken, 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc4648),
		cmocka_unit_test(refused),
		cmocka_unit_test(every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
